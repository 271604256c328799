//! `Auth`: the parts that tell who calls and that give tokens. Handlers of the OAuth endpoints and the caller's extractor
//! work with nothing more.

use std::sync::Arc;

use super::{
    cache::CredentialCache, proven::ProvenClients, signing_keys::SigningKeys, throttle::SignInThrottle,
    usage::Usage,
};
use crate::{base::Base, crypto::passwords::PasswordChecks, metrics::Metrics};

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
    /// Networks from which apps have proved themselves lately, on this node.
    pub proven: Arc<ProvenClients>,
    /// Checks the passwords of those who sign in.
    pub passwords: PasswordChecks,
}

impl Auth {
    /// New parts over `base`. The cache comes from outside, since commits empty it, and so do the figures, which are served.
    pub fn new(base: Base, cache: Arc<CredentialCache>, metrics: &Metrics) -> Self {
        Self {
            base,
            cache,
            usage: Arc::new(Usage::new(metrics.oauth_failures_dropped.clone())),
            signing_keys: Arc::default(),
            sign_ins: Arc::default(),
            proven: Arc::default(),
            passwords: PasswordChecks::default(),
        }
    }
}
