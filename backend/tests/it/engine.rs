//! What the tests of the delivery engine share: a team with a key, webhooks that lead to receivers, and looking at
//! deliveries until they have come to rest.

use serde_json::{Value, json};

use crate::{
    harness::{Client, Team, World},
    receiver::eventually,
};

/// A team and a key that may publish and look at everything.
pub struct Engine {
    pub team: Team,
    pub key: Client,
}

impl Engine {
    /// A business workspace and its key. Sessions end while tests let days pass; keys do not.
    pub async fn new(world: &World) -> Self {
        let team = world.business().await;
        let scopes = ["events:write", "deliveries:read", "deliveries:retry", "webhooks:read"];
        let key = world.key(&team, &scopes).await;
        Self { team, key }
    }

    /// A webhook of this team: its id.
    pub async fn webhook(&self, url: &str, event_types: &[&str]) -> String {
        let made = self.make_webhook(&json!({ "url": url, "event_types": event_types })).await;
        made["id"].as_str().unwrap().to_owned()
    }

    /// A webhook of this team: all of it, the secret included.
    pub async fn make_webhook(&self, body: &Value) -> Value {
        self.team.admin.post("/v1/webhooks", body).await.ok(201)
    }

    /// Publishes a `ticket.created` and gives the event's id.
    pub async fn publish(&self) -> String {
        let body = json!({ "type": "ticket.created", "data": ticket() });
        self.key.post("/v1/events", &body).await.ok(202)["id"].as_str().unwrap().to_owned()
    }

    /// The deliveries that a filter finds, newest first.
    pub async fn list(&self, filter: &str) -> Vec<Value> {
        let page = self.key.get(&format!("/v1/deliveries?limit=200&{filter}")).await.ok(200);
        page["data"].as_array().unwrap().clone()
    }

    /// The one delivery of an event.
    pub async fn delivery_of(&self, event: &str) -> String {
        let found = self.list(&format!("event_id={event}")).await;
        assert_eq!(found.len(), 1, "{found:?}");
        found[0]["id"].as_str().unwrap().to_owned()
    }

    /// A delivery in full.
    pub async fn show(&self, delivery: &str) -> Value {
        self.key.get(&format!("/v1/deliveries/{delivery}")).await.ok(200)
    }

    /// A delivery once it has had this many attempts and none is under way.
    pub async fn after(&self, delivery: &str, attempts: u64) -> Value {
        let mut last = Value::Null;
        eventually(&format!("{attempts} attempts of {delivery}"), async || {
            last = self.show(delivery).await;
            last["attempts"].as_u64() >= Some(attempts) && last["in_flight"] == false
        })
        .await;
        last
    }
}

/// The `data` of a ticket event.
pub fn ticket() -> Value {
    sayless::catalogue::info(api_types::events::EventType::TicketCreated).unwrap().example.clone()
}
