//! Passwords: argon2id (RFC 9106) with the parameters that OWASP recommends, off the async threads.

use argon2::{Argon2, PasswordHasher, PasswordVerifier, password_hash::phc::PasswordHash};
use tokio::sync::Semaphore;

/// The most passwords that are checked at once: each takes 19 MiB and tens of milliseconds of a core.
static AT_ONCE: Semaphore = Semaphore::const_new(4);

/// The shortest password that is accepted, in characters.
pub const MIN_LEN: usize = 12;
/// The longest password that is accepted, in bytes.
pub const MAX_LEN: usize = 512;

/// Hashes a password with a random salt; the result is a PHC string.
pub fn hash(password: &str, salt: [u8; 16]) -> Option<String> {
    Argon2::default().hash_password_with_salt(password.as_bytes(), &salt).ok().map(|hash| hash.to_string())
}

/// `true` if `stored` was made of `password`. Without a stored hash the check takes as long, and never
/// passes.
pub async fn verify(password: String, stored: Option<String>) -> bool {
    // The semaphore is never closed.
    let _permit = AT_ONCE.acquire().await;
    tokio::task::spawn_blocking(move || {
        let decoy =
            "$argon2id$v=19$m=19456,t=2,p=1$c2F5bGVzcy1kZWNveS0x$oAFxHtMMa2Iy0a1QXDAWBmMZTpw7KWQvhCQrTeLS3v4";
        let matches = |phc: &str| {
            PasswordHash::new(phc)
                .is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok())
        };
        stored.as_deref().map_or_else(
            || {
                matches(decoy);
                false
            },
            matches,
        )
    })
    .await
    .unwrap_or(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_right_password_matches_and_nothing_else_does() {
        let stored = hash("correct horse battery", [1; 16]).expect("hashes");
        assert!(verify("correct horse battery".into(), Some(stored.clone())).await);
        assert!(!verify("correct horse batterz".into(), Some(stored)).await);
        assert!(!verify("correct horse battery".into(), None).await);
    }
}
