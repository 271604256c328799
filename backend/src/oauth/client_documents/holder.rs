//! The app that is known by a document, at the endpoints that it calls itself. The same URL is an app in each workspace that knows
//! it, so it is found by the code or token that it brings. A URL alone tells nobody which workspaces know it.

use api_types::{
    ids::{OAuthAppId, TokenFamilyId},
    oauth_apps::GrantType,
};
use diesel::QueryResult;

use crate::{
    auth::{access_token, parts::Auth},
    db::{
        Conn, authorization_codes,
        oauth_clients::{self, ClientRecord},
        token_families, tokens,
    },
    oauth::{
        error::{ErrorCode, OAuthError},
        params::Params,
        refresh_token,
    },
};

const NOBODYS: OAuthError =
    OAuthError::grant("The code or token has expired, was used, was revoked, or is not this client's.");
const FOR_MEMBERS_ALONE: OAuthError = OAuthError::new(
    ErrorCode::UnauthorizedClient,
    "A client whose client_id is a URL is known by the code or token that it sends. It cannot push requests or act as itself.",
);

/// What a request brings, by which its app is found.
enum Brought {
    /// A code, by its digests.
    Code(Vec<String>),
    /// A refresh token, by its family.
    Family(TokenFamilyId),
    /// An access token that acts for a member, by its id.
    AccessToken(String),
}

impl Brought {
    fn app(&self, conn: &mut Conn) -> QueryResult<Option<OAuthAppId>> {
        Ok(match self {
            Self::Code(digests) => authorization_codes::find(conn, digests)?.map(|code| code.app_id),
            Self::Family(family) => token_families::find(conn, *family)?.map(|family| family.row.app_id),
            Self::AccessToken(jti) => tokens::app(conn, jti)?,
        })
    }
}

/// The app whose `client_id` is `url` and to which the code or token in `params` was given.
pub async fn find(auth: &Auth, url: &str, params: &Params) -> Result<ClientRecord, OAuthError> {
    let brought = brought(auth, params).await?.ok_or(NOBODYS)?;
    let now = auth.base.now();
    let found = auth.base.db.query(move |conn| match brought.app(conn)? {
        Some(app) => oauth_clients::find(conn, app, now),
        None => Ok(None),
    });
    let found = found.await?.ok_or(NOBODYS)?;
    if found.client_id_url.as_deref() == Some(url) {
        return Ok(found);
    }
    // What a client revokes comes without a grant.
    Err(if params.get("grant_type").is_some() { NOBODYS } else { OAuthError::OTHER_CLIENTS_TOKEN })
}

/// What `params` bring; none where it is no code or token of this server's.
async fn brought(auth: &Auth, params: &Params) -> Result<Option<Brought>, OAuthError> {
    let grant = params.get("grant_type").map(str::parse::<GrantType>).transpose();
    let keys = &auth.base.keys;
    match grant.map_err(|_| OAuthError::UNSUPPORTED_GRANT)? {
        Some(GrantType::AuthorizationCode) => {
            let code = params.get("code").ok_or(OAuthError::request("code is missing."))?;
            Ok(Some(Brought::Code(keys.digests(code))))
        }
        Some(GrantType::RefreshToken) => {
            let token =
                params.get("refresh_token").ok_or(OAuthError::request("refresh_token is missing."))?;
            Ok(refresh_token::read(keys, token).map(|(family, _)| Brought::Family(family)))
        }
        Some(GrantType::ClientCredentials) => Err(FOR_MEMBERS_ALONE),
        None => {
            let token = params.get("token").ok_or(FOR_MEMBERS_ALONE)?;
            if let Some((family, _)) = refresh_token::read(keys, token) {
                return Ok(Some(Brought::Family(family)));
            }
            Ok(access_token::verify(auth, token).await?.map(|claims| Brought::AccessToken(claims.jti)))
        }
    }
}
