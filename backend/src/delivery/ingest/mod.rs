//! The queue behind `POST /v1/events`. Events that come together share one transaction, and so one flush to
//! disk. No caller is answered before its event is durable. The queue is bounded, and shared fairly by the
//! workspaces ([`queue`]): beyond that, callers are told to come back.

mod queue;

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use diesel::QueryResult;
use tokio::{runtime::Handle, sync::oneshot};

use self::queue::Queue;
use super::publish::Publisher;
use crate::{
    base::Base,
    db::{
        DbError, Tx,
        events::EventRow,
        idempotency::{self, Given, KeyConflict, Stored, Use},
    },
    metrics::Metrics,
};

/// The most events in one transaction.
const BATCH: usize = 256;
/// The most deliveries that one transaction is meant to store: all others wait for it.
const DELIVERIES: usize = 256;
/// The longest that a caller waits for an answer: the database may have fallen silent.
const PATIENCE: Duration = Duration::from_secs(12);

/// An event to store, with the answer for its caller.
#[derive(Clone, Debug)]
pub struct Submission {
    pub event: EventRow,
    /// The answer, once the event is stored.
    pub answer: Stored,
    /// The idempotency key that the event came with.
    pub used: Option<Use>,
}

/// An event was not stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SubmitError {
    /// The queue is full, or the workspace's share of it: try again in a moment.
    Full,
    /// The server is stopping.
    Stopping,
    /// The idempotency key cannot be used for this event.
    Key(KeyConflict),
    /// The database is not available right now; the cause is logged.
    Unavailable,
    /// The database refused the event; the cause is logged.
    Refused,
}

impl From<&DbError> for SubmitError {
    fn from(error: &DbError) -> Self {
        if error.is_unavailable() { Self::Unavailable } else { Self::Refused }
    }
}

/// The answer to one submission.
type Submitted = Result<Given, SubmitError>;
/// An event that waits, and the caller to tell.
type Waiting = (Submission, oneshot::Sender<Submitted>);

/// The queue of a node, with the parts that are needed to empty it.
#[derive(Debug)]
pub struct Ingest {
    base: Base,
    publisher: Arc<Publisher>,
    metrics: Arc<Metrics>,
    runtime: Handle,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    queue: Queue<Waiting>,
    /// A task is emptying the queue.
    emptied: bool,
    /// Deliveries per event in the last batch: it says how many events the next batch takes.
    fan_out: usize,
}

impl Ingest {
    /// An empty queue, to be emptied on the threads of `runtime`.
    pub fn new(base: Base, publisher: Arc<Publisher>, metrics: Arc<Metrics>, runtime: Handle) -> Self {
        Self { base, publisher, metrics, runtime, state: Mutex::default() }
    }

    pub fn waiting(&self) -> usize {
        self.lock().queue.len()
    }

    /// Stores an event together with others that come in just now, and answers once the event is durable.
    pub async fn submit(self: &Arc<Self>, submission: Submission) -> Submitted {
        let (tell, told) = oneshot::channel();
        if self.push(submission, tell)? {
            self.runtime.spawn(Arc::clone(self).empty());
        }
        match tokio::time::timeout(PATIENCE, told).await {
            Ok(told) => told.map_err(|_| SubmitError::Stopping)?,
            Err(_) => Err(SubmitError::Unavailable),
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts an event into the queue. `true` if no task is emptying the queue yet.
    fn push(&self, submission: Submission, tell: oneshot::Sender<Submitted>) -> Result<bool, SubmitError> {
        let mut state = self.lock();
        let (workspace, bytes) = (submission.event.workspace_id, submission.event.payload.len());
        if !state.queue.has_room(workspace, self.base.settings.ingest_queue) {
            return Err(SubmitError::Full);
        }
        state.queue.push(workspace, bytes, (submission, tell));
        Ok(!std::mem::replace(&mut state.emptied, true))
    }

    /// The next batch. `None` when the queue is empty: from then on no task is emptying it.
    fn pop(&self) -> Option<Vec<Waiting>> {
        let mut state = self.lock();
        let most = (DELIVERIES / state.fan_out.max(1)).clamp(1, BATCH);
        let batch = state.queue.take(most);
        state.emptied = !batch.is_empty();
        (!batch.is_empty()).then_some(batch)
    }

    /// Empties the queue, batch by batch.
    async fn empty(self: Arc<Self>) {
        while let Some(batch) = self.pop() {
            // What nobody waits for any more is not begun.
            let (submissions, callers): (Vec<_>, Vec<_>) =
                batch.into_iter().filter(|(_, tell)| !tell.is_closed()).unzip();
            if submissions.is_empty() {
                continue;
            }
            let submissions: Arc<[Submission]> = submissions.into();
            let answers = match self.write(Arc::clone(&submissions)).await {
                Ok(answers) => answers,
                Err(error) if error.is_unavailable() || submissions.len() == 1 => {
                    tracing::warn!(cause = %error, events = submissions.len(), "events could not be stored");
                    submissions.iter().map(|_| Err(SubmitError::from(&error))).collect()
                }
                // The database refuses one event of the batch: each is stored alone, so that the others get
                // through.
                Err(_) => self.one_by_one(&submissions).await,
            };
            let accepted = answers.iter().filter(|answer| answer.is_ok()).count();
            self.metrics.events.inc_by(u64::try_from(accepted).unwrap_or_default());
            for (tell, answer) in callers.into_iter().zip(answers) {
                // The caller may be gone; the event stands all the same.
                let _ = tell.send(answer);
            }
        }
    }

    async fn one_by_one(self: &Arc<Self>, submissions: &[Submission]) -> Vec<Submitted> {
        let mut answers = Vec::with_capacity(submissions.len());
        for submission in submissions {
            let written = self.write(Arc::from([submission.clone()])).await;
            let answer = match written {
                Ok(mut one) => one.pop().unwrap_or(Err(SubmitError::Refused)),
                Err(error) => {
                    tracing::error!(cause = %error, event = %submission.event.id, "an event could not be stored");
                    Err(SubmitError::from(&error))
                }
            };
            answers.push(answer);
        }
        answers
    }

    /// Stores a batch in one transaction, and answers each event.
    async fn write(self: &Arc<Self>, batch: Arc<[Submission]>) -> Result<Vec<Submitted>, DbError> {
        let ingest = Arc::clone(self);
        let answers = self.base.db.execute(move |tx| {
            let mut answers = Vec::with_capacity(batch.len());
            let mut events = Vec::with_capacity(batch.len());
            for submission in batch.iter() {
                let answer = match admit(tx, submission)? {
                    Ok(None) => {
                        events.push(submission.event.clone());
                        Ok(Given { answer: submission.answer.clone(), replayed: false })
                    }
                    Ok(Some(answer)) => Ok(Given { answer, replayed: true }),
                    Err(conflict) => Err(SubmitError::Key(conflict)),
                };
                answers.push(answer);
            }
            let deliveries = ingest.publisher.store(tx, &events, None)?;
            ingest.lock().fan_out = deliveries.div_ceil(events.len().max(1));
            Ok(answers)
        });
        answers.await
    }
}

/// The first answer to the event's idempotency key; `None` where the event is to be stored.
fn admit(tx: &mut Tx<'_>, submission: &Submission) -> QueryResult<Result<Option<Stored>, KeyConflict>> {
    let Some(used) = &submission.used else { return Ok(Ok(None)) };
    let first = idempotency::first_answer(tx, used, &submission.answer.request_digest)?;
    if matches!(first, Ok(None)) {
        idempotency::store(tx, used, &submission.answer)?;
    }
    Ok(first)
}
