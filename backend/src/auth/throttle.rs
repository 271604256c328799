//! Sign-in attempts, counted per account and address: guessing is slow, and a stranger cannot lock an account out.

use std::net::IpAddr;

use api_types::{ProblemType, Timestamp};

use super::limiter::Limiter;
use crate::http::problem::Failure;

const QUARTER_HOUR_MS: i64 = 15 * 60_000;
/// Attempts for one account from one address in a quarter of an hour.
const PER_ACCOUNT_AND_ADDRESS: u32 = 10;
/// Attempts for one account from anywhere in a quarter of an hour.
const PER_ACCOUNT: u32 = 100;
/// Attempts from one address in a quarter of an hour.
const PER_ADDRESS: u32 = 100;

/// Counts sign-in attempts on this node.
#[derive(Debug, Default)]
pub struct SignInThrottle(Limiter);

impl SignInThrottle {
    /// Counts one attempt; refuses it where there were too many.
    pub fn attempt(&self, email: &str, ip: IpAddr, now: Timestamp) -> Result<(), Failure> {
        // An IPv6 customer holds a /64: counting single addresses would count nothing.
        let place = match ip {
            IpAddr::V4(ip) => ip.to_string(),
            IpAddr::V6(ip) => format!("{:x?}", &ip.segments()[..4]),
        };
        let counted = [
            (format!("both {place} {email}"), PER_ACCOUNT_AND_ADDRESS),
            (format!("account {email}"), PER_ACCOUNT),
            (format!("address {place}"), PER_ADDRESS),
        ];
        for (key, limit) in counted {
            if let Some(seconds) = self.0.take_within(&key, limit, QUARTER_HOUR_MS, now).retry_after {
                return Err(Failure::new(
                    ProblemType::RateLimited,
                    format!("Too many attempts to sign in. Try again in {seconds} s."),
                )
                .retry_after(seconds));
            }
        }
        Ok(())
    }
}
