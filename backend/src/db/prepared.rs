//! Statements that a connection prepares once and keeps.
//!
//! Diesel prepares every `UPDATE` and every statement of [`diesel::sql_query`] anew, since their text may differ from call to call.
//! Where the text is always the same, preparing costs as much as running: parsing on both databases, and on PostgreSQL planning
//! as well.

use std::borrow::Cow;

use diesel::{
    QueryResult, RunQueryDsl,
    backend::Backend,
    expression::{AsExpression, TypedExpressionType},
    query_builder::{AstPass, Query, QueryFragment, QueryId},
    sql_types::{SqlType, Untyped},
};

/// A statement that stays prepared on its connection, which finds it again by its text.
pub(super) struct Prepared<'a, DB: Backend> {
    text: Cow<'static, str>,
    values: Vec<Box<dyn QueryFragment<DB> + 'a>>,
}

/// A statement with this text, in which `?` stands for each value. Each text takes memory for as long as the connection lives, so
/// it must be one of a few.
pub(super) fn prepared<'a, DB: Backend>(text: impl Into<Cow<'static, str>>) -> Prepared<'a, DB> {
    Prepared { text: text.into(), values: Vec::new() }
}

impl<'a, DB: Backend> Prepared<'a, DB> {
    /// Gives the next value, of the SQL type `ST`.
    pub(super) fn bind<ST, U>(mut self, value: U) -> Self
    where
        ST: SqlType + TypedExpressionType,
        U: AsExpression<ST>,
        U::Expression: QueryFragment<DB> + 'a,
    {
        self.values.push(Box::new(value.as_expression()));
        self
    }
}

impl<DB: Backend> QueryFragment<DB> for Prepared<'_, DB> {
    fn walk_ast<'b>(&'b self, mut pass: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        debug_assert_eq!(self.text.matches('?').count(), self.values.len(), "{}", self.text);
        let mut pieces = self.text.split('?');
        pass.push_sql(pieces.next().unwrap_or_default());
        for (value, piece) in self.values.iter().zip(pieces) {
            value.walk_ast(pass.reborrow())?;
            pass.push_sql(piece);
        }
        Ok(())
    }
}

impl<DB: Backend> QueryId for Prepared<'_, DB> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<DB: Backend> Query for Prepared<'_, DB> {
    type SqlType = Untyped;
}

impl<DB: Backend, Conn> RunQueryDsl<Conn> for Prepared<'_, DB> {}

#[cfg(test)]
mod tests {
    use std::sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    };

    use diesel::{
        Connection, SqliteConnection,
        connection::{InstrumentationEvent, SimpleConnection},
        prelude::*,
        sql_types::{BigInt, Text},
    };

    use super::prepared;

    diesel::table! {
        counters (name) {
            name -> Text,
            value -> BigInt,
        }
    }

    #[test]
    fn a_statement_is_prepared_once_and_has_its_values_in_order() {
        let mut conn = SqliteConnection::establish(":memory:").unwrap();
        conn.batch_execute("CREATE TABLE counters (name TEXT PRIMARY KEY, value BIGINT NOT NULL)").unwrap();
        conn.batch_execute("INSERT INTO counters VALUES ('one', 0), ('other', 0)").unwrap();
        let kept = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&kept);
        conn.set_instrumentation(move |event: InstrumentationEvent<'_>| {
            if matches!(event, InstrumentationEvent::CacheQuery { .. }) {
                counted.fetch_add(1, Ordering::Relaxed);
            }
        });
        for added in [3, 4] {
            let add = prepared("UPDATE counters SET value = value + ? WHERE name = ?")
                .bind::<BigInt, _>(added)
                .bind::<Text, _>("one");
            assert_eq!(add.execute(&mut conn).unwrap(), 1);
        }
        assert_eq!(kept.load(Ordering::Relaxed), 1);
        let values: Vec<i64> =
            counters::table.order(counters::name).select(counters::value).load(&mut conn).unwrap();
        assert_eq!(values, [7, 0]);
    }
}
