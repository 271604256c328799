//! Removes or empties rows that have expired, a bounded number at a time: whoever waits for the same table, or for SQLite's
//! writer, waits only for one step.

use diesel::{prelude::*, sql_types::BigInt};

use api_types::Timestamp;

use super::Conn;

/// Rows of one table that have expired.
#[derive(Clone, Copy, Debug)]
pub struct Expired {
    /// The table's name.
    pub table: &'static str,
    /// The condition in SQL; `$1` is the time before which rows have expired. An index should find the rows.
    pub condition: &'static str,
}

impl Expired {
    /// Removes at most `limit` of the rows, and answers how many.
    pub fn remove(self, conn: &mut Conn, before: Timestamp, limit: i64) -> QueryResult<usize> {
        self.run(conn, &format!("DELETE FROM {}", self.table), before, limit)
    }

    /// Sets columns of at most `limit` of the rows, and answers how many. `columns` is in SQL; a row that was set no longer
    /// meets the condition.
    pub fn set(self, conn: &mut Conn, columns: &str, before: Timestamp, limit: i64) -> QueryResult<usize> {
        self.run(conn, &format!("UPDATE {} SET {columns}", self.table), before, limit)
    }

    fn run(self, conn: &mut Conn, verb: &str, before: Timestamp, limit: i64) -> QueryResult<usize> {
        let Self { table, condition } = self;
        // The name that a row's own place has: some keys have several columns.
        let place = match conn {
            Conn::Sqlite(_) => "rowid",
            Conn::Pg(_) => "ctid",
        };
        let statement =
            format!("{verb} WHERE {place} IN (SELECT {place} FROM {table} WHERE {condition} LIMIT $2)");
        macro_rules! execute {
            ($conn:expr) => {
                diesel::sql_query(statement).bind::<BigInt, _>(before).bind::<BigInt, _>(limit).execute($conn)
            };
        }
        match conn {
            Conn::Sqlite(conn) => execute!(conn),
            Conn::Pg(conn) => execute!(conn),
        }
    }
}
