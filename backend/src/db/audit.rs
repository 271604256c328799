//! The audit log: appended to in the transaction of the change itself.

use std::collections::BTreeSet;

use api_types::{
    Timestamp,
    audit::{Actor, ActorKind, AuditAction, AuditEntry},
    ids::{AuditId, WorkspaceId},
    stream::Topic,
};
use diesel::prelude::*;
use serde_json::Value;

use super::{
    Conn, Json, Slice, Tx,
    schema::audit_entries,
    slice::{made_since, made_until, merge},
};

/// The author of a change: the actor, the workspace, and the address that the request came from.
#[derive(Clone, Debug)]
pub struct Who {
    pub workspace_id: WorkspaceId,
    pub actor: Actor,
    /// `None` for the operator and the system.
    pub ip: Option<String>,
}

impl Who {
    /// The operator, through the `sayless` command.
    pub fn operator(workspace_id: WorkspaceId) -> Self {
        Self {
            workspace_id,
            actor: Actor { kind: ActorKind::Operator, id: None, name: "sayless command".into() },
            ip: None,
        }
    }

    /// The system itself.
    pub fn system(workspace_id: WorkspaceId) -> Self {
        Self {
            workspace_id,
            actor: Actor { kind: ActorKind::System, id: None, name: "Sayless".into() },
            ip: None,
        }
    }
}

/// A change as the audit log tells it: the action, its object, and the details.
#[derive(Clone, Debug)]
pub struct Change<'a> {
    pub action: AuditAction,
    pub object_id: Option<&'a str>,
    /// Name or URL of the object.
    pub object_name: &'a str,
    /// The changed fields, never with a secret.
    pub details: Value,
}

impl<'a> Change<'a> {
    /// A change of one object, which has an id and a name.
    pub const fn of(action: AuditAction, id: &'a str, name: &'a str, details: Value) -> Self {
        Self { action, object_id: Some(id), object_name: name, details }
    }
}

#[derive(Insertable, Queryable, Selectable)]
#[diesel(table_name = audit_entries)]
#[diesel(treat_none_as_default_value = false)]
struct Row {
    id: AuditId,
    workspace_id: WorkspaceId,
    created_at: Timestamp,
    actor_kind: ActorKind,
    actor_id: Option<String>,
    actor_name: String,
    action: AuditAction,
    object_id: Option<String>,
    object_name: String,
    ip: Option<String>,
    details: Json<Value>,
}

/// Appends an entry, and tells the screens that show the changed object.
pub fn append(tx: &mut Tx<'_>, who: &Who, change: Change<'_>) -> QueryResult<()> {
    for topic in topics(change.action) {
        tx.changed(who.workspace_id, *topic, change.object_id.and_then(|id| id.parse().ok()));
    }
    let row = Row {
        id: tx.new_id(),
        workspace_id: who.workspace_id,
        created_at: tx.now(),
        actor_kind: who.actor.kind,
        actor_id: who.actor.id.clone(),
        actor_name: who.actor.name.clone(),
        action: change.action,
        object_id: change.object_id.map(Into::into),
        object_name: change.object_name.into(),
        ip: who.ip.clone(),
        details: Json::new(change.details),
    };
    let conn: &mut Conn = tx;
    diesel::insert_into(audit_entries::table).values(row).execute(conn).map(drop)
}

/// The topics of the screens that show something else after this action.
const fn topics(action: AuditAction) -> &'static [Topic] {
    match action {
        AuditAction::WebhookCreated
        | AuditAction::WebhookUpdated
        | AuditAction::WebhookSecretRotated
        | AuditAction::WebhookSecretDropped
        | AuditAction::WebhookAdopted
        | AuditAction::WebhookEnabled
        | AuditAction::WebhookPaused
        | AuditAction::WebhookResumed => &[Topic::Webhooks],
        // The webhook's waiting deliveries are canceled in the same transaction.
        AuditAction::WebhookDisabled | AuditAction::WebhookDeleted => &[Topic::Webhooks, Topic::Deliveries],
        AuditAction::OAuthAppCreated
        | AuditAction::OAuthAppUpdated
        | AuditAction::OAuthAppSuspended
        | AuditAction::OAuthAppResumed
        | AuditAction::OAuthAppSecretRotated
        | AuditAction::OAuthAppSecretDropped
        | AuditAction::OAuthAppDeleted
        | AuditAction::OAuthAppDomainChecked
        | AuditAction::OAuthAppDomainVerified
        | AuditAction::OAuthAppDomainLost
        | AuditAction::AppInstallRequested
        | AuditAction::AppInstallApproved
        | AuditAction::AppInstallRefused
        | AuditAction::AppInstallPaused
        | AuditAction::AppInstallResumed
        | AuditAction::AppInstallRemoved
        | AuditAction::AppPolicyChanged
        | AuditAction::AuthorizationGranted
        | AuditAction::AuthorizationWithdrawn
        | AuditAction::OAuthTokenRevoked
        | AuditAction::OAuthTokenReused
        | AuditAction::OAuthTokenEnded
        | AuditAction::OAuthIncidentAcknowledged => &[Topic::OAuthApps],
        AuditAction::ApiKeyCreated
        | AuditAction::ApiKeyUpdated
        | AuditAction::ApiKeyRevoked
        | AuditAction::ApiKeyRotated
        | AuditAction::ApiKeyReplaced => &[Topic::ApiKeys],
        AuditAction::DeliveryRetried => &[Topic::Deliveries],
        // An ordered webhook may not be held back any more.
        AuditAction::DeliverySkipped => &[Topic::Deliveries, Topic::Webhooks],
        AuditAction::RecoveryStarted | AuditAction::RecoveryContinued | AuditAction::RecoveryCanceled => {
            &[Topic::Recoveries]
        }
        _ => &[],
    }
}

/// The filters of a list of entries; an absent filter lets every entry pass, and so does an empty set.
#[derive(Clone, Debug, Default)]
pub struct AuditFilter {
    pub actions: BTreeSet<AuditAction>,
    /// Id of a member, key or app.
    pub actor: Option<String>,
    /// Id of the object that was changed.
    pub object: Option<String>,
    /// The earliest time of an entry, inclusive.
    pub since: Option<Timestamp>,
    /// The latest time of an entry, exclusive.
    pub until: Option<Timestamp>,
    /// Only entries that are newer than this one.
    pub after: Option<AuditId>,
    pub order: Order,
}

/// Milliseconds after which an entry is surely in the log. Entries are numbered when their transactions begin, so one that is
/// being written may come before one that was read already.
const SETTLED_MS: i64 = 30_000;

/// The order of a list of entries.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Order {
    #[default]
    NewestFirst,
    /// For readers who copy the log: only entries that nothing can come before any more, as of `now`.
    OldestFirst { now: Timestamp },
}

macro_rules! matching {
    ($workspace:expr, $wanted:expr, $slice:expr, $from:expr, $columns:expr) => {{
        let mut query = audit_entries::table
            .filter(audit_entries::workspace_id.eq($workspace))
            .limit($slice.fetch())
            .select($columns)
            .into_boxed();
        match $wanted.order {
            Order::NewestFirst => {
                query = query.order(audit_entries::id.desc());
                if let Some(seen) = $slice.before {
                    query = query.filter(audit_entries::id.lt(seen));
                }
            }
            Order::OldestFirst { now } => {
                query = query.order(audit_entries::id.asc());
                query = query.filter(audit_entries::created_at.le(now - SETTLED_MS));
                if let Some(seen) = $slice.before {
                    query = query.filter(audit_entries::id.gt(seen));
                }
            }
        }
        if let Some(after) = $wanted.after {
            query = query.filter(audit_entries::id.gt(after));
        }
        if let Some(actor) = &$wanted.actor {
            query = query.filter(audit_entries::actor_id.eq(actor));
        }
        if let Some(object) = &$wanted.object {
            query = query.filter(audit_entries::object_id.eq(object));
        }
        if let Some(from) = $from {
            query = query.filter(audit_entries::id.ge(from));
        }
        if let Some(since) = $wanted.since {
            query = query.filter(audit_entries::created_at.ge(since));
        }
        if let Some(until) = $wanted.until {
            query = query.filter(audit_entries::created_at.lt(until));
            query = query.filter(audit_entries::id.lt(made_until(until, AuditId::from_parts)));
        }
        query
    }};
}

/// A workspace's entries, with one more than the page holds where there are more. Entries never change, so several actions are
/// read one after the other, each from the index that is sorted by it.
pub fn list(
    conn: &mut Conn,
    workspace: WorkspaceId,
    wanted: &AuditFilter,
    slice: Slice<AuditId>,
) -> QueryResult<Vec<AuditEntry>> {
    let from = wanted.since.map(|since| made_since(since, AuditId::from_parts));
    if wanted.actions.is_empty() {
        let rows = matching!(workspace, wanted, slice, from, Row::as_select()).load::<Row>(conn)?;
        return Ok(rows.into_iter().map(to_wire).collect());
    }
    let mut of_action = |action: &AuditAction, least: Option<AuditId>| {
        let query = matching!(workspace, wanted, slice, least.or(from), audit_entries::id);
        query.filter(audit_entries::action.eq(*action)).load::<AuditId>(conn)
    };
    let ids = match wanted.order {
        Order::NewestFirst => merge(&wanted.actions, slice.fetch(), of_action)?,
        Order::OldestFirst { .. } => {
            let mut oldest = Vec::new();
            for action in &wanted.actions {
                oldest.extend(of_action(action, None)?);
            }
            oldest.sort_unstable();
            oldest.truncate(usize::try_from(slice.fetch()).unwrap_or_default());
            oldest
        }
    };
    let entries =
        audit_entries::table.filter(audit_entries::id.eq_any(ids)).select(Row::as_select()).into_boxed();
    let rows = match wanted.order {
        Order::NewestFirst => entries.order(audit_entries::id.desc()).load::<Row>(conn)?,
        Order::OldestFirst { .. } => entries.order(audit_entries::id.asc()).load::<Row>(conn)?,
    };
    Ok(rows.into_iter().map(to_wire).collect())
}

fn to_wire(row: Row) -> AuditEntry {
    AuditEntry {
        id: row.id,
        created_at: row.created_at,
        actor: Actor { kind: row.actor_kind, id: row.actor_id, name: row.actor_name },
        action: row.action,
        object_id: row.object_id,
        object_name: row.object_name,
        ip: row.ip,
        details: row.details.into_inner(),
    }
}

/// Removes at most `limit` entries that were made before a time, and answers how many. Ids begin with the time of creation, so the
/// primary key finds them.
pub fn remove_made_before(conn: &mut Conn, before: Timestamp, limit: i64) -> QueryResult<usize> {
    let end = AuditId::from_parts(u64::try_from(before.as_millis()).unwrap_or(0), 0);
    let old: Vec<AuditId> = audit_entries::table
        .filter(audit_entries::id.lt(end))
        .order(audit_entries::id)
        .limit(limit)
        .select(audit_entries::id)
        .load(conn)?;
    diesel::delete(audit_entries::table.filter(audit_entries::id.eq_any(&old))).execute(conn)
}
