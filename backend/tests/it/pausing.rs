//! Pausing: a paused webhook holds its deliveries, whatever else befalls it, and drains once it is resumed.

use serde_json::{Value, json};

use crate::harness::{
    Behaviour, Client, Integrator, Kind, NOWHERE, Receiver, World, a_ticket_event, both, eventually,
};

const DAY: u64 = 24 * 3600;
const MINUTE: u64 = 60;

/// Pauses or resumes a webhook; gives all of it.
async fn turn(integrator: &Integrator, webhook: &str, to: &str) -> Value {
    turn_as(&integrator.team.admin, webhook, to).await
}

async fn turn_as(admin: &Client, webhook: &str, to: &str) -> Value {
    admin.post(&format!("/v1/webhooks/{webhook}/{to}"), &json!({})).await.ok(200)
}

#[both]
async fn a_paused_webhook_holds_what_comes_and_drains_once_it_is_resumed(world: World) {
    let integrator = Integrator::new(&world).await;
    let receiver = Receiver::http(Behaviour::Answer(200, "")).await;
    let id = integrator.webhook(&receiver.url("/"), &["ticket.*"]).await;
    let _worker = world.start_worker();
    integrator.publish().await;
    receiver.wait_for(1).await;
    let paused = turn(&integrator, &id, "pause").await;
    assert_eq!((&paused["status"], &paused["parked"]), (&json!("paused"), &Value::Null));
    assert_eq!(paused["paused_at"], json!(world.now()));
    let mut events = Vec::new();
    for _ in 0..12 {
        events.push(integrator.publish().await);
        world.advance(1);
    }
    let held = integrator.show_webhook(&id).await;
    assert_eq!((&held["health"]["held"], &held["health"]["waiting"]), (&json!(12), &json!(12)));
    assert!(held["health"]["summary"].as_str().unwrap().starts_with("Paused since"), "{held}");

    // Neither the time at which held deliveries are looked at again nor the end of the time for which old ones are kept
    // changes anything.
    for _ in 0..3 {
        world.advance(31 * MINUTE);
        eventually("they are looked at", async || {
            let due = "(SELECT count(*) FROM deliveries WHERE status = 'pending' AND held)";
            world.number(due).await == 12
        })
        .await;
    }
    world.advance(40 * DAY);
    world.remove_old().await;
    assert_eq!(integrator.list("status=pending").await.len(), 12);
    assert_eq!(receiver.requests().len(), 1);

    // The first session has ended by now.
    let admin = world.sign_in(&integrator.team.admin.email).await;
    let resumed = turn_as(&admin, &id, "resume").await;
    assert_eq!((&resumed["status"], &resumed["paused_at"]), (&json!("active"), &Value::Null));
    assert_eq!(resumed["draining"]["per_second"], 5, "it begins slowly");
    world.step_until("all arrive", async || integrator.list("status=succeeded").await.len() >= 12).await;
    assert!(receiver.requests()[1].header("webhook-id") == Some(events[0].as_str()), "the oldest first");
    assert!(integrator.list("status=succeeded").await.iter().all(|delivery| delivery["attempts"] == 1));
    world
        .step_until("the drain ends", async || {
            admin.get(&format!("/v1/webhooks/{id}")).await.ok(200)["draining"].is_null()
        })
        .await;
}

#[both]
async fn a_paused_webhook_spends_no_retries_and_takes_none_by_hand(world: World) {
    let integrator = Integrator::new(&world).await;
    let receiver = Receiver::http(Behaviour::Answer(500, "")).await;
    let id = integrator.webhook(&receiver.url("/"), &["ticket.*"]).await;
    let _worker = world.start_worker();
    let delivery = integrator.delivery_of(&integrator.publish().await).await;
    integrator.after(&delivery, 1).await;
    turn(&integrator, &id, "pause").await;
    world.advance(6);
    eventually("it is held when its retry is due", async || integrator.show(&delivery).await["held"] == true)
        .await;
    let retry = format!("/v1/deliveries/{delivery}/retry");
    integrator.key.post(&retry, &json!({})).await.problem(409, "conflict");
    let shown = integrator.show(&delivery).await;
    assert_eq!(shown["retry"]["possible"], false);
    assert!(shown["retry"]["reason"].as_str().unwrap().contains("paused"), "{shown}");
    assert_eq!((&shown["attempts"], &shown["status"]), (&json!(1), &json!("retrying")));

    // A test still shows whether the receiver works.
    receiver.set(Behaviour::Answer(200, ""));
    let test = integrator.team.admin.post(&format!("/v1/webhooks/{id}/test"), &json!({})).await.ok(200);
    assert_eq!(test["succeeded"], true);
    turn(&integrator, &id, "resume").await;
    world.step_until("it arrives", async || integrator.show(&delivery).await["status"] == "succeeded").await;
    assert_eq!(integrator.show(&delivery).await["attempts"], 2);
}

#[both]
async fn a_webhook_can_be_paused_and_parked_at_once(world: World) {
    let integrator = Integrator::new(&world).await;
    let receiver = Receiver::http(Behaviour::Answer(503, "")).await;
    let id = integrator.webhook(&receiver.url("/"), &["ticket.*"]).await;
    let _worker = world.start_worker();
    integrator.park(&id).await;
    let paused = turn(&integrator, &id, "pause").await;
    assert_eq!((&paused["status"], &paused["parked"]["probes"]), (&json!("paused"), &json!(0)));
    let listed = async |status: &str| {
        let page = integrator.team.admin.get(&format!("/v1/webhooks?status={status}")).await.ok(200);
        page["data"].as_array().unwrap().len()
    };
    for (status, count) in [("active", 0), ("paused", 1), ("parked", 0), ("disabled", 0)] {
        assert_eq!(listed(status).await, count, "{status}");
    }
    world.advance(31 * MINUTE);
    eventually("all are held", async || integrator.show_webhook(&id).await["health"]["held"] == 5).await;
    assert_eq!(receiver.requests().len(), 5, "no probe goes out");
    receiver.set(Behaviour::Answer(200, ""));
    assert_eq!(turn(&integrator, &id, "resume").await["status"], "parked");
    world.step_until("all arrive", async || integrator.list("status=succeeded").await.len() == 5).await;
    assert_eq!(integrator.show_webhook(&id).await["status"], "active");
}

#[both]
async fn disabling_cancels_what_is_held_and_enabling_leaves_the_pause(world: World) {
    let integrator = Integrator::new(&world).await;
    let receiver = Receiver::http(Behaviour::Answer(200, "")).await;
    let id = integrator.webhook(&receiver.url("/"), &["ticket.*"]).await;
    let _worker = world.start_worker();
    turn(&integrator, &id, "pause").await;
    integrator.publish().await;
    let disabled = integrator.disable(&id).await;
    assert_eq!((&disabled["status"], disabled["paused_at"].is_string()), (&json!("disabled"), true));
    assert_eq!(integrator.list("status=canceled").await.len(), 1);
    assert_eq!(integrator.enable(&id).await["status"], "paused");
    let recovery = json!({ "webhook_id": id });
    integrator.team.admin.post("/v1/recoveries", &recovery).await.ok(202);
    let _recoveries = world.start_recoveries();
    world
        .step_until("it is recovered into the line", async || {
            integrator.show_webhook(&id).await["health"]["held"] == 1
        })
        .await;
    assert!(receiver.requests().is_empty());
    turn(&integrator, &id, "resume").await;
    world.step_until("it arrives", async || receiver.requests().len() == 1).await;
}

#[both]
async fn pausing_and_resuming_twice_changes_nothing_more(world: World) {
    let integrator = Integrator::new(&world).await;
    let id = integrator.webhook(NOWHERE, &["ticket.*"]).await;
    turn(&integrator, &id, "resume").await;
    let first = turn(&integrator, &id, "pause").await;
    world.advance(5);
    assert_eq!(turn(&integrator, &id, "pause").await["paused_at"], first["paused_at"]);
    turn(&integrator, &id, "resume").await;
    turn(&integrator, &id, "resume").await;
    let audited = integrator.team.audited().await;
    assert_eq!(audited[..3], ["webhook.resumed", "webhook.paused", "webhook.created"]);
}

#[both]
async fn the_time_of_a_pause_does_not_count_towards_the_five_days(world: World) {
    let integrator = Integrator::new(&world).await;
    let receiver = Receiver::http(Behaviour::Answer(500, "")).await;
    let id = integrator.webhook(&receiver.url("/"), &["ticket.*"]).await;
    let _worker = world.start_worker();
    let delivery = integrator.delivery_of(&integrator.publish().await).await;
    integrator.after(&delivery, 1).await;
    turn(&integrator, &id, "pause").await;
    world.advance(10 * DAY);
    let admin = world.sign_in(&integrator.team.admin.email).await;
    turn_as(&admin, &id, "resume").await;
    world.step_until("it is tried again", async || receiver.requests().len() >= 2).await;
    integrator.after(&delivery, 2).await;
    assert_eq!(admin.get(&format!("/v1/webhooks/{id}")).await.ok(200)["status"], "active");
}

#[actix_web::test]
async fn a_pause_holds_on_another_node_too() {
    let world = World::start(Kind::Postgres);
    let integrator = Integrator::new(&world).await;
    let receiver = Receiver::http(Behaviour::Answer(200, "")).await;
    let id = integrator.webhook(&receiver.url("/"), &["ticket.*"]).await;
    let node = world.lone_node();
    let _worker = node.start_worker();
    let key = node.serves(&integrator.key);
    key.post("/v1/events", &a_ticket_event()).await.ok(202);
    receiver.wait_for(1).await;
    turn(&integrator, &id, "pause").await;
    for _ in 0..5 {
        key.post("/v1/events", &a_ticket_event()).await.ok(202);
    }
    assert_eq!(integrator.show_webhook(&id).await["health"]["held"], 5);
    assert_eq!(receiver.requests().len(), 1);
}
