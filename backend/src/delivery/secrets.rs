//! Signing secrets at rest: sealed for their webhook, opened for an attempt.

use api_types::ids::WebhookId;
use zeroize::Zeroizing;

use super::signature::SigningSecret;
use crate::{app::App, crypto::seal::CannotOpen};

/// Seals a secret for storage; it opens for this webhook alone.
pub fn seal(app: &App, webhook: WebhookId, secret: &SigningSecret) -> Result<String, CannotOpen> {
    app.keys.sealing.seal(webhook.as_str(), secret.expose().as_bytes(), app.chance.bytes())
}

/// Opens what [`seal`] made.
pub fn open(app: &App, webhook: WebhookId, sealed: &str) -> Result<SigningSecret, CannotOpen> {
    let text = Zeroizing::new(app.keys.sealing.open(webhook.as_str(), sealed)?);
    let text = std::str::from_utf8(&text).map_err(|_| CannotOpen)?;
    SigningSecret::parse(text).map_err(|_| CannotOpen)
}
