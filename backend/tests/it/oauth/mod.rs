//! The OAuth server, as apps, members and admins meet it. The comments name the rows of the requirements that a test
//! shows.

mod authorize;
mod bearer;
mod consent;
mod discovery;
mod hostile;
mod library;
mod power;
mod refresh;
mod revoke;
mod token;
mod withdraw;
