//! Recoveries: choosing which deliveries to recover and counting them first ([`choose`]), then how far that is
//! ([`progress`]).

pub mod choose;
mod include;
pub mod progress;
mod receiver;
mod stopped;
mod words;
