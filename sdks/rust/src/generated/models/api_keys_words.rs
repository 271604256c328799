// Generated from openapi/openapi.json by `cargo xtask sdk`: do not edit.

//! Vocabularies: API keys.

use crate::vocabulary::words;

words! {
    /// The state of a key.
    ApiKeyStatus {
        /// It works.
        Active = "active",
        /// The key's expiry has passed.
        Expired = "expired",
        /// Its successor took its place.
        Replaced = "replaced",
        /// Somebody revoked it.
        Revoked = "revoked",
    }
}
