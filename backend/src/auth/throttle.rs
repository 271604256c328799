//! Attempts to sign in, counted per account and address: guessing is slow, and strangers cannot lock an account out, however
//! many networks they have.
//!
//! A known device has a share of its own. So has an address from which the account signed in lately. Everybody else shares
//! what is left for the account. An attempt that turns out to be right is given back.

use std::{
    net::IpAddr,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use api_types::ProblemType;

use super::{
    limiter::{Limiter, MINUTE_MS},
    recent::Recent,
};
use crate::{http::problem::Failure, ranges};

const QUARTER_HOUR_MS: i64 = 15 * MINUTE_MS;
/// Attempts for one account from one address in a quarter of an hour.
const PER_ACCOUNT_AND_ADDRESS: u32 = 10;
/// Attempts for one account from a device that signed in before, in a quarter of an hour.
const PER_DEVICE: u32 = 10;
/// Attempts for one account from anywhere else in a quarter of an hour.
const PER_ACCOUNT: u32 = 100;
/// Attempts from one address in a quarter of an hour.
const PER_ADDRESS: u32 = 100;
/// How long an address counts as one of the account's own after it signed in there, at least.
const LATELY: Duration = Duration::from_hours(30 * 24);
/// The most addresses of accounts that are remembered, twice.
const ADDRESSES: usize = 20_000;

/// Counts attempts to sign in on this node.
#[derive(Debug)]
pub struct SignInThrottle {
    limiter: Limiter,
    /// The addresses at which accounts signed in lately.
    own: Mutex<Recent<()>>,
}

/// A person or program that tries to sign in.
#[derive(Clone, Copy, Debug)]
pub struct Applicant<'a> {
    /// The account's e-mail address, in lower case.
    pub email: &'a str,
    pub ip: IpAddr,
    /// The device's id, where it is known to the account.
    pub device: Option<&'a str>,
}

/// An attempt that was counted.
#[derive(Debug)]
#[must_use]
pub struct Attempt {
    counted: Vec<(String, u32)>,
    /// The account at this address.
    both: String,
}

impl Default for SignInThrottle {
    fn default() -> Self {
        Self {
            limiter: Limiter::for_windows_of(Duration::from_millis(QUARTER_HOUR_MS.unsigned_abs())),
            own: Mutex::new(Recent::new(LATELY, ADDRESSES)),
        }
    }
}

impl SignInThrottle {
    fn own(&self) -> MutexGuard<'_, Recent<()>> {
        self.own.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts one attempt at the monotonic time `now`; refuses it, and counts nothing, where there were too many.
    pub fn attempt(&self, applicant: Applicant<'_>, now: Duration) -> Result<Attempt, Failure> {
        let Applicant { email, ip, device } = applicant;
        let place = ranges::network(ip);
        let both = format!("both {place} {email}");
        let counted = if let Some(device) = device {
            vec![(format!("device {device} {email}"), PER_DEVICE)]
        } else {
            let mut counted =
                vec![(format!("address {place}"), PER_ADDRESS), (both.clone(), PER_ACCOUNT_AND_ADDRESS)];
            if self.own().get(&both).is_none() {
                counted.push((format!("account {email}"), PER_ACCOUNT));
            }
            counted
        };
        let keys: Vec<(&str, u32)> = counted.iter().map(|(key, limit)| (key.as_str(), *limit)).collect();
        let verdicts = match keys[..] {
            [one] => self.limiter.take_all([one], QUARTER_HOUR_MS, now).to_vec(),
            [one, two] => self.limiter.take_all([one, two], QUARTER_HOUR_MS, now).to_vec(),
            [one, two, three, ..] => self.limiter.take_all([one, two, three], QUARTER_HOUR_MS, now).to_vec(),
            [] => Vec::new(),
        };
        match verdicts.iter().find_map(|verdict| verdict.retry_after) {
            None => Ok(Attempt { counted, both }),
            Some(seconds) => Err(Failure::new(
                ProblemType::RateLimited,
                format!("Too many attempts to sign in. Try again in {seconds} s."),
            )
            .retry_after(seconds)),
        }
    }

    /// Gives an attempt back that was no guess: its password was right, or could not be looked at.
    pub fn give_back(&self, attempt: &Attempt, now: Duration) {
        for (key, limit) in &attempt.counted {
            self.limiter.give_back(key, *limit, QUARTER_HOUR_MS, now);
        }
    }

    /// Gives an attempt back that signed in, and knows its address from now on.
    pub fn succeeded(&self, attempt: &Attempt, now: Duration) {
        self.give_back(attempt, now);
        self.own().put(&attempt.both, (), now);
    }
}
