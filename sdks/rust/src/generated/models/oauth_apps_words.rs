// Generated from openapi/openapi.json by `cargo xtask sdk`: do not edit.

//! Vocabularies: OAuth apps.

use crate::vocabulary::words;

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
    /// How the app may obtain tokens.
    GrantType {
        /// A member's consent, with PKCE.
        AuthorizationCode = "authorization_code",
        /// Rotating refresh tokens.
        RefreshToken = "refresh_token",
        /// The app as itself; confidential apps only.
        ClientCredentials = "client_credentials",
    }
}

words! {
    /// A sign that a credential was copied.
    IncidentKind {
        /// A refresh token was used again after its successor: somebody has a copy of it.
        RefreshTokenReused = "refresh_token_reused",
        /// An authorization code was used twice: somebody has a copy of it.
        CodeReused = "code_reused",
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
    /// A remark on a redirect URI that is allowed, for an admin and a member.
    RedirectRemark {
        /// It leads to `localhost`, a name that may mean another machine.
        Localhost = "localhost",
        /// It opens a scheme without a dot, which any program may claim.
        SchemeWithoutDot = "scheme_without_dot",
    }
}
