//! Changes of many deliveries at once: row by row on SQLite, where a statement costs next to nothing; in one statement on
//! PostgreSQL, where each statement is a round trip over the network.

use api_types::{
    Timestamp,
    deliveries::{CancelReason, Category},
    ids::DeliveryId,
};
use diesel::{
    PgConnection,
    prelude::*,
    sql_types::{Array, BigInt, Bool, Integer, Nullable, Text},
};

use super::{
    AttemptRow, NewDelivery,
    leases::{DeliveryUpdate, FirstSuccess, Lease, cleared},
};
use crate::db::{
    Conn, Json,
    bulk::column,
    prepared::prepared,
    schema::{attempts, deliveries},
};

/// Takes leases on deliveries that are locked by this transaction.
pub fn take(conn: &mut Conn, leases: &[Lease], owner: &str) -> QueryResult<()> {
    match conn {
        Conn::Sqlite(conn) => {
            for lease in leases {
                let take = prepared(
                    "UPDATE deliveries SET due_at = NULL, held = FALSE, manual_attempt_id = NULL, lease_owner = ?, \
                     lease_no = ?, lease_attempt_id = ?, lease_trigger = ?, lease_started_at = ?, lease_until = ? \
                     WHERE id = ?",
                )
                .bind::<Text, _>(owner)
                .bind::<BigInt, _>(lease.number)
                .bind::<Text, _>(lease.attempt)
                .bind::<Text, _>(lease.trigger)
                .bind::<BigInt, _>(lease.started_at)
                .bind::<BigInt, _>(lease.until)
                .bind::<Text, _>(lease.delivery);
                take.execute(conn)?;
            }
            Ok(())
        }
        Conn::Pg(conn) => take_at_once(conn, leases, owner),
    }
}

fn take_at_once(conn: &mut PgConnection, leases: &[Lease], owner: &str) -> QueryResult<()> {
    if leases.is_empty() {
        return Ok(());
    }
    prepared(
        "UPDATE deliveries d SET due_at = NULL, held = FALSE, manual_attempt_id = NULL, lease_owner = ?, \
         lease_no = t.lease_no, lease_attempt_id = t.attempt, lease_trigger = t.trigger_kind, \
         lease_started_at = t.started_at, lease_until = t.until \
         FROM unnest(?, ?, ?, ?, ?, ?) AS t (id, lease_no, attempt, trigger_kind, started_at, until) \
         WHERE d.id = t.id",
    )
    .bind::<Text, _>(owner)
    .bind::<Array<Text>, _>(column(leases, |lease| lease.delivery.as_str()))
    .bind::<Array<BigInt>, _>(column(leases, |lease| lease.number))
    .bind::<Array<Text>, _>(column(leases, |lease| lease.attempt.as_str()))
    .bind::<Array<Text>, _>(column(leases, |lease| lease.trigger.as_str()))
    .bind::<Array<BigInt>, _>(column(leases, |lease| lease.started_at))
    .bind::<Array<BigInt>, _>(column(leases, |lease| lease.until))
    .execute(conn)
    .map(drop)
}

/// Finishes deliveries whose first attempt succeeded, without reading them first; a delivery that has changed since the
/// attempt was leased stays as it is. Returns the finished ones.
pub fn succeed(conn: &mut Conn, firsts: &[FirstSuccess]) -> QueryResult<Vec<DeliveryId>> {
    if firsts.is_empty() {
        return Ok(Vec::new());
    }
    match conn {
        Conn::Sqlite(conn) => {
            let mut done = Vec::with_capacity(firsts.len());
            for first in firsts {
                let succeed = prepared(
                    "UPDATE deliveries SET status = 'succeeded', attempts = 1, next_attempt_at = NULL, \
                     last_attempt_at = ?, last_response_status = ?, finished_at = ?, lease_owner = NULL, \
                     lease_attempt_id = NULL, lease_trigger = NULL, lease_started_at = NULL, lease_until = NULL \
                     WHERE id = ? AND lease_no = 1 AND lease_attempt_id = ? AND status = 'pending'",
                )
                .bind::<BigInt, _>(first.at)
                .bind::<Nullable<Integer>, _>(first.status)
                .bind::<BigInt, _>(first.at)
                .bind::<Text, _>(first.delivery)
                .bind::<Text, _>(first.attempt);
                if succeed.execute(conn)? == 1 {
                    done.push(first.delivery);
                }
            }
            Ok(done)
        }
        Conn::Pg(conn) => succeed_at_once(conn, firsts),
    }
}

/// The CASE keeps PostgreSQL from looking for first leases before it looks for ids: where its statistics are old, it believes
/// that there are hardly any, and compares thousands of rows with each of the ids, which takes a second.
fn succeed_at_once(conn: &mut PgConnection, firsts: &[FirstSuccess]) -> QueryResult<Vec<DeliveryId>> {
    #[derive(QueryableByName)]
    struct Done {
        #[diesel(sql_type = Text)]
        id: DeliveryId,
    }
    let ids: Vec<&str> = firsts.iter().map(|first| first.delivery.as_str()).collect();
    let attempts: Vec<&str> = firsts.iter().map(|first| first.attempt.as_str()).collect();
    let done = prepared(
        "UPDATE deliveries d SET status = 'succeeded', attempts = 1, next_attempt_at = NULL, \
         last_attempt_at = t.at, last_response_status = t.status, finished_at = t.at, lease_owner = NULL, \
         lease_attempt_id = NULL, lease_trigger = NULL, lease_started_at = NULL, lease_until = NULL \
         FROM unnest(?, ?, ?, ?) AS t (id, attempt, at, status) \
         WHERE d.id = t.id AND CASE WHEN d.id = t.id THEN d.lease_no = 1 AND d.lease_attempt_id = t.attempt \
             AND d.status = 'pending' END \
         RETURNING d.id",
    )
    .bind::<Array<Text>, _>(ids)
    .bind::<Array<Text>, _>(attempts)
    .bind::<Array<BigInt>, _>(firsts.iter().map(|first| first.at).collect::<Vec<_>>())
    .bind::<Array<Nullable<Integer>>, _>(firsts.iter().map(|first| first.status).collect::<Vec<_>>())
    .load::<Done>(conn)?;
    Ok(done.into_iter().map(|done| done.id).collect())
}

/// Moves deliveries that are locked by this transaction into their webhooks' own lines.
pub fn hold(conn: &mut Conn, ids: &[DeliveryId], look_again: Timestamp) -> QueryResult<()> {
    if ids.is_empty() {
        return Ok(());
    }
    diesel::update(deliveries::table.filter(deliveries::id.eq_any(ids)))
        .set((deliveries::held.eq(true), deliveries::due_at.eq(look_again)))
        .execute(conn)
        .map(drop)
}

/// Writes the ends of attempts to deliveries that are locked by this transaction, and clears the leases.
pub fn settle(conn: &mut Conn, settled: &[(DeliveryId, DeliveryUpdate)]) -> QueryResult<()> {
    match conn {
        Conn::Sqlite(conn) => {
            for (id, settled) in settled {
                diesel::update(deliveries::table.find(*id)).set((settled, cleared())).execute(conn)?;
            }
            Ok(())
        }
        Conn::Pg(conn) => settle_at_once(conn, settled),
    }
}

fn settle_at_once(conn: &mut PgConnection, rows: &[(DeliveryId, DeliveryUpdate)]) -> QueryResult<()> {
    fn column<'a, T>(
        rows: &'a [(DeliveryId, DeliveryUpdate)],
        value: impl Fn(&'a DeliveryUpdate) -> T,
    ) -> Vec<T> {
        rows.iter().map(|(_, settled)| value(settled)).collect()
    }
    if rows.is_empty() {
        return Ok(());
    }
    let ids: Vec<&str> = rows.iter().map(|(id, _)| id.as_str()).collect();
    prepared(
        "UPDATE deliveries d SET status = t.status, cancel_reason = t.cancel_reason, step = t.step, \
         attempts = t.attempts, next_attempt_at = t.next_attempt_at, manual_attempt_id = t.manual_attempt_id, \
         due_at = t.due_at, held = t.held, interrupted = t.interrupted, last_attempt_at = t.last_attempt_at, \
         last_response_status = t.last_response_status, last_category = t.last_category, \
         last_diagnosis = t.last_diagnosis, finished_at = t.finished_at, lease_owner = NULL, \
         lease_attempt_id = NULL, lease_trigger = NULL, lease_started_at = NULL, lease_until = NULL \
         FROM unnest(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) \
         AS t (id, status, cancel_reason, step, attempts, next_attempt_at, manual_attempt_id, due_at, held, \
         interrupted, last_attempt_at, last_response_status, last_category, last_diagnosis, finished_at) \
         WHERE d.id = t.id",
    )
    .bind::<Array<Text>, _>(ids)
    .bind::<Array<Text>, _>(column(rows, |row| row.status.as_str()))
    .bind::<Array<Nullable<Text>>, _>(column(rows, |row| row.cancel_reason.map(CancelReason::as_str)))
    .bind::<Array<Integer>, _>(column(rows, |row| row.step))
    .bind::<Array<Integer>, _>(column(rows, |row| row.attempts))
    .bind::<Array<Nullable<BigInt>>, _>(column(rows, |row| row.next_attempt_at))
    .bind::<Array<Nullable<Text>>, _>(column(rows, |row| row.manual_attempt_id))
    .bind::<Array<Nullable<BigInt>>, _>(column(rows, |row| row.due_at))
    .bind::<Array<Bool>, _>(column(rows, |row| row.held))
    .bind::<Array<Integer>, _>(column(rows, |row| row.interrupted))
    .bind::<Array<Nullable<BigInt>>, _>(column(rows, |row| row.last_attempt_at))
    .bind::<Array<Nullable<Integer>>, _>(column(rows, |row| row.last_response_status))
    .bind::<Array<Nullable<Text>>, _>(column(rows, |row| row.last_category.map(Category::as_str)))
    .bind::<Array<Nullable<Text>>, _>(column(rows, |row| row.last_diagnosis.as_ref().map(Json::text)))
    .bind::<Array<Nullable<BigInt>>, _>(column(rows, |row| row.finished_at))
    .execute(conn)
    .map(drop)
}

pub fn insert_deliveries(conn: &mut Conn, rows: &[NewDelivery]) -> QueryResult<()> {
    match conn {
        Conn::Sqlite(conn) => {
            for row in rows {
                diesel::insert_into(deliveries::table).values(row).execute(conn)?;
            }
            Ok(())
        }
        Conn::Pg(_) if rows.is_empty() => Ok(()),
        Conn::Pg(conn) => insert_deliveries_at_once(conn, rows),
    }
}

fn insert_deliveries_at_once(conn: &mut PgConnection, rows: &[NewDelivery]) -> QueryResult<()> {
    prepared(
        "INSERT INTO deliveries (id, workspace_id, webhook_id, event_id, event_type, status, cancel_reason, \
         next_attempt_at, due_at, held, lease_no, lease_owner, lease_attempt_id, lease_trigger, lease_started_at, \
         lease_until, created_at, finished_at) \
         SELECT * FROM unnest(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    )
    .bind::<Array<Text>, _>(column(rows, |row| row.id.as_str()))
    .bind::<Array<Text>, _>(column(rows, |row| row.workspace_id.as_str()))
    .bind::<Array<Text>, _>(column(rows, |row| row.webhook_id.as_str()))
    .bind::<Array<Text>, _>(column(rows, |row| row.event_id.as_str()))
    .bind::<Array<Text>, _>(column(rows, |row| row.event_type.as_str()))
    .bind::<Array<Text>, _>(column(rows, |row| row.status.as_str()))
    .bind::<Array<Nullable<Text>>, _>(column(rows, |row| row.cancel_reason))
    .bind::<Array<Nullable<BigInt>>, _>(column(rows, |row| row.next_attempt_at))
    .bind::<Array<Nullable<BigInt>>, _>(column(rows, |row| row.due_at))
    .bind::<Array<Bool>, _>(column(rows, |row| row.held))
    .bind::<Array<BigInt>, _>(column(rows, |row| row.lease_no))
    .bind::<Array<Nullable<Text>>, _>(column(rows, |row| row.lease_owner.as_deref()))
    .bind::<Array<Nullable<Text>>, _>(column(rows, |row| row.lease_attempt_id))
    .bind::<Array<Nullable<Text>>, _>(column(rows, |row| row.lease_trigger))
    .bind::<Array<Nullable<BigInt>>, _>(column(rows, |row| row.lease_started_at))
    .bind::<Array<Nullable<BigInt>>, _>(column(rows, |row| row.lease_until))
    .bind::<Array<BigInt>, _>(column(rows, |row| row.created_at))
    .bind::<Array<Nullable<BigInt>>, _>(column(rows, |row| row.finished_at))
    .execute(conn)
    .map(drop)
}

pub fn insert_attempts(conn: &mut Conn, rows: &[&AttemptRow]) -> QueryResult<()> {
    match conn {
        Conn::Sqlite(conn) => {
            for row in rows {
                diesel::insert_into(attempts::table).values(*row).execute(conn)?;
            }
            Ok(())
        }
        Conn::Pg(_) if rows.is_empty() => Ok(()),
        Conn::Pg(conn) => insert_attempts_at_once(conn, rows),
    }
}

fn insert_attempts_at_once(conn: &mut PgConnection, rows: &[&AttemptRow]) -> QueryResult<()> {
    prepared(
        "INSERT INTO attempts (id, delivery_id, number, trigger_kind, started_at, outcome, address, \
         reused_connection, timings, request, response, diagnosis, late_duplicate) \
         SELECT * FROM unnest(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    )
    .bind::<Array<Text>, _>(column(rows, |row| row.id.as_str()))
    .bind::<Array<Text>, _>(column(rows, |row| row.delivery_id.as_str()))
    .bind::<Array<Integer>, _>(column(rows, |row| row.number))
    .bind::<Array<Text>, _>(column(rows, |row| row.trigger_kind.as_str()))
    .bind::<Array<BigInt>, _>(column(rows, |row| row.started_at))
    .bind::<Array<Text>, _>(column(rows, |row| row.outcome.as_str()))
    .bind::<Array<Nullable<Text>>, _>(column(rows, |row| row.address.as_deref()))
    .bind::<Array<Bool>, _>(column(rows, |row| row.reused_connection))
    .bind::<Array<Text>, _>(column(rows, |row| row.timings.text()))
    .bind::<Array<Nullable<Text>>, _>(column(rows, |row| row.request.as_ref().map(Json::text)))
    .bind::<Array<Nullable<Text>>, _>(column(rows, |row| row.response.as_ref().map(Json::text)))
    .bind::<Array<Nullable<Text>>, _>(column(rows, |row| row.diagnosis.as_ref().map(Json::text)))
    .bind::<Array<Bool>, _>(column(rows, |row| row.late_duplicate))
    .execute(conn)
    .map(drop)
}
