//! The keys that signatures are verified with.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::{hmac, signature};

/// `whsec_…` verifies `v1` (HMAC-SHA256), `whpk_…` verifies `v1a` (ed25519).
#[derive(Clone)]
pub(super) enum Key {
    Secret(hmac::Key),
    Public(Vec<u8>),
}

impl Key {
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if let Some(public) = text.strip_prefix("whpk_") {
            return STANDARD.decode(public).ok().filter(|key| key.len() == 32).map(Self::Public);
        }
        let secret =
            STANDARD.decode(text.strip_prefix("whsec_")?).ok().filter(|secret| !secret.is_empty())?;
        Some(Self::Secret(hmac::Key::new(hmac::HMAC_SHA256, &secret)))
    }

    /// True if `signature` (`v1,…` or `v1a,…`) is this key's. Both comparisons take the same time whatever differs.
    pub fn fits(&self, signed: &[u8], signature: &str) -> bool {
        let Some((version, text)) = signature.split_once(',') else { return false };
        let Ok(signature) = STANDARD.decode(text) else { return false };
        match self {
            Self::Secret(key) => version == "v1" && hmac::verify(key, signed, &signature).is_ok(),
            Self::Public(key) => {
                let key = signature::UnparsedPublicKey::new(&signature::ED25519, key);
                version == "v1a" && key.verify(signed, &signature).is_ok()
            }
        }
    }
}
