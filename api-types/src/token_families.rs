//! Token families: the tokens that follow one another from one consent, and end together.

use serde::{Deserialize, Serialize};

use crate::{Scope, Timestamp, account::MemberRef, ids::TokenFamilyId};

/// The live tokens that an app got by one authorization code or device code: its access tokens and its refresh token.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
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
    /// The address that the present tokens were given to; `null` where it is not known.
    #[cfg_attr(feature = "openapi", schema(example = "203.0.113.9"))]
    pub issued_ip: Option<String>,
    /// `true` where the app can refresh them.
    pub refreshable: bool,
    /// The time at which the refresh token ends unless it is used before; without one, the time at which the access token ends.
    pub ends_at: Timestamp,
}
