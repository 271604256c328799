//! Two changes of one object at once: neither is lost, also without `If-Match`. A rename must never undo what was done for safety.

use serde_json::{Value, json};

use crate::harness::{Behaviour, Receiver, Team, World, both, oauth::ThirdPartyApp};

/// Makes two changes at once, round after round, and makes sure of what both have left. PostgreSQL runs transactions side by side, so it
/// is asked more often.
async fn race(
    world: &World,
    rounds: usize,
    changes: (impl AsyncFn(usize), impl AsyncFn(usize)),
    holds: impl AsyncFn(usize),
) {
    let rounds = if world.is_embedded() { rounds / 5 } else { rounds };
    for round in 0..rounds {
        tokio::join!(changes.0(round), changes.1(round));
        holds(round).await;
        // The credential's limit of requests fills up again.
        world.advance(1);
    }
}

async fn patch(team: &Team, path: &str, changes: &Value) {
    team.admin.patch(path, changes).await.ok(200);
}

async fn act(team: &Team, path: &str, verb: &str) {
    team.admin.post(&format!("{path}/{verb}"), &json!({})).await.ok(200);
}

async fn shown(team: &Team, path: &str) -> Value {
    team.admin.get(path).await.ok(200)
}

/// The two values that a field takes in turn.
fn turn<'a>(round: usize, even: &'a str, odd: &'a str) -> &'a str {
    if round.is_multiple_of(2) { even } else { odd }
}

#[both]
async fn a_rename_of_an_app_loses_no_suspension(world: World) {
    let team = world.business().await;
    let app = ThirdPartyApp::new(&world, &team, &["tickets:read"]).await;
    let rename =
        async |round: usize| patch(&team, &app.path, &json!({ "name": format!("App {round}") })).await;
    let suspend = async |round: usize| act(&team, &app.path, turn(round, "suspend", "resume")).await;
    race(&world, 200, (rename, suspend), async |round| {
        let app = shown(&team, &app.path).await;
        let expected = (json!(format!("App {round}")), json!(turn(round, "suspended", "active")));
        assert_eq!((app["name"].clone(), app["status"].clone()), expected);
    })
    .await;
}

#[both]
async fn a_rename_of_a_key_loses_no_tightened_list_of_addresses(world: World) {
    let team = world.business().await;
    let key = team.create_key(&["tickets:read"]).await;
    let path = format!("/v1/api-keys/{}", key["id"].as_str().unwrap());
    let rename = async |round: usize| patch(&team, &path, &json!({ "name": format!("Key {round}") })).await;
    let tighten = async |round: usize| {
        patch(&team, &path, &json!({ "allowed_ips": [turn(round, "192.0.2.0/24", "198.51.100.7/32")] }))
            .await;
    };
    race(&world, 200, (rename, tighten), async |round| {
        let key = shown(&team, &path).await;
        assert_eq!(key["name"], format!("Key {round}"));
        assert_eq!(key["allowed_ips"], json!([turn(round, "192.0.2.0/24", "198.51.100.7/32")]));
    })
    .await;
}

#[both]
async fn a_rename_of_an_app_loses_no_scope_taken_away(world: World) {
    let team = world.business().await;
    let app = ThirdPartyApp::new(&world, &team, &["tickets:read"]).await;
    let rename =
        async |round: usize| patch(&team, &app.path, &json!({ "name": format!("App {round}") })).await;
    let narrow = async |round: usize| {
        patch(&team, &app.path, &json!({ "scopes": [turn(round, "audit:read", "tickets:read")] })).await;
    };
    race(&world, 60, (rename, narrow), async |round| {
        let app = shown(&team, &app.path).await;
        assert_eq!(app["name"], format!("App {round}"));
        assert_eq!(app["scopes"], json!([turn(round, "audit:read", "tickets:read")]));
    })
    .await;
}

#[both]
async fn a_suspension_of_an_app_loses_no_rotation(world: World) {
    let team = world.business().await;
    let app = ThirdPartyApp::new(&world, &team, &["tickets:read"]).await;
    let secrets = format!("{}/secrets", app.path);
    let rotate =
        async |_: usize| drop(team.admin.post(&secrets, &json!({ "overlap": "none" })).await.ok(201));
    let suspend = async |round: usize| act(&team, &app.path, turn(round, "suspend", "resume")).await;
    let last = std::cell::RefCell::new(Value::Null);
    race(&world, 60, (rotate, suspend), async |round| {
        let app = shown(&team, &app.path).await;
        assert_eq!(
            (&app["status"], app["secrets"].as_array().unwrap().len()),
            (&json!(turn(round, "suspended", "active")), 1)
        );
        assert_ne!(last.replace(app["secrets"][0]["id"].clone()), app["secrets"][0]["id"]);
    })
    .await;
}

#[both]
async fn changes_of_a_webhook_lose_neither_each_other_nor_its_end(world: World) {
    let team = world.business().await;
    let receiver = Receiver::http(Behaviour::Answer(200, "")).await;
    let body = json!({ "url": receiver.url("/0"), "event_types": ["ticket.*"] });
    let made = team.admin.post("/v1/webhooks", &body).await.ok(201);
    let path = format!("/v1/webhooks/{}", made["id"].as_str().unwrap());
    let describe =
        async |round: usize| patch(&team, &path, &json!({ "description": format!("No. {round}") })).await;
    let disable = async |round: usize| act(&team, &path, turn(round, "disable", "enable")).await;
    race(&world, 60, (describe, disable), async |round| {
        let webhook = shown(&team, &path).await;
        assert_eq!(webhook["description"], format!("No. {round}"));
        assert_eq!(webhook["status"], turn(round, "disabled", "active"));
    })
    .await;
    let move_away = async |round: usize| {
        patch(&team, &path, &json!({ "url": receiver.url(&format!("/{round}")) })).await;
    };
    let subscribe = async |round: usize| {
        patch(&team, &path, &json!({ "event_types": [turn(round, "ticket.closed", "note.*")] })).await;
    };
    race(&world, 60, (move_away, subscribe), async |round| {
        let webhook = shown(&team, &path).await;
        assert_eq!(webhook["url"], receiver.url(&format!("/{round}")));
        assert_eq!(webhook["event_types"], json!([turn(round, "ticket.closed", "note.*")]));
    })
    .await;
    let secrets = format!("{path}/secrets");
    let rotate =
        async |_: usize| drop(team.admin.post(&secrets, &json!({ "overlap": "none" })).await.ok(201));
    race(&world, 60, (move_away, rotate), async |round| {
        let webhook = shown(&team, &path).await;
        assert_eq!(webhook["url"], receiver.url(&format!("/{round}")));
        assert_eq!(webhook["secrets"].as_array().unwrap().len(), 1);
    })
    .await;
}

#[both]
async fn a_rename_of_a_ticket_does_not_open_it_again(world: World) {
    let team = world.business().await;
    let made = team.admin.post("/v1/tickets", &json!({ "title": "A ticket", "body": "Text" })).await.ok(201);
    let path = format!("/v1/tickets/{}", made["id"].as_str().unwrap());
    let rename =
        async |round: usize| patch(&team, &path, &json!({ "title": format!("Title {round}") })).await;
    let close = async |round: usize| {
        patch(&team, &path, &json!({ "status": turn(round, "closed", "open") })).await;
    };
    race(&world, 60, (rename, close), async |round| {
        let ticket = shown(&team, &path).await;
        assert_eq!(ticket["title"], format!("Title {round}"));
        assert_eq!(ticket["status"], turn(round, "closed", "open"));
    })
    .await;
}

#[both]
async fn a_revoked_key_stays_revoked_whatever_else_is_changed(world: World) {
    let team = world.business().await;
    for round in 0..if world.is_embedded() { 10 } else { 40 } {
        let key = team.create_key(&["tickets:read"]).await;
        let path = format!("/v1/api-keys/{}", key["id"].as_str().unwrap());
        let name = json!({ "name": format!("Key {round}") });
        let rename = team.admin.patch(&path, &name);
        let revoke = act(&team, &path, "revoke");
        // The rename may come too late, but it brings no key back.
        let (_, ()) = tokio::join!(rename, revoke);
        assert_eq!(shown(&team, &path).await["status"], "revoked");
        world.advance(1);
    }
}
