//! Signing secrets at rest: sealed for their webhook, opened for an attempt.

use api_types::ids::WebhookId;
use zeroize::Zeroizing;

use super::signature::SigningSecret;
use crate::{
    crypto::{keys::ServerKeys, seal::CannotOpen},
    random::Random,
};

/// Seals a secret for storage. The sealed text opens for this webhook alone.
pub fn seal(
    keys: &ServerKeys,
    random: &Random,
    webhook: WebhookId,
    secret: &SigningSecret,
) -> Result<String, CannotOpen> {
    keys.sealing.seal(webhook.as_str(), secret.expose().as_bytes(), random.bytes())
}

/// Opens a text that [`seal`] made.
pub fn open(keys: &ServerKeys, webhook: WebhookId, sealed: &str) -> Result<SigningSecret, CannotOpen> {
    let text = Zeroizing::new(keys.sealing.open(webhook.as_str(), sealed)?);
    let text = std::str::from_utf8(&text).map_err(|_| CannotOpen)?;
    SigningSecret::parse(text).map_err(|_| CannotOpen)
}
