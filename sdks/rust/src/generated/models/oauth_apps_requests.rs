// Generated from openapi/openapi.json by `cargo xtask sdk`: do not edit.

//! What callers send: OAuth apps.

use super::oauth_apps_words::{ClientKind, Distribution, GrantType};
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
    /// `workspace` or `public`; `workspace` where absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub distribution: Option<Distribution>,
    /// How it may obtain tokens; `authorization_code` and `refresh_token` where absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub grants: Option<Vec<GrantType>>,
    /// The app's https homepage.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub homepage_url: Option<String>,
    /// The app's logo, a PNG, JPEG or WebP of at most 64 KiB as a `data:` URL.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub logo: Option<String>,
    /// Those of the scopes that each member may leave out; none where absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub optional_scopes: Option<Vec<Scope>>,
    /// A domain of the publisher's, such as `acme.example`. Other workspaces see it once it is verified.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub publisher_domain: Option<String>,
    /// The name of whoever publishes the app, as other workspaces read it: at most 100 characters. A public app needs it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub publisher_name: Option<String>,
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
            distribution: None,
            grants: None,
            homepage_url: None,
            logo: None,
            optional_scopes: None,
            publisher_domain: None,
            publisher_name: None,
        }
    }

    /// What the app does: at most 500 characters.
    #[must_use]
    pub fn description(mut self, description: impl Into<String>) -> Self {
        self.description = Some(description.into());
        self
    }

    /// `workspace` or `public`; `workspace` where absent.
    #[must_use]
    pub fn distribution(mut self, distribution: impl Into<Distribution>) -> Self {
        self.distribution = Some(distribution.into());
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

    /// Those of the scopes that each member may leave out; none where absent.
    #[must_use]
    pub fn optional_scopes(mut self, optional_scopes: impl IntoIterator<Item = impl Into<Scope>>) -> Self {
        self.optional_scopes = Some(optional_scopes.into_iter().map(Into::into).collect());
        self
    }

    /// A domain of the publisher's, such as `acme.example`. Other workspaces see it once it is verified.
    #[must_use]
    pub fn publisher_domain(mut self, publisher_domain: impl Into<String>) -> Self {
        self.publisher_domain = Some(publisher_domain.into());
        self
    }

    /// The name of whoever publishes the app, as other workspaces read it: at most 100 characters. A public app needs it.
    #[must_use]
    pub fn publisher_name(mut self, publisher_name: impl Into<String>) -> Self {
        self.publisher_name = Some(publisher_name.into());
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
    /// In which workspaces it may act.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub distribution: Option<Distribution>,
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
    /// Those of the scopes that each member may leave out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub optional_scopes: Option<Vec<Scope>>,
    /// A domain of the publisher's. Another one is not verified any more.
    #[serde(skip_serializing_if = "Patch::is_absent")]
    pub publisher_domain: Patch<String>,
    /// The name of whoever publishes the app.
    #[serde(skip_serializing_if = "Patch::is_absent")]
    pub publisher_name: Patch<String>,
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

    /// In which workspaces it may act.
    #[must_use]
    pub fn distribution(mut self, distribution: impl Into<Distribution>) -> Self {
        self.distribution = Some(distribution.into());
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

    /// Those of the scopes that each member may leave out.
    #[must_use]
    pub fn optional_scopes(mut self, optional_scopes: impl IntoIterator<Item = impl Into<Scope>>) -> Self {
        self.optional_scopes = Some(optional_scopes.into_iter().map(Into::into).collect());
        self
    }

    /// A domain of the publisher's. Another one is not verified any more.
    #[must_use]
    pub fn publisher_domain(mut self, publisher_domain: impl Into<String>) -> Self {
        self.publisher_domain = Patch::Value(publisher_domain.into());
        self
    }

    /// Clears `publisher_domain`.
    #[must_use]
    pub fn clear_publisher_domain(mut self) -> Self {
        self.publisher_domain = Patch::Null;
        self
    }

    /// The name of whoever publishes the app.
    #[must_use]
    pub fn publisher_name(mut self, publisher_name: impl Into<String>) -> Self {
        self.publisher_name = Patch::Value(publisher_name.into());
        self
    }

    /// Clears `publisher_name`.
    #[must_use]
    pub fn clear_publisher_name(mut self) -> Self {
        self.publisher_name = Patch::Null;
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
