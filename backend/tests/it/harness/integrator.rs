//! An integrator: a team with an API key that makes webhooks, publishes events, and watches their deliveries until they
//! have come to rest.

use api_types::events::EventType;
use diesel::connection::SimpleConnection;
use sayless::{catalogue, db::Db, http::problem::Failure};
use serde_json::{Value, json};

use super::{Client, Team, World, eventually};

/// A URL where nothing listens, for webhooks that are not sent to.
pub const NOWHERE: &str = "http://127.0.0.1:1/";

/// A team and a key that may publish and look at everything.
pub struct Integrator {
    /// The workspace and its people.
    pub team: Team,
    /// The key's client.
    pub key: Client,
    key_id: String,
    db: Db,
}

impl Integrator {
    /// A business workspace and its key. Sessions end while tests let days pass; keys do not.
    pub async fn new(world: &World) -> Self {
        let team = world.business().await;
        Self::of(world, team).await
    }

    /// A workspace that is there already, and a key of its own.
    pub async fn of(world: &World, team: Team) -> Self {
        let scopes = ["events:write", "deliveries:read", "deliveries:retry", "webhooks:read", "tickets:read"];
        let made = team.create_key(&scopes).await;
        let key = world.bearer(made["key"].as_str().unwrap());
        let key_id = made["id"].as_str().unwrap().to_owned();
        Self { team, key, key_id, db: world.app.base.db.clone() }
    }

    /// Makes a webhook; gives its id.
    pub async fn webhook(&self, url: &str, event_types: &[&str]) -> String {
        let made = self.make_webhook(&json!({ "url": url, "event_types": event_types })).await;
        made["id"].as_str().unwrap().to_owned()
    }

    /// Makes a webhook; gives all of it, the signing secret included. An admin makes it, since it may be for any event; then it is the
    /// key's, so that the key sees its deliveries.
    pub async fn make_webhook(&self, body: &Value) -> Value {
        let made = self.team.admin.post("/v1/webhooks", body).await.ok(201);
        let id = made["id"].as_str().unwrap();
        let give = format!(
            "UPDATE webhooks SET owner_kind = 'api_key', owner_id = '{}' WHERE id = '{id}'",
            self.key_id
        );
        self.db.write(move |tx| -> Result<(), Failure> { Ok(tx.batch_execute(&give)?) }).await.unwrap();
        made
    }

    /// A webhook as its page shows it.
    pub async fn show_webhook(&self, id: &str) -> Value {
        self.team.admin.get(&format!("/v1/webhooks/{id}")).await.ok(200)
    }

    /// Disables a webhook; gives all of it.
    pub async fn disable(&self, id: &str) -> Value {
        self.team.admin.post(&format!("/v1/webhooks/{id}/disable"), &json!({})).await.ok(200)
    }

    /// Enables a webhook; gives all of it.
    pub async fn enable(&self, id: &str) -> Value {
        self.team.admin.post(&format!("/v1/webhooks/{id}/enable"), &json!({})).await.ok(200)
    }

    /// Publishes until the receiver's failures have parked the webhook; gives the deliveries' ids, oldest first.
    pub async fn park(&self, webhook: &str) -> Vec<String> {
        let mut deliveries = Vec::new();
        for _ in 0..5 {
            let delivery = self.delivery_of(&self.publish().await).await;
            self.after(&delivery, 1).await;
            deliveries.push(delivery);
        }
        assert_eq!(self.show_webhook(webhook).await["status"], "parked");
        deliveries
    }

    /// Publishes a `ticket.created` and gives the event's id.
    pub async fn publish(&self) -> String {
        self.key.post("/v1/events", &a_ticket_event()).await.ok(202)["id"].as_str().unwrap().to_owned()
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

    /// The delivery of an event to one of several webhooks.
    pub async fn delivery_to(&self, webhook: &str, event: &str) -> String {
        let found = self.list(&format!("event_id={event}&webhook_id={webhook}")).await;
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

/// The body that publishes a `ticket.created`.
pub fn a_ticket_event() -> Value {
    json!({ "type": "ticket.created", "data": a_ticket() })
}

/// The `data` of a ticket event.
pub fn a_ticket() -> Value {
    catalogue::info(EventType::TicketCreated).unwrap().example.clone()
}
