//! Domains that publishers of apps prove to own: a file at the domain lists the app's id.
//!
//! [`check`] gets the file the way webhooks are delivered, and reads it. [`outcome`] stores what came of it: an admin asks for a check,
//! and a verified domain is checked again about once a day ([`recheck`]). A file without the app ends the verification at once; a
//! file that cannot be had ends it after three checks, so that a server that is down for a day costs nobody anything. No file is
//! fetched within a transaction.

pub mod check;
pub mod outcome;
pub mod recheck;
