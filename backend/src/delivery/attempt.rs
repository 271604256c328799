//! One attempt from its lease to its result: sign with the secrets that are valid now, send, explain.

use api_types::{
    Timestamp,
    deliveries::{AttemptOutcome, AttemptResponse, Diagnosis, Timings, Trigger},
    ids::{AttemptId, DeliveryId, EventId, WebhookId, WorkspaceId},
};
use bytes::Bytes;

use super::{
    address::{UrlProblem, WebhookUrl},
    diagnosis::{self, History},
    lease::Job,
    retry::Ending,
    secrets,
    send::exchange::{Answer, Exchange, Failure, FailureKind, Outcome, Outgoing, Phase},
    signature::{SigningSecret, signature_header},
};
use crate::{
    app::App,
    db::{
        DbError, Json,
        deliveries::{
            AttemptRow, StoredRequest,
            destinations::{self, Destination, SealedSecret},
            leases::Lease,
        },
    },
};

/// An attempt that is over.
#[derive(Clone, Debug)]
pub struct Finished {
    /// The right under which it was made.
    pub lease: Lease,
    /// To which webhook.
    pub webhook: WebhookId,
    /// Whose that is.
    pub workspace: WorkspaceId,
    /// How it ended, for the schedule.
    pub ending: Ending,
    /// How it ended, for its owner, as the first attempt of its delivery; another number is given when it is stored.
    pub row: AttemptRow,
    /// The answer's status.
    pub status: Option<i32>,
    /// When it ended.
    pub at: Timestamp,
}

/// What became of a job.
#[derive(Clone, Debug)]
pub enum Made {
    /// The attempt was made.
    Finished(Box<Finished>),
    /// Too little of the lease was left to begin.
    TooLate(Lease),
}

/// Makes the attempt of a job.
pub async fn make(app: &App, job: &Job) -> Made {
    let now = app.clock.now();
    let longest = i64::try_from(app.sender.longest_attempt().as_millis()).unwrap_or(i64::MAX);
    if job.lease.until.millis_since(now) <= longest {
        return Made::TooLate(job.lease.clone());
    }
    let message = Message { event: job.event, payload: job.payload.clone(), destination: &job.destination };
    let sent = match open_secrets(app, &job.secrets, now) {
        Some(signing) => send(app, &message, &signing, now).await,
        None => Sent::interrupted(),
    };
    let last_success_at = if sent.is_success() {
        job.destination.last_success_at
    } else {
        last_success(app, &job.destination).await
    };
    let history = History {
        now: app.clock.now().as_millis(),
        last_success_at: last_success_at.map(Timestamp::as_millis),
        secret_rotated_at: last_rotation(&job.secrets).map(Timestamp::as_millis),
    };
    Made::Finished(Box::new(sent.into_finished(job, &history, now)))
}

/// When an attempt last succeeded, as it is now: what the job knows may be a while old.
async fn last_success(app: &App, destination: &Destination) -> Option<Timestamp> {
    let id = destination.id;
    let found = app.db.read(move |conn| Ok::<_, DbError>(destinations::last_success(conn, id)?)).await;
    found.unwrap_or(destination.last_success_at)
}

/// What is sent, and where.
#[derive(Debug)]
pub struct Message<'a> {
    /// The event's id.
    pub event: EventId,
    /// The body.
    pub payload: Bytes,
    /// Where to.
    pub destination: &'a Destination,
}

/// A request that was made, or not even that.
#[derive(Debug)]
pub struct Sent {
    url: String,
    exchange: Option<Exchange>,
}

/// Signs and sends.
pub async fn send(app: &App, message: &Message<'_>, signing: &[SigningSecret], now: Timestamp) -> Sent {
    let url = message.destination.url.clone();
    let exchange = match WebhookUrl::stored(&url) {
        Ok(parsed) => {
            let timestamp = now.as_secs();
            let id = message.event.to_string();
            let signature = signature_header(signing, &id, timestamp, &message.payload);
            let body = message.payload.clone();
            app.sender.send(&Outgoing { url: parsed, id, timestamp, signature, body }).await
        }
        Err(problem) => unusable(&url, &problem),
    };
    Sent { url, exchange: Some(exchange) }
}

/// The secrets that are valid at `now`, newest first; none if one cannot be opened, which is ours to mend.
pub fn open_secrets(app: &App, sealed: &[SealedSecret], now: Timestamp) -> Option<Vec<SigningSecret>> {
    let valid = sealed.iter().filter(|secret| secret.expires_at.is_none_or(|at| at > now));
    let opened: Result<Vec<_>, _> =
        valid.map(|secret| secrets::open(app, secret.webhook_id, &secret.sealed)).collect();
    match opened {
        Ok(opened) if !opened.is_empty() => Some(opened),
        Ok(_) => {
            tracing::error!("a webhook has no valid signing secret; its delivery waits");
            None
        }
        Err(error) => {
            tracing::error!(%error, "a signing secret cannot be opened; its delivery waits");
            None
        }
    }
}

/// When the secret was last rotated; none while the first is in use.
pub fn last_rotation(sealed: &[SealedSecret]) -> Option<Timestamp> {
    if sealed.len() > 1 { sealed.first().map(|secret| secret.created_at) } else { None }
}

/// A stored URL that is none any more stands for a host that cannot be found.
fn unusable(url: &str, problem: &UrlProblem) -> Exchange {
    let kind = FailureKind::NameNotFound { host: url.to_owned(), detail: problem.to_string() };
    Exchange {
        address: None,
        reused: false,
        timings: Timings::default(),
        request_headers: Vec::new(),
        outcome: Outcome::Failure(Failure { phase: Phase::Resolve, kind, partial: None }),
    }
}

impl Sent {
    /// Nothing was sent, and the receiver is not to blame.
    const fn interrupted() -> Self {
        Self { url: String::new(), exchange: None }
    }

    fn is_success(&self) -> bool {
        matches!(
            &self.exchange,
            Some(Exchange { outcome: Outcome::Answer(Answer { status: 200..=299, .. }), .. })
        )
    }

    fn into_finished(self, job: &Job, history: &History, started_at: Timestamp) -> Finished {
        let ending = self.ending(history);
        let status = self.answer().map(|answer| i32::from(answer.status));
        let (id, delivery, trigger) = (job.lease.attempt, job.lease.delivery, job.lease.trigger);
        let row = self.into_row(Identity { id, delivery, trigger, started_at }, history);
        let at = Timestamp::from_millis(history.now);
        let Destination { id: webhook, workspace_id: workspace, .. } = *job.destination;
        Finished { lease: job.lease.clone(), webhook, workspace, ending, row, status, at }
    }

    fn answer(&self) -> Option<&Answer> {
        match &self.exchange.as_ref()?.outcome {
            Outcome::Answer(answer) => Some(answer),
            Outcome::Failure(failure) => failure.partial.as_deref(),
        }
    }

    /// What went wrong; none for a success.
    fn diagnosis(&self, history: &History) -> Option<Diagnosis> {
        match &self.exchange {
            Some(exchange) => diagnosis::diagnose(&exchange.outcome, history),
            None => Some(diagnosis::interrupted()),
        }
    }

    fn ending(&self, history: &History) -> Ending {
        let Some(exchange) = &self.exchange else { return Ending::Interrupted };
        match (self.diagnosis(history), &exchange.outcome) {
            (None, _) => Ending::Succeeded,
            (Some(_), Outcome::Answer(Answer { status: 410, .. })) => Ending::Gone,
            (Some(diagnosis), outcome) => {
                let retry_after = match outcome {
                    Outcome::Answer(answer) => answer.retry_after.map(|after| after.at(history.now)),
                    Outcome::Failure(_) => None,
                };
                Ending::Failed { category: diagnosis.category, retry_after }
            }
        }
    }

    /// The attempt as it is stored.
    pub fn into_row(self, identity: Identity, history: &History) -> AttemptRow {
        let diagnosis = self.diagnosis(history);
        let outcome = match (&self.exchange, &diagnosis) {
            (None, _) => AttemptOutcome::Interrupted,
            (Some(_), None) => AttemptOutcome::Succeeded,
            (Some(_), Some(_)) => AttemptOutcome::Failed,
        };
        let response = self.answer().map(|answer| AttemptResponse {
            status: answer.status,
            headers: answer.headers.clone(),
            body: answer.body.clone(),
            truncated: answer.truncated,
        });
        let (url, exchange) = (self.url, self.exchange);
        AttemptRow {
            id: identity.id,
            delivery_id: identity.delivery,
            number: 1,
            trigger_kind: identity.trigger,
            started_at: identity.started_at,
            outcome,
            address: exchange
                .as_ref()
                .and_then(|exchange| exchange.address)
                .map(|address| address.to_string()),
            reused_connection: exchange.as_ref().is_some_and(|exchange| exchange.reused),
            timings: Json::new(exchange.as_ref().map(|exchange| exchange.timings).unwrap_or_default()),
            request: exchange
                .map(|exchange| Json::new(StoredRequest { url, headers: exchange.request_headers })),
            response: response.map(Json::new),
            diagnosis: diagnosis.map(Json::new),
            late_duplicate: false,
        }
    }
}

/// Which attempt it is.
#[derive(Clone, Copy, Debug)]
pub struct Identity {
    /// Its id.
    pub id: AttemptId,
    /// Whose it is.
    pub delivery: DeliveryId,
    /// What made it happen.
    pub trigger: Trigger,
    /// When it started.
    pub started_at: Timestamp,
}
