// Generated from openapi/openapi.json by `cargo xtask sdk`: do not edit.

//! The operations of OAuth apps.

use crate::call::Call;
use crate::client::Client;
use crate::generated::models::{
    Acknowledgement, Authorization, AuthorizationId, ClientSecret, CreatedClientSecret, CreatedOAuthApp,
    Incident, NewOAuthApp, OAuthApp, OAuthAppActivity, OAuthAppChanges, OAuthAppId, OAuthAppStatus,
    OAuthEndpoint, OAuthErrorCode, OAuthFailure, RotateSecret, SecretId, TokenFamily, TokenFamilyId,
    Withdrawn,
};
use crate::list::{Kind, List, Pages};
use crate::request::Request;
use crate::timestamp::Timestamp;
use reqwest::Method;

/// The operations of OAuth apps.
#[derive(Debug, Clone)]
pub struct OAuthApps<C> {
    client: C,
}

impl<C: Client> OAuthApps<C> {
    pub(crate) fn of(client: &C) -> Self {
        Self { client: client.clone() }
    }

    /// Acknowledge an incident with an OAuth app's tokens.
    ///
    /// The incident stays, with who acknowledged it, when, and their note. Acknowledging it again replaces all three; the audit log keeps the
    /// earlier ones.
    ///
    /// **Permission:** an admin's session
    pub fn acknowledge_incident(
        &self,
        id: impl Into<OAuthAppId>,
        incident_id: impl Into<TokenFamilyId>,
        body: &Acknowledgement,
    ) -> Call<C, Incident> {
        let id: OAuthAppId = id.into();
        let incident_id: TokenFamilyId = incident_id.into();
        Call::new(
            &self.client,
            Request::new(
                Method::POST,
                &["v1", "oauth-apps", id.as_str(), "incidents", incident_id.as_str(), "acknowledge"],
            )
            .keyed()
            .body(body),
        )
    }

    /// Create an OAuth app.
    ///
    /// For a confidential app, the answer holds its client secret, this once.
    ///
    /// **Permission:** an admin's session
    pub fn create(&self, body: &NewOAuthApp) -> Call<C, CreatedOAuthApp> {
        Call::new(&self.client, Request::new(Method::POST, &["v1", "oauth-apps"]).keyed().body(body))
    }

    /// Delete an OAuth app.
    ///
    /// Its secrets and tokens stop at once, for good, and members' authorizations of it end. Its webhooks are disabled.
    ///
    /// **Permission:** an admin's session
    pub fn delete(&self, id: impl Into<OAuthAppId>) -> Call<C, ()> {
        let id: OAuthAppId = id.into();
        Call::new(
            &self.client,
            Request::new(Method::DELETE, &["v1", "oauth-apps", id.as_str()]).conditional(),
        )
    }

    /// Drop an old client secret.
    ///
    /// One that was rotated out stops at once instead of at the end of its overlap. The current one can only be rotated. If the secret
    /// leaked, have its tokens end, too: the members for whom they act are then asked by the app again.
    ///
    /// **Permission:** an admin's session
    pub fn delete_secret(
        &self,
        id: impl Into<OAuthAppId>,
        secret_id: impl Into<SecretId>,
        end_tokens: Option<bool>,
    ) -> Call<C, ()> {
        let id: OAuthAppId = id.into();
        let secret_id: SecretId = secret_id.into();
        let mut request =
            Request::new(Method::DELETE, &["v1", "oauth-apps", id.as_str(), "secrets", secret_id.as_str()])
                .conditional();
        if let Some(end_tokens) = end_tokens {
            request.query("end_tokens", end_tokens.to_string());
        }
        Call::new(&self.client, request)
    }

    /// Show an OAuth app.
    ///
    /// **Permission:** an admin's session
    pub fn get(&self, id: impl Into<OAuthAppId>) -> Call<C, OAuthApp> {
        let id: OAuthAppId = id.into();
        Call::new(&self.client, Request::new(Method::GET, &["v1", "oauth-apps", id.as_str()]))
    }

    /// Show what an OAuth app holds.
    ///
    /// The number of authorizations and tokens that are alive, in all workspaces together, and the codes and refresh tokens that were used
    /// twice in this one.
    ///
    /// **Permission:** an admin's session
    pub fn get_activity(&self, id: impl Into<OAuthAppId>) -> Call<C, OAuthAppActivity> {
        let id: OAuthAppId = id.into();
        Call::new(&self.client, Request::new(Method::GET, &["v1", "oauth-apps", id.as_str(), "activity"]))
    }

    /// List OAuth apps.
    ///
    /// Newest first, with the secrets that still work, never the secrets themselves.
    ///
    /// **Permission:** an admin's session
    pub fn list(&self) -> List<C, ListOAuthApps> {
        List::new(&self.client, Request::new(Method::GET, &["v1", "oauth-apps"]))
    }

    /// List an OAuth app's authorizations.
    ///
    /// The members who let it act for them, newest first.
    ///
    /// **Permission:** an admin's session
    pub fn list_authorizations(&self, id: impl Into<OAuthAppId>) -> List<C, ListOAuthAppAuthorizations> {
        let id: OAuthAppId = id.into();
        List::new(
            &self.client,
            Request::new(Method::GET, &["v1", "oauth-apps", id.as_str(), "authorizations"]),
        )
    }

    /// List an OAuth app's failed requests.
    ///
    /// The app's requests that the OAuth endpoints refused in the last 7 days, with the cause, newest first: the last 1,000 at most. Requests that
    /// failed alike within a minute are one. A request is here a few seconds after it failed.
    ///
    /// **Permission:** an admin's session
    pub fn list_failures(&self, id: impl Into<OAuthAppId>) -> List<C, ListOAuthAppFailures> {
        let id: OAuthAppId = id.into();
        List::new(&self.client, Request::new(Method::GET, &["v1", "oauth-apps", id.as_str(), "failures"]))
    }

    /// List an OAuth app's client secrets.
    ///
    /// Those that still work, newest first; never the secrets themselves.
    ///
    /// **Permission:** an admin's session
    pub fn list_secrets(&self, id: impl Into<OAuthAppId>) -> List<C, ListOAuthAppSecrets> {
        let id: OAuthAppId = id.into();
        List::new(&self.client, Request::new(Method::GET, &["v1", "oauth-apps", id.as_str(), "secrets"]))
    }

    /// List an OAuth app's live tokens.
    ///
    /// Those that act for members of this workspace, newest first. What the app got by one authorization code or device code is one entry: its
    /// access tokens, and the refresh token that gives the next ones.
    ///
    /// **Permission:** an admin's session
    pub fn list_tokens(&self, id: impl Into<OAuthAppId>) -> List<C, ListOAuthAppTokens> {
        let id: OAuthAppId = id.into();
        List::new(&self.client, Request::new(Method::GET, &["v1", "oauth-apps", id.as_str(), "tokens"]))
    }

    /// Resume an OAuth app.
    ///
    /// It works again, with the tokens that it had. Its webhooks stay disabled until they are enabled. Resuming an active app changes
    /// nothing.
    ///
    /// **Permission:** an admin's session
    pub fn resume(&self, id: impl Into<OAuthAppId>) -> Call<C, OAuthApp> {
        let id: OAuthAppId = id.into();
        Call::new(
            &self.client,
            Request::new(Method::POST, &["v1", "oauth-apps", id.as_str(), "resume"]).keyed().conditional(),
        )
    }

    /// Revoke tokens of an OAuth app.
    ///
    /// The access tokens and the refresh token of one family stop at once. The member's authorization stays: the app may send them through
    /// consent again.
    ///
    /// **Permission:** an admin's session
    pub fn revoke_tokens(
        &self,
        id: impl Into<OAuthAppId>,
        family_id: impl Into<TokenFamilyId>,
    ) -> Call<C, ()> {
        let id: OAuthAppId = id.into();
        let family_id: TokenFamilyId = family_id.into();
        Call::new(
            &self.client,
            Request::new(Method::DELETE, &["v1", "oauth-apps", id.as_str(), "tokens", family_id.as_str()]),
        )
    }

    /// Rotate an OAuth app's client secret.
    ///
    /// The answer holds the new secret, this once. The old ones keep working for the overlap. At most three work at once: where
    /// three do, rotating is refused until one ends or is dropped, unless the overlap is `none`.
    ///
    /// **Permission:** an admin's session
    pub fn rotate_secret(
        &self,
        id: impl Into<OAuthAppId>,
        body: &RotateSecret,
    ) -> Call<C, CreatedClientSecret> {
        let id: OAuthAppId = id.into();
        Call::new(
            &self.client,
            Request::new(Method::POST, &["v1", "oauth-apps", id.as_str(), "secrets"])
                .keyed()
                .conditional()
                .body(body),
        )
    }

    /// Suspend an OAuth app.
    ///
    /// It gets no tokens, and those it has are refused, until it is resumed. Its webhooks are disabled. Suspending a suspended app
    /// changes nothing.
    ///
    /// **Permission:** an admin's session
    pub fn suspend(&self, id: impl Into<OAuthAppId>) -> Call<C, OAuthApp> {
        let id: OAuthAppId = id.into();
        Call::new(
            &self.client,
            Request::new(Method::POST, &["v1", "oauth-apps", id.as_str(), "suspend"]).keyed().conditional(),
        )
    }

    /// Change an OAuth app.
    ///
    /// A JSON merge patch (RFC 7396): absent fields stay, `null` clears.
    ///
    /// **Permission:** an admin's session
    pub fn update(&self, id: impl Into<OAuthAppId>, body: &OAuthAppChanges) -> Call<C, OAuthApp> {
        let id: OAuthAppId = id.into();
        Call::new(
            &self.client,
            Request::new(Method::PATCH, &["v1", "oauth-apps", id.as_str()]).conditional().body(body),
        )
    }

    /// Verify the domain of an OAuth app's publisher.
    ///
    /// Gets `https://{publisher_domain}/.well-known/sayless-oauth-apps.txt`, a text with one client id in each line, and looks whether the app's
    /// id is among them. The answer is the app: `publisher_domain_verified_at` where the id is there, and in `publisher_domain_fault` what
    /// was found instead. A verified domain is checked again about once a day; it is verified no longer once the file lacks the id, or
    /// after three checks in a row without a file. A domain is checked every ten seconds at most.
    ///
    /// **Permission:** an admin's session
    pub fn verify_domain(&self, id: impl Into<OAuthAppId>) -> Call<C, OAuthApp> {
        let id: OAuthAppId = id.into();
        Call::new(
            &self.client,
            Request::new(Method::POST, &["v1", "oauth-apps", id.as_str(), "verify-domain"])
                .keyed()
                .conditional(),
        )
    }

    /// Withdraw all authorizations of an OAuth app.
    ///
    /// It can no longer act for anybody; each member would be asked again. The webhooks that it made for members are disabled.
    ///
    /// **Permission:** an admin's session
    pub fn withdraw_all_authorizations(&self, id: impl Into<OAuthAppId>) -> Call<C, Withdrawn> {
        let id: OAuthAppId = id.into();
        Call::new(
            &self.client,
            Request::new(Method::DELETE, &["v1", "oauth-apps", id.as_str(), "authorizations"]),
        )
    }

    /// Withdraw a member's authorization.
    ///
    /// The app can no longer act for that member: every token that came from it stops at once. With the app's last consent, the
    /// webhooks that it made for members are disabled.
    ///
    /// **Permission:** an admin's session
    pub fn withdraw_authorization(
        &self,
        id: impl Into<OAuthAppId>,
        authorization_id: impl Into<AuthorizationId>,
    ) -> Call<C, ()> {
        let id: OAuthAppId = id.into();
        let authorization_id: AuthorizationId = authorization_id.into();
        Call::new(
            &self.client,
            Request::new(
                Method::DELETE,
                &["v1", "oauth-apps", id.as_str(), "authorizations", authorization_id.as_str()],
            ),
        )
    }
}

/// The list that [`OAuthApps::list`] gives.
#[derive(Debug)]
pub enum ListOAuthApps {}

impl Kind for ListOAuthApps {
    type Item = OAuthApp;
    const PAGES: Pages = Pages::Cursor;
}

impl<C: Client> List<C, ListOAuthApps> {
    /// How many results to give: 1 to 200, 50 where absent.
    pub fn limit(self, limit: u32) -> Self {
        self.with("limit", limit.to_string())
    }

    /// Where to go on: the `next_cursor` of the page before.
    pub fn cursor(self, cursor: impl Into<String>) -> Self {
        self.with("cursor", cursor.into().as_str())
    }

    /// Only apps in one of these states; several by repeating the parameter or separated by commas.
    pub fn status(self, status: impl IntoIterator<Item = OAuthAppStatus>) -> Self {
        self.with_all("status", status)
    }
}

/// The list that [`OAuthApps::list_authorizations`] gives.
#[derive(Debug)]
pub enum ListOAuthAppAuthorizations {}

impl Kind for ListOAuthAppAuthorizations {
    type Item = Authorization;
    const PAGES: Pages = Pages::Cursor;
}

impl<C: Client> List<C, ListOAuthAppAuthorizations> {
    /// How many results to give: 1 to 200, 50 where absent.
    pub fn limit(self, limit: u32) -> Self {
        self.with("limit", limit.to_string())
    }

    /// Where to go on: the `next_cursor` of the page before.
    pub fn cursor(self, cursor: impl Into<String>) -> Self {
        self.with("cursor", cursor.into().as_str())
    }
}

/// The list that [`OAuthApps::list_failures`] gives.
#[derive(Debug)]
pub enum ListOAuthAppFailures {}

impl Kind for ListOAuthAppFailures {
    type Item = OAuthFailure;
    const PAGES: Pages = Pages::Cursor;
}

impl<C: Client> List<C, ListOAuthAppFailures> {
    /// How many results to give: 1 to 200, 50 where absent.
    pub fn limit(self, limit: u32) -> Self {
        self.with("limit", limit.to_string())
    }

    /// Where to go on: the `next_cursor` of the page before.
    pub fn cursor(self, cursor: impl Into<String>) -> Self {
        self.with("cursor", cursor.into().as_str())
    }

    /// Only requests to these endpoints; several by repeating the parameter or separated by commas.
    pub fn endpoint(self, endpoint: impl IntoIterator<Item = OAuthEndpoint>) -> Self {
        self.with_all("endpoint", endpoint)
    }

    /// Only requests that were answered with these errors; several by repeating the parameter or separated by commas.
    pub fn error(self, error: impl IntoIterator<Item = OAuthErrorCode>) -> Self {
        self.with_all("error", error)
    }

    /// Not before this time (RFC 3339).
    pub fn since(self, since: impl Into<Timestamp>) -> Self {
        self.with("since", since.into().as_str())
    }

    /// Before this time (RFC 3339).
    pub fn until(self, until: impl Into<Timestamp>) -> Self {
        self.with("until", until.into().as_str())
    }
}

/// The list that [`OAuthApps::list_secrets`] gives.
#[derive(Debug)]
pub enum ListOAuthAppSecrets {}

impl Kind for ListOAuthAppSecrets {
    type Item = ClientSecret;
    const PAGES: Pages = Pages::Cursor;
}

impl<C: Client> List<C, ListOAuthAppSecrets> {
    /// How many results to give: 1 to 200, 50 where absent.
    pub fn limit(self, limit: u32) -> Self {
        self.with("limit", limit.to_string())
    }

    /// Where to go on: the `next_cursor` of the page before.
    pub fn cursor(self, cursor: impl Into<String>) -> Self {
        self.with("cursor", cursor.into().as_str())
    }
}

/// The list that [`OAuthApps::list_tokens`] gives.
#[derive(Debug)]
pub enum ListOAuthAppTokens {}

impl Kind for ListOAuthAppTokens {
    type Item = TokenFamily;
    const PAGES: Pages = Pages::Cursor;
}

impl<C: Client> List<C, ListOAuthAppTokens> {
    /// How many results to give: 1 to 200, 50 where absent.
    pub fn limit(self, limit: u32) -> Self {
        self.with("limit", limit.to_string())
    }

    /// Where to go on: the `next_cursor` of the page before.
    pub fn cursor(self, cursor: impl Into<String>) -> Self {
        self.with("cursor", cursor.into().as_str())
    }
}
