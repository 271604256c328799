//! The SDK against a real server, which `load sandbox` started: everything that its README promises.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test fails where it stands")]

mod auth;
mod blocking;
mod errors;
mod lists;
mod receiver;
mod retries;
mod secrets;
mod webhooks;
mod world;
