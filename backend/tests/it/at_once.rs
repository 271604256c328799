//! What an admin did counts at once: after the answer, nothing goes to an old URL, under a dropped secret, or to a
//! webhook that was stopped, though many attempts were leased before and wait for their turn.

use serde_json::{Value, json};

use crate::harness::{
    Behaviour, Integrator, Kind, Node, Receiver, World, a_ticket_event, both, eventually, secrets::verifier,
};

/// The requests to one webhook that are under way at once.
const AT_ONCE: usize = 64;
/// The events of a test: most of their deliveries wait for their turn.
const EVENTS: usize = 150;

/// A webhook whose receiver holds back its answers, while more deliveries wait.
struct Held {
    integrator: Integrator,
    receiver: Receiver,
    webhook: Value,
}

impl Held {
    /// Publishes until most deliveries wait for their turn, on this node or on the world's own.
    async fn start(world: &World, node: Option<&Node>) -> Self {
        let integrator = Integrator::new(world).await;
        let receiver = Receiver::http(Behaviour::Wait).await;
        let body = json!({ "url": receiver.url("/"), "event_types": ["ticket.*"] });
        let webhook = integrator.make_webhook(&body).await;
        let key = node.map_or_else(|| integrator.key.clone(), |node| node.serves(&integrator.key));
        let held = Self { integrator, receiver, webhook };
        for _ in 0..EVENTS {
            key.post("/v1/events", &a_ticket_event()).await.ok(202);
        }
        held.receiver.wait_for(AT_ONCE).await;
        held
    }

    fn id(&self) -> &str {
        self.webhook["id"].as_str().unwrap()
    }

    fn path(&self) -> String {
        format!("/v1/webhooks/{}", self.id())
    }

    /// Lets the receiver answer, and waits until no attempt is under way or waits for its turn: `leased` tells how many.
    async fn come_to_rest(&self, leased: impl Fn() -> usize) {
        self.receiver.let_go();
        eventually("everything has come to rest", async || leased() == 0).await;
    }

    /// The receiver got no request but those that were on the wire when the change was answered.
    async fn is_silent(&self, leased: impl Fn() -> usize) {
        self.come_to_rest(leased).await;
        assert_eq!(self.receiver.requests().len(), AT_ONCE);
    }
}

#[both]
async fn nothing_goes_to_a_disabled_webhook_and_what_waited_stays_canceled(world: World) {
    let _worker = world.start_worker();
    let held = Held::start(&world, None).await;
    held.integrator.disable(held.id()).await;
    held.is_silent(|| world.leased()).await;
    held.integrator.enable(held.id()).await;
    let event = held.integrator.publish().await;
    held.receiver.wait_for(AT_ONCE + 1).await;
    world.advance(2);
    held.come_to_rest(|| world.leased()).await;
    let arrived = held.receiver.requests();
    assert_eq!(arrived.len(), AT_ONCE + 1, "only what was published since");
    assert_eq!(arrived[AT_ONCE].header("webhook-id"), Some(event.as_str()));
    // What was under way has succeeded.
    eventually("the rest stays canceled", async || {
        held.integrator.list("status=canceled").await.len() == EVENTS - AT_ONCE
    })
    .await;
}

#[both]
async fn a_retry_by_hand_that_waits_when_its_webhook_is_disabled_is_not_made(world: World) {
    let worker = world.start_worker();
    let held = Held::start(&world, None).await;
    held.receiver.let_go();
    held.come_to_rest(|| world.leased()).await;
    eventually("all are delivered", async || held.integrator.list("status=succeeded").await.len() == EVENTS)
        .await;
    drop(worker);
    let done = held.integrator.list("status=succeeded").await;
    let retry = format!("/v1/deliveries/{}/retry", done[0]["id"].as_str().unwrap());
    held.integrator.key.post(&retry, &json!({})).await.ok(202);
    held.integrator.disable(held.id()).await;
    held.integrator.enable(held.id()).await;
    let _worker = world.start_worker();
    held.integrator.publish().await;
    held.receiver.wait_for(EVENTS + 1).await;
    world.advance(2);
    held.come_to_rest(|| world.leased()).await;
    assert_eq!(held.receiver.requests().len(), EVENTS + 1);
}

#[both]
async fn nothing_goes_to_a_deleted_webhook(world: World) {
    let _worker = world.start_worker();
    let held = Held::start(&world, None).await;
    held.integrator.team.admin.delete(&held.path()).await.ok(204);
    held.is_silent(|| world.leased()).await;
}

#[both]
async fn what_waits_goes_to_the_new_url(world: World) {
    let _worker = world.start_worker();
    let held = Held::start(&world, None).await;
    let new = Receiver::http(Behaviour::Answer(200, "")).await;
    held.integrator.team.admin.patch(&held.path(), &json!({ "url": new.url("/") })).await.ok(200);
    held.is_silent(|| world.leased()).await;
    new.wait_for(EVENTS - AT_ONCE).await;
    assert!(new.event_ids().is_disjoint(&held.receiver.event_ids()));
}

#[both]
async fn what_waits_is_signed_with_the_new_secret_alone(world: World) {
    let _worker = world.start_worker();
    let held = Held::start(&world, None).await;
    let path = format!("{}/secrets", held.path());
    let rotation = json!({ "overlap": "none" });
    let rotated = held.integrator.team.admin.post(&path, &rotation).await.ok(201);
    held.come_to_rest(|| world.leased()).await;
    let arrived = held.receiver.wait_for(EVENTS).await;
    let (old, new) = (verifier(&held.webhook["signing_secret"]), verifier(&rotated["signing_secret"]));
    for (at, request) in arrived.iter().enumerate() {
        let since = at >= AT_ONCE;
        assert_eq!((world.verifies(&old, request), world.verifies(&new, request)), (!since, since), "{at}");
    }
}

#[both]
async fn what_waits_is_not_signed_with_a_dropped_secret(world: World) {
    let _worker = world.start_worker();
    let held = Held::start(&world, None).await;
    let path = format!("{}/secrets", held.path());
    let admin = &held.integrator.team.admin;
    admin.post(&path, &json!({ "overlap": "1h" })).await.ok(201);
    let old = held.webhook["secrets"][0]["id"].as_str().unwrap();
    admin.delete(&format!("{path}/{old}")).await.ok(204);
    held.come_to_rest(|| world.leased()).await;
    let arrived = held.receiver.wait_for(EVENTS).await;
    let old = verifier(&held.webhook["signing_secret"]);
    let signed = |request| world.verifies(&old, request);
    assert!(arrived[..AT_ONCE].iter().all(signed) && !arrived[AT_ONCE..].iter().any(signed));
}

#[both]
async fn nothing_is_sent_for_a_workspace_that_an_operator_moved_to_the_free_plan(world: World) {
    let _worker = world.start_worker();
    let held = Held::start(&world, None).await;
    let id = held.integrator.team.id.to_string();
    world.operate(&["workspace", "set-plan", &id, "free"]);
    held.come_to_rest(|| world.leased()).await;
    world.operate(&["workspace", "set-plan", &id, "business"]);
    world.advance(2);
    held.is_silent(|| world.leased()).await;
}

#[actix_web::test]
async fn another_node_sends_nothing_after_the_answer_either() {
    let world = World::start(Kind::Postgres);
    let other = world.lone_node();
    let _worker = other.start_worker();
    let disabled = Held::start(&world, Some(&other)).await;
    disabled.integrator.disable(disabled.id()).await;
    disabled.is_silent(|| other.leased()).await;
    let moved = Held::start(&world, Some(&other)).await;
    let new = Receiver::http(Behaviour::Answer(200, "")).await;
    moved.integrator.team.admin.patch(&moved.path(), &json!({ "url": new.url("/") })).await.ok(200);
    moved.is_silent(|| other.leased()).await;
    new.wait_for(EVENTS - AT_ONCE).await;
}

#[both]
async fn nothing_goes_to_a_paused_webhook_and_what_waited_goes_once_it_is_resumed(world: World) {
    let _worker = world.start_worker();
    let held = Held::start(&world, None).await;
    let turn = async |to: &str| {
        let path = format!("{}/{to}", held.path());
        held.integrator.team.admin.post(&path, &json!({})).await.ok(200);
    };
    turn("pause").await;
    held.is_silent(|| world.leased()).await;
    eventually("the rest is held", async || {
        held.integrator.show_webhook(held.id()).await["health"]["held"] == EVENTS - AT_ONCE
    })
    .await;
    turn("resume").await;
    world
        .step_until("all arrive", async || held.integrator.list("status=succeeded").await.len() == EVENTS)
        .await;
    assert!(held.integrator.list("").await.iter().all(|delivery| delivery["attempts"] == 1));
}

#[both]
async fn what_waits_is_sent_with_the_new_headers_alone(world: World) {
    let _worker = world.start_worker();
    let held = Held::start(&world, None).await;
    let headers = json!({ "headers": [{ "name": "x-key", "value": "new" }] });
    held.integrator.team.admin.patch(&held.path(), &headers).await.ok(200);
    held.come_to_rest(|| world.leased()).await;
    for (at, request) in held.receiver.wait_for(EVENTS).await.iter().enumerate() {
        assert_eq!(request.header("x-key").is_some(), at >= AT_ONCE, "{at}");
    }
}
