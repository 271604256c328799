//! Webhooks: their configuration, their signing secrets, and how many deliveries stand where.

use std::collections::HashMap;

use api_types::{
    Timestamp,
    deliveries::Diagnosis,
    ids::{SecretId, WebhookId, WorkspaceId},
    webhooks::{DisabledReason, SignatureScheme, SigningSecret},
};
use diesel::{dsl::sql, expression::SqlLiteral, prelude::*, sql_types::BigInt};

use super::{
    Conn, Json,
    deliveries::destinations::Breaker,
    schema::{signing_secrets, webhooks},
};
use crate::{catalogue::Subscription, paging::Slice};

/// A webhook as it is stored.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = webhooks)]
pub struct WebhookRow {
    /// Its id.
    pub id: WebhookId,
    /// Where events are sent.
    pub url: String,
    /// What it is for.
    pub description: String,
    /// What it wants.
    pub event_types: Json<Vec<Subscription>>,
    /// How its messages are signed.
    pub signature: SignatureScheme,
    /// When it was disabled.
    pub disabled_at: Option<Timestamp>,
    /// Why.
    pub disabled_reason: Option<DisabledReason>,
    /// The first automatic attempt that failed after the last success.
    pub failing_since: Option<Timestamp>,
    /// The last successful attempt.
    pub last_success_at: Option<Timestamp>,
    /// The last failed attempt.
    pub last_failure_at: Option<Timestamp>,
    /// What went wrong last; none while it works.
    pub last_diagnosis: Option<Json<Diagnosis>>,
    /// The most deliveries per second that its owner wants.
    pub rate_limit: Option<i32>,
    /// When its breaker opened.
    pub parked_at: Option<Timestamp>,
    /// When the next probe is due.
    pub probe_at: Option<Timestamp>,
    /// How many probes have failed.
    pub probes: i32,
    /// Since when held deliveries are let go.
    pub draining_since: Option<Timestamp>,
    /// How many of them per second.
    pub pace: i32,
    /// When it was created.
    pub created_at: Timestamp,
    /// When its configuration last changed.
    pub updated_at: Timestamp,
}

/// A webhook with what belongs to it.
#[derive(Clone, Debug)]
pub struct Shown {
    /// The webhook.
    pub row: WebhookRow,
    /// The secrets that sign, newest first.
    pub secrets: Vec<SigningSecret>,
    /// How many of its deliveries are pending, retrying and failed.
    pub counts: Counts,
}

/// How many deliveries stand where.
#[derive(Clone, Copy, Debug, Default)]
pub struct Counts {
    /// Nothing failed yet.
    pub pending: u64,
    /// Failed, more attempts are due.
    pub retrying: u64,
    /// Failed for good.
    pub failed: u64,
    /// Of those pending and retrying: held in the webhook's own line.
    pub held: u64,
    /// Whether counting stopped early, so that there may be more of each.
    pub capped: bool,
}

/// A webhook about to be stored.
#[derive(Debug, Insertable)]
#[diesel(table_name = webhooks)]
pub struct NewWebhookRow {
    /// Its id.
    pub id: WebhookId,
    /// Its workspace.
    pub workspace_id: WorkspaceId,
    /// Where events are sent.
    pub url: String,
    /// What it is for.
    pub description: String,
    /// What it wants.
    pub event_types: Json<Vec<Subscription>>,
    /// How its messages are signed.
    pub signature: SignatureScheme,
    /// The most deliveries per second that its owner wants.
    pub rate_limit: Option<i32>,
    /// Now.
    pub created_at: Timestamp,
    /// Now.
    pub updated_at: Timestamp,
}

/// A signing secret about to be stored.
#[derive(Debug, Insertable)]
#[diesel(table_name = signing_secrets)]
pub struct NewSecretRow {
    /// Its id.
    pub id: SecretId,
    /// Its webhook.
    pub webhook_id: WebhookId,
    /// The webhook's workspace.
    pub workspace_id: WorkspaceId,
    /// The scheme it signs by.
    pub scheme: SignatureScheme,
    /// The secret under the sealing key.
    pub sealed: String,
    /// The secret under the pepper, to find it when it is pasted into a text.
    pub digest: String,
    /// The half that verifies, under `v1a`.
    pub public_key: Option<String>,
    /// Now.
    pub created_at: Timestamp,
}

/// What can be changed of a webhook.
#[derive(Clone, Debug)]
pub struct WebhookUpdate {
    /// Where events are sent.
    pub url: String,
    /// What it is for.
    pub description: String,
    /// What it wants.
    pub event_types: Json<Vec<Subscription>>,
    /// The most deliveries per second that its owner wants.
    pub rate_limit: Option<i32>,
}

/// Stores a webhook.
pub fn insert(conn: &mut Conn, row: &NewWebhookRow) -> QueryResult<()> {
    diesel::insert_into(webhooks::table).values(row).execute(conn).map(drop)
}

/// How many webhooks a workspace has.
pub fn count(conn: &mut Conn, workspace: WorkspaceId) -> QueryResult<i64> {
    webhooks::table
        .filter(webhooks::workspace_id.eq(workspace))
        .filter(webhooks::deleted_at.is_null())
        .count()
        .get_result(conn)
}

/// One webhook of a workspace.
pub fn find(
    conn: &mut Conn,
    workspace: WorkspaceId,
    id: WebhookId,
    now: Timestamp,
) -> QueryResult<Option<Shown>> {
    let row = webhooks::table
        .filter(webhooks::workspace_id.eq(workspace))
        .filter(webhooks::deleted_at.is_null())
        .filter(webhooks::id.eq(id))
        .select(WebhookRow::as_select())
        .first(conn)
        .optional()?;
    Ok(complete(conn, row.into_iter().collect(), now)?.pop())
}

/// A workspace's webhooks, newest first, with one more than the page holds where there are more.
pub fn list(
    conn: &mut Conn,
    workspace: WorkspaceId,
    slice: Slice<WebhookId>,
    now: Timestamp,
) -> QueryResult<Vec<Shown>> {
    let mut query = webhooks::table
        .filter(webhooks::workspace_id.eq(workspace))
        .filter(webhooks::deleted_at.is_null())
        .order(webhooks::id.desc())
        .limit(slice.fetch())
        .select(WebhookRow::as_select())
        .into_boxed();
    if let Some(before) = slice.before {
        query = query.filter(webhooks::id.lt(before));
    }
    let rows = query.load(conn)?;
    complete(conn, rows, now)
}

/// Adds secrets and counts to webhooks.
fn complete(conn: &mut Conn, rows: Vec<WebhookRow>, now: Timestamp) -> QueryResult<Vec<Shown>> {
    let ids: Vec<WebhookId> = rows.iter().map(|row| row.id).collect();
    let mut secrets = active_secrets(conn, &ids, now)?;
    let counts = counts(conn, &ids)?;
    Ok(rows
        .into_iter()
        .map(|row| Shown {
            secrets: secrets.remove(&row.id).unwrap_or_default(),
            counts: counts.get(&row.id).copied().unwrap_or_default(),
            row,
        })
        .collect())
}

fn active_secrets(
    conn: &mut Conn,
    ids: &[WebhookId],
    now: Timestamp,
) -> QueryResult<HashMap<WebhookId, Vec<SigningSecret>>> {
    let found = signing_secrets::table
        .filter(signing_secrets::webhook_id.eq_any(ids))
        .filter(signing_secrets::expires_at.is_null().or(signing_secrets::expires_at.gt(now)))
        .order(signing_secrets::id.desc())
        .select((
            signing_secrets::webhook_id,
            signing_secrets::id,
            signing_secrets::created_at,
            signing_secrets::expires_at,
            signing_secrets::public_key,
        ))
        .load::<(WebhookId, SecretId, Timestamp, Option<Timestamp>, Option<String>)>(conn)?;
    let mut secrets: HashMap<WebhookId, Vec<SigningSecret>> = HashMap::new();
    for (webhook, id, created_at, expires_at, public_key) in found {
        let secret = SigningSecret { id, created_at, expires_at, public_key };
        secrets.entry(webhook).or_default().push(secret);
    }
    Ok(secrets)
}

/// How far counting goes: what is not finished may be many, and a page is not worth reading them all.
const COUNTED: i64 = 1_000;

/// A correlated count, over an index alone, that stops early. SQLite takes a partial index only for the index's own words.
fn counted(which: &str) -> SqlLiteral<BigInt> {
    sql(&format!(
        "(SELECT count(*) FROM (SELECT 1 FROM deliveries d WHERE d.webhook_id = webhooks.id AND {which} LIMIT {COUNTED}) c)"
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
            counted("d.held"),
        ))
        .load::<(WebhookId, i64, i64, i64, i64)>(conn)?;
    let number = |count: i64| u64::try_from(count).unwrap_or(0);
    Ok(found
        .into_iter()
        .map(|(webhook, pending, retrying, failed, held)| {
            let capped = [pending, retrying, failed, held].contains(&COUNTED);
            let counts = Counts {
                pending: number(pending),
                retrying: number(retrying),
                failed: number(failed),
                held: number(held),
                capped,
            };
            (webhook, counts)
        })
        .collect())
}

/// Changes a webhook; with `fresh_health` what went wrong at its old URL is forgotten.
pub fn update(
    conn: &mut Conn,
    id: WebhookId,
    changes: &WebhookUpdate,
    fresh_health: bool,
    now: Timestamp,
) -> QueryResult<()> {
    diesel::update(webhooks::table.find(id))
        .set((
            webhooks::url.eq(&changes.url),
            webhooks::description.eq(&changes.description),
            webhooks::event_types.eq(&changes.event_types),
            webhooks::rate_limit.eq(changes.rate_limit),
            webhooks::updated_at.eq(now),
        ))
        .execute(conn)?;
    if fresh_health {
        forget_health(conn, id)?;
    }
    Ok(())
}

/// Forgets how a webhook has been doing.
fn forget_health(conn: &mut Conn, id: WebhookId) -> QueryResult<()> {
    diesel::update(webhooks::table.find(id))
        .set((
            webhooks::failing_since.eq(None::<Timestamp>),
            webhooks::last_success_at.eq(None::<Timestamp>),
            webhooks::last_failure_at.eq(None::<Timestamp>),
            webhooks::last_diagnosis.eq(None::<String>),
            webhooks::outages.eq(0),
        ))
        .execute(conn)
        .map(drop)
}

/// Enables a disabled webhook with a fresh start; `false` where it was not disabled.
pub fn enable(conn: &mut Conn, id: WebhookId, now: Timestamp) -> QueryResult<bool> {
    let changed = diesel::update(
        webhooks::table
            .find(id)
            .filter(webhooks::disabled_at.is_not_null())
            .filter(webhooks::deleted_at.is_null()),
    )
    .set((
        webhooks::disabled_at.eq(None::<Timestamp>),
        webhooks::disabled_reason.eq(None::<DisabledReason>),
        webhooks::failing_since.eq(None::<Timestamp>),
        Breaker::default(),
        webhooks::updated_at.eq(now),
    ))
    .execute(conn)?;
    Ok(changed == 1)
}

/// Deletes a webhook, softly: its deliveries stay readable.
pub fn delete(conn: &mut Conn, id: WebhookId, now: Timestamp) -> QueryResult<()> {
    diesel::update(webhooks::table.find(id)).set(webhooks::deleted_at.eq(now)).execute(conn).map(drop)
}

/// Stores a signing secret.
pub fn insert_secret(conn: &mut Conn, row: &NewSecretRow) -> QueryResult<()> {
    diesel::insert_into(signing_secrets::table).values(row).execute(conn).map(drop)
}

/// Lets every secret of a webhook that would sign past `at` stop then.
pub fn end_secrets(conn: &mut Conn, webhook: WebhookId, at: Timestamp) -> QueryResult<()> {
    diesel::update(
        signing_secrets::table
            .filter(signing_secrets::webhook_id.eq(webhook))
            .filter(signing_secrets::expires_at.is_null().or(signing_secrets::expires_at.gt(at))),
    )
    .set(signing_secrets::expires_at.eq(at))
    .execute(conn)
    .map(drop)
}
