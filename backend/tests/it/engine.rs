//! What the tests of the delivery engine share: a team with a key, webhooks that lead to receivers, and looking at
//! deliveries until they have come to rest.

use api_types::ids::{SecretId, WebhookId};
use diesel::prelude::*;
use sayless::{
    catalogue::Subscription,
    db::{
        Json,
        schema::{signing_secrets, webhooks},
    },
    delivery::{secrets, signature::SigningSecret},
    new_id,
    problem::Failure,
};
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

    /// A webhook of this team.
    pub async fn webhook(&self, world: &World, url: &str, event_types: &[&str]) -> WebhookId {
        self.webhook_with(world, url, event_types, vec![SigningSecret::v1([9; 32])]).await
    }

    /// A webhook that signs with these secrets, newest first.
    pub async fn webhook_with(
        &self,
        world: &World,
        url: &str,
        event_types: &[&str],
        signing: Vec<SigningSecret>,
    ) -> WebhookId {
        let (app, workspace, id) = (world.app.clone(), self.team.id, new_id!(world.app, WebhookId));
        let wanted: Vec<Subscription> = event_types.iter().map(|word| word.parse().unwrap()).collect();
        let (url, wanted) = (url.to_owned(), Json::new(wanted));
        world
            .app
            .db
            .write(move |tx| {
                let now = app.clock.now();
                diesel::insert_into(webhooks::table)
                    .values((
                        (webhooks::id.eq(id), webhooks::workspace_id.eq(workspace), webhooks::url.eq(&url)),
                        (webhooks::description.eq(""), webhooks::event_types.eq(&wanted)),
                        (
                            webhooks::signature.eq("v1"),
                            webhooks::created_at.eq(now),
                            webhooks::updated_at.eq(now),
                        ),
                    ))
                    .execute(&mut **tx)?;
                for secret in signing.iter().rev() {
                    diesel::insert_into(signing_secrets::table)
                        .values((
                            signing_secrets::id.eq(new_id!(app, SecretId)),
                            signing_secrets::webhook_id.eq(id),
                            signing_secrets::workspace_id.eq(workspace),
                            signing_secrets::scheme.eq("v1"),
                            signing_secrets::sealed.eq(secrets::seal(&app, id, secret).unwrap()),
                            signing_secrets::digest.eq("-"),
                            signing_secrets::created_at.eq(now),
                        ))
                        .execute(&mut **tx)?;
                }
                sayless::db::deliveries::destinations::bump_subscriptions(tx, workspace)?;
                Ok::<_, Failure>(())
            })
            .await
            .unwrap();
        id
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
