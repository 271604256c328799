//! OAuth apps: third-party applications that a workspace lets authorize.

use serde::{Deserialize, Serialize};

use crate::{
    Scope, Timestamp,
    audit::Actor,
    ids::{OAuthAppId, SecretId},
    merge_patch::{always, clearable},
    words::words,
};

words! {
    /// The kind of client: one that can keep a secret, or one that cannot (RFC 6749, section 2.1).
    ClientKind {
        /// It authenticates with a client secret.
        Confidential = "confidential",
        /// It runs where a secret cannot be kept, and has none.
        Public = "public",
    }
}

words! {
    /// The state of an app.
    OAuthAppStatus {
        /// It works.
        Active = "active",
        /// An admin suspended it: it gets no tokens, and those it has are refused.
        Suspended = "suspended",
    }
}

words! {
    /// How the app may obtain tokens.
    GrantType {
        /// A member's consent, with PKCE.
        AuthorizationCode = "authorization_code",
        /// Rotating refresh tokens.
        RefreshToken = "refresh_token",
        /// The app as itself; confidential apps only.
        ClientCredentials = "client_credentials",
        /// A member's consent by a code that a device without a browser shows (RFC 8628).
        DeviceCode = "device_code",
    }
}

impl GrantType {
    /// The `grant_type` at the token endpoint, and in the server's metadata.
    pub const fn grant_type(self) -> &'static str {
        match self {
            Self::DeviceCode => "urn:ietf:params:oauth:grant-type:device_code",
            other => other.as_str(),
        }
    }

    /// The grant that a `grant_type` names.
    pub fn of_request(grant_type: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|grant| grant.grant_type() == grant_type)
    }
}

words! {
    /// The workspaces in which an app may act.
    Distribution {
        /// The app's own alone.
        Workspace = "workspace",
        /// Each that installs it.
        Public = "public",
    }
}

words! {
    /// A remark on a redirect URI that is allowed, for an admin and a member.
    RedirectRemark {
        /// It leads to `localhost`, a name that may mean another machine.
        Localhost = "localhost",
        /// It opens a scheme without a dot, which any program may claim.
        SchemeWithoutDot = "scheme_without_dot",
    }
}

impl RedirectRemark {
    /// The remark on a redirect URI, if there is one.
    pub fn on(uri: &str) -> Option<Self> {
        let (scheme, rest) = uri.split_once(':')?;
        let is = |name: &str| scheme.eq_ignore_ascii_case(name);
        if is("https") || (!is("http") && scheme.contains('.')) {
            return None;
        }
        if !is("http") {
            return Some(Self::SchemeWithoutDot);
        }
        let host = rest.trim_start_matches('/').split(['/', '?', ':']).next().unwrap_or_default();
        host.eq_ignore_ascii_case("localhost").then_some(Self::Localhost)
    }

    /// The remark in a sentence for a person.
    pub const fn describe(self) -> &'static str {
        match self {
            Self::Localhost => {
                "localhost is a name that each device resolves by itself. 127.0.0.1 or [::1] always means this device."
            }
            Self::SchemeWithoutDot => {
                "Any program on the device can claim this scheme. One that begins with the app's domain, such as com.example.app, \
                 is safer, and https is safest."
            }
        }
    }
}

/// A redirect URI that is allowed, with a remark on it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RedirectUriRemark {
    /// The redirect URI.
    #[cfg_attr(feature = "openapi", schema(example = "http://localhost:3000/callback"))]
    pub redirect_uri: String,
    /// The remark.
    pub remark: RedirectRemark,
}

words! {
    /// How long an old secret keeps working after a rotation.
    Overlap {
        /// It stops at once.
        None = "none",
        /// One hour.
        OneHour = "1h",
        /// One day.
        OneDay = "24h",
        /// One week.
        OneWeek = "7d",
    }
}

impl Overlap {
    /// The overlap in milliseconds.
    pub const fn as_millis(self) -> i64 {
        match self {
            Self::None => 0,
            Self::OneHour => 3_600_000,
            Self::OneDay => 24 * 3_600_000,
            Self::OneWeek => 7 * 24 * 3_600_000,
        }
    }
}

/// Create an OAuth app.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(
    feature = "openapi",
    schema(example = json!({
        "name": "Acme Dashboards", "kind": "confidential",
        "redirect_uris": ["https://acme.example/callback"], "scopes": ["tickets:read"],
        "grants": ["authorization_code", "refresh_token"], "description": "Charts of what is open.",
        "homepage_url": "https://acme.example"
    }))
)]
#[serde(deny_unknown_fields)]
pub struct NewOAuthApp {
    /// The name that members see on the consent screen: 1 to 100 characters.
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 100))]
    pub name: String,
    /// `confidential` or `public`.
    #[cfg_attr(feature = "openapi", schema(value_type = ClientKind))]
    pub kind: String,
    /// Where members may be sent back to, at most 20: https; http on a loopback IP; for public apps also on `localhost`, and a scheme
    /// of the app's own.
    #[cfg_attr(feature = "openapi", schema(max_items = 20))]
    pub redirect_uris: Vec<String>,
    /// What the app may ask for.
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<Scope>, min_items = 1))]
    pub scopes: Vec<String>,
    /// Those of the scopes that each member may leave out; none where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Vec<Scope>>))]
    pub optional_scopes: Option<Vec<String>>,
    /// How it may obtain tokens; `authorization_code` and `refresh_token` where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Vec<GrantType>>))]
    pub grants: Option<Vec<String>>,
    /// What the app does: at most 500 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(max_length = 500))]
    pub description: Option<String>,
    /// The app's https homepage.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(format = "uri"))]
    pub homepage_url: Option<String>,
    /// The app's logo, a PNG, JPEG or WebP of at most 64 KiB as a `data:` URL.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub logo: Option<String>,
    /// `workspace` or `public`; `workspace` where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Distribution>))]
    pub distribution: Option<String>,
    /// The name of whoever publishes the app, as other workspaces read it: at most 100 characters. A public app needs it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(max_length = 100))]
    pub publisher_name: Option<String>,
    /// A domain of the publisher's, such as `acme.example`. Other workspaces see it once it is verified.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(max_length = 253, format = "hostname"))]
    pub publisher_domain: Option<String>,
}

/// Change an OAuth app by a merge patch: absent fields stay, `null` clears.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(
    feature = "openapi",
    schema(example = json!({
        "name": "Acme Dashboards 2", "redirect_uris": ["https://acme.example/callback"],
        "scopes": ["tickets:read"], "description": null
    }))
)]
#[serde(deny_unknown_fields)]
pub struct OAuthAppChanges {
    /// The name that members see.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "always")]
    #[cfg_attr(feature = "openapi", schema(value_type = String, required = false, min_length = 1, max_length = 100))]
    pub name: Option<String>,
    /// Where members may be sent back to.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "always")]
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<String>, required = false, max_items = 20))]
    pub redirect_uris: Option<Vec<String>>,
    /// What the app may ask for.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "always")]
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<Scope>, required = false, min_items = 1))]
    pub scopes: Option<Vec<String>>,
    /// Those of the scopes that each member may leave out.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "always")]
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<Scope>, required = false))]
    pub optional_scopes: Option<Vec<String>>,
    /// How it may obtain tokens.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "always")]
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<GrantType>, required = false))]
    pub grants: Option<Vec<String>>,
    /// What the app does.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "clearable")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, max_length = 500))]
    pub description: Option<Option<String>>,
    /// The app's https homepage.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "clearable")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, format = "uri"))]
    pub homepage_url: Option<Option<String>>,
    /// The app's logo as a `data:` URL.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "clearable")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub logo: Option<Option<String>>,
    /// In which workspaces it may act.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "always")]
    #[cfg_attr(feature = "openapi", schema(value_type = Distribution, required = false))]
    pub distribution: Option<String>,
    /// The name of whoever publishes the app.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "clearable")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, max_length = 100))]
    pub publisher_name: Option<Option<String>>,
    /// A domain of the publisher's. Another one is not verified any more.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "clearable")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, max_length = 253, format = "hostname"))]
    pub publisher_domain: Option<Option<String>>,
}

/// An OAuth app.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
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
    #[cfg_attr(feature = "openapi", schema(example = "acme.example"))]
    pub publisher_domain: String,
    /// The time since which a file at the domain has proved the claim; `null` while the domain is not verified.
    pub publisher_domain_verified_at: Option<Timestamp>,
    /// The fault that the last check of the domain found, in words; `null` where it found none.
    pub publisher_domain_fault: Option<String>,
    /// The number of other workspaces that have installed it.
    pub installs: i64,
    /// The number of incidents of the last 90 days that nobody has acknowledged.
    #[cfg_attr(feature = "openapi", schema(example = 0, minimum = 0))]
    pub open_incidents: i64,
    /// The app's state: it works, or why not.
    pub status: OAuthAppStatus,
    /// When it was suspended.
    pub suspended_at: Option<Timestamp>,
    /// Its client secrets that still work, newest first; never the secrets themselves.
    pub secrets: Vec<ClientSecret>,
    /// When it was created.
    pub created_at: Timestamp,
    /// Who created it.
    pub created_by: Actor,
}

/// A client secret of an app, without the secret itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
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

/// A new OAuth app with its client secret, which is shown this once.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CreatedOAuthApp {
    /// The app's fields.
    #[serde(flatten)]
    pub app: OAuthApp,
    /// The client secret, for a confidential app. Never shown again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(example = "sls_…"))]
    pub client_secret: Option<String>,
}

impl std::fmt::Debug for CreatedOAuthApp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CreatedOAuthApp").field("app", &self.app).finish_non_exhaustive()
    }
}

/// The most secrets of one webhook or app that work at once.
pub const MAX_LIVE_SECRETS: usize = 3;

/// Rotate a secret.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(example = json!({"overlap": "24h"})))]
#[serde(deny_unknown_fields)]
pub struct RotateSecret {
    /// How long the old secret keeps working: `none`, `1h`, `24h` or `7d`.
    #[cfg_attr(feature = "openapi", schema(value_type = Overlap))]
    pub overlap: String,
}

/// A new client secret, which is shown this once.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CreatedClientSecret {
    /// The secret's fields.
    #[serde(flatten)]
    pub secret: ClientSecret,
    /// The client secret. Never shown again.
    #[cfg_attr(feature = "openapi", schema(example = "sls_…"))]
    pub client_secret: String,
}

impl std::fmt::Debug for CreatedClientSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CreatedClientSecret").field("secret", &self.secret).finish_non_exhaustive()
    }
}
