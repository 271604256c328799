//! Signatures: is this message from Sayless, and is it new?

use super::key::Key;
use super::message::Message;
use crate::generated::events::Event;
use serde_json::Value;
use std::fmt;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

const TOLERANCE: Duration = Duration::from_secs(300);

/// Verifies messages: made once, used for each.
#[derive(Clone)]
pub struct Verifier {
    keys: Vec<Key>,
    tolerance: Duration,
}

/// Why a message is not taken. Answer 401.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum VerifyError {
    /// The header of this name is missing.
    MissingHeader(&'static str),
    /// `webhook-timestamp` is no number of seconds.
    BadTimestamp,
    /// The message is older than the tolerance: somebody may have kept it.
    TooOld,
    /// The message is from the future by more than the tolerance: a clock is wrong.
    TooNew,
    /// No signature is of one of the secrets.
    NoMatch,
    /// A secret is neither `whsec_…` nor `whpk_…`, or none was given.
    BadSecret,
    /// The signature is right, but the body is no event.
    BadBody,
}

/// Verifies a message and reads its event. `headers` are those of the request (a reference to `http::HeaderMap` will do, and any
/// pairs of name and value), `body` is the body exactly as it arrived, and `secrets` are all that may have signed it: signing secrets
/// (`whsec_…`) and public keys (`whpk_…`). A message that is more than five minutes from this machine's clock is refused.
pub fn verify<N: AsRef<str>, V: AsRef<[u8]>>(
    headers: impl IntoIterator<Item = (N, V)>,
    body: impl AsRef<[u8]>,
    secrets: impl IntoIterator<Item = impl AsRef<str>>,
) -> Result<Event, VerifyError> {
    Verifier::new(secrets)?.verify(headers, body)
}

impl Verifier {
    /// A verifier with these signing secrets (`whsec_…`) and public keys (`whpk_…`).
    pub fn new(secrets: impl IntoIterator<Item = impl AsRef<str>>) -> Result<Self, VerifyError> {
        let keys: Option<Vec<Key>> = secrets.into_iter().map(|secret| Key::parse(secret.as_ref())).collect();
        let keys = keys.filter(|keys| !keys.is_empty()).ok_or(VerifyError::BadSecret)?;
        Ok(Self { keys, tolerance: TOLERANCE })
    }

    /// How far from this machine's clock a message may be: five minutes where this is not said.
    #[must_use]
    pub const fn tolerance(mut self, tolerance: Duration) -> Self {
        self.tolerance = tolerance;
        self
    }

    /// Verifies a message that has just arrived, and reads its event.
    pub fn verify<N: AsRef<str>, V: AsRef<[u8]>>(
        &self,
        headers: impl IntoIterator<Item = (N, V)>,
        body: impl AsRef<[u8]>,
    ) -> Result<Event, VerifyError> {
        self.verify_at(SystemTime::now(), headers, body)
    }

    /// Verifies a message as if it were `now`.
    pub fn verify_at<N: AsRef<str>, V: AsRef<[u8]>>(
        &self,
        now: SystemTime,
        headers: impl IntoIterator<Item = (N, V)>,
        body: impl AsRef<[u8]>,
    ) -> Result<Event, VerifyError> {
        let body = body.as_ref();
        let headers = Headers::read(headers)?;
        self.check_time(now, &headers.timestamp)?;
        let signed = [headers.id.as_bytes(), b".", headers.timestamp.as_bytes(), b".", body].concat();
        let mut signatures = headers.signatures.iter().flat_map(|line| line.split_whitespace());
        if !signatures.any(|signature| self.keys.iter().any(|key| key.fits(&signed, signature))) {
            return Err(VerifyError::NoMatch);
        }
        let message: Message<Value> = serde_json::from_slice(body).map_err(|_| VerifyError::BadBody)?;
        Ok(Event::read(message))
    }

    fn check_time(&self, now: SystemTime, timestamp: &str) -> Result<(), VerifyError> {
        let sent: u64 = timestamp.parse().map_err(|_| VerifyError::BadTimestamp)?;
        let now = now.duration_since(UNIX_EPOCH).map_err(|_| VerifyError::TooNew)?.as_secs();
        if now.abs_diff(sent) <= self.tolerance.as_secs() {
            return Ok(());
        }
        Err(if sent < now { VerifyError::TooOld } else { VerifyError::TooNew })
    }
}

struct Headers {
    id: String,
    timestamp: String,
    signatures: Vec<String>,
}

impl Headers {
    fn read<N: AsRef<str>, V: AsRef<[u8]>>(
        headers: impl IntoIterator<Item = (N, V)>,
    ) -> Result<Self, VerifyError> {
        let (mut id, mut timestamp, mut signatures) = (None, None, Vec::new());
        for (name, value) in headers {
            let value = || String::from_utf8_lossy(value.as_ref()).into_owned();
            match name.as_ref().to_ascii_lowercase().as_str() {
                "webhook-id" => id = Some(value()),
                "webhook-timestamp" => timestamp = Some(value()),
                // While a secret is rotated the header may come in several lines, which a server may have joined by commas.
                "webhook-signature" => signatures.push(value().replace(", ", " ")),
                _ => {}
            }
        }
        if signatures.is_empty() {
            return Err(VerifyError::MissingHeader("webhook-signature"));
        }
        Ok(Self {
            id: id.ok_or(VerifyError::MissingHeader("webhook-id"))?,
            timestamp: timestamp.ok_or(VerifyError::MissingHeader("webhook-timestamp"))?,
            signatures,
        })
    }
}

impl fmt::Debug for Verifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Verifier")
            .field("keys", &self.keys.len())
            .field("tolerance", &self.tolerance)
            .finish()
    }
}

impl fmt::Display for VerifyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::MissingHeader(name) => write!(f, "the header {name} is missing"),
            Self::BadTimestamp => f.write_str("webhook-timestamp is no number of seconds"),
            Self::TooOld => f.write_str("the message is too old"),
            Self::TooNew => f.write_str("the message is from the future"),
            Self::NoMatch => f.write_str("no signature is of one of the secrets"),
            Self::BadSecret => f.write_str("a secret is needed: whsec_… or whpk_…"),
            Self::BadBody => f.write_str("the body is no event"),
        }
    }
}

impl std::error::Error for VerifyError {}
