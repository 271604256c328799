//! Owners of webhooks: what becomes of the webhooks when a key or an app ends, or is replaced, and how an admin takes them over.

use api_types::account::Role;
use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{
    Behaviour, Client, Receiver, Team, World, a_ticket_event, both, eventually, oauth::ThirdPartyApp,
};

const SCOPES: [&str; 6] = [
    "tickets:read",
    "events:write",
    "webhooks:read",
    "webhooks:write",
    "deliveries:read",
    "deliveries:retry",
];

/// A key that may replace itself, with `more` in its body: its object, and its client.
async fn key(world: &World, team: &Team, more: &Value) -> (Value, Client) {
    let mut body = json!({ "name": "Bridge", "scopes": SCOPES, "rotatable": true });
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let made = team.admin.post("/v1/api-keys", &body).await.ok(201);
    let client = world.bearer(made["key"].as_str().unwrap());
    (made, client)
}

/// Makes a webhook for tickets; gives its path.
async fn webhook(client: &Client, url: &str) -> String {
    let made = client.post("/v1/webhooks", &json!({ "url": url, "event_types": ["ticket.*"] })).await.ok(201);
    format!("/v1/webhooks/{}", made["id"].as_str().unwrap())
}

async fn revoke(team: &Team, key: &Value) {
    let path = format!("/v1/api-keys/{}/revoke", key["id"].as_str().unwrap());
    team.admin.post(&path, &json!({})).await.ok(200);
}

async fn post(client: &Client, path: &str) -> Value {
    client.send(Method::POST, path, "", "").await.ok(200)
}

/// The webhook's state and the reason for which it is disabled.
async fn state(team: &Team, path: &str) -> (Value, Value) {
    let shown = team.admin.get(path).await.ok(200);
    (shown["status"].clone(), shown["disabled_reason"].clone())
}

fn ended() -> (Value, Value) {
    (json!("disabled"), json!("owner_ended"))
}

fn active() -> (Value, Value) {
    (json!("active"), Value::Null)
}

#[both]
async fn a_revoked_keys_webhooks_stop_and_are_adopted_and_recovered(world: World) {
    let team = world.business().await;
    let receiver = Receiver::http(Behaviour::Answer(200, "")).await;
    let (made, client) = key(&world, &team, &json!({})).await;
    let path = webhook(&client, &receiver.url("/")).await;
    let others = webhook(&team.admin, "http://127.0.0.1:1/").await;
    // Nothing is sent yet: it waits.
    client.post("/v1/events", &a_ticket_event()).await.ok(202);
    revoke(&team, &made).await;
    assert_eq!(state(&team, &path).await, ended());
    assert_eq!(state(&team, &others).await, active());
    assert_eq!(team.audited().await[..2], ["api_key.revoked", "webhook.disabled"]);
    let summary = team.admin.get(&path).await.ok(200)["health"]["summary"].clone();
    assert!(summary.as_str().unwrap().contains("its owner ended"), "{summary}");
    // What is published meanwhile is canceled too.
    team.admin.post("/v1/events", &a_ticket_event()).await.ok(202);
    let _worker = world.start_worker();
    let _recoveries = world.start_recoveries();
    let id = path.rsplit('/').next().unwrap();
    let listed = async |status: &str| {
        let page = team.admin.get(&format!("/v1/deliveries?webhook_id={id}&status={status}")).await.ok(200);
        page["data"].as_array().unwrap().len()
    };
    assert_eq!(listed("canceled").await, 2);

    // Without an owner it is not enabled. Another admin takes it over.
    let enable = format!("{path}/enable");
    let refused = team.admin.send(Method::POST, &enable, "", "").await.problem(409, "conflict");
    assert!(refused["detail"].as_str().unwrap().contains("adopt"), "{refused}");
    let other = world.join(team.id, Role::Admin).await;
    let adopted = post(&other, &format!("{path}/adopt")).await;
    assert_eq!(
        (&adopted["owner"]["type"], &adopted["owner"]["name"]),
        (&json!("member"), &json!(other.email))
    );
    assert_eq!((&adopted["status"], &adopted["created_by"]["type"]), (&json!("disabled"), &json!("api_key")));
    let log = team.admin.get("/v1/audit-log?action=webhook.adopted").await.ok(200);
    assert_eq!(log["data"][0]["details"]["owner_before"]["name"], "Bridge");
    assert_eq!(post(&other, &format!("{path}/adopt")).await, adopted);
    post(&other, &enable).await;
    other.post("/v1/recoveries", &json!({ "webhook_id": id })).await.ok(202);
    eventually("both have arrived", async || {
        world.advance_by(std::time::Duration::from_millis(100));
        listed("succeeded").await == 2
    })
    .await;
}

#[both]
async fn others_are_told_why_a_webhook_stopped(world: World) {
    let team = world.business().await;
    let (made, client) = key(&world, &team, &json!({})).await;
    let path = webhook(&client, "http://127.0.0.1:1/").await;
    let before = world.events(team.id).await.len();
    revoke(&team, &made).await;
    let told = world.events(team.id).await[before..].to_vec();
    let disabled = told.iter().find(|(kind, _)| kind.as_str() == "webhook.disabled").unwrap();
    assert_eq!(disabled.1["reason"], "owner_ended");
    assert!(path.ends_with(disabled.1["id"].as_str().unwrap()));
}

#[both]
async fn an_expired_keys_webhooks_stop(world: World) {
    let team = world.business().await;
    let (_, short) = key(&world, &team, &json!({ "expires_at": "2026-11-23T09:00:00Z" })).await;
    let (_, long) = key(&world, &team, &json!({})).await;
    let short = webhook(&short, "http://127.0.0.1:1/").await;
    let long = webhook(&long, "http://127.0.0.1:1/").await;
    world.end_owners().await;
    assert_eq!(state(&team, &short).await, active());
    world.advance(3601);
    world.end_owners().await;
    assert_eq!(state(&team, &short).await, ended());
    assert_eq!(state(&team, &long).await, active());
}

#[both]
async fn a_key_that_rotates_itself_hands_its_webhooks_on(world: World) {
    let team = world.business().await;
    let (old, client) = key(&world, &team, &json!({})).await;
    let path = webhook(&client, "http://127.0.0.1:1/").await;
    let new = client.send(Method::POST, "/v1/api-keys/self/rotate", "", "").await.ok(201);
    let owner = async || team.admin.get(&path).await.ok(200)["owner"].clone();
    assert_eq!(owner().await, json!({ "type": "api_key", "id": new["id"], "name": "Bridge" }));
    // Both work, and both see it, until the new one is used.
    client.get(&path).await.ok(200);
    let successor = world.bearer(new["key"].as_str().unwrap());
    successor.get(&path).await.ok(200);
    client.get(&path).await.problem(401, "key-replaced");
    world.end_owners().await;
    assert_eq!(state(&team, &path).await, active());
    // What the new one makes is the line's, too.
    let second = webhook(&successor, "http://127.0.0.1:1/").await;
    revoke(&team, &old).await;
    assert_eq!(state(&team, &path).await, active());
    let listed =
        team.admin.get(&format!("/v1/webhooks?owner_id={}", new["id"].as_str().unwrap())).await.ok(200);
    assert_eq!(listed["data"].as_array().unwrap().len(), 2);
    revoke(&team, &new).await;
    assert_eq!(state(&team, &path).await, ended());
    assert_eq!(state(&team, &second).await, ended());
}

#[both]
async fn a_key_that_an_admin_replaces_hands_its_webhooks_on(world: World) {
    let team = world.business().await;
    let (old, client) = key(&world, &team, &json!({})).await;
    let path = webhook(&client, "http://127.0.0.1:1/").await;
    let (new, successor) = key(&world, &team, &json!({ "name": "Bridge 2", "replaces": old["id"] })).await;
    assert_eq!(new["created_by"], team.admin_as_actor().await);
    // The integration goes on with the old key until it has the new one.
    client.get(&path).await.ok(200);
    successor.get(&path).await.ok(200);
    client.get(&path).await.ok(200);
    revoke(&team, &old).await;
    assert_eq!(state(&team, &path).await, active());
    let owner = json!({ "type": "api_key", "id": new["id"], "name": "Bridge 2" });
    assert_eq!(successor.get(&path).await.ok(200)["owner"], owner);
    for gone in [old["id"].clone(), json!("key_01JDBN5X7W3Q9K2M4E6R8T0VYZ"), json!("whk_1")] {
        let body = json!({ "name": "Third", "scopes": SCOPES, "replaces": gone });
        assert_eq!(team.admin.post("/v1/api-keys", &body).await.fields(422, "validation"), ["replaces"]);
    }
    let stranger = world.business().await;
    let body = json!({ "name": "Thief", "scopes": SCOPES, "replaces": new["id"] });
    assert_eq!(stranger.admin.post("/v1/api-keys", &body).await.fields(422, "validation"), ["replaces"]);
    revoke(&team, &new).await;
    assert_eq!(state(&team, &path).await, ended());
}

#[both]
async fn an_apps_webhooks_stop_when_it_is_suspended_or_deleted(world: World) {
    let team = world.business().await;
    for delete in [false, true] {
        let app = ThirdPartyApp::new(&world, &team, &SCOPES).await;
        let own = world.bearer(&app.own_token().await);
        let for_member = world.bearer(&app.tokens(&team.admin).await.access);
        let paths =
            [webhook(&own, "http://127.0.0.1:1/").await, webhook(&for_member, "http://127.0.0.1:1/").await];
        // The app is one owner: either token sees both.
        for_member.get(&paths[0]).await.ok(200);
        own.get(&paths[1]).await.ok(200);
        if delete {
            team.admin.delete(&app.path).await.ok(204);
        } else {
            post(&team.admin, &format!("{}/suspend", app.path)).await;
        }
        for path in &paths {
            assert_eq!(state(&team, path).await, ended());
        }
        if !delete {
            team.admin
                .send(Method::POST, &format!("{}/enable", paths[0]), "", "")
                .await
                .problem(409, "conflict");
            post(&team.admin, &format!("{}/resume", app.path)).await;
            assert_eq!(state(&team, &paths[0]).await, ended());
            let own = world.bearer(&app.own_token().await);
            post(&own, &format!("{}/enable", paths[0])).await;
            assert_eq!(state(&team, &paths[0]).await, active());
        }
    }
}

#[both]
async fn with_the_last_consent_go_the_webhooks_that_an_app_made_for_members(world: World) {
    let team = world.business().await;
    let second = world.join(team.id, Role::Admin).await;
    let app = ThirdPartyApp::new(&world, &team, &SCOPES).await;
    let own = webhook(&world.bearer(&app.own_token().await), "http://127.0.0.1:1/").await;
    let first_token = world.bearer(&app.tokens(&team.admin).await.access);
    app.tokens(&second).await;
    let by_consent = webhook(&first_token, "http://127.0.0.1:1/").await;
    let withdraw = async |client: &Client| {
        let mine = client.get("/v1/authorizations").await.ok(200);
        let path = format!("/v1/authorizations/{}", mine["data"][0]["id"].as_str().unwrap());
        client.delete(&path).await.ok(204);
    };
    withdraw(&team.admin).await;
    assert_eq!(state(&team, &by_consent).await, active());
    withdraw(&second).await;
    assert_eq!(state(&team, &by_consent).await, ended());
    assert_eq!(state(&team, &own).await, active());
    // A consent given again brings the owner back, and the app enables it by itself.
    let again = world.bearer(&app.tokens(&second).await.access);
    post(&again, &format!("{by_consent}/enable")).await;
    assert_eq!(state(&team, &by_consent).await, active());
    team.admin.delete(&format!("{}/authorizations", app.path)).await.ok(200);
    assert_eq!(state(&team, &by_consent).await, ended());
}

#[both]
async fn what_many_deliveries_wait_for_is_canceled_in_steps(world: World) {
    let team = world.business().await;
    let (made, client) = key(&world, &team, &json!({})).await;
    let paths =
        [webhook(&client, "http://127.0.0.1:1/").await, webhook(&client, "http://127.0.0.1:1/").await];
    for _ in 0..100 {
        client.post("/v1/events", &a_ticket_event()).await.ok(202);
    }
    revoke(&team, &made).await;
    for path in &paths {
        assert_eq!(state(&team, path).await, ended());
    }
    world.cancel_due().await;
    let page = team.admin.get("/v1/deliveries?status=pending,retrying").await.ok(200);
    assert_eq!(page["data"], json!([]));
}

#[both]
async fn an_adopted_webhook_is_its_owners_no_more(world: World) {
    let team = world.business().await;
    let (made, client) = key(&world, &team, &json!({})).await;
    let path = webhook(&client, "http://127.0.0.1:1/").await;
    client.send(Method::POST, &format!("{path}/adopt"), "", "").await.problem(403, "session-required");
    team.member.send(Method::POST, &format!("{path}/adopt"), "", "").await.problem(403, "admin-required");
    post(&team.admin, &format!("{path}/adopt")).await;
    client.get(&path).await.problem(404, "not-found");
    revoke(&team, &made).await;
    assert_eq!(state(&team, &path).await, active());
}
