//! Access tokens: JWTs of the type `at+jwt` (RFC 9068), signed with ES256, good for ten minutes. Here they are signed and their
//! signature is verified; what a token may do is `live_token`'s.

use jsonwebtoken::{Algorithm, Header, Validation};

use super::{
    claims::{Claims, Verified, audiences},
    parts::Auth,
    signing_keys::SigningKeyError,
};
use crate::crypto;

/// The type in a token's header (RFC 9068, section 2.1).
const TYPE: &str = "at+jwt";
/// The longest token that is looked at, in bytes.
const MAX_LEN: usize = 4 * 1024;

/// `true` where a Bearer credential has the shape of a JWT.
pub fn is_jwt(text: &str) -> bool {
    text.len() <= MAX_LEN && text.bytes().filter(|&byte| byte == b'.').count() == 2
}

/// Signs a token with these claims.
pub async fn sign(auth: &Auth, claims: &Claims) -> Result<String, SigningKeyError> {
    let ring = auth.signing_keys.ring(&auth.base).await?;
    let (id, key) = ring.signer(auth.base.now()).ok_or(SigningKeyError::NoneSigns)?;
    let header = Header { typ: Some(TYPE.into()), kid: Some(id.to_owned()), ..Header::new(Algorithm::ES256) };
    Ok(jsonwebtoken::encode(&header, claims, key)?)
}

/// The claims of a token, if this server signed it for this API and it has not ended. A token that was revoked since is
/// verified all the same.
pub async fn verify(auth: &Auth, token: &str) -> Result<Option<Claims>, SigningKeyError> {
    let now = auth.base.now();
    let at = auth.base.clock.monotonic();
    let cache = &auth.cache.signatures;
    let digest = crypto::sha256_text(token.as_bytes());
    if let Some(Verified { claims, key }) = cache.get(&digest, at) {
        // The key may have been revoked since.
        let published = auth.signing_keys.ring(&auth.base).await?.find(&key).is_some();
        return Ok(Some(claims).filter(|claims| published && claims.is_current(now)));
    }
    let Some(verified) = check(auth, token).await?.filter(|verified| verified.claims.is_current(now)) else {
        return Ok(None);
    };
    cache.put(digest, verified.clone(), at, cache.changes());
    Ok(Some(verified.claims))
}

async fn check(auth: &Auth, token: &str) -> Result<Option<Verified>, SigningKeyError> {
    if !is_jwt(token) {
        return Ok(None);
    }
    let Ok(header) = jsonwebtoken::decode_header(token) else { return Ok(None) };
    let typed = header.typ.as_deref().is_some_and(|typ| {
        let typ = typ.to_ascii_lowercase();
        typ.strip_prefix("application/").unwrap_or(&typ) == TYPE
    });
    let Some(id) = header.kid.filter(|_| typed && header.alg == Algorithm::ES256) else { return Ok(None) };
    let ring = auth.signing_keys.ring_with(&auth.base, &id).await?;
    let Some(key) = ring.find(&id) else { return Ok(None) };
    let issuer = auth.base.settings.issuer();
    let mut rules = Validation::new(Algorithm::ES256);
    rules.set_audience(&audiences(&issuer));
    rules.set_issuer(&[&issuer]);
    rules.set_required_spec_claims(&["iss", "aud", "exp", "sub"]);
    // `is_current` judges that by the server's own clock.
    rules.validate_exp = false;
    let claims = jsonwebtoken::decode::<Claims>(token, &key.decoding, &rules).ok().map(|token| token.claims);
    Ok(claims.map(|claims| Verified { claims, key: id }))
}
