// Generated from openapi/openapi.json by `cargo xtask sdk`: do not edit.

//! What callers send: OAuth apps.

use super::oauth_apps_words::{ClientKind, GrantType};
use super::shared_words::Scope;
use crate::patch::Patch;

/// Create an OAuth app.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
#[non_exhaustive]
pub struct NewOAuthApp {
    /// The name that members see on the consent screen: 1 to 100 characters.
    pub name: String,
    /// `confidential` or `public`.
    pub kind: ClientKind,
    /// Where members may be sent back to, at most 20: https; http on a loopback IP; for public apps also on `localhost`, and a scheme
    /// of the app's own.
    pub redirect_uris: Vec<String>,
    /// What the app may ask for.
    pub scopes: Vec<Scope>,
    /// What the app does: at most 500 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// How it may obtain tokens; `authorization_code` and `refresh_token` where absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub grants: Option<Vec<GrantType>>,
    /// The app's https homepage.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub homepage_url: Option<String>,
    /// The app's logo, a PNG, JPEG or WebP of at most 64 KiB as a `data:` URL.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub logo: Option<String>,
}

impl NewOAuthApp {
    /// With what is required.
    pub fn new(
        name: impl Into<String>,
        kind: impl Into<ClientKind>,
        redirect_uris: impl IntoIterator<Item = impl Into<String>>,
        scopes: impl IntoIterator<Item = impl Into<Scope>>,
    ) -> Self {
        Self {
            name: name.into(),
            kind: kind.into(),
            redirect_uris: redirect_uris.into_iter().map(Into::into).collect(),
            scopes: scopes.into_iter().map(Into::into).collect(),
            description: None,
            grants: None,
            homepage_url: None,
            logo: None,
        }
    }

    /// What the app does: at most 500 characters.
    #[must_use]
    pub fn description(mut self, description: impl Into<String>) -> Self {
        self.description = Some(description.into());
        self
    }

    /// How it may obtain tokens; `authorization_code` and `refresh_token` where absent.
    #[must_use]
    pub fn grants(mut self, grants: impl IntoIterator<Item = impl Into<GrantType>>) -> Self {
        self.grants = Some(grants.into_iter().map(Into::into).collect());
        self
    }

    /// The app's https homepage.
    #[must_use]
    pub fn homepage_url(mut self, homepage_url: impl Into<String>) -> Self {
        self.homepage_url = Some(homepage_url.into());
        self
    }

    /// The app's logo, a PNG, JPEG or WebP of at most 64 KiB as a `data:` URL.
    #[must_use]
    pub fn logo(mut self, logo: impl Into<String>) -> Self {
        self.logo = Some(logo.into());
        self
    }
}

/// Change an OAuth app by a merge patch: absent fields stay, `null` clears.
#[derive(Debug, Clone, PartialEq, serde::Serialize, Default)]
#[non_exhaustive]
pub struct OAuthAppChanges {
    /// What the app does.
    #[serde(skip_serializing_if = "Patch::is_absent")]
    pub description: Patch<String>,
    /// How it may obtain tokens.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub grants: Option<Vec<GrantType>>,
    /// The app's https homepage.
    #[serde(skip_serializing_if = "Patch::is_absent")]
    pub homepage_url: Patch<String>,
    /// The app's logo as a `data:` URL.
    #[serde(skip_serializing_if = "Patch::is_absent")]
    pub logo: Patch<String>,
    /// The name that members see.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Where members may be sent back to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub redirect_uris: Option<Vec<String>>,
    /// What the app may ask for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scopes: Option<Vec<Scope>>,
}

impl OAuthAppChanges {
    /// With nothing said.
    pub fn new() -> Self {
        Self::default()
    }

    /// What the app does.
    #[must_use]
    pub fn description(mut self, description: impl Into<String>) -> Self {
        self.description = Patch::Value(description.into());
        self
    }

    /// Clears `description`.
    #[must_use]
    pub fn clear_description(mut self) -> Self {
        self.description = Patch::Null;
        self
    }

    /// How it may obtain tokens.
    #[must_use]
    pub fn grants(mut self, grants: impl IntoIterator<Item = impl Into<GrantType>>) -> Self {
        self.grants = Some(grants.into_iter().map(Into::into).collect());
        self
    }

    /// The app's https homepage.
    #[must_use]
    pub fn homepage_url(mut self, homepage_url: impl Into<String>) -> Self {
        self.homepage_url = Patch::Value(homepage_url.into());
        self
    }

    /// Clears `homepage_url`.
    #[must_use]
    pub fn clear_homepage_url(mut self) -> Self {
        self.homepage_url = Patch::Null;
        self
    }

    /// The app's logo as a `data:` URL.
    #[must_use]
    pub fn logo(mut self, logo: impl Into<String>) -> Self {
        self.logo = Patch::Value(logo.into());
        self
    }

    /// Clears `logo`.
    #[must_use]
    pub fn clear_logo(mut self) -> Self {
        self.logo = Patch::Null;
        self
    }

    /// The name that members see.
    #[must_use]
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// Where members may be sent back to.
    #[must_use]
    pub fn redirect_uris(mut self, redirect_uris: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.redirect_uris = Some(redirect_uris.into_iter().map(Into::into).collect());
        self
    }

    /// What the app may ask for.
    #[must_use]
    pub fn scopes(mut self, scopes: impl IntoIterator<Item = impl Into<Scope>>) -> Self {
        self.scopes = Some(scopes.into_iter().map(Into::into).collect());
        self
    }
}
