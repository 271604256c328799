//! The stream of hints about changes: its contents, its readers, and its end.

use api_types::account::{Plan, Role};
use serde_json::{Value, json};

use crate::harness::{
    Behaviour, Client, Events, Integrator, Receiver, Settings, Team, World, both, eventually,
};

async fn webhook(team: &Team) -> Value {
    // Nothing listens there.
    let body = json!({ "url": "http://127.0.0.1:1/", "event_types": ["*"] });
    team.admin.post("/v1/webhooks", &body).await.ok(201)
}

/// Makes sure that a stream has ended, and not by breaking off.
async fn ended(mut events: Events) {
    while let Some(event) = events.next().await {
        assert!(!event.contains("change"), "{event}");
    }
}

#[both]
async fn a_change_arrives_and_is_no_more_than_a_hint(world: World) {
    let team = world.business().await;
    let reply = team.admin.get("/v1/stream").await;
    assert_eq!(reply.status, 200);
    assert_eq!(reply.header("content-type"), Some("text/event-stream"));
    assert_eq!(reply.header("cache-control"), Some("no-store"));
    assert_eq!(reply.header("x-accel-buffering"), Some("no"));
    assert_eq!(reply.header("content-encoding"), None);
    assert!(reply.header("ratelimit").is_some() && reply.header("x-request-id").is_some());

    let mut events = team.admin.stream().await;
    let made = webhook(&team).await;
    let expected = json!({ "topics": ["webhooks"], "webhook_ids": [made["id"]] });
    assert_eq!(events.change().await, expected);
}

#[both]
async fn admins_are_told_of_keys_and_keys_are_not(world: World) {
    let team = world.business().await;
    let key = world.key(&team, &["deliveries:read", "tickets:read"]).await;
    let mut admin = team.admin.stream().await;
    let mut other = key.stream().await;
    let made = team.create_key(&["tickets:read"]).await;
    // Keys are the matter of events, too, which may be told of apart.
    while !admin.change().await["topics"].as_array().unwrap().contains(&json!("api_keys")) {}
    world.advance(1);
    let path = format!("/v1/api-keys/{}/revoke", made["id"].as_str().unwrap());
    team.admin.post(&path, &json!({})).await.ok(200);
    while !admin.change().await["topics"].as_array().unwrap().contains(&json!("api_keys")) {}
    world.advance(15);
    loop {
        let told = other.next().await.unwrap();
        assert!(!told.contains("api_keys"), "{told}");
        if told == ": still here" {
            break;
        }
    }
}

#[both]
async fn a_key_is_told_of_its_own_webhooks_alone(world: World) {
    let team = world.business().await;
    let key = world.key(&team, &["deliveries:read", "webhooks:write", "tickets:read"]).await;
    let mut events = key.stream().await;
    webhook(&team).await;
    let own = json!({ "url": "http://127.0.0.1:1/", "event_types": ["ticket.*"] });
    let own = key.post("/v1/webhooks", &own).await.ok(201);
    world.advance(1);
    assert_eq!(events.change().await, json!({ "topics": ["webhooks"], "webhook_ids": [own["id"]] }));
    webhook(&team).await;
    world.advance(15);
    assert_eq!(events.next().await.unwrap(), ": still here");
}

#[both]
async fn changes_in_quick_succession_are_told_together(world: World) {
    let team = world.business().await;
    let one = webhook(&team).await;
    let two = webhook(&team).await;
    let mut events = team.admin.stream().await;
    let rename = async |webhook: &Value| {
        let path = format!("/v1/webhooks/{}", webhook["id"].as_str().unwrap());
        team.admin.patch(&path, &json!({ "description": "Renamed" })).await.ok(200);
    };
    rename(&one).await;
    assert_eq!(events.change().await["webhook_ids"], json!([one["id"]]));
    for _ in 0..10 {
        rename(&one).await;
        rename(&two).await;
    }
    let disable = format!("/v1/webhooks/{}/disable", two["id"].as_str().unwrap());
    team.admin.post(&disable, &Value::Null).await.ok(200);
    world.advance(1);
    let told = events.change().await;
    let topics = json!(["deliveries", "webhooks", "events"]);
    assert_eq!(told, json!({ "topics": topics, "webhook_ids": [one["id"], two["id"]] }));
    // All was told: a sign of life follows.
    world.advance(15);
    assert_eq!(events.next().await.unwrap(), ": still here");
}

#[both]
async fn deliveries_are_told_of_when_published_and_when_attempted(world: World) {
    let integrator = Integrator::new(&world).await;
    let receiver = Receiver::http(Behaviour::Answer(500, "")).await;
    let webhook = integrator.webhook(&receiver.url("/"), &["*"]).await;
    let mut events = integrator.team.admin.stream().await;
    integrator.publish().await;
    // The event is of no webhook, and leaves the delivery's narrowed down. They may be told one after the other.
    let mut told = Vec::new();
    while told.len() < 2 {
        let change = events.change().await;
        let topics = change["topics"].as_array().unwrap().clone();
        let named = if topics.contains(&json!("deliveries")) { json!([webhook]) } else { json!([]) };
        assert_eq!(change["webhook_ids"], named);
        told.extend(topics);
        world.advance(1);
    }
    assert!(told.contains(&json!("deliveries")) && told.contains(&json!("events")), "{told:?}");
    let _worker = world.start_worker();
    eventually("the attempt has ended", async || !integrator.list("status=retrying").await.is_empty()).await;
    // The delivery's attempt and the webhook's health may be told one after the other, too.
    let mut told = Vec::new();
    while !(told.contains(&json!("deliveries")) && told.contains(&json!("webhooks"))) {
        world.advance(1);
        let change = events.change().await;
        assert_eq!(change["webhook_ids"], json!([webhook]));
        told.extend(change["topics"].as_array().unwrap().clone());
    }
}

#[both]
async fn the_end_of_a_drain_is_told(world: World) {
    let integrator = Integrator::new(&world).await;
    let receiver = Receiver::http(Behaviour::Answer(200, "")).await;
    let webhook = integrator.webhook(&receiver.url("/"), &["*"]).await;
    let mut events = integrator.team.admin.stream().await;
    for act in ["pause", "resume"] {
        let path = format!("/v1/webhooks/{webhook}/{act}");
        integrator.team.admin.post(&path, &Value::Null).await.ok(200);
        world.advance(1);
        let told = events.change().await;
        assert!(told["topics"].as_array().unwrap().contains(&json!("webhooks")), "{act}: {told}");
    }
    assert!(integrator.show_webhook(&webhook).await["draining"].is_object());
    // Nothing is held: the worker's first look ends the drain, and no delivery tells of it.
    let _worker = world.start_worker();
    world.advance(1);
    let told = events.change().await;
    assert_eq!(told, json!({ "topics": ["webhooks"], "webhook_ids": [webhook] }));
    assert!(integrator.show_webhook(&webhook).await["draining"].is_null());
}

#[both]
async fn other_workspaces_changes_are_not_told(world: World) {
    let ours = world.business().await;
    let theirs = world.business().await;
    let mut events = ours.admin.stream().await;
    webhook(&theirs).await;
    let made = webhook(&ours).await;
    assert_eq!(events.change().await["webhook_ids"], json!([made["id"]]));
    webhook(&theirs).await;
    world.advance(15);
    assert_eq!(events.next().await.unwrap(), ": still here");
}

#[both]
async fn a_stream_ends_with_its_session(world: World) {
    let team = world.business().await;
    let other = world.sign_in(&team.admin.email).await;
    let ours = team.admin.stream().await;
    let mut kept = other.stream().await;
    team.admin.delete("/v1/session").await.ok(204);
    ended(ours).await;
    // Another session of the same member goes on.
    let made =
        other.post("/v1/webhooks", &json!({ "url": "http://127.0.0.1:1/", "event_types": ["*"] })).await;
    assert_eq!(kept.change().await["webhook_ids"], json!([made.ok(201)["id"]]));
    // That session ends when it has been idle too long, since an open stream does not count as use.
    for _ in 0..12 {
        world.advance(3600);
        assert_eq!(kept.next().await.is_some(), world.now() < "2026-11-23T20:00:00Z".parse().unwrap());
    }
}

#[both]
async fn a_stream_ends_when_its_session_moves_to_another_workspace(world: World) {
    let one = world.business().await;
    let two = world.business().await;
    let elsewhere = two.id;
    world.add_to(elsewhere, &one.admin, Role::Admin).await;
    let events = one.admin.stream().await;
    one.admin.patch("/v1/session", &json!({ "workspace_id": elsewhere })).await.ok(200);
    ended(events).await;
}

#[both]
async fn a_stream_ends_with_its_key(world: World) {
    let team = world.business().await;
    let made = team.create_key(&["deliveries:read"]).await;
    let events = world.bearer(made["key"].as_str().unwrap()).stream().await;
    let revoke = format!("/v1/api-keys/{}/revoke", made["id"].as_str().unwrap());
    team.admin.post(&revoke, &json!({ "reason": "Leaked" })).await.ok(200);
    ended(events).await;

    let expires =
        json!({ "name": "Short", "scopes": ["deliveries:read"], "expires_at": "2026-11-23T09:00:00Z" });
    let made = team.admin.post("/v1/api-keys", &expires).await.ok(201);
    let events = world.bearer(made["key"].as_str().unwrap()).stream().await;
    world.advance(3600);
    ended(events).await;
}

#[both]
async fn a_stream_ends_with_the_role_the_membership_and_the_plan(world: World) {
    let team = world.business().await;
    let other = world.join(team.id, Role::Admin).await;
    let events = other.stream().await;
    world.set_role(team.id, &other, Role::Member).await;
    ended(events).await;

    let other = world.join(team.id, Role::Admin).await;
    let events = other.stream().await;
    world.remove_from(team.id, &other).await;
    ended(events).await;

    // A new key is an event, of which streams are told.
    let key = world.key(&team, &["deliveries:read"]).await;
    let session = team.admin.stream().await;
    let key = key.stream().await;
    world.move_to(team.id, Plan::Free).await;
    ended(session).await;
    ended(key).await;
}

#[both]
async fn streams_end_when_the_server_stops(world: World) {
    let team = world.business().await;
    let events = team.admin.stream().await;
    world.close_streams();
    ended(events).await;
    team.admin.get("/v1/stream").await.problem(503, "unavailable");
}

#[both]
async fn a_credential_has_twenty_streams(world: World) {
    let team = world.business().await;
    let mut open = Vec::new();
    for _ in 0..20 {
        open.push(team.admin.stream().await);
    }
    let refused = team.admin.get("/v1/stream").await;
    assert!(refused.header("retry-after").is_some());
    refused.problem(429, "rate-limited");
    world.key(&team, &["deliveries:read"]).await.stream().await;
    drop(open);
    room(&world, &team.admin).await;
}

#[both]
async fn a_member_and_a_key_without_the_scope_are_told_nothing(world: World) {
    let team = world.business().await;
    team.member.get("/v1/stream").await.problem(403, "admin-required");
    world.key(&team, &["webhooks:read"]).await.get("/v1/stream").await.problem(403, "insufficient-scope");
    assert_eq!(world.open_streams(), 0);
}

#[both(with = few)]
async fn a_node_has_room_for_so_many(world: World) {
    let team = world.business().await;
    let open = [team.admin.stream().await, world.key(&team, &["deliveries:read"]).await.stream().await];
    let refused = world.sign_in(&team.admin.email).await.get("/v1/stream").await;
    assert!(refused.header("retry-after").is_some());
    refused.problem(503, "unavailable");
    drop(open);
    room(&world, &team.admin).await;
}

/// Two streams at most.
const fn few(settings: &mut Settings) {
    settings.streams = 2;
}

/// Waits until a stream can be opened again: the server notices that a reader has gone when it next says something.
async fn room(world: &World, client: &Client) {
    eventually("there is room again", async || {
        world.advance(15);
        client.get("/v1/stream").await.status == 200
    })
    .await;
}
