//! Proof keys (RFC 7636): the challenge that comes with an authorization request, and the verifier that comes with its code. What clients
//! get wrong has a sentence; no verifier is repeated in it.

use std::ops::RangeInclusive;

use api_types::oauth_failures::FailureCause;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use subtle::ConstantTimeEq;

use super::{error::OAuthError, params::Params};
use crate::crypto;

/// Characters of a SHA-256 in base64url.
const CHALLENGE_LEN: usize = 43;
/// Characters of a SHA-256 in hexadecimal digits.
const HEX_LEN: usize = 64;
/// The length of a verifier, in bytes (RFC 7636, section 4.1).
const VERIFIER: RangeInclusive<usize> = 43..=128;

const NO_CHALLENGE: OAuthError = OAuthError::request(
    FailureCause::ChallengeMissing,
    "code_challenge is missing: every app proves itself with PKCE.",
);
const NOT_S256: OAuthError =
    OAuthError::request(FailureCause::ChallengeMethodUnsupported, "code_challenge_method must be S256.");
const NOT_SHA_256: OAuthError = OAuthError::request(
    FailureCause::ChallengeMalformed,
    "code_challenge must be a SHA-256 in base64url: 43 characters.",
);

/// The challenge of an authorization request.
pub fn challenge(params: &Params) -> Result<String, OAuthError> {
    let challenge = params.get("code_challenge").ok_or(NO_CHALLENGE)?;
    match params.get("code_challenge_method") {
        Some("S256") => {}
        Some("plain") => {
            return Err(NOT_S256.because("code_challenge_method is plain. Only S256 is accepted."));
        }
        Some(_) => return Err(NOT_S256),
        None => {
            return Err(
                NOT_S256.because("code_challenge_method is missing, which means plain. It must be S256.")
            );
        }
    }
    if challenge.len() != CHALLENGE_LEN || !challenge.bytes().all(is_base64url) {
        return Err(NOT_SHA_256.because(malformed(challenge)));
    }
    Ok(challenge.to_owned())
}

const fn is_base64url(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')
}

fn is_hex(text: &str) -> bool {
    text.len() == HEX_LEN && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

fn malformed(challenge: &str) -> String {
    let looks = if is_hex(challenge) {
        "It looks like a SHA-256 in hexadecimal digits."
    } else if challenge.contains('=') {
        "It looks like base64 with padding (=)."
    } else if challenge.contains(['+', '/', ' ']) {
        "It looks like plain base64, with + and / where base64url has - and _."
    } else {
        "It is no SHA-256."
    };
    format!("code_challenge has {} characters. {looks} Send 43 characters of base64url.", challenge.len())
}

/// Checks a verifier against the challenge of its code; a wrong one gives the cause, and a sentence.
pub fn verify(verifier: Option<&str>, challenge: &str) -> Result<(), (FailureCause, String)> {
    let Some(verifier) = verifier else {
        return Err((FailureCause::VerifierMissing, "code_verifier is missing.".to_owned()));
    };
    if proves(verifier, challenge) {
        return Ok(());
    }
    let mismatch = "The verifier does not match the challenge (S256).";
    let detail = match hint(verifier, challenge) {
        Some(hint) => format!("{mismatch} {hint}"),
        None => mismatch.to_owned(),
    };
    Err((FailureCause::VerifierMismatch, detail))
}

/// `true` where the verifier is well formed and its hash is the challenge.
fn proves(verifier: &str, challenge: &str) -> bool {
    let unreserved = |byte: u8| is_base64url(byte) || matches!(byte, b'.' | b'~');
    VERIFIER.contains(&verifier.len())
        && verifier.bytes().all(unreserved)
        && is_hash_of(challenge, verifier.as_bytes())
}

fn is_hash_of(challenge: &str, bytes: &[u8]) -> bool {
    bool::from(crypto::sha256_text(bytes).as_bytes().ct_eq(challenge.as_bytes()))
}

/// A guess at what a client did instead.
fn hint(verifier: &str, challenge: &str) -> Option<String> {
    if verifier == challenge {
        return Some("It is the challenge itself: a plain challenge was sent as S256.".to_owned());
    }
    let decoded = URL_SAFE_NO_PAD.decode(verifier).ok();
    if decoded.is_some_and(|bytes| is_hash_of(challenge, &bytes)) {
        return Some(
            "The challenge was made of the verifier's decoded bytes. Hash the text that you send.".to_owned(),
        );
    }
    let trimmed = verifier.trim_matches(|c: char| c.is_whitespace() || c == '=');
    if trimmed != verifier && is_hash_of(challenge, trimmed.as_bytes()) {
        return Some(
            "It has white space or base64 padding (=) around it that the challenge was made without."
                .to_owned(),
        );
    }
    if !VERIFIER.contains(&verifier.len()) {
        return Some(format!("It has {} bytes. A verifier has 43 to 128.", verifier.len()));
    }
    if verifier.contains(['+', '/', '=', ' ']) {
        return Some(
            "It looks like base64 with +, / or padding (=). A verifier has none of these.".to_owned(),
        );
    }
    if is_hash_of(challenge, verifier.as_bytes()) {
        return Some("It has a character that no verifier has.".to_owned());
    }
    is_hex(verifier).then(|| "It looks like a SHA-256 in hexadecimal digits.".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

    fn said(verifier: &str, challenge: &str) -> String {
        let (cause, said) = verify(Some(verifier), challenge).expect_err("wrong");
        assert_eq!(cause, FailureCause::VerifierMismatch);
        said
    }

    #[test]
    fn a_wrong_verifier_is_told_what_it_looks_like() {
        let challenge = crypto::sha256_text(GOOD.as_bytes());
        assert_eq!(verify(Some(GOOD), &challenge), Ok(()));
        assert!(said(&challenge, &challenge).contains("the challenge itself"));
        assert!(said(&format!("{GOOD}="), &challenge).contains("padding"));
        assert!(said(&format!("{GOOD}\n"), &challenge).contains("white space"));
        assert!(said("short", &challenge).contains("5 bytes"));
        assert!(said(&"a+".repeat(30), &challenge).contains("base64 with +"));
        assert!(said(&"0a".repeat(32), &challenge).contains("hexadecimal"));
        assert!(said(&"z".repeat(43), &challenge).ends_with("(S256)."));
        let of_bytes = crypto::sha256_text(&URL_SAFE_NO_PAD.decode(GOOD).expect("base64url"));
        assert!(said(GOOD, &of_bytes).contains("decoded bytes"));
    }

    #[test]
    fn a_wrong_challenge_is_told_what_it_looks_like() {
        let said = |challenge: &str| malformed(challenge);
        assert!(said(&"0a".repeat(32)).contains("hexadecimal"));
        assert!(said(&format!("{GOOD}=")).contains("padding"));
        assert!(said("a/b").contains("plain base64"));
        assert!(said("abc").contains("3 characters. It is no SHA-256."));
    }
}
