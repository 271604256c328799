//! What drives each operation that changes something: a body that is accepted, the objects it needs, the audit entry it
//! writes.

use std::collections::{BTreeMap, BTreeSet};

use reqwest::Method;
use serde_json::{Value, json};

use super::{Operation, operations};
use crate::{
    both,
    harness::{Client, PASSWORD, Reply, Team, World},
    oauth::Third,
};

/// Operations that change something and write no audit entry, with the reason. This list only shrinks.
const NOT_AUDITED: &[(&str, &str)] =
    &[("events_create", "it changes nothing in the workspace: the event itself is the record")];

/// A workspace that has one of everything.
pub struct Fixture {
    pub team: Team,
    ids: BTreeMap<&'static str, String>,
}

impl Fixture {
    pub async fn make(world: &World) -> Self {
        let team = world.business().await;
        let mut ids = BTreeMap::new();
        for (noun, body) in [
            ("api-keys", json!({ "name": "A key", "scopes": ["tickets:read"] })),
            ("oauth-apps", an_app()),
            ("webhooks", a_webhook()),
            ("tickets", json!({ "title": "A ticket" })),
            ("broadcasts", json!({ "subject": "A broadcast" })),
        ] {
            let made = team.admin.post(&format!("/v1/{noun}"), &body).await.ok(201);
            ids.insert(noun, made["id"].as_str().unwrap().to_owned());
        }
        // What a disabled webhook left canceled can be recovered, once it is enabled.
        let webhook = format!("/v1/webhooks/{}", ids["webhooks"]);
        team.admin.post("/v1/events", &an_event()).await.ok(202);
        for step in ["disable", "enable"] {
            team.admin.send(Method::POST, &format!("{webhook}/{step}"), "", "").await.ok(200);
        }
        let recovery = json!({ "webhook_id": ids["webhooks"] });
        let recovery = team.admin.post("/v1/recoveries", &recovery).await.ok(202);
        ids.insert("recoveries", recovery["id"].as_str().unwrap().to_owned());
        let other = team.admin.post("/v1/webhooks", &a_webhook()).await.ok(201);
        ids.insert("another webhook", other["id"].as_str().unwrap().to_owned());
        let event = team.admin.post("/v1/events", &an_event()).await.ok(202);
        ids.insert("events", event["id"].as_str().unwrap().to_owned());
        let deliveries = team.admin.get("/v1/deliveries").await.ok(200);
        ids.insert("deliveries", deliveries["data"][0]["id"].as_str().unwrap().to_owned());
        let app = Third::existing(world, &team, &ids["oauth-apps"]).await;
        let app_path = format!("/v1/oauth-apps/{}", ids["oauth-apps"]);
        let old = team.admin.get(&app_path).await.ok(200)["secrets"][0]["id"].as_str().unwrap().to_owned();
        ids.insert("an old secret", old);
        team.admin.post(&format!("{app_path}/secrets"), &json!({ "overlap": "24h" })).await.ok(201);
        // Asked before the consents: what is remembered is not asked again.
        ids.insert("authorization-requests", app.question(&team.admin).await);
        ids.insert("a member's request", app.question(&team.member).await);
        for (noun, client) in [("authorizations", &team.admin), ("a member's authorization", &team.member)] {
            app.consent(client).await;
            let authorizations = client.get("/v1/authorizations").await.ok(200);
            ids.insert(noun, authorizations["data"][0]["id"].as_str().unwrap().to_owned());
        }
        Self { team, ids }
    }

    /// The same, where a member stands where the admin does: what is one's own is another.
    pub fn of_member(self) -> Self {
        let Self { team, mut ids } = self;
        for (noun, own) in
            [("authorization-requests", "a member's request"), ("authorizations", "a member's authorization")]
        {
            ids.insert(noun, ids[own].clone());
        }
        Self { team, ids }
    }

    /// The operation's path with our object's id in it.
    pub fn path(&self, operation: &Operation) -> String {
        match operation.path.split_once("/{id}") {
            None => operation.path.clone(),
            Some((noun, _)) => {
                let noun = noun.trim_start_matches("/v1/");
                let id = self.ids.get(noun).unwrap_or_else(|| panic!("the fixture makes no {noun}"));
                let path = operation.path.replace("{id}", id);
                path.replace("{authorization_id}", &self.ids["authorizations"])
                    .replace("{secret_id}", &self.ids["an old secret"])
            }
        }
    }

    /// A body that the operation accepts; `null` where it takes none.
    pub fn body(&self, operation: &Operation) -> Value {
        let body = match operation.id.as_str() {
            "api_keys_create" => json!({ "name": "Another", "scopes": ["tickets:read"] }),
            "api_keys_update" | "oauth_apps_update" => json!({ "name": "Renamed" }),
            "api_keys_revoke" => json!({ "reason": "Not needed" }),
            "oauth_apps_create" => an_app(),
            "oauth_apps_rotate" | "webhooks_rotate" => json!({ "overlap": "none" }),
            "webhooks_create" => a_webhook(),
            "webhooks_update" => json!({ "description": "Another" }),
            "events_create" => an_event(),
            // At most one runs for a webhook, and there the fixture's does.
            "recoveries_create" => {
                json!({ "webhook_id": self.ids["another webhook"], "event_type": "ticket.created",
                "category": "outage", "since": "2026-11-22T14:00:00Z", "rate_per_second": 10 })
            }
            "tickets_create" | "tickets_update" => json!({ "title": "Another" }),
            "tickets_create_comment" | "tickets_create_note" => json!({ "body": "Text" }),
            "broadcasts_create" => json!({ "subject": "Another" }),
            "session_sign_in" => json!({ "email": self.team.admin.email, "password": PASSWORD }),
            "session_switch" => json!({ "workspace_id": self.team.id }),
            _ => Value::Null,
        };
        assert_eq!(operation.has_body(), !body.is_null(), "{} has no body in the table", operation.id);
        body
    }

    /// Calls the operation as `client` with a body that it accepts.
    pub async fn call(&self, operation: &Operation, client: &Client) -> Reply {
        send(client, operation, &self.path(operation), &self.body(operation)).await
    }
}

/// Sends `body` to the operation at `path`.
pub async fn send(client: &Client, operation: &Operation, path: &str, body: &Value) -> Reply {
    if operation.has_body() {
        return client.send(operation.method.clone(), path, "application/json", body.to_string()).await;
    }
    client.send(operation.method.clone(), path, "", "").await
}

fn an_app() -> Value {
    json!({ "name": "An app", "redirect_uris": ["https://app.example/callback"], "scopes": ["tickets:read"],
        "kind": "confidential" })
}

fn a_webhook() -> Value {
    // Nothing listens there.
    json!({ "url": "http://127.0.0.1:1/hook", "event_types": ["ticket.*"] })
}

fn an_event() -> Value {
    json!({ "type": "ticket.created", "data": { "id": "T-1", "title": "Elsewhere" } })
}

/// The audit entry that each operation writes.
fn actions() -> BTreeMap<&'static str, &'static str> {
    BTreeMap::from([
        ("api_keys_create", "api_key.created"),
        ("api_keys_update", "api_key.updated"),
        ("api_keys_revoke", "api_key.revoked"),
        ("authorizations_approve", "authorization.granted"),
        ("authorizations_deny", "authorization.denied"),
        ("authorizations_withdraw", "authorization.withdrawn"),
        ("broadcasts_create", "broadcast.created"),
        ("broadcasts_send", "broadcast.sent"),
        ("deliveries_retry", "delivery.retried"),
        ("oauth_apps_create", "oauth_app.created"),
        ("oauth_apps_update", "oauth_app.updated"),
        ("oauth_apps_rotate", "oauth_app.secret_rotated"),
        ("oauth_apps_drop_secret", "oauth_app.secret_dropped"),
        ("oauth_apps_remove", "oauth_app.deleted"),
        ("oauth_apps_withdraw_authorization", "authorization.withdrawn"),
        ("oauth_apps_withdraw_all_authorizations", "authorization.withdrawn"),
        ("recoveries_create", "recovery.started"),
        ("recoveries_cancel", "recovery.canceled"),
        ("session_sign_in", "session.created"),
        ("session_switch", "session.switched"),
        ("session_sign_out", "session.ended"),
        ("tickets_create", "ticket.created"),
        ("tickets_update", "ticket.updated"),
        ("tickets_create_comment", "comment.created"),
        ("tickets_create_note", "note.created"),
        ("webhooks_create", "webhook.created"),
        ("webhooks_update", "webhook.updated"),
        ("webhooks_disable", "webhook.disabled"),
        ("webhooks_enable", "webhook.enabled"),
        ("webhooks_rotate", "webhook.secret_rotated"),
        ("webhooks_test", "webhook.tested"),
        ("webhooks_remove", "webhook.deleted"),
    ])
}

/// How many entries the log has, and the newest of them.
async fn audited(team: &Team) -> (usize, Value) {
    let log = team.admin.get("/v1/audit-log?limit=200").await.ok(200);
    (log["data"].as_array().unwrap().len(), log["data"][0].clone())
}

both! {
    async fn every_change_is_audited(world) {
        let table = actions();
        let changing: Vec<Operation> = operations().into_iter().filter(Operation::changes).collect();
        let known: BTreeSet<&str> = changing.iter().map(|operation| operation.id.as_str()).collect();
        for id in table.keys().chain(NOT_AUDITED.iter().map(|(id, _)| id)) {
            assert!(known.contains(id), "there is no operation {id} any more");
        }
        for operation in &changing {
            let fixture = Fixture::make(&world).await;
            let team = &fixture.team;
            let client = match operation.path.as_str() {
                "/v1/session" if operation.is_open() => world.anyone(),
                // Its own session, for it may end here.
                "/v1/session" => world.sign_in(&team.admin.email).await,
                _ => team.admin.clone(),
            };
            if operation.id == "webhooks_enable" {
                let disable = fixture.path(operation).replace("/enable", "/disable");
                team.admin.send(Method::POST, &disable, "", "").await.ok(200);
            }
            let before = audited(team).await.0;
            let reply = fixture.call(operation, &client).await;
            assert!((200..300).contains(&reply.status), "{}: {}", operation.id, reply.text);
            let (after, newest) = audited(team).await;
            if NOT_AUDITED.iter().any(|(id, _)| *id == operation.id) {
                assert_eq!(after, before, "{} is audited after all: take it off the list", operation.id);
                continue;
            }
            let action = table.get(operation.id.as_str());
            let action = action.unwrap_or_else(|| panic!("which entry does {} write?", operation.id));
            // One entry, or one for each of several objects.
            let entries = if operation.id == "oauth_apps_withdraw_all_authorizations" { 2 } else { 1 };
            assert_eq!(after, before + entries, "{} is not audited once", operation.id);
            assert_eq!(newest["action"], *action, "{}", operation.id);
            assert_eq!(newest["actor"]["name"], team.admin.email, "{}", operation.id);
            assert_eq!(newest["ip"], "127.0.0.1", "{}", operation.id);
            let made: Option<Value> = serde_json::from_str(&reply.text).ok();
            if let Some(made) = made.filter(|_| reply.status == 201 && operation.path.matches('/').count() == 2) {
                assert_eq!(newest["object_id"], made["id"], "{}", operation.id);
            }
        }
    }
}
