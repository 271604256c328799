//! The allowed destinations: [`AddressPolicy`] judges addresses, [`WebhookUrl`] is a URL that passed.

mod policy;
#[cfg(test)]
mod properties;
mod url;

pub use policy::{AddressPermission, AddressPolicy, RefusedAddress, Rule, refused_by};
pub use url::{Host, UrlProblem, WebhookUrl};
