//! Incidents: codes and refresh tokens that were used twice. Every token that came from them ended, and an admin acknowledges it.

use serde::{Deserialize, Serialize};

use crate::{Timestamp, account::MemberRef, ids::TokenFamilyId, words::words};

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
    /// The likely cause of an incident, a guess from what is known of both uses. New words may come.
    LikelyCause {
        /// The client sent the same twice: both uses came from one address within a minute, with the same client authentication.
        Retry = "retry",
        /// Somebody has a copy: the second use came from another address, much later, or with another client authentication.
        Copy = "copy",
    }
}

/// A code or a refresh token that was used twice; every token that came from it has ended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Incident {
    /// The incident's id: the token family that ended.
    pub id: TokenFamilyId,
    /// The kind of incident.
    pub kind: IncidentKind,
    /// The likely cause; `null` where too little is known of the first use. The tokens end whatever it is.
    pub likely: Option<LikelyCause>,
    /// The time of the second use.
    pub occurred_at: Timestamp,
    /// The address of the second use.
    #[cfg_attr(feature = "openapi", schema(example = "203.0.113.9"))]
    pub ip: Option<String>,
    /// The time of the first use; `null` where it is not known.
    pub first_used_at: Option<Timestamp>,
    /// The address of the first use; `null` where it is not known.
    #[cfg_attr(feature = "openapi", schema(example = "198.51.100.4"))]
    pub first_ip: Option<String>,
    /// The whole seconds between the two uses; `null` where `first_used_at` is.
    #[cfg_attr(feature = "openapi", schema(example = 3, minimum = 0))]
    pub seconds_between: Option<i64>,
    /// The member for whom the tokens acted.
    pub member: MemberRef,
    /// The time at which an admin acknowledged it; `null` until then.
    pub acknowledged_at: Option<Timestamp>,
    /// The admin who acknowledged it last.
    pub acknowledged_by: Option<MemberRef>,
    /// The note of that admin; `null` where there is none.
    #[cfg_attr(
        feature = "openapi",
        schema(example = "Two workers shared one token. Their developer fixed it.")
    )]
    pub note: Option<String>,
}

/// Acknowledge an incident.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(example = json!({ "note": "Two workers shared one token. Their developer fixed it." })))]
#[serde(deny_unknown_fields)]
pub struct Acknowledgement {
    /// A note for the other admins, at most 500 characters; none where absent or empty.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}
