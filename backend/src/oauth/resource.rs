//! The `resource` parameter (RFC 8707): for which API a token is. Here it is always ours, by one of its names.

use api_types::oauth_failures::FailureCause;

use super::{
    error::{ErrorCode, OAuthError},
    params::Params,
};
use crate::auth::claims::audiences;

/// The audience of the tokens that a request asks for, where it names one. Of both names, the issuer's is meant, which has the
/// other in it.
pub fn audience(params: &Params, issuer: &str) -> Result<Option<String>, OAuthError> {
    let [whole, api] = audiences(issuer);
    let mut named = None;
    for wanted in params.all("resource") {
        let plain = wanted.strip_suffix('/').unwrap_or(wanted);
        if plain != whole && plain != api {
            return Err(OAuthError::new(
                ErrorCode::InvalidTarget,
                FailureCause::ResourceUnknown,
                "There is no such resource here; there is only the issuer's own API.",
            ));
        }
        if plain == whole || named.is_none() {
            named = Some(plain.to_owned());
        }
    }
    Ok(named)
}
