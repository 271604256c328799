//! Refresh tokens: `slr_`, the family, the generation, and an HMAC over both under a server key. Derived and not stored, so
//! that a successor whose answer was lost can be given again.

use api_types::ids::TokenFamilyId;
use subtle::ConstantTimeEq;

use crate::crypto::keys::ServerKeys;

const PREFIX: &str = "slr_";
/// The purpose of this HMAC, which sets it apart from others under the same key.
const PURPOSE: &[u8] = b"refresh token";

/// The refresh token of a family's generation.
pub fn derive(keys: &ServerKeys, family: TokenFamilyId, generation: i64) -> String {
    let secret = secrets(keys, family, generation).into_iter().next().unwrap_or_default();
    format!("{PREFIX}{}-{generation}-{secret}", ulid(&family))
}

/// The family and the generation of a refresh token, if this server made it.
pub fn read(keys: &ServerKeys, token: &str) -> Option<(TokenFamilyId, i64)> {
    let mut parts = token.strip_prefix(PREFIX)?.splitn(3, '-');
    let ulid = parts.next()?;
    let number = parts.next()?;
    let secret = parts.next()?;
    let family: TokenFamilyId = format!("fam_{ulid}").parse().ok()?;
    let generation: i64 = number.parse().ok()?;
    // One token has one spelling.
    if generation < 1 || generation.to_string() != number {
        return None;
    }
    let mut genuine = false;
    for known in secrets(keys, family, generation) {
        genuine |= bool::from(known.as_bytes().ct_eq(secret.as_bytes()));
    }
    genuine.then_some((family, generation))
}

fn secrets(keys: &ServerKeys, family: TokenFamilyId, generation: i64) -> Vec<String> {
    keys.derive(&[PURPOSE, family.as_str().as_bytes(), &generation.to_be_bytes()])
}

/// The id without its prefix.
fn ulid(family: &TokenFamilyId) -> &str {
    family.as_str().split_once('_').map_or("", |(_, ulid)| ulid)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Random;

    #[test]
    fn a_refresh_token_is_read_back_and_nothing_like_it_is() {
        let keys = ServerKeys::random(&Random::from_seed(1));
        let family = TokenFamilyId::from_parts(1_000, 7);
        let token = derive(&keys, family, 12);
        assert_eq!(token, derive(&keys, family, 12));
        assert_eq!(read(&keys, &token), Some((family, 12)));
        for bad in [
            token.replace("-12-", "-13-"),
            token.replace("-12-", "-012-"),
            token.replace("-12-", "-+12-"),
            token.replace("-12-", "--12-"),
            token[..token.len() - 1].to_owned(),
            format!("{token}A"),
            token.to_lowercase(),
            derive(&ServerKeys::random(&Random::from_seed(2)), family, 12),
            derive(&keys, TokenFamilyId::from_parts(1_000, 8), 12).replace("8-12", "7-12"),
            String::new(),
        ] {
            assert_eq!(read(&keys, &bad), None, "{bad}");
        }
    }
}
