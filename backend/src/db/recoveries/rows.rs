//! A recovery as it is stored, with the selection of deliveries that it was asked for; storing and canceling it.

use api_types::{
    Timestamp,
    deliveries::Category,
    events::EventType,
    ids::{DeliveryId, RecoveryId, WebhookId, WorkspaceId},
    recoveries::{RecoveryMatches, RecoveryStatus},
};
use diesel::{dsl::sql, expression::SqlLiteral, prelude::*, sql_types::Bool};

use crate::db::{Conn, Json, StoredActor, schema::recoveries};

/// The deliveries that a recovery is for; an absent filter lets every delivery pass.
#[derive(Clone, Debug, Insertable, Queryable, Selectable)]
#[diesel(table_name = recoveries)]
#[diesel(treat_none_as_default_value = false)]
pub struct Selection {
    pub webhook_id: Option<WebhookId>,
    pub event_type: Option<EventType>,
    /// Category of the delivery's last failure.
    pub category: Option<Category>,
    /// The earliest time of creation, inclusive.
    pub since: Option<Timestamp>,
    /// The latest time of creation, exclusive.
    pub until: Timestamp,
}

impl Selection {
    /// The range of ids that were created in the selected time: the first id inside, and the first id after the range.
    /// Ids begin with the time of creation, and every index has them.
    pub(super) fn ids(&self) -> (DeliveryId, DeliveryId) {
        let first = |time: Timestamp| DeliveryId::from_parts(u64::try_from(time.as_millis()).unwrap_or(0), 0);
        (first(self.since.unwrap_or(Timestamp::from_millis(0))), first(self.until))
    }
}

/// A recovery as it is stored.
#[derive(Clone, Debug, Insertable, Queryable, Selectable)]
#[diesel(table_name = recoveries)]
#[diesel(treat_none_as_default_value = false)]
pub struct RecoveryRow {
    pub id: RecoveryId,
    pub workspace_id: WorkspaceId,
    pub status: RecoveryStatus,
    #[diesel(embed)]
    pub filter: Selection,
    /// Deliveries that the recovery sets going per second.
    pub rate_per_second: i32,
    /// The number of deliveries that matched when the recovery started.
    pub total: i64,
    /// The same by status; `None` where that was not kept.
    pub matched: Option<Json<RecoveryMatches>>,
    /// The number of deliveries that the recovery has set going.
    pub started: i64,
    /// The number of deliveries that the recovery has passed over.
    pub passed_over: i64,
    /// The last delivery that the recovery looked at; `None` before the first.
    pub position: Option<DeliveryId>,
    /// Unix microseconds up to which the recovery's rate is used: the next delivery is set going after that.
    pub released_at: i64,
    pub created_by: Json<StoredActor>,
    pub created_at: Timestamp,
    /// The time at which the recovery was done or canceled; `None` while it runs.
    pub finished_at: Option<Timestamp>,
}

pub fn insert(conn: &mut Conn, row: RecoveryRow) -> QueryResult<()> {
    diesel::insert_into(recoveries::table).values(row).execute(conn).map(drop)
}

/// Cancels a running recovery; `false` where the recovery does not run any more.
pub fn cancel(conn: &mut Conn, id: RecoveryId, now: Timestamp) -> QueryResult<bool> {
    diesel::update(recoveries::table.find(id).filter(recoveries::status.eq(RecoveryStatus::Running)))
        .set((recoveries::status.eq(RecoveryStatus::Canceled), recoveries::finished_at.eq(now)))
        .execute(conn)
        .map(|changed| changed == 1)
}

/// A running recovery that shares deliveries with a new one: a recovery of the same webhook or of all webhooks; any
/// running recovery where the new one is of all webhooks.
pub fn overlapping(
    conn: &mut Conn,
    workspace: WorkspaceId,
    webhook: Option<WebhookId>,
) -> QueryResult<Option<RecoveryId>> {
    let mut query = recoveries::table
        .filter(recoveries::workspace_id.eq(workspace))
        .filter(is_running())
        .select(recoveries::id)
        .into_boxed();
    if let Some(webhook) = webhook {
        query = query.filter(recoveries::webhook_id.eq(webhook).or(recoveries::webhook_id.is_null()));
    }
    query.first(conn).optional()
}

/// The condition of the partial index `recoveries_running`, word for word.
pub(super) fn is_running() -> SqlLiteral<Bool> {
    sql("recoveries.status = 'running'")
}
