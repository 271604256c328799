//! One fetch of a document: by the way that webhooks are delivered, under the same policy of destinations, without redirects.

use std::time::Duration;

use api_types::{Timestamp, oauth_failures::FailureCause};
use http::{HeaderValue, header};

use super::{document, fault, freshness::Freshness, url::barred};
use crate::{
    db::client_documents::DocumentColumns,
    delivery::{
        address::WebhookUrl,
        send::{
            Get, Sender,
            exchange::{FailureKind, Outcome, Response},
        },
    },
    oauth::error::{ErrorCode, OAuthError},
};

/// The longest that a fetch takes.
const TOTAL: Duration = Duration::from_secs(5);
/// The largest document, in bytes: the draft's recommendation (section 6.6).
const MAX_DOCUMENT: usize = 5 * 1024;

const fn fault(description: &'static str) -> OAuthError {
    fault::fault(FailureCause::DocumentUnreachable, description)
}

/// A document that passed, and how long it is believed.
#[derive(Clone, Debug)]
pub struct Fetched {
    /// The document's columns.
    pub columns: DocumentColumns,
    /// The time for which they are believed.
    pub freshness: Freshness,
}

/// Fetches a document. Where it was fetched before, its server may say that it has not changed.
pub async fn fetch(
    sender: &Sender,
    url: &WebhookUrl,
    before: Option<&Fetched>,
    now: Timestamp,
) -> Result<Fetched, OAuthError> {
    let mut headers = vec![(header::ACCEPT, HeaderValue::from_static("application/json"))];
    headers.extend(before.into_iter().flat_map(|before| before.freshness.validators.iter().cloned()));
    let asks_for_changes = headers.len() > 1;
    let get = Get { url, headers: &headers, total: TOTAL, body: MAX_DOCUMENT };
    let answer = match sender.get(&get).await {
        Outcome::Response(answer) => answer,
        Outcome::Failure(failure) => return Err(why(&failure.kind)),
    };
    match (answer.status, before.filter(|_| asks_for_changes)) {
        (200, _) => read(&answer, url, now),
        (304, Some(before)) => Ok(Fetched {
            columns: before.columns.clone(),
            freshness: before.freshness.renewed(&answer.headers, now),
        }),
        (300..=399, _) => {
            Err(fault("The server of the client_id redirects. The document must be at that very URL."))
        }
        (status, _) => Err(fault("").saying(format!(
            "The server of the client_id has no document to give: it answered with status {status}."
        ))),
    }
}

fn read(answer: &Response, url: &WebhookUrl, now: Timestamp) -> Result<Fetched, OAuthError> {
    if answer.truncated {
        return Err(document::fault("The document at the client_id is larger than the 5 KiB that are read."));
    }
    if answer.body_fault.is_some() {
        return Err(document::fault("The document at the client_id broke off, or did not end in time."));
    }
    let kind = answer.headers.iter().find(|header| header.name == "content-type");
    let kind = kind.map(|header| header.value.split(';').next().unwrap_or_default().trim());
    let kind = kind.unwrap_or_default().to_ascii_lowercase();
    if kind != "application/json" && !(kind.starts_with("application/") && kind.ends_with("+json")) {
        return Err(document::fault("The document at the client_id is not sent as application/json."));
    }
    Ok(Fetched {
        columns: document::read(&answer.body, url)?,
        freshness: Freshness::of(&answer.headers, now),
    })
}

/// The failure in words. Whether a name is unknown, an address silent or a port closed is not told: the member who follows a link
/// need not learn what this server can reach.
fn why(kind: &FailureKind) -> OAuthError {
    match kind {
        FailureKind::Blocked { rule, .. } => barred(*rule),
        FailureKind::Certificate { .. } | FailureKind::Handshake { .. } => fault(
            "The server of the client_id did not prove who it is: no trusted certificate for that host.",
        ),
        FailureKind::Malformed { .. } => fault("The server of the client_id does not answer as HTTP has it."),
        FailureKind::Exhausted { .. } => OAuthError::new(
            ErrorCode::TemporarilyUnavailable,
            FailureCause::ServerFailed,
            "No connection can be made right now.",
        ),
        FailureKind::NameNotFound { .. }
        | FailureKind::ResolverFailed { .. }
        | FailureKind::Refused { .. }
        | FailureKind::Unreachable { .. }
        | FailureKind::ConnectTimeout { .. }
        | FailureKind::Reset { .. }
        | FailureKind::ResponseTimeout { .. } => fault(
            "The server of the client_id could not be reached, or did not answer in time. Try again in a minute.",
        ),
    }
}
