//! Each operation on a webhook, a delivery or a recovery is there for its owner and for admins; for every other credential the object
//! does not exist. An operation that is new in the document is in this walk by itself.

use std::collections::{BTreeMap, BTreeSet};

use api_types::Scope;
use serde_json::{Value, json};

use crate::harness::{Client, Fixture, Operation, Team, World, both, oauth::ThirdPartyApp, operations};

/// One who may own webhooks.
struct Party {
    /// The owner in words, for what goes wrong.
    name: &'static str,
    client: Client,
    owner: Value,
    /// `true` for who sees all.
    admin: bool,
    /// A webhook, a delivery to it, a recovery of it, and an old secret of it.
    ids: BTreeMap<&'static str, String>,
}

/// Each scope.
pub fn all_scopes() -> Vec<&'static str> {
    Scope::ALL.iter().map(|scope| scope.as_str()).collect()
}

/// A member, a key, another key, an app as itself and for a member, and another app. The app is one owner, whomever it acts for.
async fn parties(world: &World, team: &Team) -> Vec<Party> {
    let mut parties = Vec::new();
    let owner = team.admin_as_actor().await;
    parties.push(Party {
        name: "admin",
        client: team.admin.clone(),
        owner,
        admin: true,
        ids: BTreeMap::new(),
    });
    for name in ["key", "another key"] {
        let made = team.create_key(&all_scopes()).await;
        let client = world.bearer(made["key"].as_str().unwrap());
        let owner = json!({ "type": "api_key", "id": made["id"], "name": made["name"] });
        parties.push(Party { name, client, owner, admin: false, ids: BTreeMap::new() });
    }
    let app = ThirdPartyApp::new(world, team, &all_scopes()).await;
    let other = ThirdPartyApp::new(world, team, &all_scopes()).await;
    for (name, app, token) in [
        ("app", &app, app.own_token().await),
        ("app for a member", &app, app.tokens(&team.admin).await.access),
        ("another app", &other, other.own_token().await),
    ] {
        let owner = json!({ "type": "oauth_app", "id": app.id, "name": "Acme Dashboards" });
        parties.push(Party { name, client: world.bearer(&token), owner, admin: false, ids: BTreeMap::new() });
    }
    for party in &mut parties {
        party.ids = objects(team, &party.client).await;
    }
    parties
}

/// A webhook of this client with a delivery, a recovery and an old secret.
pub async fn objects(team: &Team, client: &Client) -> BTreeMap<&'static str, String> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let hook = json!({ "url": "http://127.0.0.1:1/hook", "event_types": ["ticket.created"] });
    let webhook = text(&client.post("/v1/webhooks", &hook).await.ok(201)["id"]);
    let path = format!("/v1/webhooks/{webhook}");
    let secret = text(&client.get(&path).await.ok(200)["secrets"][0]["id"]);
    client.post(&format!("{path}/secrets"), &json!({ "overlap": "24h" })).await.ok(201);
    client.post(&format!("{path}/disable"), &Value::Null).await.ok(200);
    let event = json!({ "type": "ticket.created", "data": { "id": "T-1", "title": "Elsewhere" } });
    team.admin.post("/v1/events", &event).await.ok(202);
    client.post(&format!("{path}/enable"), &Value::Null).await.ok(200);
    let found = client.get(&format!("/v1/deliveries?webhook_id={webhook}")).await.ok(200);
    let delivery = text(&found["data"][0]["id"]);
    let recovery = client.post("/v1/recoveries", &json!({ "webhook_id": webhook })).await.ok(202);
    BTreeMap::from([
        ("webhooks", webhook),
        ("secrets", secret),
        ("deliveries", delivery),
        ("recoveries", text(&recovery["id"])),
    ])
}

/// The operations on an owned object. An old secret is dropped before a rotation ends it, and the object is deleted last.
pub fn owned_operations() -> Vec<Operation> {
    let nouns = ["/v1/webhooks/{id}", "/v1/deliveries/{id}", "/v1/recoveries/{id}"];
    let mut owned: Vec<Operation> = operations();
    owned.retain(|operation| nouns.iter().any(|noun| operation.path.starts_with(noun)));
    owned.sort_by_key(|operation| match operation.id.as_str() {
        "deleteWebhookSecret" => 0,
        "deleteWebhook" => 2,
        _ => 1,
    });
    owned
}

/// The operation's path on an object of this party.
fn path(operation: &Operation, party: &Party) -> String {
    let noun = operation.path.trim_start_matches("/v1/").split('/').next().unwrap();
    operation.path.replace("{id}", &party.ids[noun]).replace("{secret_id}", &party.ids["secrets"])
}

#[both]
async fn each_credential_does_each_operation_on_its_own_alone(world: World) {
    let fixture = Fixture::make(&world).await;
    let team = &fixture.team;
    let parties = parties(&world, team).await;
    let operations = owned_operations();
    assert!(operations.len() >= 15, "{}", operations.len());
    let before = team.audited().await;
    for caller in parties.iter().filter(|caller| !caller.admin) {
        for owner in parties.iter().filter(|owner| owner.owner["id"] != caller.owner["id"]) {
            for operation in operations.iter().filter(|operation| operation.bearer.is_some()) {
                let reply =
                    operation.send(&caller.client, &path(operation, owner), &fixture.body(operation)).await;
                assert_eq!(reply.status, 404, "{} by {} on {}'s", operation.id, caller.name, owner.name);
            }
        }
    }
    assert_eq!(team.audited().await, before, "something was changed all the same");
    for caller in &parties {
        for operation in &operations {
            let reply =
                operation.send(&caller.client, &path(operation, caller), &fixture.body(operation)).await;
            let refused = matches!(reply.status, 401 | 403 | 404) || reply.status >= 500;
            let for_admins = operation.bearer.is_none() && !caller.admin;
            assert_eq!(refused, for_admins, "{} by {}: {}", operation.id, caller.name, reply.text);
        }
    }
}

#[both]
async fn an_admin_does_each_operation_on_everybodys(world: World) {
    let fixture = Fixture::make(&world).await;
    let parties = parties(&world, &fixture.team).await;
    for owner in &parties {
        for operation in &owned_operations() {
            let admin = &fixture.team.admin;
            let reply = operation.send(admin, &path(operation, owner), &fixture.body(operation)).await;
            let refused = matches!(reply.status, 401 | 403 | 404) || reply.status >= 500;
            assert!(!refused, "{} on {}'s: {}", operation.id, owner.name, reply.text);
        }
    }
}

#[both]
async fn lists_and_counts_hold_what_the_caller_owns(world: World) {
    let team = world.business().await;
    let parties = parties(&world, &team).await;
    let all: BTreeSet<&str> = parties.iter().map(|party| party.ids["webhooks"].as_str()).collect();
    for caller in &parties {
        let owned = parties.iter().filter(|owner| caller.admin || owner.owner["id"] == caller.owner["id"]);
        let own: BTreeSet<&str> = owned.map(|owner| owner.ids["webhooks"].as_str()).collect();
        for (list, webhook) in [
            ("webhooks?limit=200", "/id"),
            ("webhooks?status=active", "/id"),
            ("deliveries?limit=200", "/webhook/id"),
            ("deliveries?status=canceled", "/webhook/id"),
            ("deliveries?status=canceled&event_type=ticket.created", "/webhook/id"),
            ("recoveries?limit=200", "/webhook_id"),
            ("recoveries?status=running", "/webhook_id"),
        ] {
            let page = caller.client.get(&format!("/v1/{list}")).await.ok(200);
            let rows = page["data"].as_array().unwrap();
            let seen: BTreeSet<&str> =
                rows.iter().map(|row| row.pointer(webhook).unwrap().as_str().unwrap()).collect();
            assert_eq!(seen, own, "{list} by {}", caller.name);
        }
        let count = caller.client.post("/v1/recoveries", &json!({ "dry_run": true })).await.ok(200);
        let mut waiting = 0;
        for webhook in &own {
            let page =
                caller.client.get(&format!("/v1/deliveries?webhook_id={webhook}&status=canceled")).await;
            waiting += page.ok(200)["data"].as_array().unwrap().len();
        }
        assert_eq!(count["total"], waiting, "{}", caller.name);
        for other in all.difference(&own) {
            let body = json!({ "webhook_id": other, "dry_run": true });
            let refused = caller.client.post("/v1/recoveries", &body).await;
            assert_eq!(refused.fields(422, "validation"), ["webhook_id"], "{}", caller.name);
            for list in ["deliveries", "recoveries"] {
                let page = caller.client.get(&format!("/v1/{list}?webhook_id={other}")).await.ok(200);
                assert_eq!(page["data"], json!([]), "{list} by {}", caller.name);
            }
        }
        // Whose it is stands at each.
        let shown = caller.client.get(&format!("/v1/webhooks/{}", caller.ids["webhooks"])).await.ok(200);
        assert_eq!(shown["owner"], caller.owner, "{}", caller.name);
    }
}
