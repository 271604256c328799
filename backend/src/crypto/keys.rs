//! The server's own keys: the pepper under which credentials are hashed, and the key that seals secrets that
//! we must read again.
//!
//! The keys come from the environment. On the embedded database they may also be made on first start, in the
//! data folder, readable by the owner alone.

use std::{
    fmt, fs,
    io::{self, Write},
    path::Path,
};

use base64::{Engine, engine::general_purpose::STANDARD};
use serde::{Deserialize, Serialize};

use crate::{
    crypto::{hmac_sha256, seal::SealingKey, text},
    random::Random,
};

/// A 256-bit key with a version, so that a newer one can follow it.
#[derive(Clone)]
pub struct VersionedKey {
    /// The number of the key, stored beside everything that was made under it.
    pub version: i32,
    bytes: [u8; 32],
}

impl fmt::Debug for VersionedKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VersionedKey").field("version", &self.version).finish_non_exhaustive()
    }
}

/// The server's own keys. `Debug` never shows them.
#[derive(Clone, Debug)]
pub struct ServerKeys {
    /// Newest first. The first hashes new credentials, the others recognise old ones.
    peppers: Vec<VersionedKey>,
    /// Seals webhooks' signing secrets and the private halves of signing keys.
    pub sealing: SealingKey,
    /// Signs cursors and other values that only come back to us.
    tag_key: [u8; 32],
}

/// The reason that the server's keys could not be read or made.
#[derive(Debug, thiserror::Error)]
pub enum KeysError {
    /// A variable does not have the form that the message tells.
    #[error("{0} must be VERSION:KEY, comma separated, newest first, each KEY 32 bytes in base64")]
    Malformed(&'static str),
    /// A variable is missing.
    #[error("SAYLESS_PEPPER and SAYLESS_SEALING_KEY must both be set where the database is PostgreSQL")]
    Missing,
    /// The key file could not be read or written.
    #[error("the key file {path}: {source}")]
    File { path: String, source: io::Error },
}

/// The content of the key file.
#[derive(Serialize, Deserialize)]
struct KeyFile {
    pepper: String,
    sealing_key: String,
}

impl ServerKeys {
    /// Reads the keys from `SAYLESS_PEPPER` and `SAYLESS_SEALING_KEY`: `VERSION:BASE64[,VERSION:BASE64…]`,
    /// newest first.
    pub fn parse(pepper: &str, sealing: &str) -> Result<Self, KeysError> {
        let peppers = parse_list("SAYLESS_PEPPER", pepper)?;
        let sealing = parse_list("SAYLESS_SEALING_KEY", sealing)?;
        let first = sealing.first().ok_or(KeysError::Malformed("SAYLESS_SEALING_KEY"))?;
        let tag_key = hmac_sha256(&first.bytes, &[b"tag"]);
        Ok(Self {
            peppers,
            sealing: SealingKey::new(sealing.iter().map(|k| (k.version, k.bytes)).collect()),
            tag_key,
        })
    }

    /// Reads the key file of a data folder, or makes one with mode 0600 where there is none.
    pub fn from_folder(folder: &Path, random: &Random) -> Result<Self, KeysError> {
        let path = folder.join("keys.json");
        let failed = |source| KeysError::File { path: path.display().to_string(), source };
        match fs::read_to_string(&path) {
            Ok(text) => {
                let file: KeyFile =
                    serde_json::from_str(&text).map_err(|error| failed(io::Error::other(error)))?;
                Self::parse(&file.pepper, &file.sealing_key)
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let fresh = || format!("1:{}", STANDARD.encode(random.bytes::<32>()));
                let file = KeyFile { pepper: fresh(), sealing_key: fresh() };
                write_private(&path, &serde_json::to_vec_pretty(&file).map_err(|e| failed(e.into()))?)
                    .map_err(failed)?;
                Self::parse(&file.pepper, &file.sealing_key)
            }
            Err(error) => Err(failed(error)),
        }
    }

    /// Keys that live as long as the process: for tests.
    pub fn random(random: &Random) -> Self {
        let key = || vec![VersionedKey { version: 1, bytes: random.bytes() }];
        let sealing = key();
        Self {
            peppers: key(),
            sealing: SealingKey::new(sealing.iter().map(|k| (k.version, k.bytes)).collect()),
            tag_key: random.bytes(),
        }
    }

    /// The digest under which a new credential is stored, and the pepper's version.
    pub fn digest(&self, secret: &str) -> (String, i32) {
        self.peppers.first().map_or_else(
            || (String::new(), 0),
            |pepper| (text(&hmac_sha256(&pepper.bytes, &[secret.as_bytes()])), pepper.version),
        )
    }

    /// Every digest under which a presented credential may be stored, newest pepper first.
    pub fn digests(&self, secret: &str) -> Vec<String> {
        self.peppers.iter().map(|pepper| text(&hmac_sha256(&pepper.bytes, &[secret.as_bytes()]))).collect()
    }

    /// Secrets that can be made again from `parts` but not guessed from them, newest pepper first. The first
    /// is to be handed out, all of them are recognised.
    pub fn derive(&self, parts: &[&[u8]]) -> Vec<String> {
        self.peppers.iter().map(|pepper| text(&hmac_sha256(&pepper.bytes, parts))).collect()
    }

    /// A 96-bit tag over values that leave us and come back, such as cursors.
    pub fn tag(&self, parts: &[&[u8]]) -> [u8; 12] {
        let mut tag = [0; 12];
        tag.copy_from_slice(&hmac_sha256(&self.tag_key, parts)[..12]);
        tag
    }
}

fn parse_list(name: &'static str, value: &str) -> Result<Vec<VersionedKey>, KeysError> {
    value
        .split(',')
        .map(|entry| {
            let (version, key) = entry.trim().split_once(':')?;
            let bytes = STANDARD.decode(key.trim()).ok()?.try_into().ok()?;
            Some(VersionedKey { version: version.trim().parse().ok()?, bytes })
        })
        .collect::<Option<Vec<_>>>()
        .ok_or(KeysError::Malformed(name))
}

fn write_private(path: &Path, bytes: &[u8]) -> io::Result<()> {
    use std::os::unix::fs::OpenOptionsExt;
    let mut file = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}
