//! The database's time, by which all nodes go.

use diesel::{QueryResult, RunQueryDsl, sql_types::BigInt};

use super::conn::Conn;
use crate::{clock::Clock, synced_time::Measured};

/// The number of questions in one measurement: the quickest answer counts.
const QUESTIONS: usize = 5;

#[derive(diesel::QueryableByName)]
struct Answer {
    #[diesel(sql_type = BigInt)]
    micros: i64,
}

/// The database's time; `None` on SQLite, which goes by the node's own clock.
pub(super) fn measure(conn: &mut Conn, clock: &Clock) -> QueryResult<Option<Measured>> {
    let Conn::Pg(conn) = conn else { return Ok(None) };
    if let Some(measured) = clock.stand_in() {
        return Ok(Some(measured));
    }
    let mut best: Option<Measured> = None;
    for _ in 0..QUESTIONS {
        let asked = clock.monotonic();
        let now = "SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint AS micros";
        let Answer { micros } = diesel::sql_query(now).get_result(conn)?;
        // The answer was given about halfway.
        let within = clock.monotonic().saturating_sub(asked) / 2;
        if best.is_none_or(|best| within < best.within) {
            best = Some(Measured { at: asked + within, micros, within });
        }
    }
    Ok(best)
}
