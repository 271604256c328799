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
    /// The workspaces in which an app may act.
    Distribution {
        /// The app's own alone.
        Workspace = "workspace",
        /// Each that installs it.
        Public = "public",
    }
}

words! {
    /// The cause of a failed request. New words may come.
    FailureCause {
        /// The form or the query cannot be read: encoding, content type, size.
        FormUnreadable = "form_unreadable",
        /// A parameter has a NUL character (`%00`).
        FormHasNul = "form_has_nul",
        /// The request has another method than the endpoint takes.
        MethodNotAllowed = "method_not_allowed",
        /// A parameter that is needed is missing.
        ParameterMissing = "parameter_missing",
        /// A parameter is there more than once.
        ParameterRepeated = "parameter_repeated",
        /// A parameter has a value that is not answered.
        ParameterInvalid = "parameter_invalid",
        /// The parameters of a pushed request are larger than what is kept.
        ParametersTooLarge = "parameters_too_large",
        /// No such client is registered; no app learns of it.
        ClientUnknown = "client_unknown",
        /// The `client_id` is a URL, but not one that a document may have; no app learns of it.
        DocumentUrlInvalid = "document_url_invalid",
        /// No document can be fetched from the `client_id`; no app learns of it.
        DocumentUnreachable = "document_unreachable",
        /// The document at the `client_id` has a member that is wrong; no app learns of it.
        DocumentInvalid = "document_invalid",
        /// The workspace takes no apps that are known by a document; no app learns of it.
        DocumentsNotTaken = "documents_not_taken",
        /// The workspace knows the most apps by documents that it may; no app learns of it.
        DocumentsTooMany = "documents_too_many",
        /// An admin has suspended the app.
        AppSuspended = "app_suspended",
        /// The `Authorization` header is not Basic as RFC 6749 has it, or there twice.
        AuthorizationHeaderMalformed = "authorization_header_malformed",
        /// The client secret came in the header and in the body.
        CredentialsTwice = "credentials_twice",
        /// The header names another client than the body.
        ClientIdMismatch = "client_id_mismatch",
        /// A confidential app sent no secret.
        SecretMissing = "secret_missing",
        /// A public app sent a secret.
        SecretUnexpected = "secret_unexpected",
        /// The text that came as the secret has not the form of one.
        SecretMalformed = "secret_malformed",
        /// The secret was this app's, and stopped.
        SecretStopped = "secret_stopped",
        /// The secret is that of another app of the workspace.
        SecretOfAnotherApp = "secret_of_another_app",
        /// The secret is none of this app's.
        SecretUnknown = "secret_unknown",
        /// Only apps with a secret may call the endpoint.
        ClientNotConfidential = "client_not_confidential",
        /// There were too many requests.
        TooManyRequests = "too_many_requests",
        /// The plan of the workspace does not include the API.
        PlanWithoutApi = "plan_without_api",
        /// There is no such grant here.
        GrantUnknown = "grant_unknown",
        /// The grant is not switched on for this app.
        GrantNotEnabled = "grant_not_enabled",
        /// A public app asked for a token for itself.
        GrantNotForPublicApps = "grant_not_for_public_apps",
        /// The redirect URI is missing, and the app registered several or none.
        RedirectUriMissing = "redirect_uri_missing",
        /// The redirect URI is not a registered one.
        RedirectUriMismatch = "redirect_uri_mismatch",
        /// The redirect URI that a code was issued for is registered no more.
        RedirectUriRemoved = "redirect_uri_removed",
        /// The request has a request object by value.
        RequestObject = "request_object",
        /// The `request_uri` is over, answered, or not this app's.
        PushedRequestOver = "pushed_request_over",
        /// The response type or mode is not answered.
        ResponseTypeUnsupported = "response_type_unsupported",
        /// The request has no PKCE challenge.
        ChallengeMissing = "challenge_missing",
        /// The challenge's method is not S256.
        ChallengeMethodUnsupported = "challenge_method_unsupported",
        /// The challenge is no SHA-256 in base64url.
        ChallengeMalformed = "challenge_malformed",
        /// The `resource` is not this API.
        ResourceUnknown = "resource_unknown",
        /// The app may have none of the scopes.
        ScopeNotAllowed = "scope_not_allowed",
        /// A refresh asks for more than was given.
        ScopeExceedsGrant = "scope_exceeds_grant",
        /// The app or the member has lost all of the scopes.
        ScopesLost = "scopes_lost",
        /// With `prompt=none`: nobody is signed in, or not as the app wants.
        LoginNeeded = "login_needed",
        /// With `prompt=none`: the member must be asked.
        ConsentNeeded = "consent_needed",
        /// The member said no.
        MemberDenied = "member_denied",
        /// The member belongs to another workspace.
        MemberOfAnotherWorkspace = "member_of_another_workspace",
        /// The member may do nothing of what the app asks for.
        MemberMayDoNothing = "member_may_do_nothing",
        /// The member's workspace does not let the app in.
        AppNotAdmitted = "app_not_admitted",
        /// There is no such code.
        CodeUnknown = "code_unknown",
        /// The code was issued to another app.
        CodeOfAnotherApp = "code_of_another_app",
        /// The code was used before.
        CodeUsed = "code_used",
        /// The code had expired.
        CodeExpired = "code_expired",
        /// The code was issued for another redirect URI.
        CodeRedirectUriMismatch = "code_redirect_uri_mismatch",
        /// The verifier is missing.
        VerifierMissing = "verifier_missing",
        /// The verifier does not match the challenge.
        VerifierMismatch = "verifier_mismatch",
        /// The member withdrew the consent, or left the workspace.
        ConsentEnded = "consent_ended",
        /// There is no such device code.
        DeviceCodeUnknown = "device_code_unknown",
        /// The device code was given to another app.
        DeviceCodeOfAnotherApp = "device_code_of_another_app",
        /// The device code has given its tokens before.
        DeviceCodeUsed = "device_code_used",
        /// No member answered in time.
        DeviceCodeExpired = "device_code_expired",
        /// A device waits for a member's answer. This is no failure, and is not kept.
        AnswerPending = "answer_pending",
        /// The device asked sooner than it may.
        PolledTooOften = "polled_too_often",
        /// Too many devices of the app wait for an answer.
        DevicesWaiting = "devices_waiting",
        /// The text that came as the refresh token is none of this server's.
        RefreshTokenUnknown = "refresh_token_unknown",
        /// The refresh token was given to another app.
        RefreshTokenOfAnotherApp = "refresh_token_of_another_app",
        /// The refresh token was replaced, and its successor is not given again.
        RefreshTokenReplaced = "refresh_token_replaced",
        /// The refresh token was used again after its successor was used.
        RefreshTokenReused = "refresh_token_reused",
        /// The refresh token had expired.
        RefreshTokenExpired = "refresh_token_expired",
        /// The refresh token was revoked.
        RefreshTokenRevoked = "refresh_token_revoked",
        /// The token was given to another app.
        TokenOfAnotherApp = "token_of_another_app",
        /// The server could not answer, which is not the app's doing.
        ServerFailed = "server_failed",
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
    /// An endpoint of the OAuth server.
    OAuthEndpoint {
        /// `/oauth/authorize`, and the consent screen behind it.
        Authorize = "authorize",
        /// `/oauth/par` (RFC 9126).
        Par = "par",
        /// `/oauth/token`.
        Token = "token",
        /// `/oauth/revoke` (RFC 7009).
        Revoke = "revoke",
        /// `/oauth/introspect` (RFC 7662).
        Introspect = "introspect",
        /// `/oauth/device_authorization` (RFC 8628).
        DeviceAuthorization = "device_authorization",
    }
}

words! {
    /// The `error` that an app was answered with: the registered codes that this server uses.
    OAuthErrorCode {
        /// A parameter is missing, repeated or malformed (RFC 6749, section 5.2).
        InvalidRequest = "invalid_request",
        /// The client did not prove who it is.
        InvalidClient = "invalid_client",
        /// The code or refresh token is not good, or not this client's.
        InvalidGrant = "invalid_grant",
        /// The client may not use this grant.
        UnauthorizedClient = "unauthorized_client",
        /// There is no such grant.
        UnsupportedGrantType = "unsupported_grant_type",
        /// A scope is unknown, or more than was given.
        InvalidScope = "invalid_scope",
        /// There is no such resource (RFC 8707, section 2).
        InvalidTarget = "invalid_target",
        /// The member said no.
        AccessDenied = "access_denied",
        /// The member has not answered yet (RFC 8628, section 3.5).
        AuthorizationPending = "authorization_pending",
        /// The member has not answered yet, and the device asks too often (RFC 8628, section 3.5).
        SlowDown = "slow_down",
        /// The member has not answered in time (RFC 8628, section 3.5).
        ExpiredToken = "expired_token",
        /// The app wants nothing shown, and the member is not signed in as it wants (`OpenID` Connect Core, section 3.1.2.6).
        LoginRequired = "login_required",
        /// The app wants nothing shown, and the member must be asked.
        ConsentRequired = "consent_required",
        /// Only `code` is answered.
        UnsupportedResponseType = "unsupported_response_type",
        /// The pushed request is over, used or not this client's (RFC 9101, section 6.3).
        InvalidRequestUri = "invalid_request_uri",
        /// Request objects by value are not read (RFC 9101, section 6.3).
        RequestNotSupported = "request_not_supported",
        /// The server cannot answer now, but may in a moment.
        TemporarilyUnavailable = "temporarily_unavailable",
        /// Something failed on our side.
        ServerError = "server_error",
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
