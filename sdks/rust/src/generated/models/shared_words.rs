// Generated from openapi/openapi.json by `cargo xtask sdk`: do not edit.

//! Vocabularies: several resources.

use crate::vocabulary::words;

words! {
    /// The kind of actor that made a change.
    ActorKind {
        /// A member in a session.
        Member = "member",
        /// An API key.
        ApiKey = "api_key",
        /// An OAuth app.
        OAuthApp = "oauth_app",
        /// The operator, through the `sayless` command.
        Operator = "operator",
        /// The system itself.
        System = "system",
    }
}

words! {
    /// How an attempt ended.
    AttemptOutcome {
        /// The receiver answered 2xx.
        Succeeded = "succeeded",
        /// Anything else; the diagnosis says what.
        Failed = "failed",
        /// Our process stopped in the middle; it counts against nobody.
        Interrupted = "interrupted",
    }
}

words! {
    /// The state of a broadcast.
    BroadcastStatus {
        /// Not sent yet.
        Draft = "draft",
        /// Sent.
        Sent = "sent",
    }
}

words! {
    /// The party whose problem a failure is.
    Category {
        /// Something in the webhook or its receiver is set up wrongly: waiting will not help.
        Configuration = "configuration",
        /// The receiver is down or broken for now: the schedule will try again.
        Outage = "outage",
        /// The receiver asks us to slow down.
        Throttling = "throttling",
        /// The fault is on our side.
        Ours = "ours",
    }
}

words! {
    /// The fault, as a stable code.
    DiagnosisCode {
        /// The host's name does not exist.
        DnsNotFound = "dns_not_found",
        /// The name could not be looked up.
        DnsUnavailable = "dns_unavailable",
        /// The address is one that webhooks may not reach.
        DestinationBlocked = "destination_blocked",
        /// Nothing listens at the address.
        ConnectionRefused = "connection_refused",
        /// No connection within the limit.
        ConnectTimeout = "connect_timeout",
        /// The connection broke.
        ConnectionReset = "connection_reset",
        /// The certificate is out of date.
        TlsCertificateExpired = "tls_certificate_expired",
        /// The certificate is not valid yet.
        TlsCertificateNotYetValid = "tls_certificate_not_yet_valid",
        /// The certificate is for another name.
        TlsHostnameMismatch = "tls_hostname_mismatch",
        /// The certificate's issuer is not trusted.
        TlsUntrustedIssuer = "tls_untrusted_issuer",
        /// TLS could not be agreed upon.
        TlsHandshakeFailed = "tls_handshake_failed",
        /// The answer did not come in time.
        ResponseTimeout = "response_timeout",
        /// The answer was not HTTP.
        ResponseMalformed = "response_malformed",
        /// The receiver redirects, which is not followed.
        Redirected = "redirected",
        /// 401 or 403.
        Unauthorized = "unauthorized",
        /// 404 or 405.
        NotFound = "not_found",
        /// 410.
        Gone = "gone",
        /// 400, 413, 415 or 422.
        PayloadRejected = "payload_rejected",
        /// 429.
        Throttled = "throttled",
        /// 5xx.
        ServerError = "server_error",
        /// Any other status.
        UnexpectedStatus = "unexpected_status",
        /// We had no file, port or memory left for a connection.
        SenderExhausted = "sender_exhausted",
        /// Our process stopped mid-attempt.
        Interrupted = "interrupted",
    }
}

words! {
    /// The reason why a webhook is disabled.
    DisabledReason {
        /// An admin or a credential disabled it.
        Manual = "manual",
        /// The receiver answered 410 Gone.
        Gone = "gone",
        /// Five days of nothing but failures.
        Failing = "failing",
        /// The owner ended: the key was revoked or expired, the app deleted or suspended, the last consent withdrawn.
        OwnerEnded = "owner_ended",
    }
}

words! {
    /// A catalogued type of event.
    EventType {
        /// A ticket was created.
        TicketCreated = "ticket.created",
        /// A ticket's fields changed.
        TicketUpdated = "ticket.updated",
        /// A ticket was closed.
        TicketClosed = "ticket.closed",
        /// A comment was written on a ticket.
        CommentCreated = "comment.created",
        /// An internal note was written on a ticket.
        NoteCreated = "note.created",
        /// A broadcast was drafted.
        BroadcastCreated = "broadcast.created",
        /// A broadcast was sent.
        BroadcastSent = "broadcast.sent",
        /// A webhook was disabled.
        WebhookDisabled = "webhook.disabled",
        /// A webhook that was failing works again.
        WebhookRecovered = "webhook.recovered",
        /// A delivery used up its retries.
        DeliveryExhausted = "delivery.exhausted",
        /// An API key was created.
        ApiKeyCreated = "api_key.created",
        /// An API key was revoked.
        ApiKeyRevoked = "api_key.revoked",
        /// An OAuth app's client secret was rotated.
        OAuthAppSecretRotated = "oauth_app.secret_rotated",
        /// Somebody pressed "Send test".
        WebhookTest = "webhook.test",
    }
}

words! {
    /// The kind of an incident.
    IncidentKind {
        /// A refresh token was used again after its successor.
        RefreshTokenReused = "refresh_token_reused",
        /// An authorization code was used twice.
        CodeReused = "code_reused",
    }
}

words! {
    /// How long an old secret keeps working after a rotation.
    Overlap {
        /// It stops at once.
        None = "none",
        /// One hour.
        Hours1 = "1h",
        /// One day.
        Hours24 = "24h",
        /// One week.
        Days7 = "7d",
    }
}

words! {
    /// The likely cause of an incident, a guess from what is known of both uses. New words may come.
    LikelyCause {
        /// The client sent the same twice: both uses came from one address within a minute, with the same client authentication.
        Retry = "retry",
        /// Somebody has a copy: the second use came from another address, much later, or with another client authentication.
        Copy = "copy",
    }
}

words! {
    /// The right to be shown the content of an event: a scope, or an admin's session.
    ReadAccess {
        /// The scope to read tickets, comments and notes.
        TicketsRead = "tickets:read",
        /// The scope to read broadcasts.
        BroadcastsRead = "broadcasts:read",
        /// An admin's session: the event is about keys, apps, webhooks or deliveries.
        Session = "session",
    }
}

words! {
    /// When a retry by hand makes sense.
    RetryHelps {
        /// Right away.
        Now = "now",
        /// Once what the advice names is mended.
        AfterFix = "after_fix",
        /// Once the receiver is back; the schedule does it by itself.
        Later = "later",
    }
}

words! {
    /// One permission that a key or a token can hold.
    Scope {
        /// Read tickets, comments and notes.
        TicketsRead = "tickets:read",
        /// Create and change tickets, comments and notes.
        TicketsWrite = "tickets:write",
        /// Read broadcasts.
        BroadcastsRead = "broadcasts:read",
        /// Create and send broadcasts.
        BroadcastsWrite = "broadcasts:write",
        /// Publish events.
        EventsWrite = "events:write",
        /// Read webhooks and event types.
        WebhooksRead = "webhooks:read",
        /// Create, change and delete webhooks for event types that the credential may read.
        WebhooksWrite = "webhooks:write",
        /// Read events, deliveries and their attempts.
        DeliveriesRead = "deliveries:read",
        /// Retry and recover deliveries.
        DeliveriesRetry = "deliveries:retry",
        /// Read the audit log.
        AuditRead = "audit:read",
    }
}

words! {
    /// The state of a ticket.
    TicketStatus {
        /// Somebody still has to act.
        Open = "open",
        /// Done.
        Closed = "closed",
    }
}

words! {
    /// The cause of an attempt.
    Trigger {
        /// The schedule.
        Automatic = "automatic",
        /// Somebody pressed "Retry".
        Manual = "manual",
        /// Somebody pressed "Send test".
        Test = "test",
        /// The breaker tried whether the receiver is back.
        Probe = "probe",
    }
}
