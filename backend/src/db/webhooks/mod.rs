//! Webhooks: their configuration, and the number of deliveries in each state.

pub mod lifecycle;

use std::collections::{BTreeSet, HashMap};

use api_types::{
    Timestamp,
    deliveries::Diagnosis,
    filters::EventFilter,
    ids::{DeliveryId, WebhookId, WorkspaceId},
    webhooks::{DisabledReason, Owner, SignatureScheme, SigningSecret, WebhookStatus},
};
use diesel::{dsl::sql, expression::SqlLiteral, prelude::*, sql_types::BigInt};

use super::{
    Conn, Json, Slice, StoredActor, Viewer,
    deliveries::order,
    owners::{self, NewOwner, OwnerColumns},
    schema::webhooks,
    signing_secrets,
};
use crate::catalogue::Subscription;

/// A webhook as it is stored.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = webhooks)]
pub struct WebhookRow {
    pub id: WebhookId,
    pub url: String,
    pub description: String,
    /// The event types, groups or `*` that the webhook subscribes to.
    pub event_types: Json<Vec<Subscription>>,
    pub signature: SignatureScheme,
    pub disabled_at: Option<Timestamp>,
    pub disabled_reason: Option<DisabledReason>,
    /// The time since which deliveries are held until somebody resumes the webhook; `None` while it is not paused.
    pub paused_at: Option<Timestamp>,
    /// The time of the first automatic attempt that failed after the last success.
    pub failing_since: Option<Timestamp>,
    pub last_success_at: Option<Timestamp>,
    pub last_failure_at: Option<Timestamp>,
    /// The diagnosis of the last failure; `None` while the webhook works.
    pub last_diagnosis: Option<Json<Diagnosis>>,
    /// The most deliveries per second that the webhook's owner wants.
    pub rate_limit: Option<i32>,
    /// The names of the owner's own request headers.
    pub header_names: Json<Vec<String>>,
    /// The conditions on the events that the webhook wants.
    pub filter: Option<Json<EventFilter>>,
    /// The time since which one delivery is sent after the other; `None` where the webhook is not ordered.
    pub ordered_since: Option<Timestamp>,
    /// The time at which the circuit breaker opened; `None` while the breaker is closed.
    pub parked_at: Option<Timestamp>,
    /// The time at which the next probe is due.
    pub probe_at: Option<Timestamp>,
    /// The number of probes that have failed since the breaker opened.
    pub probes: i32,
    /// The time since which held deliveries are let go; `None` while none are.
    pub draining_since: Option<Timestamp>,
    /// Held deliveries that are let go per second; 0 for as many as there are slots.
    pub pace: i32,
    /// The end of the pause that the receiver asked for, as far as it is kept.
    pub asked_until: Option<Timestamp>,
    pub created_at: Timestamp,
    /// `None` where the creator was not recorded.
    pub created_by: Option<Json<StoredActor>>,
    #[diesel(embed)]
    pub owner: OwnerColumns,
    /// The time of the last change of the configuration.
    pub updated_at: Timestamp,
}

/// A webhook with its active secrets and the counts of its deliveries, as screens show it.
#[derive(Clone, Debug)]
pub struct WebhookWithCounts {
    pub row: WebhookRow,
    /// The secrets that sign, newest first.
    pub secrets: Vec<SigningSecret>,
    pub counts: Counts,
    /// The delivery that failed and holds back the others, where the webhook is ordered.
    pub held_by: Option<DeliveryId>,
    /// The owner under the name of today; `None` where nobody was recorded.
    pub owner: Option<Owner>,
}

/// The number of a webhook's deliveries in each state that may need attention.
#[derive(Clone, Copy, Debug, Default)]
pub struct Counts {
    /// No attempt has failed yet.
    pub pending: u64,
    /// An attempt failed, more attempts are due.
    pub retrying: u64,
    /// Failed for good.
    pub failed: u64,
    /// Canceled, for whatever reason.
    pub canceled: u64,
    /// Among the pending and retrying ones: held in the webhook's own line.
    pub held: u64,
    /// `true` where counting stopped early, so that there may be more of each.
    pub capped: bool,
}

/// A webhook about to be stored.
#[derive(Debug, Insertable)]
#[diesel(table_name = webhooks)]
pub struct NewWebhookRow {
    pub id: WebhookId,
    pub workspace_id: WorkspaceId,
    pub url: String,
    pub description: String,
    /// The event types, groups or `*` that the webhook subscribes to.
    pub event_types: Json<Vec<Subscription>>,
    pub signature: SignatureScheme,
    /// The most deliveries per second that the webhook's owner wants.
    pub rate_limit: Option<i32>,
    /// The names of the owner's own request headers.
    pub header_names: Json<Vec<String>>,
    /// The headers with their values, encrypted with the sealing key.
    pub headers: Option<String>,
    /// The conditions on the events that the webhook wants.
    pub filter: Option<Json<EventFilter>>,
    /// The time since which one delivery is sent after the other.
    pub ordered_since: Option<Timestamp>,
    pub created_at: Timestamp,
    pub created_by: Json<StoredActor>,
    #[diesel(embed)]
    pub owner: NewOwner,
    pub updated_at: Timestamp,
}

/// The columns that a change of a webhook writes: those that it names, and no other.
#[derive(Clone, Debug, AsChangeset)]
#[diesel(table_name = webhooks)]
pub struct WebhookUpdate {
    pub url: Option<String>,
    pub description: Option<String>,
    /// The event types, groups or `*` that the webhook subscribes to.
    pub event_types: Option<Json<Vec<Subscription>>>,
    /// `None`: stays; `Some(None)`: lifted; else the most deliveries per second that the webhook's owner wants.
    pub rate_limit: Option<Option<i32>>,
    /// The names of the owner's own request headers.
    pub header_names: Option<Json<Vec<String>>>,
    /// The headers with their values, encrypted with the sealing key; `Some(None)` removes them.
    pub headers: Option<Option<String>>,
    /// The conditions on the events that the webhook wants; `Some(None)` removes them.
    pub filter: Option<Option<Json<EventFilter>>>,
    /// The time since which one delivery is sent after the other; `Some(None)`: no longer.
    pub ordered_since: Option<Option<Timestamp>>,
}

pub fn insert(conn: &mut Conn, row: &NewWebhookRow) -> QueryResult<()> {
    diesel::insert_into(webhooks::table).values(row).execute(conn).map(drop)
}

/// The number of webhooks in a workspace.
pub fn count(conn: &mut Conn, workspace: WorkspaceId) -> QueryResult<i64> {
    webhooks::table
        .filter(webhooks::workspace_id.eq(workspace))
        .filter(webhooks::deleted_at.is_null())
        .count()
        .get_result(conn)
}

/// The webhooks that are there for a viewer, the deleted ones included.
macro_rules! seen_by {
    ($viewer:expr) => {{
        let query = webhooks::table.filter(webhooks::workspace_id.eq($viewer.workspace)).into_boxed();
        match &$viewer.own {
            Some(owner) => query.filter(webhooks::owner_id.eq(owner)),
            None => query,
        }
    }};
}

/// `true` where the webhook, deleted or not, is there for the viewer.
pub fn is_seen_by(conn: &mut Conn, viewer: &Viewer, id: WebhookId) -> QueryResult<bool> {
    let found: Option<WebhookId> =
        seen_by!(viewer).filter(webhooks::id.eq(id)).select(webhooks::id).first(conn).optional()?;
    Ok(found.is_some())
}

/// The webhooks that are there for a viewer, the deleted ones included: among `these`, where they are given.
pub fn ids_seen_by(
    conn: &mut Conn,
    viewer: &Viewer,
    these: Option<&[WebhookId]>,
) -> QueryResult<Vec<WebhookId>> {
    let mut query = seen_by!(viewer).select(webhooks::id);
    if let Some(these) = these {
        query = query.filter(webhooks::id.eq_any(these));
    }
    query.load(conn)
}

/// One webhook that is there for a viewer.
pub fn find(
    conn: &mut Conn,
    viewer: &Viewer,
    id: WebhookId,
    now: Timestamp,
) -> QueryResult<Option<WebhookWithCounts>> {
    let row = seen_by!(viewer)
        .filter(webhooks::deleted_at.is_null())
        .filter(webhooks::id.eq(id))
        .select(WebhookRow::as_select())
        .first(conn)
        .optional()?;
    Ok(complete(conn, row.into_iter().collect(), now)?.pop())
}

/// The filters of a list of webhooks.
#[derive(Clone, Debug, Default)]
pub struct WebhookFilter {
    /// An empty set lets every status pass.
    pub statuses: BTreeSet<WebhookStatus>,
    /// The member, key or app that owns them.
    pub owner: Option<String>,
    /// `true`: only those that an app made for members.
    pub by_consent: bool,
}

/// The webhooks that are there for a viewer, newest first, with one more than the page holds where there are more.
pub fn list(
    conn: &mut Conn,
    viewer: &Viewer,
    wanted: &WebhookFilter,
    slice: Slice<WebhookId>,
    now: Timestamp,
) -> QueryResult<Vec<WebhookWithCounts>> {
    let mut query = seen_by!(viewer)
        .filter(webhooks::deleted_at.is_null())
        .order(webhooks::id.desc())
        .limit(slice.fetch())
        .select(WebhookRow::as_select());
    if let Some(before) = slice.before {
        query = query.filter(webhooks::id.lt(before));
    }
    if let Some(owner) = &wanted.owner {
        query = query.filter(webhooks::owner_id.eq(owners::line_of(conn, owner)?));
    }
    if wanted.by_consent {
        query = query.filter(webhooks::by_consent);
    }
    let statuses = &wanted.statuses;
    // Each status that is not wanted is left out: a webhook has exactly one.
    let unwanted = |status| !statuses.is_empty() && !statuses.contains(&status);
    let disabled = webhooks::disabled_at.is_not_null();
    let paused = webhooks::paused_at.is_not_null();
    if unwanted(WebhookStatus::Active) {
        query = query.filter(disabled.or(paused).or(webhooks::parked_at.is_not_null()));
    }
    if unwanted(WebhookStatus::Parked) {
        query = query.filter(disabled.or(paused).or(webhooks::parked_at.is_null()));
    }
    if unwanted(WebhookStatus::Paused) {
        query = query.filter(disabled.or(webhooks::paused_at.is_null()));
    }
    if unwanted(WebhookStatus::Disabled) {
        query = query.filter(webhooks::disabled_at.is_null());
    }
    let rows = query.load(conn)?;
    complete(conn, rows, now)
}

/// Adds secrets and counts to webhooks.
fn complete(conn: &mut Conn, rows: Vec<WebhookRow>, now: Timestamp) -> QueryResult<Vec<WebhookWithCounts>> {
    let ids: Vec<WebhookId> = rows.iter().map(|row| row.id).collect();
    let mut secrets = signing_secrets::of_webhooks(conn, &ids, now)?;
    let counts = counts(conn, &ids)?;
    let columns: Vec<OwnerColumns> = rows.iter().map(|row| row.owner.clone()).collect();
    let owners = owners::shown(conn, &columns, now)?;
    rows.into_iter()
        .map(|row| {
            let held_by = match row.ordered_since {
                Some(since) => order::holder(conn, row.id, since)?,
                None => None,
            };
            Ok(WebhookWithCounts {
                secrets: secrets.remove(&row.id).unwrap_or_default(),
                counts: counts.get(&row.id).copied().unwrap_or_default(),
                owner: row.owner.owner_id.as_ref().and_then(|owner| owners.get(owner)).cloned(),
                held_by,
                row,
            })
        })
        .collect()
}

/// The number at which counting stops: unfinished deliveries may be many, and a page is not worth reading them all.
pub const MAX_COUNTED: u64 = 1_000;

/// A correlated count, over an index alone, that stops early. `which` repeats a partial index's condition word for word,
/// because SQLite uses the index for nothing else.
fn counted(which: &str) -> SqlLiteral<BigInt> {
    sql(&format!(
        "(SELECT count(*) FROM (SELECT 1 FROM deliveries d WHERE d.webhook_id = webhooks.id AND {which} LIMIT {MAX_COUNTED}) c)"
    ))
}

fn counts(conn: &mut Conn, ids: &[WebhookId]) -> QueryResult<HashMap<WebhookId, Counts>> {
    let found = webhooks::table
        .filter(webhooks::id.eq_any(ids))
        .select((
            webhooks::id,
            counted("d.status = 'pending'"),
            counted("d.status = 'retrying'"),
            counted("d.status = 'failed'"),
            counted("d.status = 'canceled'"),
            counted("d.held"),
        ))
        .load::<(WebhookId, i64, i64, i64, i64, i64)>(conn)?;
    let number = |count: i64| u64::try_from(count).unwrap_or(0);
    Ok(found
        .into_iter()
        .map(|(webhook, pending, retrying, failed, canceled, held)| {
            let capped = [pending, retrying, failed, canceled, held].map(number).contains(&MAX_COUNTED);
            let counts = Counts {
                pending: number(pending),
                retrying: number(retrying),
                failed: number(failed),
                canceled: number(canceled),
                held: number(held),
                capped,
            };
            (webhook, counts)
        })
        .collect())
}

/// Changes a webhook; `fresh_health` also forgets the failures at the old URL.
pub fn update(
    conn: &mut Conn,
    id: WebhookId,
    changes: &WebhookUpdate,
    fresh_health: bool,
    now: Timestamp,
) -> QueryResult<()> {
    diesel::update(webhooks::table.find(id)).set((changes, webhooks::updated_at.eq(now))).execute(conn)?;
    if fresh_health {
        forget_health(conn, id)?;
    }
    Ok(())
}

/// The owner's own request headers of a webhook, encrypted with the sealing key.
pub fn sealed_headers(conn: &mut Conn, id: WebhookId) -> QueryResult<Option<String>> {
    webhooks::table
        .find(id)
        .select(webhooks::headers)
        .first::<Option<String>>(conn)
        .optional()
        .map(Option::flatten)
}

/// Resets the columns that record a webhook's successes and failures.
fn forget_health(conn: &mut Conn, id: WebhookId) -> QueryResult<()> {
    diesel::update(webhooks::table.find(id))
        .set((
            webhooks::failing_since.eq(None::<Timestamp>),
            webhooks::last_success_at.eq(None::<Timestamp>),
            webhooks::last_failure_at.eq(None::<Timestamp>),
            webhooks::last_diagnosis.eq(None::<String>),
            webhooks::outages.eq(0),
            webhooks::asked_until.eq(None::<Timestamp>),
        ))
        .execute(conn)
        .map(drop)
}

/// Notes that a webhook's receiver is checked now. Returns the time of the check before.
pub fn note_check(conn: &mut Conn, id: WebhookId, now: Timestamp) -> QueryResult<Option<Timestamp>> {
    let before = webhooks::table.find(id).select(webhooks::checked_at).first(conn)?;
    diesel::update(webhooks::table.find(id)).set(webhooks::checked_at.eq(now)).execute(conn)?;
    Ok(before)
}
