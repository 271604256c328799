//! Sealing: authenticated encryption (XChaCha20-Poly1305) of secrets that we must use again.

use std::fmt;

use base64::{Engine, engine::general_purpose::STANDARD_NO_PAD};
use chacha20poly1305::{
    XChaCha20Poly1305, XNonce,
    aead::{Aead, KeyInit, Payload},
};

/// The keys that seal, newest first; the first seals, all of them open.
#[derive(Clone)]
pub struct SealingKey(Vec<(i32, [u8; 32])>);

impl fmt::Debug for SealingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SealingKey")
    }
}

/// The sealed text is not ours, was changed, or belongs to another object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a sealed secret could not be opened")]
pub struct CannotOpen;

impl SealingKey {
    /// Keys with their versions, newest first.
    pub fn new(keys: Vec<(i32, [u8; 32])>) -> Self {
        Self(keys)
    }

    /// Each key with its version, newest first.
    pub(super) fn versions(&self) -> impl Iterator<Item = (i32, &[u8; 32])> {
        self.0.iter().map(|(version, key)| (*version, key))
    }

    /// The version under which secrets are sealed now.
    pub fn newest(&self) -> i32 {
        self.0.first().map_or(0, |(version, _)| *version)
    }

    /// The version under which a text was sealed.
    pub fn version_of(sealed: &str) -> Option<i32> {
        sealed.split_once('.')?.0.parse().ok()
    }

    /// Seals `secret` for the object `owner`; the result opens for no other object.
    pub fn seal(&self, owner: &str, secret: &[u8], nonce: [u8; 24]) -> Result<String, CannotOpen> {
        let (version, key) = self.0.first().ok_or(CannotOpen)?;
        let sealed = XChaCha20Poly1305::new(&(*key).into())
            .encrypt(&XNonce::from(nonce), Payload { msg: secret, aad: owner.as_bytes() })
            .map_err(|_| CannotOpen)?;
        Ok(format!("{version}.{}.{}", STANDARD_NO_PAD.encode(nonce), STANDARD_NO_PAD.encode(sealed)))
    }

    /// Opens a text that [`SealingKey::seal`] made for the same `owner`.
    pub fn open(&self, owner: &str, sealed: &str) -> Result<Vec<u8>, CannotOpen> {
        let mut parts = sealed.splitn(3, '.');
        let mut next = || parts.next().ok_or(CannotOpen);
        let version: i32 = next()?.parse().map_err(|_| CannotOpen)?;
        let nonce: [u8; 24] =
            STANDARD_NO_PAD.decode(next()?).ok().and_then(|n| n.try_into().ok()).ok_or(CannotOpen)?;
        let bytes = STANDARD_NO_PAD.decode(next()?).map_err(|_| CannotOpen)?;
        let (_, key) = self.0.iter().find(|(v, _)| *v == version).ok_or(CannotOpen)?;
        XChaCha20Poly1305::new(&(*key).into())
            .decrypt(&XNonce::from(nonce), Payload { msg: &bytes, aad: owner.as_bytes() })
            .map_err(|_| CannotOpen)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_sealed_opens_for_its_owner_alone_also_after_a_new_key() {
        let old = SealingKey::new(vec![(1, [1; 32])]);
        let sealed = old.seal("whk_1", b"secret", [7; 24]).expect("seals");
        let both = SealingKey::new(vec![(2, [2; 32]), (1, [1; 32])]);
        assert_eq!(both.open("whk_1", &sealed).as_deref(), Ok(&b"secret"[..]));
        assert_eq!(both.open("whk_2", &sealed), Err(CannotOpen));
        assert_eq!(SealingKey::new(vec![(1, [3; 32])]).open("whk_1", &sealed), Err(CannotOpen));
        assert_eq!(both.open("whk_1", "rubbish"), Err(CannotOpen));
    }
}
