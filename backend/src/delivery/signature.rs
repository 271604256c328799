//! Signing and verifying by the Standard Webhooks scheme: `v1` (HMAC-SHA256 under a `whsec_` secret) and
//! `v1a` (ed25519 under a `whsk_` key whose `whpk_` half is public). The caller brings randomness and time.

use std::fmt;

use base64::{Engine, engine::general_purpose::STANDARD};
use ed25519_dalek::{Signature, Signer, SigningKey, Verifier, VerifyingKey};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

/// The most that a `webhook-timestamp` may differ from the receiver's clock, in seconds, either way.
pub const TIMESTAMP_TOLERANCE_SECONDS: i64 = 300;

const SYMMETRIC_PREFIX: &str = "whsec_";
const PRIVATE_PREFIX: &str = "whsk_";
const PUBLIC_PREFIX: &str = "whpk_";

/// The length the scheme allows for a symmetric secret, in bytes.
const SYMMETRIC_LENGTH: std::ops::RangeInclusive<usize> = 24..=64;

type HmacSha256 = Hmac<Sha256>;

/// A secret that signs the requests of one webhook. `Debug` prints the kind only; memory is wiped on drop.
pub enum SigningSecret {
    /// HMAC-SHA256, shown to the receiver once as `whsec_…`.
    V1(Zeroizing<Vec<u8>>),
    /// ed25519; the receiver needs only the public half, `whpk_…`.
    V1a(Box<SigningKey>),
}

impl fmt::Debug for SigningSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::V1(_) => "SigningSecret::V1(…)",
            Self::V1a(_) => "SigningSecret::V1a(…)",
        })
    }
}

/// The reason that a text is no key of the scheme. The error never repeats the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    #[error("the key is not valid base64")]
    Encoding,
    #[error("a whsec_ secret holds between 24 and 64 bytes")]
    SymmetricLength,
    #[error("a whsk_ key holds 64 bytes: an ed25519 seed and its public key")]
    Private,
    #[error("a whpk_ key holds the 32 bytes of an ed25519 public key")]
    Public,
}

impl SigningSecret {
    /// A new `v1` secret out of `random` bytes.
    pub fn v1(random: [u8; 32]) -> Self {
        Self::V1(Zeroizing::new(random.to_vec()))
    }

    /// A new `v1a` key whose seed is `random`.
    pub fn v1a(random: [u8; 32]) -> Self {
        Self::V1a(Box::new(SigningKey::from_bytes(&random)))
    }

    /// Reads `whsec_…`, `whsk_…` or, as the scheme's own examples are written, the bare base64 of a symmetric
    /// secret.
    pub fn parse(text: &str) -> Result<Self, KeyError> {
        if let Some(encoded) = text.strip_prefix(PRIVATE_PREFIX) {
            let bytes: Zeroizing<[u8; 64]> =
                Zeroizing::new(decode(encoded)?.as_slice().try_into().map_err(|_| KeyError::Private)?);
            let key = SigningKey::from_keypair_bytes(&bytes).map_err(|_| KeyError::Private)?;
            return Ok(Self::V1a(Box::new(key)));
        }
        let bytes = decode(text.strip_prefix(SYMMETRIC_PREFIX).unwrap_or(text))?;
        if SYMMETRIC_LENGTH.contains(&bytes.len()) {
            Ok(Self::V1(bytes))
        } else {
            Err(KeyError::SymmetricLength)
        }
    }

    /// The secret as text, `whsec_…` or `whsk_…`: to seal it, or to show a `whsec_` once.
    pub fn expose(&self) -> Zeroizing<String> {
        Zeroizing::new(match self {
            Self::V1(bytes) => format!("{SYMMETRIC_PREFIX}{}", STANDARD.encode(bytes.as_slice())),
            Self::V1a(key) => {
                format!(
                    "{PRIVATE_PREFIX}{}",
                    STANDARD.encode(Zeroizing::new(key.to_keypair_bytes()).as_slice())
                )
            }
        })
    }

    /// The `whpk_…` text a receiver verifies with; none for a symmetric secret, which has no public half.
    pub fn public_key(&self) -> Option<String> {
        match self {
            Self::V1(_) => None,
            Self::V1a(key) => {
                Some(format!("{PUBLIC_PREFIX}{}", STANDARD.encode(key.verifying_key().as_bytes())))
            }
        }
    }

    /// One signature of `{id}.{timestamp}.{body}`, such as `v1,g0hM9…`. `timestamp` is in unix seconds.
    pub fn sign(&self, id: &str, timestamp: i64, body: &[u8]) -> String {
        match self {
            Self::V1(secret) => {
                format!("v1,{}", STANDARD.encode(mac(secret, id, timestamp, body).finalize().into_bytes()))
            }
            Self::V1a(key) => {
                let signature = key.sign(&content(id, timestamp, body));
                format!("v1a,{}", STANDARD.encode(signature.to_bytes()))
            }
        }
    }

    /// The half that verifies.
    pub fn verifier(&self) -> SignatureVerifier {
        match self {
            Self::V1(secret) => SignatureVerifier::V1(secret.clone()),
            Self::V1a(key) => SignatureVerifier::V1a(Box::new(key.verifying_key())),
        }
    }
}

/// The value of `webhook-signature`: one signature per valid secret, separated by spaces, so that a receiver
/// that knows any of them (the old one during a rotation's overlap) is satisfied.
pub fn signature_header<'a>(
    secrets: impl IntoIterator<Item = &'a SigningSecret>,
    id: &str,
    timestamp: i64,
    body: &[u8],
) -> String {
    secrets.into_iter().map(|secret| secret.sign(id, timestamp, body)).collect::<Vec<_>>().join(" ")
}

/// The receiver's half of a secret: verifies the requests of one webhook.
pub enum SignatureVerifier {
    V1(Zeroizing<Vec<u8>>),
    V1a(Box<VerifyingKey>),
}

impl fmt::Debug for SignatureVerifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::V1(_) => "SignatureVerifier::V1(…)",
            Self::V1a(_) => "SignatureVerifier::V1a(…)",
        })
    }
}

/// The three headers of a signed request, as received.
#[derive(Debug, Clone, Copy)]
pub struct SignedHeaders<'a> {
    pub id: &'a str,
    pub timestamp: &'a str,
    pub signature: &'a str,
}

/// The reason that a request is not to be believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum VerifyError {
    #[error("webhook-timestamp is not a number of unix seconds")]
    Timestamp,
    #[error("webhook-timestamp is more than five minutes in the past")]
    TooOld,
    #[error("webhook-timestamp is more than five minutes in the future")]
    TooNew,
    #[error("no signature in webhook-signature matches this body under this key")]
    NoMatch,
}

impl SignatureVerifier {
    /// Reads `whpk_…`, `whsec_…`, bare base64 (symmetric) or `whsk_…`, of which the public half is kept.
    pub fn parse(text: &str) -> Result<Self, KeyError> {
        let Some(encoded) = text.strip_prefix(PUBLIC_PREFIX) else {
            return SigningSecret::parse(text).map(|secret| secret.verifier());
        };
        let bytes: [u8; 32] = decode(encoded)?.as_slice().try_into().map_err(|_| KeyError::Public)?;
        Ok(Self::V1a(Box::new(VerifyingKey::from_bytes(&bytes).map_err(|_| KeyError::Public)?)))
    }

    /// Checks a request against the clock (`now`, unix seconds) and against every signature it carries, in
    /// constant time.
    pub fn verify(&self, headers: SignedHeaders<'_>, body: &[u8], now: i64) -> Result<(), VerifyError> {
        let timestamp: i64 = headers.timestamp.parse().map_err(|_| VerifyError::Timestamp)?;
        match now.saturating_sub(timestamp) {
            age if age > TIMESTAMP_TOLERANCE_SECONDS => return Err(VerifyError::TooOld),
            age if age < -TIMESTAMP_TOLERANCE_SECONDS => return Err(VerifyError::TooNew),
            _ => {}
        }
        // Every signature is tried, so that the time taken does not tell which one matched.
        let matched = headers
            .signature
            .split_ascii_whitespace()
            // A proxy joins the lines of a header with commas.
            .map(|signature| signature.trim_end_matches(','))
            .filter(|signature| self.matches(signature, headers.id, timestamp, body))
            .count();
        if matched > 0 { Ok(()) } else { Err(VerifyError::NoMatch) }
    }

    fn matches(&self, signature: &str, id: &str, timestamp: i64, body: &[u8]) -> bool {
        let Some((version, encoded)) = signature.split_once(',') else { return false };
        let Ok(given) = STANDARD.decode(encoded) else { return false };
        match (self, version) {
            (Self::V1(secret), "v1") => {
                let expected = mac(secret, id, timestamp, body).finalize().into_bytes();
                bool::from(expected.as_slice().ct_eq(&given))
            }
            (Self::V1a(key), "v1a") => Signature::from_slice(&given)
                .is_ok_and(|signature| key.verify(&content(id, timestamp, body), &signature).is_ok()),
            _ => false,
        }
    }
}

fn decode(encoded: &str) -> Result<Zeroizing<Vec<u8>>, KeyError> {
    STANDARD.decode(encoded).map(Zeroizing::new).map_err(|_| KeyError::Encoding)
}

fn content(id: &str, timestamp: i64, body: &[u8]) -> Vec<u8> {
    let mut content = format!("{id}.{timestamp}.").into_bytes();
    content.extend_from_slice(body);
    content
}

#[expect(clippy::expect_used, reason = "HMAC takes a key of any length (RFC 2104, section 3)")]
fn mac(secret: &[u8], id: &str, timestamp: i64, body: &[u8]) -> HmacSha256 {
    let mut mac = HmacSha256::new_from_slice(secret).expect("HMAC takes a key of any length");
    mac.update(format!("{id}.{timestamp}.").as_bytes());
    mac.update(body);
    mac
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "msg_p5jXN8AQM9LWM0D4loKWxJek";
    const TIME: i64 = 1_614_265_330;
    const BODY: &[u8] = br#"{"test": 2432232314}"#;
    const SECRET: &str = "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    const PRIVATE: &str =
        "whsk_6Xb/dCcHpPea21PS1N9VY/NZW723CEc77N4rJCubMbfVKIDij2HKpMKkioLlX0dRqSKJp4AJ6p9lMicMFs6Kvg==";

    fn headers<'a>(timestamp: &'a str, signature: &'a str) -> SignedHeaders<'a> {
        SignedHeaders { id: ID, timestamp, signature }
    }

    #[test]
    fn published_symmetric_vectors() {
        let secret = SigningSecret::parse(SECRET).unwrap();
        assert_eq!(secret.sign(ID, TIME, BODY), "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
        let secret = SigningSecret::parse("whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD").unwrap();
        let body = br#"{"email":"test@example.com","username":"test_user"}"#;
        assert_eq!(
            secret.sign("msg_27UH4WbU6Z5A5EzD8u03UvzRbpk", 1_649_367_553, body),
            "v1,tZ1I4/hDygAJgO5TYxiSd6Sd0kDW6hPenDe+bTa3Kkw="
        );
    }

    #[test]
    fn published_asymmetric_vector() {
        let secret = SigningSecret::parse(PRIVATE).unwrap();
        let signature =
            "v1a,hnO3f9T8Ytu9HwrXslvumlUpqtNVqkhqw/enGzPCXe5BdqzCInXqYXFymVJaA7AZdpXwVLPo3mNl8EM+m7TBAg==";
        assert_eq!(secret.sign(ID, TIME, BODY), signature);
        let public = SignatureVerifier::parse(&secret.public_key().unwrap()).unwrap();
        assert_eq!(public.verify(headers("1614265330", signature), BODY, TIME), Ok(()));
        assert_eq!(public.verify(headers("1614265330", signature), b"{}", TIME), Err(VerifyError::NoMatch));
    }

    #[test]
    fn keys_survive_their_text() {
        for secret in [SigningSecret::v1([7; 32]), SigningSecret::v1a([7; 32])] {
            let again = SigningSecret::parse(&secret.expose()).unwrap();
            assert_eq!(secret.sign(ID, TIME, BODY), again.sign(ID, TIME, BODY));
            assert_eq!(secret.public_key(), again.public_key());
        }
        assert!(SigningSecret::v1([7; 32]).expose().starts_with("whsec_"));
        assert!(SigningSecret::v1a([7; 32]).public_key().unwrap().starts_with("whpk_"));
    }

    #[test]
    fn during_an_overlap_either_secret_verifies() {
        let old = SigningSecret::v1([1; 32]);
        let new = SigningSecret::v1([2; 32]);
        let header = signature_header([&new, &old], ID, TIME, BODY);
        assert_eq!(header.split(' ').count(), 2);
        for secret in [&old, &new] {
            assert_eq!(secret.verifier().verify(headers("1614265330", &header), BODY, TIME), Ok(()));
        }
        let stranger = SigningSecret::v1([3; 32]).verifier();
        assert_eq!(stranger.verify(headers("1614265330", &header), BODY, TIME), Err(VerifyError::NoMatch));
    }

    #[test]
    fn stale_tampered_and_garbled_requests_are_refused() {
        let secret = SigningSecret::v1([1; 32]);
        let verifier = secret.verifier();
        let good = secret.sign(ID, TIME, BODY);
        let check = |timestamp, signature, now| verifier.verify(headers(timestamp, signature), BODY, now);
        assert_eq!(check("1614265330", &good, TIME + 300), Ok(()));
        assert_eq!(check("1614265330", &good, TIME + 301), Err(VerifyError::TooOld));
        assert_eq!(check("1614265330", &good, TIME - 301), Err(VerifyError::TooNew));
        assert_eq!(check("soon", &good, TIME), Err(VerifyError::Timestamp));
        assert_eq!(check("1614265331", &good, TIME), Err(VerifyError::NoMatch));
        for signature in ["", "v1", "v1,", "v1,!!!", "v2,AAAA", &good.replacen("v1,", "v1a,", 1)] {
            assert_eq!(check("1614265330", signature, TIME), Err(VerifyError::NoMatch), "{signature}");
        }
    }

    #[test]
    fn keys_that_are_none_are_refused_and_none_is_printed() {
        assert_eq!(SigningSecret::parse("whsec_AAAA").unwrap_err(), KeyError::SymmetricLength);
        assert_eq!(SigningSecret::parse("whsec_%%").unwrap_err(), KeyError::Encoding);
        assert_eq!(SigningSecret::parse("whsk_AAAA").unwrap_err(), KeyError::Private);
        assert_eq!(SignatureVerifier::parse("whpk_AAAA").unwrap_err(), KeyError::Public);
        let secret = SigningSecret::parse(SECRET).unwrap();
        assert_eq!(
            format!("{secret:?} {:?}", secret.verifier()),
            "SigningSecret::V1(…) SignatureVerifier::V1(…)"
        );
    }
}
