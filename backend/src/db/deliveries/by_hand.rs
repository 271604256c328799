//! Retries by hand that wait, as conditions of queries.

use diesel::{dsl::sql, expression::SqlLiteral, sql_types::Bool};

/// The plus changes no value. Without it, SQLite would read all that is due of a webhook, by the index of `due_at`, to find the few
/// that have a retry; there may be a million.
const WAITS: &str = "(deliveries.manual_attempt_id IS NOT NULL AND +deliveries.due_at IS NOT NULL)";

/// A delivery has a retry by hand that waits.
pub fn waits() -> SqlLiteral<Bool> {
    sql(WAITS)
}

#[cfg(test)]
mod tests {
    use diesel::{prelude::*, sql_types::Text};

    use super::WAITS;
    use crate::db::{Conn, dialect};

    #[derive(QueryableByName)]
    struct Step {
        #[diesel(sql_type = Text)]
        detail: String,
    }

    #[test]
    fn sqlite_finds_the_retries_of_a_webhook_by_their_own_index() {
        let mut conn = Conn::Sqlite(SqliteConnection::establish(":memory:").expect("a database in memory"));
        dialect::migrate(&mut conn).expect("its tables");
        let Conn::Sqlite(conn) = &mut conn else { unreachable!() };
        let plan =
            format!("EXPLAIN QUERY PLAN SELECT id FROM deliveries WHERE webhook_id = 'whk_1' AND {WAITS}");
        let steps: Vec<Step> = diesel::sql_query(plan).load(conn).expect("a plan");
        let details: Vec<String> = steps.into_iter().map(|step| step.detail).collect();
        assert_eq!(details, ["SEARCH deliveries USING INDEX deliveries_by_hand (webhook_id=?)"]);
    }
}
