//! What the database holds, where no call of the API shows it.

use api_types::{events::EventType, ids::WorkspaceId};
use diesel::prelude::*;
use sayless::{
    catalogue,
    db::{
        DbError,
        schema::{
            access_tokens, audit_entries, authorization_codes, client_secrets, events, pushed_requests,
            signing_keys, token_families,
        },
    },
};
use serde_json::Value;

use super::World;

impl World {
    /// A workspace's events, oldest first: type and `data`, after making sure that each keeps to its schema.
    pub async fn events(&self, workspace: WorkspaceId) -> Vec<(EventType, Value)> {
        let rows = self
            .app
            .db
            .read(move |conn| {
                let query = events::table
                    .filter(events::workspace_id.eq(workspace))
                    .order(events::id)
                    .select((events::kind, events::payload));
                Ok::<_, DbError>(query.load::<(EventType, String)>(conn)?)
            })
            .await
            .unwrap();
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

    /// Every row of whatever the OAuth server stores, as text.
    pub async fn oauth_rows(&self) -> String {
        type Text = Option<String>;
        self.app
            .db
            .read(|conn| {
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
                add!(authorization_codes: digest app_id authorization_id redirect_uri scopes code_challenge family_id);
                add!(token_families: id app_id authorization_id scopes revoked_reason revoked_ip);
                add!(access_tokens: id family_id app_id);
                add!(pushed_requests: digest app_id parameters);
                add!(client_secrets: id app_id hint digest);
                add!(signing_keys: id public_key sealed);
                add!(audit_entries: actor_id actor_name action object_id object_name ip details);
                Ok::<_, DbError>(rows.join("\n"))
            })
            .await
            .unwrap()
    }
}
