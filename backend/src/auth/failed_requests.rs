//! Failed requests of OAuth apps that are not written yet: a bounded table, in which those that failed alike are one.

use std::collections::BTreeMap;

use api_types::{
    ids::OAuthAppId,
    oauth_failures::{FailureCause, OAuthEndpoint},
};

use crate::db::oauth_failures::NewFailure;

/// The most entries that are trusted, and the most that are not: 1,000 together.
const MOST_EACH: usize = 500;
/// The most entries of one app that are trusted, and the most that are not: one app does not take the others' room.
const MOST_OF_APP: usize = 50;

/// The marks that requests share that failed alike. The app comes first, so that its entries are neighbours.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Alike {
    app: OAuthAppId,
    trusted: bool,
    endpoint: OAuthEndpoint,
    cause: FailureCause,
    ip: String,
}

/// Failed requests, oldest of each kind first.
#[derive(Debug, Default)]
pub struct FailedRequests(BTreeMap<Alike, NewFailure>);

impl FailedRequests {
    /// Adds a failed request; `false` where there is no room.
    pub fn add(&mut self, failure: NewFailure) -> bool {
        let alike = Alike {
            app: failure.app_id,
            trusted: failure.trusted,
            endpoint: failure.endpoint,
            cause: failure.cause,
            ip: failure.ip.clone(),
        };
        if let Some(known) = self.0.get_mut(&alike) {
            known.add(failure);
            return true;
        }
        let (app, trusted) = (alike.app, alike.trusted);
        let like = || self.0.keys().filter(|known| known.trusted == trusted);
        let of_app = like().filter(|known| known.app == app).count();
        let has_room = like().count() < MOST_EACH && of_app < MOST_OF_APP;
        if has_room {
            self.0.insert(alike, failure);
        }
        has_room
    }

    /// `true` where there is nothing to write.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The failed requests, in the order of their times.
    pub fn into_sorted(self) -> Vec<NewFailure> {
        let mut failures: Vec<NewFailure> = self.0.into_values().collect();
        failures.sort_by_key(|failure| failure.occurred_at);
        failures
    }
}
