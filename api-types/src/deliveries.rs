//! Deliveries and their attempts: one event on its way to one webhook, and what became of each request.

use serde::{Deserialize, Serialize};

use crate::{
    Timestamp,
    events::{Event, EventType, ReadAccess},
    ids::{AttemptId, DeliveryId, EventId, RecoveryId, WebhookId},
    words::words,
};

words! {
    /// The state of a delivery.
    DeliveryStatus {
        /// Nothing failed yet.
        Pending = "pending",
        /// An attempt failed; more are due.
        Retrying = "retrying",
        /// The receiver took it.
        Succeeded = "succeeded",
        /// The retries are used up.
        Failed = "failed",
        /// The delivery will not be sent; the reason says why.
        Canceled = "canceled",
    }
}

words! {
    /// The reason for canceling a delivery.
    CancelReason {
        /// The webhook was disabled.
        WebhookDisabled = "webhook_disabled",
        /// The webhook was deleted.
        WebhookDeleted = "webhook_deleted",
        /// The workspace moved to a plan without the API.
        Plan = "plan",
        /// Somebody skipped it by hand.
        Skipped = "skipped",
        /// The webhook was not there yet, or did not want this type; a recovery has made the delivery afterwards.
        Missed = "missed",
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

impl DiagnosisCode {
    /// The fault in a few words, as a line about a webhook begins: "Connection refused".
    pub const fn phrase(self) -> &'static str {
        match self {
            Self::DnsNotFound => "Host name not found",
            Self::DnsUnavailable => "Host name cannot be looked up",
            Self::DestinationBlocked => "Destination not allowed",
            Self::ConnectionRefused => "Connection refused",
            Self::ConnectTimeout => "No connection in time",
            Self::ConnectionReset => "Connection broken off",
            Self::TlsCertificateExpired => "Certificate expired",
            Self::TlsCertificateNotYetValid => "Certificate not valid yet",
            Self::TlsHostnameMismatch => "Certificate for another name",
            Self::TlsUntrustedIssuer => "Certificate not trusted",
            Self::TlsHandshakeFailed => "TLS cannot be agreed upon",
            Self::ResponseTimeout => "No answer in time",
            Self::ResponseMalformed => "Answers are not HTTP",
            Self::Redirected => "Redirects, which are not followed",
            Self::Unauthorized => "Not authorized (401 or 403)",
            Self::NotFound => "Not found (404 or 405)",
            Self::Gone => "Gone (410)",
            Self::PayloadRejected => "Payload rejected",
            Self::Throttled => "Told to slow down (429)",
            Self::ServerError => "Server errors",
            Self::UnexpectedStatus => "Unexpected answers",
            Self::SenderExhausted => "Not sent, for a shortage on our side",
            Self::Interrupted => "Interrupted on our side",
        }
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

/// What went wrong with an attempt, whose problem it is, and what to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Diagnosis {
    /// The stable code.
    pub code: DiagnosisCode,
    /// The side whose problem it is.
    pub category: Category,
    /// What happened, with the facts in it, as a sentence.
    pub summary: String,
    /// What to do about it, as a sentence.
    pub advice: String,
    /// When a retry by hand makes sense.
    pub retry_helps: RetryHelps,
    /// Until when the receiver asked to be left alone (`Retry-After`), as far as that is kept: 24 hours at most. Absent where it
    /// asked for no pause.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wait_until: Option<Timestamp>,
}

/// How long the phases of an attempt took, in milliseconds; absent where a phase was not reached or not needed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Timings {
    /// Looking the name up.
    pub resolve_ms: Option<f64>,
    /// Opening the TCP connection.
    pub connect_ms: Option<f64>,
    /// The TLS handshake.
    pub tls_ms: Option<f64>,
    /// From sending the request to the first byte of the answer.
    pub first_byte_ms: Option<f64>,
    /// The whole exchange.
    pub total_ms: f64,
}

/// A header as it went over the wire.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Header {
    /// Lower-case name.
    pub name: String,
    /// Value, with what is not text replaced.
    pub value: String,
}

/// The request of an attempt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AttemptRequest {
    /// The URL it went to.
    pub url: String,
    /// The request's headers, the signature included.
    pub headers: Vec<Header>,
    /// The request's body, byte for byte: only in the result of a test. Every attempt of a delivery sends the `payload` of
    /// the delivery's event, which stands there once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
}

/// The answer of an attempt. Hostile input: show as plain text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AttemptResponse {
    /// The HTTP status.
    pub status: u16,
    /// The first headers.
    pub headers: Vec<Header>,
    /// The first 16 KiB of the body, with what is not UTF-8 replaced.
    pub body: String,
    /// Whether there was more of the body.
    pub truncated: bool,
    /// A fault of the body, as a sentence: the body did not end, broke off, or was not framed as HTTP has it. The status counts
    /// all the same. Absent where nothing was odd.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remark: Option<String>,
}

/// One HTTP request of a delivery.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Attempt {
    /// The attempt's id.
    pub id: AttemptId,
    /// The attempt's number within the delivery, from 1.
    pub number: u32,
    /// What made it happen.
    pub trigger: Trigger,
    /// When it started.
    pub started_at: Timestamp,
    /// How it ended.
    pub outcome: AttemptOutcome,
    /// The address used, `ip:port`.
    pub address: Option<String>,
    /// Whether an open connection was used again.
    pub reused_connection: bool,
    /// How long it took.
    pub timings: Timings,
    /// The request as it was sent; `null` where it is hidden.
    pub request: Option<AttemptRequest>,
    /// The receiver's answer; `null` where it is hidden, and where none came.
    pub response: Option<AttemptResponse>,
    /// The scope or session that the reader lacks to be shown the request and the answer; `null` where they are shown.
    pub hidden: Option<ReadAccess>,
    /// What went wrong, where it failed.
    pub diagnosis: Option<Diagnosis>,
    /// Whether the result came after another worker had taken over; it changed nothing.
    pub late_duplicate: bool,
}

/// The webhook of a delivery, as it is now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct WebhookRef {
    /// The webhook's id.
    pub id: WebhookId,
    /// Where it sends.
    pub url: String,
    /// The webhook's purpose, in its owner's words.
    pub description: String,
    /// `true` where the webhook was deleted.
    pub deleted: bool,
}

/// One event for one webhook, as lists show it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Delivery {
    /// The delivery's id.
    pub id: DeliveryId,
    /// The event that it carries.
    pub event_id: EventId,
    /// The event's type.
    pub event_type: EventType,
    /// The webhook that it is for.
    pub webhook: WebhookRef,
    /// Where it stands.
    pub status: DeliveryStatus,
    /// Why it was canceled.
    pub cancel_reason: Option<CancelReason>,
    /// How many attempts there were.
    pub attempts: u32,
    /// When the schedule tries next.
    pub next_attempt_at: Option<Timestamp>,
    /// `true` while the delivery is held, whatever the schedule says: its webhook is paused, parked, ordered or draining, or has a
    /// rate limit.
    pub held: bool,
    /// The recovery that last set it going.
    pub recovery_id: Option<RecoveryId>,
    /// When the last attempt ended.
    pub last_attempt_at: Option<Timestamp>,
    /// The last answer's HTTP status.
    pub last_response_status: Option<u16>,
    /// What went wrong last, where the last attempt failed.
    pub last_diagnosis: Option<Diagnosis>,
    /// The scope or session that the reader lacks to be shown the payload, the requests and the answers; `null` where they are shown. Where they
    /// are hidden, a diagnosis does not repeat what the receiver said.
    pub hidden: Option<ReadAccess>,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it succeeded, failed for good or was canceled.
    pub finished_at: Option<Timestamp>,
}

/// A delivery with its event and its last attempts, newest first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DeliveryDetail {
    /// What lists show.
    #[serde(flatten)]
    pub delivery: Delivery,
    /// The event with its payload.
    pub event: Event,
    /// The last 20 attempts, newest first. `GET /v1/deliveries/{id}/attempts` lists all of them.
    pub attempt_history: Vec<Attempt>,
    /// Whether an attempt is under way.
    pub in_flight: bool,
    /// `true` where the delivery failed and holds back the later ones of its ordered webhook, until it succeeds or is skipped.
    pub holds_line: bool,
    /// Whether "Retry" would be accepted now.
    pub retry: RetryAdvice,
}

/// The possibility of a retry by hand, and what stands in its way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RetryAdvice {
    /// `true` where a retry would be accepted.
    pub possible: bool,
    /// Why not, as a sentence.
    pub reason: Option<String>,
}

/// A retry was accepted: the attempt to follow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AcceptedRetry {
    /// The delivery.
    pub delivery_id: DeliveryId,
    /// The id that the attempt will have.
    pub attempt_id: AttemptId,
}
