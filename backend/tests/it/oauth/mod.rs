//! The OAuth server, as apps, members and admins meet it. The comments name the rows of the requirements that a test
//! shows.

mod authorize;
mod bearer;
mod changed_meanwhile;
mod client_documents;
mod consent;
mod device;
mod discovery;
mod dropped_secret;
mod failures;
mod hostile;
mod installs;
mod library;
mod limits;
mod optional_scopes;
mod power;
mod prompts;
mod publisher_domains;
mod redirect_uris;
mod refresh;
mod revoke;
mod scope;
mod signing_keys;
mod tabs;
mod token;
mod withdraw;
