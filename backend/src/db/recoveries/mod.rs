//! Recoveries, the bulk retries of failed deliveries: the rows, the lists that screens show, and the queries of the job
//! that sets the deliveries going again.

mod job;
mod lists;
pub mod missing;
mod rows;

pub use job::{
    AskedAttempt, Candidate, advance, ask_for_attempt, candidates, lock_candidates, lock_recovery, look_at,
    running, start_anew,
};
pub use lists::{Count, RecoveryFilter, count, find, list};
pub use rows::{CanaryStage, FINISHED, RecoveryRow, Selection, USUAL, cancel, insert, overlapping, resume};
