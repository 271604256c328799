//! Networks from which OAuth apps have proved lately who they are. What strangers do there, or anywhere else, does not keep such an
//! app out.

use std::{
    net::IpAddr,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use api_types::ids::OAuthAppId;

use super::recent::Recent;

/// How long a proof is remembered: longer than an app keeps an access token.
const REMEMBERED: Duration = Duration::from_hours(1);
/// How old a remembered proof must be to be written anew.
const RENEWED: Duration = Duration::from_mins(1);
/// The most proofs of each of the table's halves.
const HALF: usize = 10_000;

/// Proofs of apps on this node: the monotonic time of each, by app and network.
#[derive(Debug)]
pub struct ProvenClients(Mutex<Recent<Duration>>);

impl Default for ProvenClients {
    fn default() -> Self {
        Self(Mutex::new(Recent::new(REMEMBERED, HALF)))
    }
}

impl ProvenClients {
    /// `true` where the app proved itself from this network within the hour before the monotonic time `now`.
    pub fn holds(&self, app: OAuthAppId, network: IpAddr, now: Duration) -> bool {
        let proofs = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        proofs.get(&key(app, network)).is_some_and(|at| now.saturating_sub(at) < REMEMBERED)
    }

    /// Remembers that the app proved itself from this network at the monotonic time `now`.
    pub fn note(&self, app: OAuthAppId, network: IpAddr, now: Duration) {
        let mut proofs = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let key = key(app, network);
        if proofs.get(&key).is_none_or(|at| now.saturating_sub(at) >= RENEWED) {
            proofs.put(&key, now, now);
        }
    }
}

fn key(app: OAuthAppId, network: IpAddr) -> String {
    format!("{app} {network}")
}
