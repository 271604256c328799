//! Rows of the database that no call of the API shows.

use api_types::{events::EventType, ids::WorkspaceId};
use diesel::{
    dsl::sql,
    prelude::*,
    sql_types::{BigInt, Text},
};
use sayless::{
    catalogue,
    db::{
        Conn,
        schema::{
            access_tokens, audit_entries, authorization_codes, authorization_requests, client_secrets,
            device_authorizations, events, pushed_requests, revoked_tokens, sessions, signing_keys,
            token_families,
        },
    },
};
use serde_json::Value;

use super::{World, openapi::document};

impl World {
    /// A workspace's events, oldest first: type and `data`, after making sure that each keeps to its schema.
    pub async fn events(&self, workspace: WorkspaceId) -> Vec<(EventType, Value)> {
        let payloads = self.payloads(workspace).await.into_iter();
        payloads
            .map(|payload| {
                let payload: Value = serde_json::from_str(&payload).unwrap();
                let kind: EventType = payload["type"].as_str().unwrap().parse().unwrap();
                assert_eq!(catalogue::check(kind, &payload["data"]), Ok(()), "{kind}: {payload}");
                let schema = &document()["webhooks"][kind.as_str()]["post"]["requestBody"]["content"]["application/json"]["schema"];
                assert!(jsonschema::is_valid(schema, &payload), "{kind}: {payload}");
                (kind, payload["data"].clone())
            })
            .collect()
    }

    /// The bodies of a workspace's events, oldest first.
    pub async fn payloads(&self, workspace: WorkspaceId) -> Vec<String> {
        self.read(move |conn| {
            let query = events::table.filter(events::workspace_id.eq(workspace)).order(events::id);
            Ok(query.select(events::payload).load(conn)?)
        })
        .await
    }

    /// The types of a workspace's events, oldest first.
    pub async fn event_types(&self, workspace: WorkspaceId) -> Vec<EventType> {
        self.events(workspace).await.into_iter().map(|(kind, _)| kind).collect()
    }

    /// Copies a delivery that is there, as if its webhook had been sent so many events more.
    pub async fn copy_delivery(&self, copies: i64) {
        let copy = format!(
            "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {copies}) \
             INSERT INTO deliveries (id, workspace_id, webhook_id, event_id, event_type, status, next_attempt_at, \
             due_at, held, lease_no, created_at) \
             SELECT substr(id, 1, length(id) - 6) || substr(CAST(1000000 + i AS TEXT), 2), workspace_id, webhook_id, \
             event_id, event_type, status, next_attempt_at, due_at, held, lease_no, created_at \
             FROM n, (SELECT * FROM deliveries LIMIT 1) AS one"
        );
        self.execute(copy).await.unwrap();
    }

    /// The number of sessions.
    pub async fn session_rows(&self) -> i64 {
        self.read(|conn| Ok(sessions::table.count().get_result(conn)?)).await
    }

    /// The number of rows in each table of what the OAuth server forgets in time.
    pub async fn expiring_oauth_rows(&self) -> [i64; 7] {
        self.read(|conn| {
            Ok([
                access_tokens::table.count().get_result(conn)?,
                authorization_codes::table.count().get_result(conn)?,
                authorization_requests::table.count().get_result(conn)?,
                device_authorizations::table.count().get_result(conn)?,
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
            add!(token_families: id app_id authorization_id scopes revoked_reason revoked_ip
                created_ip rotated_ip first_used_ip acknowledged_note);
            add!(access_tokens: id family_id app_id);
            add!(pushed_requests: digest app_id parameters);
            add!(device_authorizations: digest user_code_digest app_id scopes authorization_id);
            add!(client_secrets: id app_id hint digest);
            add!(signing_keys: id public_key sealed);
            add!(audit_entries: actor_id actor_name action object_id object_name ip details);
            Ok(rows.join("\n"))
        })
        .await
    }
}

impl World {
    /// The names of all tables but the one that says which migrations have run, in alphabetical order.
    pub async fn tables(&self) -> Vec<String> {
        let names = if self.is_embedded() {
            "(SELECT group_concat(name) FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%')"
        } else {
            "(SELECT string_agg(tablename, ',') FROM pg_tables WHERE schemaname = 'public')"
        };
        let names =
            self.read(move |conn| Ok(diesel::select(sql::<Text>(names)).get_result::<String>(conn)?)).await;
        let mut names: Vec<String> = names.split(',').map(str::to_owned).collect();
        names.retain(|name| name != "__diesel_schema_migrations");
        names.sort();
        names
    }

    /// The number of rows in a table.
    pub async fn rows_of(&self, table: &str) -> i64 {
        let query = format!("(SELECT count(*) FROM {table})");
        self.read(move |conn| Ok(diesel::select(sql::<BigInt>(&query)).get_result(conn)?)).await
    }
}
