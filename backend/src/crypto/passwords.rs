//! Passwords: argon2id (RFC 9106) with the parameters that OWASP recommends, off the async threads.

use std::sync::Arc;

use argon2::{Argon2, PasswordHasher, PasswordVerifier, password_hash::phc::PasswordHash};
use tokio::sync::Semaphore;

/// The most passwords that are checked at once: each takes 19 MiB and tens of milliseconds of a core.
const AT_ONCE: usize = 4;
/// The most checks that wait for their turn: some seconds' worth.
const WAITING: usize = 64;

/// The shortest password that is accepted, in characters.
pub const MIN_LEN: usize = 12;
/// The longest password that is accepted, in bytes.
pub const MAX_LEN: usize = 512;

/// Hashes a password with a random salt; the result is a PHC string.
pub fn hash(password: &str, salt: [u8; 16]) -> Option<String> {
    Argon2::default().hash_password_with_salt(password.as_bytes(), &salt).ok().map(|hash| hash.to_string())
}

/// Checks passwords, a few at once. Cheap to clone; clones share their turns.
#[derive(Clone, Debug)]
pub struct PasswordChecks {
    turns: Arc<Semaphore>,
    places: Arc<Semaphore>,
}

/// There are as many checks under way and waiting as there may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooMany;

impl Default for PasswordChecks {
    fn default() -> Self {
        Self { turns: Arc::new(Semaphore::new(AT_ONCE)), places: Arc::new(Semaphore::new(WAITING)) }
    }
}

impl PasswordChecks {
    /// `true` if `stored` was made of `password`. Without a stored hash the check takes as long, and never
    /// passes.
    pub async fn verify(&self, password: String, stored: Option<String>) -> Result<bool, TooMany> {
        self.run(move || matches(&password, stored.as_deref())).await
    }

    /// Runs a check when it has its turn. The turn ends with the work, not with who waits for it: a caller who goes away
    /// cannot have more work done at once.
    async fn run(&self, check: impl FnOnce() -> bool + Send + 'static) -> Result<bool, TooMany> {
        let turn = if let Ok(turn) = Arc::clone(&self.turns).try_acquire_owned() {
            turn
        } else {
            let _place = self.places.try_acquire().map_err(|_| TooMany)?;
            // The semaphore is never closed.
            Arc::clone(&self.turns).acquire_owned().await.map_err(|_| TooMany)?
        };
        let checked = tokio::task::spawn_blocking(move || {
            let _turn = turn;
            check()
        });
        Ok(checked.await.unwrap_or(false))
    }
}

fn matches(password: &str, stored: Option<&str>) -> bool {
    let decoy =
        "$argon2id$v=19$m=19456,t=2,p=1$c2F5bGVzcy1kZWNveS0x$oAFxHtMMa2Iy0a1QXDAWBmMZTpw7KWQvhCQrTeLS3v4";
    let made_it = |phc: &str| {
        PasswordHash::new(phc)
            .is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok())
    };
    let right = made_it(stored.unwrap_or(decoy));
    right && stored.is_some()
}

#[cfg(test)]
mod tests {
    use std::{future::Future as _, pin::pin, sync::mpsc, task::Poll};

    use super::*;

    #[tokio::test]
    async fn the_right_password_matches_and_nothing_else_does() {
        let stored = hash("correct horse battery", [1; 16]).expect("hashes");
        let checks = PasswordChecks::default();
        let verify = async |password: &str, stored| checks.verify(password.into(), stored).await;
        assert_eq!(verify("correct horse battery", Some(stored.clone())).await, Ok(true));
        assert_eq!(verify("correct horse batterz", Some(stored)).await, Ok(false));
        assert_eq!(verify("correct horse battery", None).await, Ok(false));
    }

    #[tokio::test]
    async fn a_caller_who_goes_away_frees_no_turn_and_the_queue_has_an_end() {
        let checks = PasswordChecks::default();
        let mut held = Vec::new();
        for _ in 0..AT_ONCE {
            let (let_go, wait) = mpsc::channel::<()>();
            let mut check = Box::pin(checks.run(move || wait.recv().is_err()));
            let polled = std::future::poll_fn(|context| Poll::Ready(check.as_mut().poll(context)));
            assert!(polled.await.is_pending());
            // The caller has gone away, the work goes on.
            drop(check);
            held.push(let_go);
        }
        assert_eq!(checks.turns.available_permits(), 0);
        let mut waiting: Vec<_> = (0..WAITING).map(|_| Box::pin(checks.run(|| true))).collect();
        for check in &mut waiting {
            let polled = std::future::poll_fn(|context| Poll::Ready(check.as_mut().poll(context)));
            assert!(polled.await.is_pending());
        }
        assert_eq!(checks.run(|| true).await, Err(TooMany));
        // One that no longer waits leaves its place to another.
        waiting.pop();
        let mut next = pin!(checks.run(|| true));
        let polled = std::future::poll_fn(|context| Poll::Ready(next.as_mut().poll(context)));
        assert!(polled.await.is_pending());
        drop(held);
        // In the order in which they came: a turn that is given to a check waits for it.
        for check in waiting {
            assert_eq!(check.await, Ok(true));
        }
        assert_eq!(next.await, Ok(true));
    }
}
