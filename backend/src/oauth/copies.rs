//! Codes and refresh tokens that are used a second time: all that came from them ends, since somebody may hold a copy, and admins are
//! told what the two uses look like. A client that sends the same twice by itself looks otherwise than a thief.

use api_types::{
    Timestamp,
    audit::AuditAction,
    ids::TokenFamilyId,
    incidents::{IncidentKind, LikelyCause},
};
use diesel::QueryResult;
use serde_json::json;

use super::client::Client;
use crate::db::{
    Tx,
    incidents::{self, NewIncident},
    token_families::{self, FamilyRow},
};

/// The milliseconds within which a client that got no answer asks again.
const RETRY_MS: i64 = 60_000;

/// A credential that is used a second time.
#[derive(Clone, Copy, Debug)]
pub enum Reused {
    /// The code that began the family.
    Code,
    /// The family's refresh token of this generation.
    RefreshToken(i64),
}

impl Reused {
    const fn kind(self) -> IncidentKind {
        match self {
            Self::Code => IncidentKind::CodeReused,
            Self::RefreshToken(_) => IncidentKind::RefreshTokenReused,
        }
    }

    /// The time and the address of the first use. Of a refresh token whose successor was replaced in turn, they are not known any more.
    fn first_use(self, family: &FamilyRow) -> (Option<Timestamp>, Option<&str>) {
        match self {
            Self::Code => (Some(family.created_at), family.created_ip.as_deref()),
            Self::RefreshToken(generation) if generation + 1 == family.generation => {
                (Some(family.rotated_at), family.rotated_ip.as_deref())
            }
            Self::RefreshToken(_) => (None, None),
        }
    }
}

/// Ends a family because something of it was used a second time, and says so where admins look.
pub fn end_family(tx: &mut Tx<'_>, client: &Client, id: TokenFamilyId, reused: Reused) -> QueryResult<()> {
    let now = tx.now();
    let Some(family) = token_families::find(tx, id)? else { return Ok(()) };
    let (first_used_at, first_ip) = reused.first_use(&family.row);
    let ip = client.ip.to_string();
    let is_same_client = family.row.secret_id == client.secret;
    let likely = likely(first_used_at.map(|first| now.millis_since(first)), first_ip, &ip, is_same_client);
    let kind = reused.kind();
    let incident = NewIncident {
        kind,
        occurred_at: now,
        first_used_at,
        first_used_ip: first_ip.map(Into::into),
        likely,
        ip,
    };
    if !incidents::begin(tx, id, &incident)? {
        return Ok(());
    }
    let details = json!({ "kind": kind, "likely": likely, "member": family.email, "token_family": id });
    client.append_audit(tx, family.row.workspace_id, AuditAction::OAuthTokenReused, details)
}

/// The likely cause of a second use, `ms` after the first one, from the address `ip` after `first_ip`; `None` where the address of the
/// first use was not kept yet.
fn likely(ms: Option<i64>, first_ip: Option<&str>, ip: &str, is_same_client: bool) -> Option<LikelyCause> {
    let is_soon = ms.is_some_and(|ms| ms <= RETRY_MS);
    if !is_soon || !is_same_client {
        return Some(LikelyCause::Copy);
    }
    first_ip.map(|first| if first == ip { LikelyCause::Retry } else { LikelyCause::Copy })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_retry_comes_soon_from_one_address_with_the_same_secret() {
        let here = Some("203.0.113.9");
        for (ms, first_ip, is_same_client, expected) in [
            (Some(0), here, true, Some(LikelyCause::Retry)),
            (Some(RETRY_MS), here, true, Some(LikelyCause::Retry)),
            (Some(RETRY_MS + 1), here, true, Some(LikelyCause::Copy)),
            (Some(3_000), Some("198.51.100.4"), true, Some(LikelyCause::Copy)),
            (Some(3_000), here, false, Some(LikelyCause::Copy)),
            (None, None, true, Some(LikelyCause::Copy)),
            (Some(3_000), None, true, None),
        ] {
            assert_eq!(likely(ms, first_ip, "203.0.113.9", is_same_client), expected, "{ms:?} {first_ip:?}");
        }
    }
}
