//! `Auth`: the parts that tell who calls and that give tokens. Handlers of the OAuth endpoints and the caller's extractor
//! work with nothing more.

use std::sync::Arc;

use super::{cache::CredentialCache, signing_keys::SigningKeys, throttle::SignInThrottle, usage::Usage};
use crate::base::Base;

/// The parts that tell who calls and that give tokens. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Auth {
    /// The database, the time, randomness, the server's keys and the settings.
    pub base: Base,
    /// Recent look-ups of credentials, with each credential's rate limit.
    pub cache: Arc<CredentialCache>,
    /// Last uses of credentials and counts of issued tokens, until they are written.
    pub usage: Arc<Usage>,
    /// The keys that sign access tokens.
    pub signing_keys: Arc<SigningKeys>,
    /// Attempts to sign in, counted on this node.
    pub sign_ins: Arc<SignInThrottle>,
}

impl Auth {
    /// New parts over `base`. The cache comes from outside, since commits empty it.
    pub fn new(base: Base, cache: Arc<CredentialCache>) -> Self {
        Self { base, cache, usage: Arc::default(), signing_keys: Arc::default(), sign_ins: Arc::default() }
    }
}
