//! Authorizations: a member lets an OAuth app act for them, sees what they have allowed, and withdraws it.

use serde::{Deserialize, Serialize};

use crate::{
    Scope, Timestamp,
    account::MemberRef,
    account::Workspace,
    admission::Admission,
    ids::{AuthorizationId, OAuthAppId},
    incidents::Incident,
    oauth_apps::RedirectRemark,
    words::words,
};

/// What an app asks a member for, as the consent screen shows it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AuthorizationRequest {
    /// The request's id, good for one answer.
    #[cfg_attr(feature = "openapi", schema(example = "0Wd3c1m7hYb2o8rXn5tQvKzJ4sLgPfEaUi9yHxBqM6k"))]
    pub id: String,
    /// The app that asks.
    pub app: AppRef,
    /// The workspace that the app would act in.
    pub workspace: Workspace,
    /// The name of whoever publishes an app of another workspace, in the app's own words; `null` for an app of this one.
    pub publisher_name: Option<String>,
    /// The admission of the app to that workspace.
    pub admission: Admission,
    /// The member who is asked.
    pub member: MemberRef,
    /// The place that the member is sent to afterwards: the redirect URI's host, or its scheme where an app on the device opens; `null` where a
    /// device waits for the answer.
    #[cfg_attr(feature = "openapi", schema(example = "acme.example"))]
    pub redirect_host: Option<String>,
    /// A remark on the redirect URI; `null` where there is none.
    pub redirect_remark: Option<RedirectRemark>,
    /// The scopes that the app asks for.
    pub scopes: Vec<RequestedScope>,
    /// Whether the member has allowed all of it before and need not be asked again.
    pub remembered: bool,
    /// `true` where the app wants the member to sign in again first; until then nothing can be allowed.
    pub sign_in_again: bool,
    /// The e-mail address of the member whom the app expects; `null` where it said nothing.
    pub login_hint: Option<String>,
    /// When the request can no longer be answered.
    pub expires_at: Timestamp,
}

/// Ask for the request of a device, by the code that the device shows.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(example = json!({ "user_code": "WDJB-MJHT" })))]
#[serde(deny_unknown_fields)]
pub struct NewAuthorizationRequest {
    /// The user code: eight letters, in any case, with or without dashes and spaces.
    pub user_code: String,
}

impl std::fmt::Debug for NewAuthorizationRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("NewAuthorizationRequest")
    }
}

/// An app as members see it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AppRef {
    /// The app's id, which is its `client_id` unless `client_id_url` is.
    pub id: OAuthAppId,
    /// The `https` URL that is the app's `client_id`: the app is known by the document there, and nobody here has checked what the
    /// document says. `null` for an app that an admin made.
    pub client_id_url: Option<String>,
    /// The app's name.
    pub name: String,
    /// What the app does; empty where not said.
    pub description: String,
    /// The app's homepage; empty where not said.
    pub homepage_url: String,
    /// The app's logo as a `data:` URL; empty where there is none.
    pub logo: String,
    /// The domain that the app's publisher has proved to own; `null` where there is none.
    pub verified_domain: Option<String>,
}

impl AppRef {
    /// The host, with its port, that serves the app's metadata document; none for an app that an admin made.
    pub fn document_host(&self) -> Option<&str> {
        let (_, rest) = self.client_id_url.as_deref()?.split_once("://")?;
        rest.split('/').next()
    }
}

/// One scope that is asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RequestedScope {
    /// The scope.
    pub scope: Scope,
    /// The scope in words for a person.
    pub description: String,
    /// Whether the member may do this themselves; what they may not do, they cannot hand on, and it is left out.
    pub available: bool,
    /// Whether the member has allowed it before.
    pub granted_before: bool,
    /// The member's choice about it.
    pub choice: ScopeChoice,
}

words! {
    /// The choice that a member has about a scope that an app asks for.
    ScopeChoice {
        /// None: the app needs it.
        Required = "required",
        /// To leave it out.
        Optional = "optional",
        /// To leave it out, as the member did before.
        Declined = "declined",
    }
}

/// A member's yes, and the scopes that it leaves out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(example = json!({ "declined_scopes": ["tickets:write"] })))]
#[serde(deny_unknown_fields)]
pub struct Approval {
    /// The optional scopes that the member does not allow; none where absent. They are not asked for again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Vec<Scope>>))]
    pub declined_scopes: Option<Vec<String>>,
}

/// The end of a consent screen: where to go.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AnsweredRequest {
    /// The app's redirect URI with the answer; it may hold an authorization code, so it is followed at once and not kept. Where a
    /// device waits for the answer, it is a page that sends the member back to the device.
    #[cfg_attr(feature = "openapi", schema(example = "https://acme.example/callback?code=…&state=…&iss=…"))]
    pub redirect_to: String,
}

impl std::fmt::Debug for AnsweredRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("AnsweredRequest")
    }
}

/// A member's consent to an app.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
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

/// All of an app's authorizations were withdrawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Withdrawn {
    /// How many.
    #[cfg_attr(feature = "openapi", schema(example = 12))]
    pub withdrawn: u64,
}

/// What an app holds right now, and what happened to it lately.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OAuthAppActivity {
    /// Members who let it act for them.
    #[cfg_attr(feature = "openapi", schema(example = 12))]
    pub authorizations: i64,
    /// Access tokens that act for members and have not ended.
    #[cfg_attr(feature = "openapi", schema(example = 4))]
    pub access_tokens: i64,
    /// Refresh tokens that have not ended, one for each time a member went through consent.
    #[cfg_attr(feature = "openapi", schema(example = 14))]
    pub refresh_tokens: i64,
    /// Access tokens that act as the app itself and have not ended, to the minute.
    #[cfg_attr(feature = "openapi", schema(example = 2))]
    pub client_credentials_tokens: i64,
    /// Access tokens that it gave back in the last 24 hours, to the hour.
    #[cfg_attr(feature = "openapi", schema(example = 3))]
    pub revoked_tokens: i64,
    /// Codes and refresh tokens of it that were used twice, in the last 90 days, newest first, at most 20.
    pub incidents: Vec<Incident>,
}
