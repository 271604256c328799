//! The worker under bad conditions: crashes, leases that run out, receivers that hang, plans that change.

use std::time::Duration;

use api_types::account::Plan;
use futures_util::future::join_all;
use serde_json::json;

use crate::harness::{Behaviour, Integrator, Kind, Receiver, Settings, World, both, eventually};

#[both]
async fn what_a_crash_interrupted_is_sent_again_and_counts_against_nobody(world: World) {
    let integrator = Integrator::new(&world).await;
    let receiver = Receiver::http(Behaviour::Hang).await;
    integrator.webhook(&receiver.url("/"), &["*"]).await;
    let crashing = world.start_worker();
    let id = integrator.delivery_of(&integrator.publish().await).await;
    receiver.wait_for(1).await;
    drop(crashing);
    assert_eq!(integrator.show(&id).await["in_flight"], true);

    receiver.set(Behaviour::Answer(200, ""));
    let _worker = world.start_worker();
    if !world.is_embedded() {
        // Another node's lease is left alone until it runs out.
        tokio::time::sleep(Duration::from_millis(300)).await;
        assert_eq!(receiver.requests().len(), 1);
        world.advance(31);
    }
    let delivery = integrator.after(&id, 2).await;
    assert_eq!(delivery["status"], "succeeded");
    let interrupted = &delivery["attempt_history"][1];
    assert_eq!((&interrupted["outcome"], &interrupted["number"]), (&json!("interrupted"), &json!(1)));
    assert_eq!(interrupted["diagnosis"]["category"], "ours");
    assert_eq!(receiver.requests().len(), 2);
}

#[both]
async fn a_start_after_a_crash_sends_all_that_was_interrupted_however_much(world: World) {
    // More than one transaction reclaims.
    const PUBLISHED: i64 = 450;
    // A slow machine refuses what waits too long for its turn.
    const AT_ONCE: i64 = 50;
    let integrator = Integrator::new(&world).await;
    let receiver = Receiver::http(Behaviour::Hang).await;
    integrator.webhook(&receiver.url("/"), &["*"]).await;
    let crashing = world.start_worker();
    for _ in 0..PUBLISHED / AT_ONCE {
        join_all((0..AT_ONCE).map(|_| integrator.publish())).await;
    }
    let leased = "(SELECT count(*) FROM deliveries WHERE lease_until IS NOT NULL)";
    eventually("everything is leased", async || world.number(leased).await == PUBLISHED).await;
    drop(crashing);

    receiver.set(Behaviour::Answer(200, ""));
    if !world.is_embedded() {
        world.advance(31);
    }
    // From here on the clock stands still: all of it is done by the first look.
    let _worker = world.start_worker();
    let done = "(SELECT count(*) FROM deliveries WHERE status = 'succeeded' AND attempts = 2)";
    eventually("everything is delivered", async || world.number(done).await == PUBLISHED).await;
}

#[both]
async fn three_interruptions_in_a_row_are_one_failure_of_ours(world: World) {
    let integrator = Integrator::new(&world).await;
    let receiver = Receiver::http(Behaviour::Hang).await;
    integrator.webhook(&receiver.url("/"), &["*"]).await;
    let id = integrator.delivery_of(&integrator.publish().await).await;
    for crash in 1..=3 {
        let crashing = world.start_worker();
        receiver.wait_for(crash).await;
        drop(crashing);
        world.advance(31);
    }
    let _worker = world.start_worker();
    let delivery = integrator.after(&id, 3).await;
    assert_eq!(
        (&delivery["status"], &delivery["last_diagnosis"]["category"]),
        (&json!("retrying"), &json!("ours"))
    );
    receiver.set(Behaviour::Answer(200, ""));
    world.advance(6);
    assert_eq!(integrator.after(&id, 4).await["status"], "succeeded");
}

#[both]
async fn one_hanging_receiver_does_not_hold_up_the_others(world: World) {
    let integrator = Integrator::new(&world).await;
    let hanging = Receiver::http(Behaviour::Hang).await;
    let prompt = Receiver::http(Behaviour::Answer(200, "")).await;
    integrator.webhook(&hanging.url("/"), &["ticket.*"]).await;
    integrator.webhook(&prompt.url("/"), &["ticket.*"]).await;
    for _ in 0..100 {
        integrator.publish().await;
    }
    let _worker = world.start_worker();
    prompt.wait_for(100).await;
    assert!(hanging.requests().len() <= 64, "it has no more than its share of the slots");
}

#[both]
async fn a_workspace_without_the_plan_sends_nothing(world: World) {
    let integrator = Integrator::new(&world).await;
    let receiver = Receiver::http(Behaviour::Answer(200, "")).await;
    integrator.webhook(&receiver.url("/"), &["*"]).await;
    let id = integrator.delivery_of(&integrator.publish().await).await;
    let workspace = integrator.team.id;
    let set_plan = async |plan: Plan| {
        world.move_quietly_to(workspace, plan).await;
        world.advance(2);
    };
    set_plan(Plan::Free).await;
    let _worker = world.start_worker();
    let canceled = "(SELECT count(*) FROM deliveries WHERE status = 'canceled')";
    eventually("the delivery is canceled", async || world.number(canceled).await == 1).await;
    set_plan(Plan::Business).await;
    let delivery = integrator.show(&id).await;
    assert_eq!((&delivery["status"], &delivery["cancel_reason"]), (&json!("canceled"), &json!("plan")));
    assert!(receiver.requests().is_empty());
}

#[both(with = impatient)]
async fn a_result_that_comes_after_its_lease_changes_nothing(world: World) {
    let integrator = Integrator::new(&world).await;
    let receiver = Receiver::http(Behaviour::Hang).await;
    integrator.webhook(&receiver.url("/"), &["*"]).await;
    let _worker = world.start_worker();
    let id = integrator.delivery_of(&integrator.publish().await).await;
    receiver.wait_for(1).await;
    receiver.set(Behaviour::Answer(200, ""));
    // The first attempt still hangs when its lease runs out; the second one succeeds.
    world.advance(17);
    let delivery = integrator.after(&id, 2).await;
    assert_eq!(delivery["status"], "succeeded");
    // The first attempt ends at last, by its own deadline.
    eventually("the late result", async || {
        integrator.show(&id).await["attempt_history"][1]["late_duplicate"] == true
    })
    .await;
    let delivery = integrator.show(&id).await;
    assert_eq!((&delivery["status"], &delivery["attempts"]), (&json!("succeeded"), &json!(2)));
    let late = &delivery["attempt_history"][1];
    assert_eq!(
        (&late["outcome"], &late["diagnosis"]["code"]),
        (&json!("failed"), &json!("response_timeout"))
    );
}

#[both(with = impatient)]
async fn a_stopping_worker_finishes_what_is_under_way(world: World) {
    let integrator = Integrator::new(&world).await;
    let receiver = Receiver::http(Behaviour::DripHead).await;
    integrator.webhook(&receiver.url("/"), &["*"]).await;
    let worker = world.start_worker();
    let id = integrator.delivery_of(&integrator.publish().await).await;
    receiver.wait_for(1).await;
    worker.stop().await;
    let delivery = integrator.show(&id).await;
    assert_eq!((&delivery["in_flight"], &delivery["attempts"]), (&json!(false), &json!(1)));
    assert_eq!(delivery["last_diagnosis"]["code"], "response_timeout");
}

#[both(with = impatient)]
async fn no_transaction_is_open_while_a_receiver_hangs(world: World) {
    let integrator = Integrator::new(&world).await;
    let receiver = Receiver::http(Behaviour::Hang).await;
    integrator.webhook(&receiver.url("/"), &["*"]).await;
    let _worker = world.start_worker();
    integrator.publish().await;
    receiver.wait_for(1).await;
    // SQLite has one writer: if the attempt held it, this event could not be written. PostgreSQL is asked.
    integrator.publish().await;
    assert_eq!(world.idle_transactions().await, 0);
}

#[both(with = patient)]
async fn a_stopping_worker_hands_back_what_waits_for_its_turn(world: World) {
    let integrator = Integrator::new(&world).await;
    let receiver = Receiver::http(Behaviour::Hang).await;
    integrator.webhook(&receiver.url("/"), &["*"]).await;
    let worker = world.start_worker();
    // All are published before the first attempt ends by its deadline.
    join_all((0..70).map(|_| integrator.publish())).await;
    worker.stop().await;
    let deliveries = integrator.list("").await;
    let tried = deliveries.iter().filter(|delivery| delivery["attempts"] == 1).count();
    assert!((1..=64).contains(&tried), "{tried} had their turn");
    for delivery in deliveries.iter().filter(|delivery| delivery["attempts"] == 0) {
        assert_eq!(integrator.show(delivery["id"].as_str().unwrap()).await["in_flight"], false);
    }
    // The next worker sends the rest after a probe: so many failures have parked the webhook.
    receiver.set(Behaviour::Answer(200, ""));
    let _worker = world.start_worker();
    world.step_until("all are there", async || integrator.list("status=succeeded").await.len() == 70).await;
}

/// Receivers get five seconds.
fn patient(settings: &mut Settings) {
    settings.delivery_timeout = Duration::from_secs(5);
    settings.connect_timeout = Duration::from_secs(1);
}

/// Receivers get a second.
fn impatient(settings: &mut Settings) {
    settings.delivery_timeout = Duration::from_secs(1);
    settings.connect_timeout = Duration::from_secs(1);
}

#[actix_web::test]
async fn two_workers_on_one_database_send_everything_once() {
    let world = World::start(Kind::Postgres);
    let integrator = Integrator::new(&world).await;
    let receiver = Receiver::http(Behaviour::Answer(200, "")).await;
    integrator.webhook(&receiver.url("/"), &["*"]).await;
    let _workers = [world.start_worker(), world.start_worker()];
    for _ in 0..60 {
        integrator.publish().await;
    }
    receiver.wait_for(60).await;
    tokio::time::sleep(Duration::from_millis(200)).await;
    let requests = receiver.requests();
    let mut ids: Vec<&str> = requests.iter().filter_map(|request| request.header("webhook-id")).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!((ids.len(), requests.len()), (60, 60));
}
