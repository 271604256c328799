//! Keys and client secrets: a prefix, 32 random base62 characters, and 6 characters of checksum over the
//! rest.
//!
//! The checksum refuses a typo or a fake without a look-up and gives secret scanners an exact pattern.

use crate::random::Random;

/// The prefix of API keys.
pub const API_KEY: &str = "slk_";
/// The prefix of OAuth client secrets.
pub const CLIENT_SECRET: &str = "sls_";

const BASE62: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const RANDOM: usize = 32;
const CHECKSUM: usize = 6;
/// Length in bytes of a key or client secret.
pub const LEN: usize = 4 + RANDOM + CHECKSUM;

/// Makes a new secret with `prefix`.
pub fn generate(prefix: &str, random: &Random) -> String {
    let mut token = String::with_capacity(LEN);
    token.push_str(prefix);
    for _ in 0..RANDOM {
        token.push(char::from(BASE62[random.below(62) as usize]));
    }
    let checksum = checksum(&token);
    token.push_str(&checksum);
    token
}

/// `true` if `token` has the form and the checksum of a secret with `prefix`.
pub fn is_well_formed(prefix: &str, token: &str) -> bool {
    token.len() == LEN
        && token.starts_with(prefix)
        && token.bytes().skip(prefix.len()).all(|byte| byte.is_ascii_alphanumeric())
        && checksum(&token[..LEN - CHECKSUM]) == token[LEN - CHECKSUM..]
}

/// The first 8 and last 4 characters, to recognise a secret by.
pub fn hint(token: &str) -> String {
    match (token.get(..8), token.get(token.len().saturating_sub(4)..)) {
        (Some(start), Some(end)) => format!("{start}…{end}"),
        _ => String::new(),
    }
}

/// CRC-32 (IEEE) of `text` as 6 base62 characters, most significant first.
fn checksum(text: &str) -> String {
    let mut rest = crc32fast::hash(text.as_bytes());
    let mut digits = [b'0'; CHECKSUM];
    for digit in digits.iter_mut().rev() {
        *digit = BASE62[(rest % 62) as usize];
        rest /= 62;
    }
    digits.iter().map(|&byte| char::from(byte)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_made_key_is_well_formed_and_any_one_changed_character_is_not() {
        let key = generate(API_KEY, &Random::from_seed(1));
        assert_eq!(key.len(), LEN);
        assert!(is_well_formed(API_KEY, &key));
        assert!(!is_well_formed(CLIENT_SECRET, &key));
        for at in 0..key.len() {
            let mut other = key.clone().into_bytes();
            other[at] = if other[at] == b'a' { b'b' } else { b'a' };
            let other = String::from_utf8(other).expect("ascii");
            assert!(!is_well_formed(API_KEY, &other), "{at}");
        }
    }

    #[test]
    fn a_hint_gives_away_twelve_characters() {
        let key = generate(API_KEY, &Random::from_seed(2));
        assert_eq!(hint(&key), format!("{}…{}", &key[..8], &key[LEN - 4..]));
    }
}
