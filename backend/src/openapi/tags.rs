//! The groups of operations, in the order of the reader: what most people come for stands first.

use utoipa::openapi::tag::{Tag, TagBuilder};

/// The name of each group and what it is for.
const GROUPS: &[(&str, &str)] = &[
    ("API keys", "Credentials for internal tools and integrations. Only an admin's session manages them."),
    ("OAuth apps", "Third-party apps, their client secrets, and what members let them do."),
    ("Installed apps", "Apps of other workspaces in this one: which may come in, and what they hold."),
    ("Webhooks", "Where events are sent, how the messages are signed, and how the receivers are doing."),
    ("Events", "The catalogue of event types, and publishing one of them."),
    ("Deliveries", "One event for one webhook: every attempt, what went wrong, and a retry by hand."),
    ("Recoveries", "Many deliveries set going again, as a job that keeps a pace."),
    ("Tickets", "Tickets with their comments and notes."),
    ("Broadcasts", "One message to many."),
    ("Audit log", "Who changed what, when and from where."),
    ("Session", "Who is calling, and signing in to the console."),
    ("Authorizations", "What a member lets apps do, and the questions of the consent screen."),
    ("Stream", "Hints that something changed, as server-sent events."),
    ("Problems", "What each error means and what to do; the `type` of a problem leads here."),
    ("Health", "Signs of life for load balancers and uptime checks."),
    ("Metadata", "What OAuth clients discover: the server's endpoints and its signing keys."),
    ("OAuth protocol", "How an app gets, checks and gives back tokens (OAuth 2.1)."),
];

/// The groups as the document lists them.
pub fn all() -> Vec<Tag> {
    let tag = |&(name, description): &(&str, &str)| {
        TagBuilder::new().name(name).description(Some(description)).build()
    };
    GROUPS.iter().map(tag).collect()
}
