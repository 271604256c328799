//! The queue behind `POST /v1/events`. Events that come together share one transaction, and so one flush to
//! disk. No caller is answered before its event is durable. The queue is bounded: beyond that, callers are
//! told to come back.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use diesel::QueryResult;
use tokio::{runtime::Handle, sync::oneshot};

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

/// The most bytes of bodies that wait in the queue.
const WAITING_BYTES: usize = 64 * 1024 * 1024;
/// The most events in one transaction.
const BATCH: usize = 256;
/// The most deliveries that one transaction is meant to store.
const DELIVERIES: usize = 2_048;

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
    /// The queue is full: try again in a moment.
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
    queue: Mutex<Queue>,
}

#[derive(Debug, Default)]
struct Queue {
    waiting: VecDeque<Waiting>,
    bytes: usize,
    /// A task is emptying the queue.
    emptied: bool,
    /// Deliveries per event in the last batch: it says how many events the next batch takes.
    fan_out: usize,
}

impl Ingest {
    /// An empty queue, to be emptied on the threads of `runtime`.
    pub fn new(base: Base, publisher: Arc<Publisher>, metrics: Arc<Metrics>, runtime: Handle) -> Self {
        Self { base, publisher, metrics, runtime, queue: Mutex::default() }
    }

    pub fn waiting(&self) -> usize {
        self.lock().waiting.len()
    }

    /// Stores an event together with others that come in just now, and answers once the event is durable.
    pub async fn submit(self: &Arc<Self>, submission: Submission) -> Submitted {
        let (tell, told) = oneshot::channel();
        if self.push(submission, tell)? {
            self.runtime.spawn(Arc::clone(self).empty());
        }
        told.await.map_err(|_| SubmitError::Stopping)?
    }

    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts an event into the queue. `true` if no task is emptying the queue yet.
    fn push(&self, submission: Submission, tell: oneshot::Sender<Submitted>) -> Result<bool, SubmitError> {
        let mut queue = self.lock();
        if queue.waiting.len() >= self.base.settings.ingest_queue || queue.bytes >= WAITING_BYTES {
            return Err(SubmitError::Full);
        }
        queue.bytes += submission.event.payload.len();
        queue.waiting.push_back((submission, tell));
        Ok(!std::mem::replace(&mut queue.emptied, true))
    }

    /// The next batch. `None` when the queue is empty: from then on no task is emptying it.
    fn pop(&self) -> Option<Vec<Waiting>> {
        let mut queue = self.lock();
        let most = (DELIVERIES / queue.fan_out.max(1)).clamp(1, BATCH).min(queue.waiting.len());
        let batch: Vec<_> = queue.waiting.drain(..most).collect();
        queue.bytes -= batch.iter().map(|(submission, _)| submission.event.payload.len()).sum::<usize>();
        queue.emptied = !batch.is_empty();
        (!batch.is_empty()).then_some(batch)
    }

    /// Empties the queue, batch by batch.
    async fn empty(self: Arc<Self>) {
        while let Some(batch) = self.pop() {
            let (submissions, callers): (Vec<_>, Vec<_>) = batch.into_iter().unzip();
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
