// Generated from openapi/openapi.json by `cargo xtask sdk`: do not edit.

//! Vocabularies: problem types.

use crate::vocabulary::words;

words! {
    /// The stable name of what is wrong with one field, for programs. `FaultCode::meaning` says what each means.
    ///
    /// - `required`
    /// - `unknown_field`
    /// - `unknown_parameter`
    /// - `duplicate`
    /// - `wrong_type`
    /// - `malformed`
    /// - `too_short`
    /// - `too_long`
    /// - `too_deep`
    /// - `out_of_range`
    /// - `unknown_word`
    /// - `invalid_characters`
    /// - `not_allowed`
    /// - `not_found`
    /// - `contains_secret`
    FaultCode {
        /// `required`
        Required = "required",
        /// `unknown_field`
        UnknownField = "unknown_field",
        /// `unknown_parameter`
        UnknownParameter = "unknown_parameter",
        /// `duplicate`
        Duplicate = "duplicate",
        /// `wrong_type`
        WrongType = "wrong_type",
        /// `malformed`
        Malformed = "malformed",
        /// `too_short`
        TooShort = "too_short",
        /// `too_long`
        TooLong = "too_long",
        /// `too_deep`
        TooDeep = "too_deep",
        /// `out_of_range`
        OutOfRange = "out_of_range",
        /// `unknown_word`
        UnknownWord = "unknown_word",
        /// `invalid_characters`
        InvalidCharacters = "invalid_characters",
        /// `not_allowed`
        NotAllowed = "not_allowed",
        /// `not_found`
        NotFound = "not_found",
        /// `contains_secret`
        ContainsSecret = "contains_secret",
    }
}

words! {
    /// The part of a request in which a field stands.
    FieldPlace {
        /// The request's body.
        Body = "body",
        /// The request's query.
        Query = "query",
        /// The request's headers.
        Header = "header",
        /// The request's path.
        Path = "path",
    }
}

words! {
    /// The stable name of an error, for programs. It is the `code` of a problem document and the end of its `type`.
    ProblemType {
        /// The body is not JSON.
        MalformedJson = "malformed-json",
        /// The request cannot be read: a query parameter, header or cursor is not of its form.
        BadRequest = "bad-request",
        /// One or more fields are wrong; `errors` names them.
        Validation = "validation",
        /// No credential was sent.
        Unauthenticated = "unauthenticated",
        /// E-mail or password is wrong.
        InvalidSignIn = "invalid-sign-in",
        /// The credential is not one of ours, or no longer.
        InvalidCredential = "invalid-credential",
        /// The API key was revoked.
        KeyRevoked = "key-revoked",
        /// The API key was replaced by its successor.
        KeyReplaced = "key-replaced",
        /// The API key has expired.
        KeyExpired = "key-expired",
        /// The API key may not be used from this address.
        AddressNotAllowed = "address-not-allowed",
        /// The credential lacks a scope, which `detail` names.
        InsufficientScope = "insufficient-scope",
        /// Only an admin's session may do this.
        AdminRequired = "admin-required",
        /// Only a signed-in session may do this.
        SessionRequired = "session-required",
        /// Only an API key that an admin marked rotatable may do this.
        NotRotatable = "not-rotatable",
        /// The workspace's plan does not include the API.
        PlanRequired = "plan-required",
        /// The plan's limit for this kind of object is reached.
        PlanLimit = "plan-limit",
        /// The member does not belong to the workspace that this is about.
        NotAMember = "not-a-member",
        /// The change did not come from our own origin.
        CrossOrigin = "cross-origin",
        /// No such object in this workspace.
        NotFound = "not-found",
        /// The path exists, the method does not.
        MethodNotAllowed = "method-not-allowed",
        /// The request did not come in time.
        RequestTimeout = "request-timeout",
        /// The object's state does not allow this; `detail` says why.
        Conflict = "conflict",
        /// The credential acts in another workspace than `Sayless-Workspace` names.
        WorkspaceMismatch = "workspace-mismatch",
        /// A request with the same `Idempotency-Key` is still running.
        IdempotencyInProgress = "idempotency-in-progress",
        /// The `Idempotency-Key` was used with another body.
        IdempotencyMismatch = "idempotency-mismatch",
        /// The first answer to the `Idempotency-Key` held a secret and is no longer kept; `detail` names the object.
        IdempotencyExpired = "idempotency-expired",
        /// The object has changed since the version that `If-Match` names.
        PreconditionFailed = "precondition-failed",
        /// Events after this place of the log are no longer kept; `detail` names the oldest that is.
        EventsExpired = "events-expired",
        /// The path with its query is longer than is read.
        UriTooLong = "uri-too-long",
        /// The headers are longer, or more, than are read.
        HeadersTooLarge = "headers-too-large",
        /// The body is larger than allowed.
        BodyTooLarge = "body-too-large",
        /// The body is not `application/json`.
        UnsupportedMediaType = "unsupported-media-type",
        /// The text contains a live credential.
        SecretInText = "secret-in-text",
        /// Too many requests; `Retry-After` says when to come back.
        RateLimited = "rate-limited",
        /// The service cannot answer now; `Retry-After` says when to come back.
        Unavailable = "unavailable",
        /// Something failed on our side; the log has the cause under `request_id`.
        Internal = "internal",
    }
}
