// Generated from openapi/openapi.json by `cargo xtask sdk`: do not edit.

//! The operations of app installs.

use crate::call::Call;
use crate::client::Client;
use crate::generated::models::{
    Acknowledgement, AppInstall, AppInstallActivity, AppInstallId, AppPolicyChange, AppPolicySetting,
    Incident, InstallStatus, TokenFamily, TokenFamilyId,
};
use crate::list::{Kind, List, Pages};
use crate::request::Request;
use reqwest::Method;

/// The operations of app installs.
#[derive(Debug, Clone)]
pub struct AppInstalls<C> {
    client: C,
}

impl<C: Client> AppInstalls<C> {
    pub(crate) fn of(client: &C) -> Self {
        Self { client: client.clone() }
    }

    /// Acknowledge an incident with an installed app's tokens.
    ///
    /// The incident stays, with who acknowledged it, when, and their note. Acknowledging it again replaces all three; the audit log keeps the
    /// earlier ones.
    ///
    /// **Permission:** an admin's session
    pub fn acknowledge_incident(
        &self,
        id: impl Into<AppInstallId>,
        incident_id: impl Into<TokenFamilyId>,
        body: &Acknowledgement,
    ) -> Call<C, Incident> {
        let id: AppInstallId = id.into();
        let incident_id: TokenFamilyId = incident_id.into();
        Call::new(
            &self.client,
            Request::new(
                Method::POST,
                &["v1", "app-installs", id.as_str(), "incidents", incident_id.as_str(), "acknowledge"],
            )
            .keyed()
            .body(body),
        )
    }

    /// Let an app in.
    ///
    /// One that a member asked for, or that was refused. Members may let it act for them from now on. Approving an app that is active
    /// changes nothing.
    ///
    /// **Permission:** an admin's session
    pub fn approve(&self, id: impl Into<AppInstallId>) -> Call<C, AppInstall> {
        let id: AppInstallId = id.into();
        Call::new(
            &self.client,
            Request::new(Method::POST, &["v1", "app-installs", id.as_str(), "approve"]).keyed().conditional(),
        )
    }

    /// Remove an installed app.
    ///
    /// It can no longer act for anybody of this workspace, for good: what members allowed it here ends, and its webhooks here are
    /// disabled. It may be asked for anew.
    ///
    /// **Permission:** an admin's session
    pub fn delete(&self, id: impl Into<AppInstallId>) -> Call<C, ()> {
        let id: AppInstallId = id.into();
        Call::new(
            &self.client,
            Request::new(Method::DELETE, &["v1", "app-installs", id.as_str()]).conditional(),
        )
    }

    /// Show an installed app.
    ///
    /// **Permission:** an admin's session
    pub fn get(&self, id: impl Into<AppInstallId>) -> Call<C, AppInstall> {
        let id: AppInstallId = id.into();
        Call::new(&self.client, Request::new(Method::GET, &["v1", "app-installs", id.as_str()]))
    }

    /// Show what an installed app holds.
    ///
    /// The number of this workspace's authorizations and tokens that are alive, and the codes and refresh tokens that were used twice here
    /// lately.
    ///
    /// **Permission:** an admin's session
    pub fn get_activity(&self, id: impl Into<AppInstallId>) -> Call<C, AppInstallActivity> {
        let id: AppInstallId = id.into();
        Call::new(&self.client, Request::new(Method::GET, &["v1", "app-installs", id.as_str(), "activity"]))
    }

    /// Show which apps may come in.
    ///
    /// **Permission:** an admin's session
    pub fn get_policy(&self) -> Call<C, AppPolicySetting> {
        Call::new(&self.client, Request::new(Method::GET, &["v1", "app-policy"]))
    }

    /// List installed apps.
    ///
    /// Apps of other workspaces that act in this one, were refused, or are asked for; newest first.
    ///
    /// **Permission:** an admin's session
    pub fn list(&self) -> List<C, ListAppInstalls> {
        List::new(&self.client, Request::new(Method::GET, &["v1", "app-installs"]))
    }

    /// List an installed app's live tokens.
    ///
    /// Those that act for members of this workspace, newest first. What the app got by one authorization code or device code is one entry: its
    /// access tokens, and the refresh token that gives the next ones.
    ///
    /// **Permission:** an admin's session
    pub fn list_tokens(&self, id: impl Into<AppInstallId>) -> List<C, ListAppInstallTokens> {
        let id: AppInstallId = id.into();
        List::new(&self.client, Request::new(Method::GET, &["v1", "app-installs", id.as_str(), "tokens"]))
    }

    /// Pause an installed app.
    ///
    /// The app's tokens are refused in this workspace, and its webhooks here are disabled, until it is resumed. Elsewhere it works on. Pausing
    /// a paused app changes nothing.
    ///
    /// **Permission:** an admin's session
    pub fn pause(&self, id: impl Into<AppInstallId>) -> Call<C, AppInstall> {
        let id: AppInstallId = id.into();
        Call::new(
            &self.client,
            Request::new(Method::POST, &["v1", "app-installs", id.as_str(), "pause"]).keyed().conditional(),
        )
    }

    /// Refuse an app.
    ///
    /// One that a member asked for. Members may not ask for it again; an admin may still approve it. Refusing a refused app changes
    /// nothing.
    ///
    /// **Permission:** an admin's session
    pub fn refuse(&self, id: impl Into<AppInstallId>) -> Call<C, AppInstall> {
        let id: AppInstallId = id.into();
        Call::new(
            &self.client,
            Request::new(Method::POST, &["v1", "app-installs", id.as_str(), "refuse"]).keyed().conditional(),
        )
    }

    /// Resume an installed app.
    ///
    /// It works again, with the tokens that it had. Its webhooks stay disabled until they are enabled. Resuming an active app changes
    /// nothing.
    ///
    /// **Permission:** an admin's session
    pub fn resume(&self, id: impl Into<AppInstallId>) -> Call<C, AppInstall> {
        let id: AppInstallId = id.into();
        Call::new(
            &self.client,
            Request::new(Method::POST, &["v1", "app-installs", id.as_str(), "resume"]).keyed().conditional(),
        )
    }

    /// Revoke tokens of an installed app.
    ///
    /// The access tokens and the refresh token of one family stop at once. The member's authorization stays: the app may send them through
    /// consent again.
    ///
    /// **Permission:** an admin's session
    pub fn revoke_tokens(
        &self,
        id: impl Into<AppInstallId>,
        family_id: impl Into<TokenFamilyId>,
    ) -> Call<C, ()> {
        let id: AppInstallId = id.into();
        let family_id: TokenFamilyId = family_id.into();
        Call::new(
            &self.client,
            Request::new(Method::DELETE, &["v1", "app-installs", id.as_str(), "tokens", family_id.as_str()]),
        )
    }

    /// Choose which apps may come in.
    ///
    /// Apps that are installed stay. `client_documents` says whether apps that are known by a metadata document may ask; the policy says
    /// who lets them in, as it does for apps of other workspaces.
    ///
    /// **Permission:** an admin's session
    pub fn update_policy(&self, body: &AppPolicyChange) -> Call<C, AppPolicySetting> {
        Call::new(&self.client, Request::new(Method::PATCH, &["v1", "app-policy"]).body(body))
    }
}

/// The list that [`AppInstalls::list`] gives.
#[derive(Debug)]
pub enum ListAppInstalls {}

impl Kind for ListAppInstalls {
    type Item = AppInstall;
    const PAGES: Pages = Pages::Cursor;
}

impl<C: Client> List<C, ListAppInstalls> {
    /// How many results to give: 1 to 200, 50 where absent.
    pub fn limit(self, limit: u32) -> Self {
        self.with("limit", limit.to_string())
    }

    /// Where to go on: the `next_cursor` of the page before.
    pub fn cursor(self, cursor: impl Into<String>) -> Self {
        self.with("cursor", cursor.into().as_str())
    }

    /// Only installs in one of these states; several by repeating the parameter or separated by commas.
    pub fn status(self, status: impl IntoIterator<Item = InstallStatus>) -> Self {
        self.with_all("status", status)
    }
}

/// The list that [`AppInstalls::list_tokens`] gives.
#[derive(Debug)]
pub enum ListAppInstallTokens {}

impl Kind for ListAppInstallTokens {
    type Item = TokenFamily;
    const PAGES: Pages = Pages::Cursor;
}

impl<C: Client> List<C, ListAppInstallTokens> {
    /// How many results to give: 1 to 200, 50 where absent.
    pub fn limit(self, limit: u32) -> Self {
        self.with("limit", limit.to_string())
    }

    /// Where to go on: the `next_cursor` of the page before.
    pub fn cursor(self, cursor: impl Into<String>) -> Self {
        self.with("cursor", cursor.into().as_str())
    }
}
