//! The contract: every operation of the OpenAPI document is refused without its permission, audited where it changes
//! something, described, and hardened against bad input. A new operation fails here until the table in `audit.rs` and the
//! bodies of the harness's `Fixture` know it.

mod audit;
mod bodies;
mod compression;
mod deprecation;
mod document;
mod examples;
mod idempotency;
mod input;
mod merge_patch;
mod methods;
mod ownership;
mod permission;
mod public_apps;
mod query;
mod texts;
mod versions;
