// Generated from openapi/openapi.json by `cargo xtask sdk`: do not edit.

//! Models: OAuth apps.

use super::ids::{AuthorizationId, OAuthAppId, OAuthFailureId, SecretId};
use super::oauth_apps_words::{
    ClientKind, Distribution, FailureCause, GrantType, OAuthAppStatus, OAuthEndpoint, OAuthErrorCode,
    RedirectRemark,
};
use super::shared::{Actor, AppRef, Incident, MemberRef};
use super::shared_words::Scope;
use crate::secret::Secret;
use crate::timestamp::Timestamp;

/// A member's consent to an app.
#[derive(Debug, Clone, PartialEq, serde::Deserialize)]
#[non_exhaustive]
pub struct Authorization {
    /// The authorization's id.
    pub id: AuthorizationId,
    /// The app.
    pub app: AppRef,
    /// The member who consented.
    pub member: MemberRef,
    /// The scopes in which the app may act for the member.
    pub scopes: Vec<Scope>,
    /// Since when.
    pub created_at: Timestamp,
    /// When one of its tokens was last used.
    pub last_used_at: Option<Timestamp>,
    /// From which address it was last used.
    pub last_used_ip: Option<String>,
}

/// A client secret of an app, without the secret itself.
#[derive(Debug, Clone, PartialEq, serde::Deserialize)]
#[non_exhaustive]
pub struct ClientSecret {
    /// The secret's id.
    pub id: SecretId,
    /// Its first 8 and last 4 characters.
    pub hint: String,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it stops working; `null` for the current one.
    pub expires_at: Option<Timestamp>,
    /// When it was last used.
    pub last_used_at: Option<Timestamp>,
    /// From which address it was last used.
    pub last_used_ip: Option<String>,
}

/// A new client secret, which is shown this once.
#[derive(Debug, Clone, PartialEq, serde::Deserialize)]
#[non_exhaustive]
pub struct CreatedClientSecret {
    /// What every [`ClientSecret`] has.
    #[serde(flatten)]
    pub secret: ClientSecret,
    /// The client secret. Never shown again.
    pub client_secret: Secret,
}

impl std::ops::Deref for CreatedClientSecret {
    type Target = ClientSecret;

    fn deref(&self) -> &ClientSecret {
        &self.secret
    }
}

/// A new OAuth app with its client secret, which is shown this once.
#[derive(Debug, Clone, PartialEq, serde::Deserialize)]
#[non_exhaustive]
pub struct CreatedOAuthApp {
    /// What every [`OAuthApp`] has.
    #[serde(flatten)]
    pub oauth_app: OAuthApp,
    /// The client secret, for a confidential app. Never shown again.
    pub client_secret: Option<Secret>,
}

impl std::ops::Deref for CreatedOAuthApp {
    type Target = OAuthApp;

    fn deref(&self) -> &OAuthApp {
        &self.oauth_app
    }
}

/// An OAuth app.
#[derive(Debug, Clone, PartialEq, serde::Deserialize)]
#[non_exhaustive]
pub struct OAuthApp {
    /// The app's id, which is its `client_id`.
    pub id: OAuthAppId,
    /// The name that members see.
    pub name: String,
    /// What the app does; empty where not said.
    pub description: String,
    /// The app's homepage; empty where not said.
    pub homepage_url: String,
    /// The app's logo as a `data:` URL; empty where there is none.
    pub logo: String,
    /// The app's kind: able to keep a secret, or not.
    pub kind: ClientKind,
    /// Where members may be sent back to.
    pub redirect_uris: Vec<String>,
    /// Remarks on some of the redirect URIs.
    pub redirect_uri_remarks: Vec<RedirectUriRemark>,
    /// What the app may ask for.
    pub scopes: Vec<Scope>,
    /// Those of the scopes that each member may leave out.
    pub optional_scopes: Vec<Scope>,
    /// How it may obtain tokens.
    pub grants: Vec<GrantType>,
    /// The workspaces in which it may act.
    pub distribution: Distribution,
    /// The name of whoever stands behind the app, as other workspaces read it; empty where not said.
    pub publisher_name: String,
    /// The domain that the publisher claims; empty where not said. Other workspaces see it while it is verified.
    pub publisher_domain: String,
    /// The number of other workspaces that have installed it.
    pub installs: i64,
    /// The number of incidents of the last 90 days that nobody has acknowledged.
    pub open_incidents: u64,
    /// The app's state: it works, or why not.
    pub status: OAuthAppStatus,
    /// Its client secrets that still work, newest first; never the secrets themselves.
    pub secrets: Vec<ClientSecret>,
    /// When it was created.
    pub created_at: Timestamp,
    /// Who created it.
    pub created_by: Actor,
    /// The fault that the last check of the domain found, in words; `null` where it found none.
    pub publisher_domain_fault: Option<String>,
    /// The time since which a file at the domain has proved the claim; `null` while the domain is not verified.
    pub publisher_domain_verified_at: Option<Timestamp>,
    /// When it was suspended.
    pub suspended_at: Option<Timestamp>,
}

/// What an app holds right now, and what happened to it lately.
#[derive(Debug, Clone, PartialEq, serde::Deserialize)]
#[non_exhaustive]
pub struct OAuthAppActivity {
    /// Members who let it act for them.
    pub authorizations: i64,
    /// Access tokens that act for members and have not ended.
    pub access_tokens: i64,
    /// Refresh tokens that have not ended, one for each time a member went through consent.
    pub refresh_tokens: i64,
    /// Access tokens that act as the app itself and have not ended, to the minute.
    pub client_credentials_tokens: i64,
    /// Access tokens that it gave back in the last 24 hours, to the hour.
    pub revoked_tokens: i64,
    /// Codes and refresh tokens of it that were used twice, in the last 90 days, newest first, at most 20.
    pub incidents: Vec<Incident>,
}

/// A failed request of an OAuth app. Requests that failed alike within a minute are one.
#[derive(Debug, Clone, PartialEq, serde::Deserialize)]
#[non_exhaustive]
pub struct OAuthFailure {
    /// The failure's id.
    pub id: OAuthFailureId,
    /// The time of the first request.
    pub occurred_at: Timestamp,
    /// The time of the last request that failed alike.
    pub last_at: Timestamp,
    /// The number of requests.
    pub count: u64,
    /// The endpoint.
    pub endpoint: OAuthEndpoint,
    /// The `error` that the app was answered with, or that a page showed.
    pub error: OAuthErrorCode,
    /// The cause.
    pub cause: FailureCause,
    /// The cause of the last request in a sentence, without any secret. Redirect URIs stand there without the values of their queries.
    pub detail: String,
    /// The HTTP status of the last answer: 303 where the browser went back to the app with the error.
    pub status: i32,
    /// The `x-request-id` of the last answer.
    pub request_id: String,
    /// The address that the requests came from; `null` where a member of another workspace may stand behind it, and where there were
    /// too many.
    pub ip: Option<String>,
    /// The `User-Agent` of the last request, at most 200 characters; `null` where it said nothing, and where `ip` is.
    pub user_agent: Option<String>,
}

/// A redirect URI that is allowed, with a remark on it.
#[derive(Debug, Clone, PartialEq, serde::Deserialize)]
#[non_exhaustive]
pub struct RedirectUriRemark {
    /// The redirect URI.
    pub redirect_uri: String,
    /// The remark.
    pub remark: RedirectRemark,
}

/// All of an app's authorizations were withdrawn.
#[derive(Debug, Clone, PartialEq, serde::Deserialize)]
#[non_exhaustive]
pub struct Withdrawn {
    /// How many.
    pub withdrawn: u64,
}
