//! The outcome of a check: stored, and told in the audit log.

use api_types::{Timestamp, audit::AuditAction, stream::Topic};
use diesel::QueryResult;
use serde_json::json;

use super::check::Finding;
use crate::db::{
    Tx,
    audit::{self, Change, Who},
    publisher_domains::{self, DomainRow, DomainState},
};

/// Milliseconds between two checks of a verified domain: a day, give or take an hour, so that domains that were verified together
/// are not checked together for ever.
const DAY_MS: i64 = 24 * 3_600_000;
const SPREAD_MS: u32 = 3_600_000;
/// The number of failed checks in a row that end a verification.
const MOST_FAILURES: i64 = 3;

/// The occasion of a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Occasion {
    /// An admin asked for it.
    Asked,
    /// It was due. Only such checks count as failed, so that nobody loses a verification by asking thrice in a minute.
    Due,
}

/// Stores the outcome of a check of a domain, which is as `before` in this transaction.
pub fn store(
    tx: &mut Tx<'_>,
    who: &Who,
    before: &DomainRow,
    finding: &Finding,
    occasion: Occasion,
) -> QueryResult<()> {
    let after = outcome(tx, &before.state, finding, occasion);
    publisher_domains::set(tx, before.id, &after)?;
    let action = match (before.state.verified_at, after.verified_at) {
        (None, Some(_)) => AuditAction::OAuthAppDomainVerified,
        (Some(_), None) => AuditAction::OAuthAppDomainLost,
        _ if occasion == Occasion::Asked => AuditAction::OAuthAppDomainChecked,
        _ => {
            if before.state.fault != after.fault {
                tx.changed(before.workspace_id, Topic::OAuthApps, None);
            }
            return Ok(());
        }
    };
    let details = json!({ "publisher_domain": before.domain, "fault": after.fault });
    audit::append(tx, who, Change::of(action, before.id.as_str(), &before.name, details))
}

fn outcome(tx: &Tx<'_>, before: &DomainState, finding: &Finding, occasion: Occasion) -> DomainState {
    let now = tx.now();
    let Some(fault) = finding.fault() else {
        let verified_at = before.verified_at.or(Some(now));
        return DomainState { verified_at, fault: None, failures: 0, due_at: Some(next(tx)) };
    };
    let is_due = occasion == Occasion::Due;
    let failures = before.failures + i64::from(is_due && matches!(finding, Finding::NoFile(_)));
    let end = match finding {
        Finding::NotListed(_) => Some(format!("The verification ended. {fault}")),
        _ if failures >= MOST_FAILURES => {
            Some(format!("The verification ended after {MOST_FAILURES} failed checks in a row. {fault}"))
        }
        _ => None,
    };
    match end.filter(|_| before.verified_at.is_some()) {
        Some(end) => DomainState { fault: Some(end), ..DomainState::default() },
        None => DomainState {
            verified_at: before.verified_at,
            fault: Some(fault.to_owned()),
            failures,
            due_at: if is_due { Some(next(tx)) } else { before.due_at },
        },
    }
}

/// The time of the next check.
fn next(tx: &Tx<'_>) -> Timestamp {
    tx.now() + (DAY_MS - i64::from(SPREAD_MS) + i64::from(tx.random().below(2 * SPREAD_MS)))
}
