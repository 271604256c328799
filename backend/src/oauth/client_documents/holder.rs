//! The app that is known by a document, at the endpoints that it calls itself. The same URL is an app in each workspace that knows
//! it, so it is found by the code or token that it brings. A URL alone tells nobody which workspaces know it.

use api_types::{
    ids::{OAuthAppId, TokenFamilyId},
    oauth_apps::GrantType,
    oauth_failures::FailureCause,
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

const FOR_MEMBERS_ALONE: OAuthError = OAuthError::new(
    ErrorCode::UnauthorizedClient,
    FailureCause::GrantNotEnabled,
    "A client whose client_id is a URL is known by the code or token that it sends. It cannot push requests, wait at a device or act as \
     itself.",
);

/// The one answer to every code and token that is not found, or is another client's.
const fn nobodys(cause: FailureCause) -> OAuthError {
    OAuthError::grant(cause, "The code or token has expired, was used, was revoked, or is not this client's.")
}

/// A credential that a request brings, by which its app is found.
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

    /// The cause where no app was given it.
    const fn unknown(&self) -> FailureCause {
        match self {
            Self::Code(_) => FailureCause::CodeUnknown,
            Self::Family(_) => FailureCause::RefreshTokenUnknown,
            Self::AccessToken(_) => FailureCause::TokenOfAnotherApp,
        }
    }

    /// The cause where another app was given it.
    const fn of_another(&self) -> FailureCause {
        match self {
            Self::Code(_) => FailureCause::CodeOfAnotherApp,
            Self::Family(_) => FailureCause::RefreshTokenOfAnotherApp,
            Self::AccessToken(_) => FailureCause::TokenOfAnotherApp,
        }
    }
}

/// The app whose `client_id` is `url` and to which the code or token in `params` was given.
pub async fn find(auth: &Auth, url: &str, params: &Params) -> Result<ClientRecord, OAuthError> {
    let brought = brought(auth, params).await?.ok_or(nobodys(FailureCause::RefreshTokenUnknown))?;
    let (unknown, of_another) = (brought.unknown(), brought.of_another());
    let now = auth.base.now();
    let found = auth.base.db.query(move |conn| match brought.app(conn)? {
        Some(app) => oauth_clients::find(conn, app, now),
        None => Ok(None),
    });
    let found = found.await?.ok_or(nobodys(unknown))?;
    if found.client_id_url.as_deref() == Some(url) {
        return Ok(found);
    }
    // What a client revokes comes without a grant.
    let redeems = params.get("grant_type").is_some();
    Err(if redeems { nobodys(of_another) } else { OAuthError::OTHER_CLIENTS_TOKEN })
}

/// The credential in `params`; none where it is no code or token of this server's.
async fn brought(auth: &Auth, params: &Params) -> Result<Option<Brought>, OAuthError> {
    let named = params.get("grant_type");
    let grant = named.map(|name| GrantType::of_request(name).ok_or(OAuthError::UNSUPPORTED_GRANT));
    let keys = &auth.base.keys;
    match grant.transpose()? {
        Some(GrantType::AuthorizationCode) => {
            let code = params.required("code", "code is missing.")?;
            Ok(Some(Brought::Code(keys.digests(code))))
        }
        Some(GrantType::RefreshToken) => {
            let token = params.required("refresh_token", "refresh_token is missing.")?;
            Ok(refresh_token::read(keys, token).map(|(family, _)| Brought::Family(family)))
        }
        Some(GrantType::ClientCredentials | GrantType::DeviceCode) => Err(FOR_MEMBERS_ALONE),
        None => {
            let token = params.get("token").ok_or(FOR_MEMBERS_ALONE)?;
            if let Some((family, _)) = refresh_token::read(keys, token) {
                return Ok(Some(Brought::Family(family)));
            }
            Ok(access_token::verify(auth, token).await?.map(|claims| Brought::AccessToken(claims.jti)))
        }
    }
}
