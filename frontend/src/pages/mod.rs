//! The pages: a folder or file for each noun, whose `mod.rs` is the list and whose `form` and `page` are the rest;
//! `shell` frames those for which one signs in.

pub mod api_keys;
pub mod audit_log;
pub mod authorizations;
pub mod consent;
pub mod deliveries;
pub mod device;
pub mod events;
pub mod installed_apps;
pub mod not_found;
pub mod oauth_apps;
pub mod overview;
pub mod recoveries;
mod rotate_secret;
pub mod shell;
pub mod sign_in;
pub mod token_holder;
pub mod webhooks;
