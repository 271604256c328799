//! Ingest: publishes that come together share one transaction, and so one flush to disk. Nobody is answered before it is
//! durable. The queue is bounded; beyond that, callers are told to come back.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use api_types::Timestamp;
use tokio::sync::oneshot;

use super::publish;
use crate::{
    app::App,
    db::{
        Tx,
        events::EventRow,
        idempotency::{self, Stored, Use},
    },
    idempotent,
    problem::Failure,
};

/// Bytes of the bodies that wait at most.
const WAITING_BYTES: usize = 64 * 1024 * 1024;
/// Events in one transaction at most.
const BATCH: usize = 256;
/// Deliveries that one transaction is meant to store at most.
const DELIVERIES: usize = 2_048;

/// An event to store, with what its caller is to be answered.
#[derive(Clone, Debug)]
pub struct Submission {
    /// The event.
    pub event: EventRow,
    /// The answer, once it is stored.
    pub answer: Stored,
    /// The idempotency key that it came with.
    pub used: Option<Use>,
}

/// The queue of a node.
#[derive(Debug, Default)]
pub struct Ingest(Mutex<Queue>);

/// An event that waits, and whom to tell.
type Waiting = (Submission, oneshot::Sender<Result<Stored, Failure>>);

#[derive(Debug, Default)]
struct Queue {
    waiting: VecDeque<Waiting>,
    bytes: usize,
    /// Somebody is emptying it.
    emptied: bool,
    /// Deliveries per event, as the last batch had them.
    fan_out: usize,
}

impl Ingest {
    /// How many events wait.
    pub fn waiting(&self) -> usize {
        self.lock().waiting.len()
    }

    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts an event into the queue, of at most so many; `true` if nobody is emptying it yet.
    fn push(
        &self,
        most: usize,
        submission: Submission,
        tell: oneshot::Sender<Result<Stored, Failure>>,
    ) -> Result<bool, Failure> {
        let mut queue = self.lock();
        if queue.waiting.len() >= most || queue.bytes >= WAITING_BYTES {
            return Err(Failure::unavailable(
                "More events are coming in than can be stored. Nothing of this one was; try again in a moment.",
                1,
            ));
        }
        queue.bytes += submission.event.payload.len();
        queue.waiting.push_back((submission, tell));
        Ok(!std::mem::replace(&mut queue.emptied, true))
    }

    /// The next batch; none when the queue is empty, and then nobody is emptying it any more.
    fn pop(&self) -> Option<Vec<Waiting>> {
        let mut queue = self.lock();
        let most = (DELIVERIES / queue.fan_out.max(1)).clamp(1, BATCH).min(queue.waiting.len());
        let batch: Vec<_> = queue.waiting.drain(..most).collect();
        queue.bytes -= batch.iter().map(|(submission, _)| submission.event.payload.len()).sum::<usize>();
        queue.emptied = !batch.is_empty();
        (!batch.is_empty()).then_some(batch)
    }
}

/// Stores an event with whatever else comes in just now, and answers once it is durable.
pub async fn submit(app: &App, submission: Submission) -> Result<Stored, Failure> {
    let (tell, told) = oneshot::channel();
    if app.ingest.push(app.settings.ingest_queue, submission, tell)? {
        app.engine.spawn(empty(app.clone()));
    }
    told.await.map_err(|_| Failure::unavailable("The server is stopping. Nothing was stored.", 1))?
}

/// Empties the queue, batch by batch.
async fn empty(app: App) {
    while let Some(batch) = app.ingest.pop() {
        let (submissions, callers): (Vec<_>, Vec<_>) = batch.into_iter().unzip();
        let submissions: Arc<[Submission]> = submissions.into();
        let answers = match write(&app, Arc::clone(&submissions)).await {
            Ok(answers) => answers,
            Err(failure) if failure.is_unavailable() || submissions.len() == 1 => {
                submissions.iter().map(|_| Err(failure.clone())).collect()
            }
            // One of them is refused by the database: each alone, so that it does not hold back the others.
            Err(_) => one_by_one(&app, &submissions).await,
        };
        let accepted = answers.iter().filter(|answer| answer.is_ok()).count();
        app.metrics.events.inc_by(u64::try_from(accepted).unwrap_or_default());
        for (tell, answer) in callers.into_iter().zip(answers) {
            // The caller may be gone; the event stands all the same.
            let _ = tell.send(answer);
        }
    }
}

async fn one_by_one(app: &App, submissions: &[Submission]) -> Vec<Result<Stored, Failure>> {
    let mut answers = Vec::with_capacity(submissions.len());
    for submission in submissions {
        let written = write(app, Arc::from([submission.clone()])).await;
        answers.push(written.and_then(|mut one| one.pop().unwrap_or_else(|| Err(lost()))));
    }
    answers
}

fn lost() -> Failure {
    Failure::internal(&"an event's answer was lost")
}

/// Stores a batch in one transaction; an answer for each.
async fn write(app: &App, batch: Arc<[Submission]>) -> Result<Vec<Result<Stored, Failure>>, Failure> {
    let inner = app.clone();
    app.db
        .write(move |tx| {
            let now = inner.clock.now();
            let mut answers = Vec::with_capacity(batch.len());
            let mut events = Vec::with_capacity(batch.len());
            for submission in batch.iter() {
                let answer = admit(tx, submission, now);
                if matches!(answer, Ok(None)) {
                    events.push(submission.event.clone());
                }
                answers.push(answer.map(|stored| stored.unwrap_or_else(|| submission.answer.clone())));
            }
            let deliveries = publish::store(tx, &inner, &events, None)?;
            inner.ingest.lock().fan_out = deliveries.div_ceil(events.len().max(1));
            Ok(answers)
        })
        .await
}

/// What its idempotency key says of an event: the first answer, or none where it is to be stored.
fn admit(tx: &mut Tx<'_>, submission: &Submission, now: Timestamp) -> Result<Option<Stored>, Failure> {
    let Some(used) = &submission.used else { return Ok(None) };
    let first = idempotent::first_answer(tx, used, &submission.answer.request_digest, now)?;
    if first.is_none() {
        idempotency::store(tx, used, &submission.answer)?;
    }
    Ok(first)
}
