//! The pages, one a file or folder, and the parts that are too large to stand in theirs; `shell` surrounds most of
//! those for which one signs in.

pub mod api_key_form;
pub mod api_keys;
pub mod attempt;
pub mod audit;
pub mod authorizations;
pub mod consent;
pub mod delivery;
pub mod failures;
pub mod not_found;
pub mod oauth_app;
pub mod oauth_app_form;
pub mod oauth_apps;
pub mod overview;
pub mod recoveries;
pub mod retry;
pub mod rotate;
pub mod shell;
pub mod sign_in;
pub mod signed_in;
pub mod test;
pub mod verify;
pub mod webhook;
pub mod webhook_form;
pub mod webhooks;
