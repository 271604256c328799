//! Rows of the database that no call of the API shows.

use api_types::{events::EventType, ids::WorkspaceId};
use diesel::{dsl::sql, prelude::*, sql_types::BigInt};
use sayless::{
    catalogue,
    db::{
        Conn,
        schema::{
            access_tokens, audit_entries, authorization_codes, authorization_requests, client_secrets,
            events, pushed_requests, revoked_tokens, sessions, signing_keys, token_families,
        },
    },
};
use serde_json::Value;

use super::World;

impl World {
    /// A workspace's events, oldest first: type and `data`, after making sure that each keeps to its schema.
    pub async fn events(&self, workspace: WorkspaceId) -> Vec<(EventType, Value)> {
        let rows = self
            .read(move |conn| {
                let query = events::table
                    .filter(events::workspace_id.eq(workspace))
                    .order(events::id)
                    .select((events::kind, events::payload));
                Ok(query.load::<(EventType, String)>(conn)?)
            })
            .await;
        rows.into_iter()
            .map(|(kind, payload)| {
                let payload: Value = serde_json::from_str(&payload).unwrap();
                assert_eq!(payload["type"], kind.as_str());
                assert_eq!(catalogue::check(kind, &payload["data"]), Ok(()), "{kind}: {payload}");
                (kind, payload["data"].clone())
            })
            .collect()
    }

    /// The types of a workspace's events, oldest first.
    pub async fn event_types(&self, workspace: WorkspaceId) -> Vec<EventType> {
        self.events(workspace).await.into_iter().map(|(kind, _)| kind).collect()
    }

    /// The number of sessions.
    pub async fn session_rows(&self) -> i64 {
        self.read(|conn| Ok(sessions::table.count().get_result(conn)?)).await
    }

    /// The number of rows in each table of what the OAuth server forgets in time.
    pub async fn expiring_oauth_rows(&self) -> [i64; 6] {
        self.read(|conn| {
            Ok([
                access_tokens::table.count().get_result(conn)?,
                authorization_codes::table.count().get_result(conn)?,
                authorization_requests::table.count().get_result(conn)?,
                pushed_requests::table.count().get_result(conn)?,
                revoked_tokens::table.count().get_result(conn)?,
                token_families::table.count().get_result(conn)?,
            ])
        })
        .await
    }

    /// The number of transactions that PostgreSQL keeps open though nothing happens in them; zero on SQLite.
    pub async fn idle_transactions(&self) -> i64 {
        self.read(|conn| {
            let Conn::Pg(conn) = conn else { return Ok(0) };
            let idle = "(SELECT count(*) FROM pg_stat_activity \
                WHERE datname = current_database() AND state = 'idle in transaction')";
            Ok(diesel::select(sql::<BigInt>(idle)).get_result(conn)?)
        })
        .await
    }

    /// The number that a query in parentheses gives.
    pub async fn number(&self, query: &'static str) -> i64 {
        self.read(move |conn| Ok(diesel::select(sql::<BigInt>(query)).get_result(conn)?)).await
    }

    /// Every row of whatever the OAuth server stores, as text.
    pub async fn oauth_rows(&self) -> String {
        type Text = Option<String>;
        self.read(|conn| {
            let mut rows = Vec::new();
            macro_rules! add {
                ($table:ident: $($column:ident)+) => {
                    for row in $table::table.select(($($table::$column.nullable(),)+)).load(conn)? {
                        let row: ($(add!(@ $column),)+) = row;
                        rows.push(format!("{} {row:?}", stringify!($table)));
                    }
                };
                (@ $column:ident) => { Text };
            }
            add!(authorization_codes: digest app_id authorization_id redirect_uri scopes
                code_challenge family_id);
            add!(token_families: id app_id authorization_id scopes revoked_reason revoked_ip);
            add!(access_tokens: id family_id app_id);
            add!(pushed_requests: digest app_id parameters);
            add!(client_secrets: id app_id hint digest);
            add!(signing_keys: id public_key sealed);
            add!(audit_entries: actor_id actor_name action object_id object_name ip details);
            Ok(rows.join("\n"))
        })
        .await
    }
}
