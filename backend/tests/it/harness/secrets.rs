//! Secrets and signatures, made and verified with the server's own code.

pub use sayless::delivery::signature::{SignatureVerifier, SignedHeaders, SigningSecret, signature_header};
use sayless::{crypto::tokens, random::Random};
use serde_json::Value;

use super::{Received, World};

/// A well-formed API key that nobody has.
pub fn nobodys_api_key() -> String {
    tokens::generate(tokens::API_KEY, &Random::from_seed(11))
}

/// A well-formed client secret that no app has.
pub fn nobodys_client_secret() -> String {
    tokens::generate(tokens::CLIENT_SECRET, &Random::from_seed(12))
}

/// A well-formed signing secret that no webhook has.
pub fn nobodys_signing_secret() -> String {
    SigningSecret::v1([9; 32]).expose().to_string()
}

/// The part of a secret by which people recognize it.
pub fn hint(secret: &str) -> String {
    tokens::hint(secret)
}

/// A verifier with the secret or public key that the API showed.
pub fn verifier(key: &Value) -> SignatureVerifier {
    SignatureVerifier::parse(key.as_str().unwrap()).unwrap()
}

impl World {
    /// True where a request is signed with this key, just now.
    pub fn verifies(&self, key: &SignatureVerifier, received: &Received) -> bool {
        let headers = SignedHeaders {
            id: received.header("webhook-id").unwrap(),
            timestamp: received.header("webhook-timestamp").unwrap(),
            signature: received.header("webhook-signature").unwrap(),
        };
        key.verify(headers, &received.body, self.now().as_secs()).is_ok()
    }
}
