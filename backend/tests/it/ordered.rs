//! Ordered webhooks: one delivery at a time, oldest first; one that failed holds back the others until it succeeds or is
//! skipped.

use std::time::Duration;

use serde_json::{Value, json};

use crate::harness::{
    Behaviour, Client, Integrator, Kind, NOWHERE, Receiver, World, a_ticket_event, both, eventually,
};

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;
/// The pauses between automatic attempts, with some more for their jitter.
const PAUSES: [u64; 9] =
    [6, 6 * MINUTE, 34 * MINUTE, 3 * HOUR, 6 * HOUR, 12 * HOUR, 16 * HOUR, 23 * HOUR, 27 * HOUR];

/// An ordered webhook; gives its id.
async fn ordered(integrator: &Integrator, receiver: &Receiver) -> String {
    let body = json!({ "url": receiver.url("/"), "event_types": ["ticket.*"], "ordered": true });
    let made = integrator.make_webhook(&body).await;
    assert_eq!((&made["ordered"], &made["held_by"]), (&json!(true), &Value::Null));
    made["id"].as_str().unwrap().to_owned()
}

/// Publishes events, a moment apart; gives their ids.
async fn publish(world: &World, integrator: &Integrator, count: usize) -> Vec<String> {
    let mut events = Vec::new();
    for _ in 0..count {
        world.advance_by(Duration::from_millis(1));
        events.push(integrator.publish().await);
    }
    events
}

fn arrived(receiver: &Receiver) -> Vec<String> {
    receiver.requests().iter().map(|request| request.header("webhook-id").unwrap().to_owned()).collect()
}

/// Waits a while in which nothing may happen.
async fn nothing_more(receiver: &Receiver, count: usize) {
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert_eq!(receiver.requests().len(), count);
}

async fn skip(client: &Client, delivery: &str) -> crate::harness::Reply {
    client.post(&format!("/v1/deliveries/{delivery}/skip"), &json!({})).await
}

#[both]
async fn one_delivery_is_under_way_at_a_time_and_the_oldest_goes_first(world: World) {
    let integrator = Integrator::new(&world).await;
    let receiver = Receiver::http(Behaviour::Wait).await;
    let id = ordered(&integrator, &receiver).await;
    let _worker = world.start_worker();
    let events = publish(&world, &integrator, 8).await;
    receiver.wait_for(1).await;
    nothing_more(&receiver, 1).await;
    assert_eq!(integrator.show_webhook(&id).await["health"]["waiting"], 8);
    receiver.let_go();
    eventually("all arrive", async || receiver.requests().len() == 8).await;
    assert_eq!(arrived(&receiver), events);
    eventually("all succeed", async || integrator.list("status=succeeded").await.len() == 8).await;
    assert!(integrator.show_webhook(&id).await["draining"].is_null());
}

#[actix_web::test]
async fn the_order_holds_across_nodes() {
    let world = World::start(Kind::Postgres);
    let integrator = Integrator::new(&world).await;
    let receiver = Receiver::http(Behaviour::Answer(200, "")).await;
    ordered(&integrator, &receiver).await;
    let other = world.lone_node();
    let keys = [integrator.key.clone(), other.serves(&integrator.key)];
    let _workers = (world.start_worker(), other.start_worker());
    let mut events = Vec::new();
    for at in 0..40 {
        world.advance_by(Duration::from_millis(2));
        let made = keys[at % 2].post("/v1/events", &a_ticket_event()).await.ok(202);
        events.push(made["id"].as_str().unwrap().to_owned());
    }
    world.step_until("all arrive", async || receiver.requests().len() >= 40).await;
    assert_eq!(arrived(&receiver), events);
}

#[both]
async fn a_failure_holds_the_line_until_a_retry_of_its_schedule_succeeds(world: World) {
    let integrator = Integrator::new(&world).await;
    let receiver = Receiver::http(Behaviour::Answer(400, "")).await;
    let id = ordered(&integrator, &receiver).await;
    let _worker = world.start_worker();
    let events = publish(&world, &integrator, 3).await;
    let first = integrator.delivery_of(&events[0]).await;
    assert_eq!(integrator.after(&first, 1).await["holds_line"], true);
    let second = integrator.show(&integrator.delivery_of(&events[1]).await).await;
    assert_eq!(
        (&second["holds_line"], &second["held"], &second["attempts"]),
        (&json!(false), &json!(true), &json!(0))
    );
    let held = integrator.show_webhook(&id).await;
    assert_eq!(held["held_by"], json!(first));
    assert!(held["health"]["summary"].as_str().unwrap().contains("holds back"), "{held}");
    world.advance(2);
    nothing_more(&receiver, 1).await;
    receiver.set(Behaviour::Answer(200, ""));
    world.step_until("all arrive", async || receiver.requests().len() >= 4).await;
    assert_eq!(arrived(&receiver)[1..], events);
    eventually("nothing is held", async || integrator.show_webhook(&id).await["held_by"].is_null()).await;
}

/// An ordered webhook whose first delivery has used up its schedule, with one that waits behind it; gives both.
async fn exhausted(world: &World, integrator: &Integrator, receiver: &Receiver) -> [String; 2] {
    let events = publish(world, integrator, 2).await;
    let mut deliveries = Vec::new();
    for event in &events {
        deliveries.push(integrator.delivery_of(event).await);
    }
    for (at, pause) in PAUSES.into_iter().enumerate() {
        integrator.after(&deliveries[0], u64::try_from(at).unwrap() + 1).await;
        world.advance(pause);
    }
    assert_eq!(integrator.after(&deliveries[0], 10).await["status"], "failed");
    assert_eq!(receiver.requests().len(), 10);
    [deliveries[0].clone(), deliveries[1].clone()]
}

#[both]
async fn what_failed_for_good_holds_the_line_until_a_retry_by_hand_succeeds(world: World) {
    let integrator = Integrator::new(&world).await;
    let receiver = Receiver::http(Behaviour::Answer(400, "")).await;
    ordered(&integrator, &receiver).await;
    let _worker = world.start_worker();
    let [first, second] = exhausted(&world, &integrator, &receiver).await;
    // However old it gets, it is not removed.
    world.advance(31 * 24 * HOUR);
    world.remove_old().await;
    let shown = integrator.show(&first).await;
    assert_eq!((&shown["status"], &shown["holds_line"]), (&json!("failed"), &json!(true)));
    nothing_more(&receiver, 10).await;
    let refused = format!("/v1/deliveries/{second}/retry");
    integrator.key.post(&refused, &json!({})).await.problem(409, "conflict");
    assert_eq!(integrator.show(&second).await["retry"]["possible"], false);
    // A retry by hand that fails changes nothing.
    let retry = format!("/v1/deliveries/{first}/retry");
    integrator.key.post(&retry, &json!({})).await.ok(202);
    assert_eq!(integrator.after(&first, 11).await["status"], "failed");
    nothing_more(&receiver, 11).await;
    receiver.set(Behaviour::Answer(200, ""));
    integrator.key.post(&retry, &json!({})).await.ok(202);
    assert_eq!(integrator.after(&first, 12).await["status"], "succeeded");
    world.step_until("the next one goes", async || receiver.requests().len() >= 13).await;
    assert_eq!(integrator.after(&second, 1).await["status"], "succeeded");
}

#[both]
async fn a_delivery_that_is_skipped_lets_the_line_go_on(world: World) {
    let integrator = Integrator::new(&world).await;
    let receiver = Receiver::http(Behaviour::Answer(400, "")).await;
    let id = ordered(&integrator, &receiver).await;
    let _worker = world.start_worker();
    let [first, second] = exhausted(&world, &integrator, &receiver).await;
    receiver.set(Behaviour::Answer(200, ""));
    let skipped = skip(&integrator.key, &first).await.ok(200);
    assert_eq!((&skipped["status"], &skipped["cancel_reason"]), (&json!("canceled"), &json!("skipped")));
    world.step_until("the next one goes", async || receiver.requests().len() >= 11).await;
    assert_eq!(integrator.after(&second, 1).await["status"], "succeeded");
    skip(&integrator.key, &first).await.problem(409, "conflict");
    skip(&integrator.key, &second).await.problem(409, "conflict");
    let admin = world.sign_in(&integrator.team.admin.email).await;
    assert_eq!(admin.get(&format!("/v1/webhooks/{id}")).await.ok(200)["held_by"], Value::Null);
    let log = admin.get("/v1/audit-log?action=delivery.skipped").await.ok(200);
    assert_eq!(log["data"][0]["object_id"], json!(first));
}

#[both]
async fn a_delivery_under_way_cannot_be_skipped_and_one_that_waits_can(world: World) {
    let integrator = Integrator::new(&world).await;
    let receiver = Receiver::http(Behaviour::Wait).await;
    ordered(&integrator, &receiver).await;
    let _worker = world.start_worker();
    let events = publish(&world, &integrator, 3).await;
    receiver.wait_for(1).await;
    let [first, second] = [&events[0], &events[1]];
    skip(&integrator.key, &integrator.delivery_of(first).await).await.problem(409, "conflict");
    skip(&integrator.key, &integrator.delivery_of(second).await).await.ok(200);
    receiver.let_go();
    eventually("the others arrive", async || receiver.requests().len() == 2).await;
    assert_eq!(arrived(&receiver), [events[0].clone(), events[2].clone()]);
    nothing_more(&receiver, 2).await;
}

#[both]
async fn the_order_is_switched_on_and_off(world: World) {
    let integrator = Integrator::new(&world).await;
    let receiver = Receiver::http(Behaviour::Answer(400, "")).await;
    let id = integrator.webhook(&receiver.url("/"), &["ticket.*"]).await;
    let path = format!("/v1/webhooks/{id}");
    let _worker = world.start_worker();
    let old = integrator.delivery_of(&integrator.publish().await).await;
    for (at, pause) in PAUSES.into_iter().enumerate() {
        integrator.after(&old, u64::try_from(at).unwrap() + 1).await;
        world.advance(pause);
    }
    assert_eq!(integrator.after(&old, 10).await["status"], "failed");
    // Deliveries that failed before hold nothing back.
    let admin = world.sign_in(&integrator.team.admin.email).await;
    let changed = admin.patch(&path, &json!({ "ordered": true })).await.ok(200);
    assert_eq!((&changed["ordered"], &changed["held_by"]), (&json!(true), &Value::Null));
    let events = publish(&world, &integrator, 6).await;
    let first = integrator.delivery_of(&events[0]).await;
    integrator.after(&first, 1).await;
    assert_eq!(receiver.requests().len(), 11);
    receiver.set(Behaviour::Answer(200, ""));
    let lifted = admin.patch(&path, &json!({ "ordered": false })).await.ok(200);
    assert_eq!(lifted["ordered"], false);
    world.step_until("all go", async || integrator.list("status=succeeded").await.len() == 6).await;
    assert_eq!(admin.patch(&path, &json!({ "ordered": null })).await.fields(422, "validation"), ["ordered"]);
}

#[both]
async fn an_ordered_webhook_is_parked_and_probed_with_its_oldest_delivery(world: World) {
    let integrator = Integrator::new(&world).await;
    let receiver = Receiver::http(Behaviour::Answer(503, "")).await;
    let id = ordered(&integrator, &receiver).await;
    let _worker = world.start_worker();
    let events = publish(&world, &integrator, 3).await;
    let first = integrator.delivery_of(&events[0]).await;
    for (at, pause) in PAUSES[..4].iter().enumerate() {
        integrator.after(&first, u64::try_from(at).unwrap() + 1).await;
        world.advance(*pause);
    }
    integrator.after(&first, 5).await;
    assert_eq!(integrator.show_webhook(&id).await["status"], "parked");
    world.advance(6);
    integrator.after(&first, 6).await;
    world.advance(11);
    integrator.after(&first, 7).await;
    assert!(arrived(&receiver).iter().all(|event| *event == events[0]), "no probe with another");
    receiver.set(Behaviour::Answer(200, ""));
    world.step_until("all arrive", async || receiver.requests().len() >= 10).await;
    assert_eq!(arrived(&receiver)[7..], events);
}

#[both]
async fn a_paused_ordered_webhook_keeps_its_order(world: World) {
    let integrator = Integrator::new(&world).await;
    let receiver = Receiver::http(Behaviour::Answer(200, "")).await;
    let id = ordered(&integrator, &receiver).await;
    let _worker = world.start_worker();
    let pause = format!("/v1/webhooks/{id}/pause");
    integrator.team.admin.post(&pause, &json!({})).await.ok(200);
    let events = publish(&world, &integrator, 5).await;
    nothing_more(&receiver, 0).await;
    integrator.team.admin.post(&format!("/v1/webhooks/{id}/resume"), &json!({})).await.ok(200);
    world.step_until("all arrive", async || receiver.requests().len() >= 5).await;
    assert_eq!(arrived(&receiver), events);
}

#[both]
async fn a_crash_in_the_middle_keeps_the_order(world: World) {
    let integrator = Integrator::new(&world).await;
    let receiver = Receiver::http(Behaviour::Wait).await;
    ordered(&integrator, &receiver).await;
    let worker = world.start_worker();
    let events = publish(&world, &integrator, 4).await;
    receiver.wait_for(1).await;
    drop(worker);
    receiver.let_go();
    receiver.set(Behaviour::Answer(200, ""));
    let _worker = world.start_worker();
    world.step_until("all arrive", async || receiver.requests().len() >= 5).await;
    let expected: Vec<String> = [&events[..1], &events[..]].concat();
    assert_eq!(arrived(&receiver), expected);
}

#[both]
async fn a_webhook_that_is_enabled_again_is_not_held_by_what_failed_before(world: World) {
    let integrator = Integrator::new(&world).await;
    let id = integrator
        .make_webhook(&json!({ "url": NOWHERE, "event_types": ["ticket.*"], "ordered": true }))
        .await;
    let id = id["id"].as_str().unwrap().to_owned();
    integrator.publish().await;
    world
        .execute(
            "UPDATE deliveries SET status = 'failed', due_at = NULL, held = FALSE, finished_at = created_at + 1",
        )
        .await
        .unwrap();
    assert!(integrator.show_webhook(&id).await["held_by"].is_string());
    world.advance(1);
    integrator.disable(&id).await;
    assert_eq!(integrator.enable(&id).await["held_by"], Value::Null);
}
