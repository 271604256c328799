// Generated from openapi/openapi.json by `cargo xtask sdk`: do not edit.

//! Models: several resources.

use super::ids::{AttemptId, EventId, MemberId, OAuthAppId, TokenFamilyId};
use super::shared_words::{
    ActorKind, AttemptOutcome, Category, DiagnosisCode, EventType, IncidentKind, LikelyCause, ReadAccess,
    RetryHelps, Scope, Trigger,
};
use crate::timestamp::Timestamp;

/// The one who did something: a member, an API key, an app, the operator or the system.
#[derive(Debug, Clone, PartialEq, serde::Deserialize)]
#[non_exhaustive]
pub struct Actor {
    /// The kind of actor.
    #[serde(rename = "type")]
    pub type_: ActorKind,
    /// The member's e-mail address, or the key's or app's name, at that time.
    pub name: String,
    /// The member's, key's or app's id; `null` for the operator and the system.
    pub id: Option<String>,
}

/// An app as members see it.
#[derive(Debug, Clone, PartialEq, serde::Deserialize)]
#[non_exhaustive]
pub struct AppRef {
    /// The app's id, which is its `client_id` unless `client_id_url` is.
    pub id: OAuthAppId,
    /// The app's name.
    pub name: String,
    /// What the app does; empty where not said.
    pub description: String,
    /// The app's homepage; empty where not said.
    pub homepage_url: String,
    /// The app's logo as a `data:` URL; empty where there is none.
    pub logo: String,
    /// The `https` URL that is the app's `client_id`: the app is known by the document there, and nobody here has checked what the
    /// document says. `null` for an app that an admin made.
    pub client_id_url: Option<String>,
    /// The domain that the app's publisher has proved to own; `null` where there is none.
    pub verified_domain: Option<String>,
}

/// One HTTP request of a delivery.
#[derive(Debug, Clone, PartialEq, serde::Deserialize)]
#[non_exhaustive]
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
    /// Whether an open connection was used again.
    pub reused_connection: bool,
    /// How long it took.
    pub timings: Timings,
    /// Whether the result came after another worker had taken over; it changed nothing.
    pub late_duplicate: bool,
    /// The address used, `ip:port`.
    pub address: Option<String>,
    /// What went wrong, where it failed.
    pub diagnosis: Option<Diagnosis>,
    /// The scope or session that the reader lacks to be shown the request and the answer; `null` where they are shown.
    pub hidden: Option<ReadAccess>,
    /// The request as it was sent; `null` where it is hidden.
    pub request: Option<AttemptRequest>,
    /// The receiver's answer; `null` where it is hidden, and where none came.
    pub response: Option<AttemptResponse>,
}

/// The request of an attempt.
#[derive(Debug, Clone, PartialEq, serde::Deserialize)]
#[non_exhaustive]
pub struct AttemptRequest {
    /// The URL it went to.
    pub url: String,
    /// The request's headers, the signature included.
    pub headers: Vec<Header>,
    /// The request's body, byte for byte: only in the result of a test. Every attempt of a delivery sends the `payload` of
    /// the delivery's event, which stands there once.
    pub body: Option<String>,
}

/// The answer of an attempt. Hostile input: show as plain text.
#[derive(Debug, Clone, PartialEq, serde::Deserialize)]
#[non_exhaustive]
pub struct AttemptResponse {
    /// The HTTP status.
    pub status: u32,
    /// The first headers.
    pub headers: Vec<Header>,
    /// The first 16 KiB of the body, with what is not UTF-8 replaced.
    pub body: String,
    /// Whether there was more of the body.
    pub truncated: bool,
    /// A fault of the body, as a sentence: the body did not end, broke off, or was not framed as HTTP has it. The status counts
    /// all the same. Absent where nothing was odd.
    pub remark: Option<String>,
}

/// What went wrong with an attempt, whose problem it is, and what to do.
#[derive(Debug, Clone, PartialEq, serde::Deserialize)]
#[non_exhaustive]
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
    pub wait_until: Option<Timestamp>,
}

/// An event.
#[derive(Debug, Clone, PartialEq, serde::Deserialize)]
#[non_exhaustive]
pub struct Event {
    /// The event's id.
    pub id: EventId,
    /// The event's type.
    #[serde(rename = "type")]
    pub type_: EventType,
    /// When it happened.
    pub created_at: Timestamp,
    /// The exact body that is sent and signed, as a text: `payload` before it was parsed. Only where one event is shown to who may read it.
    pub body: Option<String>,
    /// The scope or session that the reader lacks to be shown the payload; `null` where it is shown.
    pub hidden: Option<ReadAccess>,
    /// The id of the object that the event is about, where there is one: the event's `data.id`.
    pub object_id: Option<String>,
    /// The body that is sent, parsed: `id`, `type`, `timestamp`, `workspace_id`, `actor`, `data`, and for updates `previous`. What was
    /// published before 28 November 2026 has `type`, `timestamp` and `data` alone. `null` where it is hidden.
    pub payload: Option<serde_json::Map<String, serde_json::Value>>,
}

/// A header as it went over the wire.
#[derive(Debug, Clone, PartialEq, serde::Deserialize)]
#[non_exhaustive]
pub struct Header {
    /// Lower-case name.
    pub name: String,
    /// Value, with what is not text replaced.
    pub value: String,
}

/// A code or a refresh token that was used twice; every token that came from it has ended.
#[derive(Debug, Clone, PartialEq, serde::Deserialize)]
#[non_exhaustive]
pub struct Incident {
    /// The incident's id: the token family that ended.
    pub id: TokenFamilyId,
    /// The kind of incident.
    pub kind: IncidentKind,
    /// The time of the second use.
    pub occurred_at: Timestamp,
    /// The member for whom the tokens acted.
    pub member: MemberRef,
    /// The time at which an admin acknowledged it; `null` until then.
    pub acknowledged_at: Option<Timestamp>,
    /// The admin who acknowledged it last.
    pub acknowledged_by: Option<MemberRef>,
    /// The address of the first use; `null` where it is not known.
    pub first_ip: Option<String>,
    /// The time of the first use; `null` where it is not known.
    pub first_used_at: Option<Timestamp>,
    /// The address of the second use.
    pub ip: Option<String>,
    /// The likely cause; `null` where too little is known of the first use. The tokens end whatever it is.
    pub likely: Option<LikelyCause>,
    /// The note of that admin; `null` where there is none.
    pub note: Option<String>,
    /// The whole seconds between the two uses; `null` where `first_used_at` is.
    pub seconds_between: Option<u64>,
}

/// A member, as other objects refer to them.
#[derive(Debug, Clone, PartialEq, serde::Deserialize)]
#[non_exhaustive]
pub struct MemberRef {
    /// The member's id.
    pub id: MemberId,
    /// The member's e-mail address.
    pub email: String,
}

/// How long the phases of an attempt took, in milliseconds; absent where a phase was not reached or not needed.
#[derive(Debug, Clone, PartialEq, serde::Deserialize)]
#[non_exhaustive]
pub struct Timings {
    /// The whole exchange.
    pub total_ms: f64,
    /// Opening the TCP connection.
    pub connect_ms: Option<f64>,
    /// From sending the request to the first byte of the answer.
    pub first_byte_ms: Option<f64>,
    /// Looking the name up.
    pub resolve_ms: Option<f64>,
    /// The TLS handshake.
    pub tls_ms: Option<f64>,
}

/// The live tokens that an app got by one authorization code or device code: its access tokens and its refresh token.
#[derive(Debug, Clone, PartialEq, serde::Deserialize)]
#[non_exhaustive]
pub struct TokenFamily {
    /// The family's id.
    pub id: TokenFamilyId,
    /// The member for whom the tokens act.
    pub member: MemberRef,
    /// The scopes that the first tokens had.
    pub scopes: Vec<Scope>,
    /// The time at which the first tokens were given.
    pub created_at: Timestamp,
    /// The time at which the present tokens were given.
    pub issued_at: Timestamp,
    /// `true` where the app can refresh them.
    pub refreshable: bool,
    /// The time at which the refresh token ends unless it is used before; without one, the time at which the access token ends.
    pub ends_at: Timestamp,
    /// The address that the present tokens were given to; `null` where it is not known.
    pub issued_ip: Option<String>,
}
