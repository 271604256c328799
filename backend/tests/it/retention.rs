//! Retention: finished deliveries and their events are removed when they are too old; unfinished ones stay.

use serde_json::json;

use crate::harness::{Behaviour, Integrator, Receiver, Settings, World, both, eventually};

const DAY: u64 = 24 * 3600;
/// The event about the integrator's own key, which each test makes first.
const OURS: usize = 1;

#[both]
async fn what_finished_long_ago_goes_with_its_attempts_and_its_event(world: World) {
    let integrator = Integrator::new(&world).await;
    let receiver = Receiver::http(Behaviour::Answer(200, "")).await;
    integrator.webhook(&receiver.url("/"), &["ticket.*"]).await;
    let _worker = world.start_worker();
    let event = integrator.publish().await;
    let old = integrator.delivery_of(&event).await;
    integrator.after(&old, 1).await;
    world.advance(29 * DAY);
    assert_eq!(world.remove_old().await, 0);
    let young = integrator.delivery_of(&integrator.publish().await).await;
    integrator.after(&young, 1).await;
    world.advance(DAY + 1);
    assert_eq!(world.remove_old().await, 2 + OURS);
    integrator.key.get(&format!("/v1/deliveries/{old}")).await.problem(404, "not-found");
    integrator.key.get(&format!("/v1/events/{event}")).await.problem(404, "not-found");
    integrator.key.post(&format!("/v1/deliveries/{old}/retry"), &json!({})).await.problem(404, "not-found");
    assert_eq!(integrator.show(&young).await["attempt_history"].as_array().unwrap().len(), 1);
    assert_eq!(integrator.list("").await.len(), 1);
    assert_eq!(world.remove_old().await, 0);
}

#[both]
async fn an_event_nobody_wanted_goes_by_its_age_alone(world: World) {
    let integrator = Integrator::new(&world).await;
    let event = integrator.publish().await;
    world.advance(30 * DAY + 1);
    let young = integrator.publish().await;
    assert_eq!(world.remove_old().await, 1 + OURS);
    integrator.key.get(&format!("/v1/events/{event}")).await.problem(404, "not-found");
    integrator.key.get(&format!("/v1/events/{young}")).await.ok(200);
}

#[both]
async fn what_is_not_finished_stays_with_its_event_and_is_delivered(world: World) {
    let integrator = Integrator::new(&world).await;
    let prompt = Receiver::http(Behaviour::Answer(200, "")).await;
    let late = Receiver::http(Behaviour::Answer(500, "")).await;
    let done = integrator.webhook(&prompt.url("/"), &["ticket.*"]).await;
    let waits = integrator.webhook(&late.url("/"), &["ticket.*"]).await;
    let worker = world.start_worker();
    let event = integrator.publish().await;
    let of = async |webhook: &str| {
        let found = integrator.list(&format!("event_id={event}&webhook_id={webhook}")).await;
        found[0]["id"].as_str().unwrap().to_owned()
    };
    let done = of(&done).await;
    let waits = of(&waits).await;
    integrator.after(&done, 1).await;
    integrator.after(&waits, 1).await;
    worker.stop().await;
    world.advance(40 * DAY);
    assert_eq!(world.remove_old().await, 1 + OURS);
    integrator.key.get(&format!("/v1/deliveries/{done}")).await.problem(404, "not-found");
    assert_eq!(integrator.show(&waits).await["event"]["id"], json!(event));
    late.set(Behaviour::Answer(200, ""));
    let _worker = world.start_worker();
    assert_eq!(integrator.after(&waits, 2).await["status"], "succeeded");
    assert_eq!(late.requests()[1].body, late.requests()[0].body);
    // The thirty days of the late delivery begin now.
    world.advance(29 * DAY);
    assert_eq!(world.remove_old().await, 0);
    world.advance(DAY + 1);
    // The event goes, too, and so does the one that says that the webhook works again.
    assert_eq!(world.remove_old().await, 3);
    assert_eq!(integrator.list("").await.len(), 0);
}

#[both]
async fn publishing_goes_on_between_the_steps(world: World) {
    let integrator = Integrator::new(&world).await;
    let webhook = integrator.webhook("http://127.0.0.1:1/", &["ticket.*"]).await;
    integrator.team.admin.post(&format!("/v1/webhooks/{webhook}/disable"), &json!({})).await.ok(200);
    for _ in 0..250 {
        integrator.publish().await;
    }
    world.advance(31 * DAY);
    let mut pass = world.retention_pass();
    let mut removed = 0;
    let mut published = 0;
    while !pass.is_over() {
        let (step, _) = tokio::join!(pass.step(), integrator.publish());
        assert!(step <= 200, "a step is small");
        removed += step;
        published += 1;
    }
    // Each delivery went with its event; disabling the webhook was an event, too.
    assert_eq!(removed, 501 + OURS);
    assert_eq!(integrator.list("").await.len(), published);
}

#[both]
async fn it_goes_on_by_itself(world: World) {
    let integrator = Integrator::new(&world).await;
    let event = integrator.publish().await;
    let _retention = world.start_retention();
    world.advance(30 * DAY);
    eventually("the event is gone", async || {
        world.advance(3600);
        integrator.key.get(&format!("/v1/events/{event}")).await.status == 404
    })
    .await;
}

#[both(with = a_day)]
async fn how_long_is_a_setting(world: World) {
    let integrator = Integrator::new(&world).await;
    integrator.publish().await;
    world.advance(DAY - 1);
    assert_eq!(world.remove_old().await, 0);
    world.advance(2);
    assert_eq!(world.remove_old().await, 1 + OURS);
}

fn a_day(settings: &mut Settings) {
    settings.keep_days = 1;
}
