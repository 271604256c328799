//! The request headers of a webhook owner's own at rest: sealed together for their webhook, opened for an attempt.

use api_types::ids::WebhookId;
use hyper::header::{HeaderName, HeaderValue};
use zeroize::Zeroizing;

use crate::{
    crypto::{keys::ServerKeys, seal::CannotOpen},
    random::Random,
};

/// A header's name, in lower case, and its value.
pub type OwnHeader = (String, Zeroizing<String>);

/// The object that the headers are sealed for: they open in no other place of the same webhook.
fn owner(webhook: WebhookId) -> String {
    format!("{webhook} headers")
}

/// Seals headers for storage. The sealed text opens as this webhook's headers alone.
pub fn seal(
    keys: &ServerKeys,
    random: &Random,
    webhook: WebhookId,
    headers: &[OwnHeader],
) -> Result<String, CannotOpen> {
    let pairs: Vec<(&str, &str)> =
        headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let text = Zeroizing::new(serde_json::to_vec(&pairs).map_err(|_| CannotOpen)?);
    keys.sealing.seal(&owner(webhook), &text, random.bytes())
}

/// Opens a text that [`seal`] made; none where the webhook has no headers.
pub fn open(
    keys: &ServerKeys,
    webhook: WebhookId,
    sealed: Option<&str>,
) -> Result<Vec<OwnHeader>, CannotOpen> {
    let Some(sealed) = sealed else { return Ok(Vec::new()) };
    let text = Zeroizing::new(keys.sealing.open(&owner(webhook), sealed)?);
    let pairs: Vec<(String, String)> = serde_json::from_slice(&text).map_err(|_| CannotOpen)?;
    Ok(pairs.into_iter().map(|(name, value)| (name, Zeroizing::new(value))).collect())
}

/// Seals headers anew under the newest key.
pub fn seal_anew(
    keys: &ServerKeys,
    random: &Random,
    webhook: WebhookId,
    sealed: &str,
) -> Result<String, CannotOpen> {
    let headers = open(keys, webhook, Some(sealed))?;
    seal(keys, random, webhook, &headers)
}

/// The headers as a request carries them; their values are marked as sensitive, so that nobody shows them.
pub fn for_request(headers: &[OwnHeader]) -> Option<Vec<(HeaderName, HeaderValue)>> {
    headers
        .iter()
        .map(|(name, value)| {
            let name = HeaderName::from_bytes(name.as_bytes()).ok()?;
            let mut value = HeaderValue::from_str(value).ok()?;
            value.set_sensitive(true);
            Some((name, value))
        })
        .collect()
}
