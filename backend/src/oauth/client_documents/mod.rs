//! Apps that are known by a document at a URL, which is their `client_id` (draft-ietf-oauth-client-id-metadata-document): nobody
//! registers them here.
//!
//! [`url`] says which URLs may be one, [`fetch`] gets a document the way webhooks are delivered, [`document`] checks it, and
//! [`documents`] keeps it for as long as HTTP lets it ([`freshness`]). A document is fetched for a signed-in member alone, whose
//! workspace has such apps switched on, and never within a transaction. What it says becomes an app of that workspace ([`known`]),
//! which is let in, paused and removed like a public app of another workspace. At the other endpoints such an app is found by the
//! code or token that it brings ([`holder`]); none of these fetches anything.

pub mod document;
pub mod documents;
mod fault;
pub mod fetch;
pub mod freshness;
pub mod holder;
pub mod known;
pub mod url;
