//! One attempt, from its lease to its result: sign with the secrets that are valid now, send, diagnose.

use std::sync::Arc;

use api_types::{
    Timestamp,
    deliveries::{AttemptOutcome, AttemptResponse, CancelReason, Diagnosis, Timings, Trigger},
    ids::{AttemptId, DeliveryId, EventId, WebhookId, WorkspaceId},
};
use bytes::Bytes;
use hyper::header::{HeaderName, HeaderValue};

use super::{
    address::{UrlProblem, WebhookUrl},
    diagnosis::{self, History},
    job::Job,
    own_headers,
    retry::AttemptResult,
    secrets,
    send::{
        Sender,
        exchange::{Exchange, FailureKind, Outcome, Outgoing, Phase, Response, SendFailure},
    },
    signature::{SigningSecret, signature_header},
    view::View,
    views::{Unchanged, Unread, Views},
};
use crate::{
    base::Base,
    crypto::keys::ServerKeys,
    db::{
        Json,
        deliveries::{
            AttemptRow, StoredRequest,
            destinations::{self, Destination, SealedSecret},
            leases::Lease,
        },
    },
};

/// An attempt that is over.
#[derive(Clone, Debug)]
pub struct FinishedAttempt {
    /// The right under which the attempt was made.
    pub lease: Lease,
    pub webhook: WebhookId,
    pub workspace: WorkspaceId,
    /// The webhook is ordered: the next delivery waits for this end.
    pub ordered: bool,
    /// The result, as far as the schedule needs it.
    pub result: AttemptResult,
    /// The attempt as it is stored and shown. The number is 1 here; the right one is set when the attempt is
    /// stored.
    pub row: AttemptRow,
    /// The HTTP status of the answer; none where no answer came.
    pub status: Option<i32>,
    /// The end of the attempt.
    pub at: Timestamp,
}

/// The end of a job.
#[derive(Clone, Debug)]
pub enum Made {
    /// The attempt was made.
    Finished(Box<FinishedAttempt>),
    /// Too little of the lease was left to begin, or the webhook could not be read.
    NotBegun,
    /// The webhook is paused, or has become ordered: the delivery waits in its line.
    Held,
    /// The webhook takes no deliveries any more.
    Withdrawn(CancelReason),
}

/// The parts that an attempt needs.
#[derive(Clone, Debug)]
pub struct Means {
    pub base: Base,
    pub sender: Sender,
    pub views: Arc<Views>,
}

/// Makes the attempt of a job, to the webhook as it is now.
pub async fn make(means: &Means, job: &Job) -> Made {
    let base = &means.base;
    let longest = i64::try_from(means.sender.longest_attempt().as_millis()).unwrap_or(i64::MAX);
    loop {
        let now = base.now();
        if job.lease.until.millis_since(now) <= longest {
            return Made::NotBegun;
        }
        let view = match means.views.current(&job.view).await {
            Ok(Some(view)) => view,
            Ok(None) => return Made::Withdrawn(CancelReason::WebhookDeleted),
            Err(Unread) => return Made::NotBegun,
        };
        if let Err(reason) = view.sendable() {
            return Made::Withdrawn(reason);
        }
        // What was leased before the webhook became ordered waits its turn, too.
        if view.is_paused() || (view.is_ordered() && !job.view.is_ordered()) {
            return Made::Held;
        }
        let sent = match open_secrets(&base.keys, &view.secrets, now) {
            Some(signing) => {
                let message = Message { event: job.event, payload: job.payload.clone(), view: &view };
                send(means, &message, &signing, now).await
            }
            None => Some(Sent::interrupted()),
        };
        // The webhook changed on the way to it: the next look tells how.
        let Some(sent) = sent else { continue };
        let last_success_at = if sent.is_success() {
            view.destination.last_success_at
        } else {
            last_success(base, &view.destination).await
        };
        let history = History {
            now: base.now().as_millis(),
            last_success_at: last_success_at.map(Timestamp::as_millis),
            secret_rotated_at: last_rotation(&view.destination, &view.secrets).map(Timestamp::as_millis),
        };
        return Made::Finished(Box::new(sent.into_finished(job, &history, now)));
    }
}

/// The webhook's last success, read anew: the job may have been made a while ago.
async fn last_success(base: &Base, destination: &Destination) -> Option<Timestamp> {
    let id = destination.id;
    let found = base.db.query(move |conn| destinations::last_success(conn, id)).await;
    found.unwrap_or(destination.last_success_at)
}

/// A message, and the webhook that it goes to.
#[derive(Debug)]
pub struct Message<'a> {
    /// The id of the event, sent as `webhook-id`.
    pub event: EventId,
    pub payload: Bytes,
    pub view: &'a View,
}

/// The outcome of sending. `exchange` is none where nothing could be sent.
#[derive(Debug)]
pub struct Sent {
    url: String,
    exchange: Option<Exchange>,
}

/// Signs a message with every key of `signing` and sends it. `None` where the webhook is no longer as the message
/// has it: nothing was sent.
pub async fn send(
    means: &Means,
    message: &Message<'_>,
    signing: &[SigningSecret],
    now: Timestamp,
) -> Option<Sent> {
    let url = message.view.destination.url.clone();
    let Some(headers) = open_headers(&means.base.keys, &message.view.destination) else {
        return Some(Sent::interrupted());
    };
    let exchange = match WebhookUrl::stored(&url) {
        Ok(parsed) => {
            let timestamp = now.as_secs();
            let id = message.event.to_string();
            let signature = signature_header(signing, &id, timestamp, &message.payload);
            let body = message.payload.clone();
            let outgoing = Outgoing { url: parsed, id, timestamp, signature, headers, body };
            let gate = Unchanged { views: &means.views, view: message.view };
            means.sender.send(&outgoing, &gate).await?
        }
        Err(problem) => unusable(&url, &problem),
    };
    Some(Sent { url, exchange: Some(exchange) })
}

/// The owner's own headers. None if they cannot be opened: that is a fault of ours.
fn open_headers(keys: &ServerKeys, destination: &Destination) -> Option<Vec<(HeaderName, HeaderValue)>> {
    let opened = own_headers::open(keys, destination.id, destination.headers.as_deref());
    let headers = opened.ok().and_then(|headers| own_headers::for_request(&headers));
    if headers.is_none() {
        tracing::error!("a webhook's own headers cannot be opened; its delivery waits");
    }
    headers
}

/// The secrets that are valid at `now`, newest first. None if one cannot be opened: that is a fault of ours.
pub fn open_secrets(
    keys: &ServerKeys,
    sealed: &[SealedSecret],
    now: Timestamp,
) -> Option<Vec<SigningSecret>> {
    let valid = sealed.iter().filter(|secret| secret.expires_at.is_none_or(|at| at > now));
    let opened: Result<Vec<_>, _> =
        valid.map(|secret| secrets::open(keys, secret.webhook_id, &secret.sealed)).collect();
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

/// The last rotation of the secret; none while the first one, which is as old as the webhook, is in use.
pub fn last_rotation(destination: &Destination, sealed: &[SealedSecret]) -> Option<Timestamp> {
    sealed.first().map(|secret| secret.created_at).filter(|at| *at > destination.created_at)
}

/// A stored URL that no longer parses is reported as a host that cannot be found.
fn unusable(url: &str, problem: &UrlProblem) -> Exchange {
    let kind = FailureKind::NameNotFound { host: url.to_owned(), detail: problem.to_string() };
    Exchange {
        address: None,
        reused: false,
        timings: Timings::default(),
        request_headers: Vec::new(),
        outcome: Outcome::Failure(SendFailure { phase: Phase::Resolve, kind }),
    }
}

impl Sent {
    /// The outcome where nothing was sent, through no fault of the receiver.
    const fn interrupted() -> Self {
        Self { url: String::new(), exchange: None }
    }

    fn is_success(&self) -> bool {
        matches!(
            &self.exchange,
            Some(Exchange { outcome: Outcome::Response(Response { status: 200..=299, .. }), .. })
        )
    }

    fn into_finished(self, job: &Job, history: &History, started_at: Timestamp) -> FinishedAttempt {
        let result = self.result(history);
        let status = self.answer().map(|answer| i32::from(answer.status));
        let identity = AttemptIdentity {
            id: job.lease.attempt,
            delivery: job.lease.delivery,
            trigger: job.lease.trigger,
            started_at,
        };
        let row = self.into_row(identity, history);
        let at = Timestamp::from_millis(history.now);
        let Destination { id: webhook, workspace_id: workspace, .. } = *job.view.destination;
        let ordered = job.view.is_ordered();
        FinishedAttempt { lease: job.lease.clone(), webhook, workspace, ordered, result, row, status, at }
    }

    fn answer(&self) -> Option<&Response> {
        match &self.exchange.as_ref()?.outcome {
            Outcome::Response(answer) => Some(answer),
            Outcome::Failure(_) => None,
        }
    }

    /// The diagnosis of a failure; none for a success.
    fn diagnosis(&self, history: &History) -> Option<Diagnosis> {
        match &self.exchange {
            Some(exchange) => diagnosis::diagnose(&exchange.outcome, history),
            None => Some(diagnosis::interrupted()),
        }
    }

    fn result(&self, history: &History) -> AttemptResult {
        let Some(exchange) = &self.exchange else { return AttemptResult::Interrupted };
        match (self.diagnosis(history), &exchange.outcome) {
            (None, _) => AttemptResult::Succeeded,
            (Some(_), Outcome::Response(Response { status: 410, .. })) => AttemptResult::Gone,
            (Some(_), Outcome::Failure(SendFailure { kind: FailureKind::Exhausted { .. }, .. })) => {
                AttemptResult::NotSent
            }
            (Some(diagnosis), outcome) => {
                let retry_after = match outcome {
                    Outcome::Response(answer) => answer.retry_after.map(|after| after.at(history.now)),
                    Outcome::Failure(_) => None,
                };
                AttemptResult::Failed { category: diagnosis.category, retry_after }
            }
        }
    }

    pub fn into_row(self, identity: AttemptIdentity, history: &History) -> AttemptRow {
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
            remark: diagnosis::remark(answer),
        });
        let Self { url, exchange } = self;
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

/// The facts that tell an attempt from others.
#[derive(Clone, Copy, Debug)]
pub struct AttemptIdentity {
    pub id: AttemptId,
    pub delivery: DeliveryId,
    pub trigger: Trigger,
    pub started_at: Timestamp,
}
