//! A recovery as it is stored, with the selection of deliveries that it was asked for; storing and canceling it.

use api_types::{
    Timestamp,
    deliveries::{Category, DiagnosisCode},
    events::EventType,
    ids::{DeliveryId, EventId, RecoveryId, WebhookId, WorkspaceId},
    recoveries::{Included, RecoveryMatches, RecoveryStatus, Stopped},
};
use diesel::{dsl::sql, expression::SqlLiteral, prelude::*, sql_types::Bool};

use crate::db::{Conn, Json, StoredActor, expiry::Expired, schema::recoveries};

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
    /// `None` for a recovery that was made before this could be chosen.
    pub include: Option<Json<Vec<Included>>>,
    /// Only of webhooks of this owner.
    pub owner_id: Option<String>,
}

/// The deliveries that a recovery is for where nothing was chosen.
pub const USUAL: [Included; 2] = [Included::Failed, Included::Canceled];

impl Selection {
    /// The deliveries that the recovery is for.
    pub fn include(&self) -> &[Included] {
        self.include.as_ref().map_or(&USUAL, |include| &include.0)
    }

    /// `true` if the recovery is for such deliveries.
    pub fn includes(&self, wanted: Included) -> bool {
        self.include().contains(&wanted)
    }

    /// The range of ids of events that were published in the selected time: the first id inside, and the first id after the
    /// range.
    pub(super) fn events(&self) -> (EventId, EventId) {
        let first = |time: Timestamp| EventId::from_parts(u64::try_from(time.as_millis()).unwrap_or(0), 0);
        (first(self.since.unwrap_or(Timestamp::from_millis(0))), first(self.until))
    }

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
    /// The time at which the recovery was done, stopped or canceled; `None` while it runs.
    pub finished_at: Option<Timestamp>,
    /// The last event that the recovery looked at for a missing delivery; `None` before the first.
    pub event_position: Option<EventId>,
    /// `true` once all events were looked at, or where none are to be.
    pub events_done: bool,
    /// The stage of the recovery's canary; `None` where the recovery has none.
    pub canary: Option<Json<CanaryStage>>,
    pub stopped: Option<Json<Stopped>>,
}

/// A stage of a canary.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct CanaryStage {
    /// From 1 to 4.
    pub stage: u8,
    /// The deliveries that the stage has set going, each with the diagnosis that it had before.
    pub tried: Vec<(DeliveryId, Option<DiagnosisCode>)>,
}

impl CanaryStage {
    /// The first stage, before its delivery.
    pub const FIRST: Self = Self { stage: 1, tried: Vec::new() };

    /// The number of deliveries that the stage is for; `None` for all others.
    pub const fn size(&self) -> Option<usize> {
        match self.stage {
            1 => Some(1),
            2 => Some(10),
            3 => Some(100),
            _ => None,
        }
    }

    /// The stage after this one.
    #[must_use]
    pub const fn next(&self) -> Self {
        Self { stage: self.stage + 1, tried: Vec::new() }
    }
}

pub fn insert(conn: &mut Conn, row: RecoveryRow) -> QueryResult<()> {
    diesel::insert_into(recoveries::table).values(row).execute(conn).map(drop)
}

/// Cancels a recovery that runs or has stopped; `false` where the recovery is over.
pub fn cancel(conn: &mut Conn, id: RecoveryId, now: Timestamp) -> QueryResult<bool> {
    let open = recoveries::status.eq_any([RecoveryStatus::Running, RecoveryStatus::Stopped]);
    diesel::update(recoveries::table.find(id).filter(open))
        .set((recoveries::status.eq(RecoveryStatus::Canceled), recoveries::finished_at.eq(now)))
        .execute(conn)
        .map(|changed| changed == 1)
}

/// Has a recovery that stopped go on with the next stage of its canary; `false` where the recovery has not stopped.
pub fn resume(conn: &mut Conn, id: RecoveryId) -> QueryResult<bool> {
    let stopped = recoveries::table.find(id).filter(recoveries::status.eq(RecoveryStatus::Stopped));
    let canary: Option<Option<Json<CanaryStage>>> =
        stopped.select(recoveries::canary).first(conn).optional()?;
    let Some(canary) = canary else { return Ok(false) };
    diesel::update(recoveries::table.find(id))
        .set((
            recoveries::status.eq(RecoveryStatus::Running),
            recoveries::canary.eq(canary.map(|stage| Json::new(stage.0.next()))),
            recoveries::stopped.eq(None::<String>),
            recoveries::finished_at.eq(None::<Timestamp>),
        ))
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

/// Recoveries that ended before a time.
pub const FINISHED: Expired = Expired { table: "recoveries", condition: "finished_at < $1" };
