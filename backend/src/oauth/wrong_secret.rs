//! A wrong client secret, explained to the admins of the app that it was sent for: what it is, and what it was.

use api_types::{Timestamp, oauth_failures::FailureCause};

use crate::{
    auth::parts::Auth,
    crypto::tokens,
    db::{
        client_secrets::{self, StoredSecret},
        oauth_clients::ClientRecord,
    },
};

/// The cause and the sentence for a secret that is none of the app's. Of a text that is no client secret, nothing is repeated: it may be
/// a password of something else.
pub async fn explain(auth: &Auth, client: &ClientRecord, secret: &str) -> (FailureCause, String) {
    if !tokens::is_well_formed(tokens::CLIENT_SECRET, secret) {
        return (FailureCause::SecretMalformed, malformed(secret).to_owned());
    }
    let digests = auth.base.keys.digests(secret);
    let workspace = client.workspace.id;
    let stored = auth.base.db.query(move |conn| client_secrets::stored(conn, workspace, &digests)).await;
    let ending = &secret[secret.len() - 4..];
    recognized(client, stored.ok().flatten(), ending, auth.base.now())
}

fn recognized(
    client: &ClientRecord,
    stored: Option<StoredSecret>,
    ending: &str,
    now: Timestamp,
) -> (FailureCause, String) {
    match stored {
        Some(StoredSecret { app_id, .. }) if app_id != client.id => (
            FailureCause::SecretOfAnotherApp,
            format!("The secret ending {ending} is that of another app of this workspace, {app_id}."),
        ),
        Some(StoredSecret { expires_at: Some(ended), .. }) if ended <= now => (
            FailureCause::SecretStopped,
            format!("The secret ending {ending} was rotated out or dropped. It stopped working at {ended}."),
        ),
        _ => (FailureCause::SecretUnknown, format!("The secret ending {ending} is not one of this app's.")),
    }
}

fn malformed(secret: &str) -> &'static str {
    if tokens::is_well_formed(tokens::CLIENT_SECRET, secret.trim()) {
        return "The client secret has white space around it.";
    }
    if secret.contains('%') {
        return "What came as the client secret has a % in it: it may have been form-encoded twice.";
    }
    if secret.starts_with(tokens::API_KEY) {
        return "What came as the client secret is an API key (slk_).";
    }
    if secret.starts_with(tokens::CLIENT_SECRET) {
        return "What came as the client secret begins like one (sls_), but is cut off or has a wrong character.";
    }
    "What came as the client secret is none: those of this server begin with sls_ and have 42 characters."
}
