//! What the database holds, where no call of the API shows it.

use api_types::{events::EventType, ids::WorkspaceId};
use diesel::prelude::*;
use sayless::{
    catalogue,
    db::{DbError, schema::events},
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
}
