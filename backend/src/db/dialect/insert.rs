//! Storing many rows: one by one on SQLite, whose prepared statements cost next to nothing; as columns in one statement on
//! PostgreSQL, whose text does not grow with the rows and is quick to parse.

use diesel::{
    PgConnection,
    prelude::*,
    sql_types::{Array, BigInt, Bool, Integer, Nullable, Text},
};

use crate::db::{
    Conn, Json,
    deliveries::{AttemptRow, NewDelivery},
    events::EventRow,
    schema::{attempts, deliveries, events},
};

/// One column of many rows.
fn column<'a, R, T>(rows: &'a [R], value: impl Fn(&'a R) -> T) -> Vec<T> {
    rows.iter().map(value).collect()
}

/// Stores events.
pub fn insert_events(conn: &mut Conn, rows: &[EventRow]) -> QueryResult<()> {
    match conn {
        Conn::Sqlite(conn) => {
            for row in rows {
                diesel::insert_into(events::table).values(row).execute(conn)?;
            }
            Ok(())
        }
        Conn::Pg(_) if rows.is_empty() => Ok(()),
        Conn::Pg(conn) => diesel::sql_query(
            "INSERT INTO events (id, workspace_id, type, payload, created_at) SELECT * FROM unnest($1, $2, $3, $4, $5)",
        )
        .bind::<Array<Text>, _>(column(rows, |row| row.id.as_str()))
        .bind::<Array<Text>, _>(column(rows, |row| row.workspace_id.as_str()))
        .bind::<Array<Text>, _>(column(rows, |row| row.kind.as_str()))
        .bind::<Array<Text>, _>(column(rows, |row| row.payload.as_str()))
        .bind::<Array<BigInt>, _>(column(rows, |row| row.created_at))
        .execute(conn)
        .map(drop),
    }
}

/// Stores deliveries.
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
    diesel::sql_query(
        "INSERT INTO deliveries (id, workspace_id, webhook_id, event_id, event_type, status, cancel_reason, \
         next_attempt_at, due_at, held, lease_no, lease_owner, lease_attempt_id, lease_trigger, lease_started_at, \
         lease_until, created_at, finished_at) \
         SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)",
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

/// Stores attempts.
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
    diesel::sql_query(
        "INSERT INTO attempts (id, delivery_id, number, trigger_kind, started_at, outcome, address, \
         reused_connection, timings, request, response, diagnosis, late_duplicate) \
         SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
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
