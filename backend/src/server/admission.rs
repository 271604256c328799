//! Who may have a connection: so many in all, so that files are left for deliveries and the database, and no more than a
//! part of them for one network. Who comes beyond that is turned away at once.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use ipnet::IpNet;
use tokio::time::Instant;

use crate::ranges;

/// The part of all connections that one network may have: a quarter.
const PART: usize = 4;
/// How often the log may say that somebody was turned away.
const SAY_EVERY: Duration = Duration::from_mins(1);

/// Counts the connections of this server.
#[derive(Debug)]
pub struct Admission {
    most: usize,
    most_of_network: usize,
    /// Proxies bring many people: they may have all connections.
    proxies: Vec<IpNet>,
    inside: Mutex<Inside>,
}

#[derive(Debug, Default)]
struct Inside {
    all: usize,
    by_network: HashMap<IpAddr, usize>,
    turned_away: u64,
    said: Option<Instant>,
}

/// The right to a connection, given back when dropped.
#[derive(Debug)]
pub struct Seat {
    admission: Arc<Admission>,
    network: Option<IpAddr>,
}

impl Admission {
    pub fn new(most: usize, proxies: Vec<IpNet>) -> Self {
        Self { most, most_of_network: most.div_ceil(PART), proxies, inside: Mutex::default() }
    }

    /// The most connections at once.
    pub const fn most(&self) -> usize {
        self.most
    }

    fn inside(&self) -> MutexGuard<'_, Inside> {
        self.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lets a client in; none where there are enough.
    pub fn enter(self: &Arc<Self>, peer: Option<IpAddr>) -> Option<Seat> {
        let counted = peer.filter(|peer| !ranges::hold(&self.proxies, *peer)).map(ranges::network);
        let mut inside = self.inside();
        let of_network = counted.and_then(|network| inside.by_network.get(&network)).copied().unwrap_or(0);
        if inside.all >= self.most || of_network >= self.most_of_network {
            inside.turn_away(peer);
            return None;
        }
        inside.all += 1;
        if let Some(network) = counted {
            *inside.by_network.entry(network).or_default() += 1;
        }
        Some(Seat { admission: Arc::clone(self), network: counted })
    }
}

impl Inside {
    fn turn_away(&mut self, peer: Option<IpAddr>) {
        self.turned_away += 1;
        if self.said.is_none_or(|said| said.elapsed() >= SAY_EVERY) {
            self.said = Some(Instant::now());
            let peer = peer.map(|peer| peer.to_string()).unwrap_or_default();
            tracing::warn!(
                connections = self.all, turned_away = self.turned_away, last = %peer,
                "there are as many connections as there may be, in all or of one network: some were closed at once"
            );
        }
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut inside = self.admission.inside();
        inside.all -= 1;
        if let Some(network) = self.network
            && let Some(count) = inside.by_network.get_mut(&network)
        {
            *count -= 1;
            if *count == 0 {
                inside.by_network.remove(&network);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_has_a_quarter_and_a_proxy_may_have_all() {
        let ours = vec!["10.0.0.0/8".parse().expect("range")];
        let admission = Arc::new(Admission::new(8, ours));
        let enter = |peer: &str| admission.enter(Some(peer.parse().expect("address")));
        let first = enter("2001:db8::1").expect("room");
        let second = enter("2001:db8::2").expect("room");
        assert!(enter("2001:db8::3").is_none());
        let proxied: Vec<_> = (0..6).map(|_| enter("10.0.0.1").expect("room")).collect();
        assert!(enter("10.0.0.1").is_none() && enter("198.51.100.1").is_none());
        drop(first);
        let third = enter("2001:db8::3").expect("room");
        drop((second, third, proxied));
        let inside = admission.inside();
        assert_eq!((inside.all, inside.by_network.len()), (0, 0));
    }
}
