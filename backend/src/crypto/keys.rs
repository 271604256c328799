//! The server's own keys: the pepper under which credentials are hashed, and the key that seals secrets that
//! we must read again.
//!
//! The keys come from the environment. On the embedded database they may also be made on first start, in the
//! data folder, readable by the owner alone.

use std::{collections::HashSet, fmt, path::Path};

use base64::{Engine, engine::general_purpose::STANDARD};

use crate::{
    crypto::{
        hmac_sha256,
        key_file::{self, KeyFile},
        seal::SealingKey,
        text,
    },
    random::Random,
};

pub use super::keys_error::KeysError;

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

/// One of the two keys that a server has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyKind {
    /// Credentials are hashed under it.
    Pepper,
    /// Secrets that must be read again are sealed under it.
    Sealing,
}

impl KeyKind {
    /// Both kinds.
    pub const ALL: [Self; 2] = [Self::Pepper, Self::Sealing];

    /// The word by which the database and the operator know it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pepper => "pepper",
            Self::Sealing => "sealing key",
        }
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
    /// Where the operator finds the pepper and the sealing key.
    places: [String; 2],
}

impl ServerKeys {
    /// Reads the keys from `SAYLESS_PEPPER` and `SAYLESS_SEALING_KEY`: `VERSION:BASE64[,VERSION:BASE64…]`,
    /// newest first.
    pub fn parse(pepper: &str, sealing: &str) -> Result<Self, KeysError> {
        Self::of_lists(("SAYLESS_PEPPER", pepper), ("SAYLESS_SEALING_KEY", sealing))
    }

    /// Reads both lists, each with the name by which the operator knows it.
    fn of_lists(
        (pepper_name, pepper): (&str, &str),
        (sealing_name, sealing): (&str, &str),
    ) -> Result<Self, KeysError> {
        let peppers = parse_list(pepper_name, pepper)?;
        let sealing = parse_list(sealing_name, sealing)?;
        let first = sealing.first().ok_or_else(|| KeysError::Malformed(sealing_name.to_owned()))?;
        let tag_key = hmac_sha256(&first.bytes, &[b"tag"]);
        Ok(Self {
            peppers,
            sealing: SealingKey::new(sealing.iter().map(|k| (k.version, k.bytes)).collect()),
            tag_key,
            places: [pepper_name.to_owned(), sealing_name.to_owned()],
        })
    }

    /// Reads the key file of a data folder; `None` where there is none.
    pub fn from_folder(folder: &Path) -> Result<Option<Self>, KeysError> {
        let path = key_file::path(folder);
        KeyFile::read(&path)?.map(|file| Self::of_file(&path, &file)).transpose()
    }

    /// Makes a key file with mode 0600 in a data folder that has none, with keys of this version, and reads it.
    pub fn make_in_folder(folder: &Path, version: i32, random: &Random) -> Result<Self, KeysError> {
        let fresh = || fresh_key(version, random);
        KeyFile { pepper: fresh(), sealing_key: fresh() }.create(&key_file::path(folder))?;
        // Another process may have been quicker.
        let damaged = || KeysError::Damaged { path: key_file::path(folder).display().to_string() };
        Self::from_folder(folder)?.ok_or_else(damaged)
    }

    /// Reads the keys of a key file's content, which stood in `path`.
    pub fn of_text(path: &Path, text: &str) -> Result<Self, KeysError> {
        Self::of_file(path, &KeyFile::of_text(path, text)?)
    }

    fn of_file(path: &Path, file: &KeyFile) -> Result<Self, KeysError> {
        let of = |name: &str| format!("{name} in {}", path.display());
        Self::of_lists((&of("pepper"), &file.pepper), (&of("sealing_key"), &file.sealing_key))
    }

    /// Keys that live as long as the process: for tests.
    pub fn random(random: &Random) -> Self {
        let key = || vec![VersionedKey { version: 1, bytes: random.bytes() }];
        let sealing = key();
        Self {
            peppers: key(),
            sealing: SealingKey::new(sealing.iter().map(|k| (k.version, k.bytes)).collect()),
            tag_key: random.bytes(),
            places: ["the pepper".into(), "the sealing key".into()],
        }
    }

    /// Where the operator finds a key: a variable, or a field of a file.
    pub fn place(&self, kind: KeyKind) -> &str {
        let [pepper, sealing] = &self.places;
        match kind {
            KeyKind::Pepper => pepper,
            KeyKind::Sealing => sealing,
        }
    }

    /// Each version of a key with its check value, newest first. The value tells two keys apart, and nothing about either.
    pub fn checks(&self, kind: KeyKind) -> Vec<(i32, String)> {
        let check =
            |key: &[u8; 32]| text(&hmac_sha256(key, &[b"server key check", kind.as_str().as_bytes()])[..16]);
        match kind {
            KeyKind::Pepper => self.peppers.iter().map(|key| (key.version, check(&key.bytes))).collect(),
            KeyKind::Sealing => self.sealing.versions().map(|(version, key)| (version, check(key))).collect(),
        }
    }

    /// The digest under which a new credential is stored, and the pepper's version.
    pub fn digest(&self, secret: &str) -> (String, i32) {
        self.peppers.first().map_or_else(
            || (String::new(), 0),
            |pepper| (text(&hmac_sha256(&pepper.bytes, &[secret.as_bytes()])), pepper.version),
        )
    }

    /// The version of the pepper that hashes new credentials.
    pub fn pepper_version(&self) -> i32 {
        self.peppers.first().map_or(0, |pepper| pepper.version)
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

/// A new key, as a variable has it.
fn fresh_key(version: i32, random: &Random) -> String {
    format!("{version}:{}", STANDARD.encode(random.bytes::<32>()))
}

/// The list with a new key before the others.
pub fn with_new(name: &str, list: &str, random: &Random) -> Result<String, KeysError> {
    let newest = parse_list(name, list)?.iter().map(|key| key.version).max().unwrap_or_default();
    Ok(format!("{},{list}", fresh_key(newest.saturating_add(1), random)))
}

fn parse_list(name: &str, value: &str) -> Result<Vec<VersionedKey>, KeysError> {
    let mut versions = HashSet::new();
    value
        .split(',')
        .map(|entry| {
            let (version, key) = entry.trim().split_once(':')?;
            let bytes = STANDARD.decode(key.trim()).ok()?.try_into().ok()?;
            let version = version.trim().parse().ok().filter(|version| versions.insert(*version))?;
            Some(VersionedKey { version, bytes })
        })
        .collect::<Option<Vec<_>>>()
        .ok_or_else(|| KeysError::Malformed(name.to_owned()))
}
