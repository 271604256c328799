//! Recoveries: choosing which deliveries to recover and counting them first ([`choose`]), then how far that is
//! ([`progress`]).

pub mod choose;
pub mod progress;
mod receiver;
mod words;
