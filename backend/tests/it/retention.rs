//! What is too old is removed, step by step; what is not finished stays, however old.

use sayless::delivery::{
    retention::{self, Place},
    worker::Worker,
};
use serde_json::json;

use crate::{
    both,
    engine::Engine,
    harness::World,
    receiver::{Behaviour, Receiver, eventually},
};

const DAY: u64 = 24 * 3600;
/// The event about the tests' own key, which is as old as they are.
const OURS: usize = 1;

/// Walks once along all that is old enough, and says how many deliveries and events went.
async fn pass(world: &World) -> usize {
    let (mut next, mut removed) = (Some(Place::START), 0);
    while let Some(place) = next {
        let step = retention::step(&world.app, place).await.unwrap();
        (next, removed) = (step.next, removed + step.removed);
    }
    removed
}

both! {
    async fn what_finished_long_ago_goes_with_its_attempts_and_its_event(world) {
        let engine = Engine::new(&world).await;
        let receiver = Receiver::http(Behaviour::Answer(200, "")).await;
        engine.webhook(&receiver.url("/"), &["ticket.*"]).await;
        let _worker = Worker::start(world.app.clone());
        let event = engine.publish().await;
        let old = engine.delivery_of(&event).await;
        engine.after(&old, 1).await;
        world.advance(29 * DAY);
        assert_eq!(pass(&world).await, 0);
        let young = engine.delivery_of(&engine.publish().await).await;
        engine.after(&young, 1).await;
        world.advance(DAY + 1);
        assert_eq!(pass(&world).await, 2 + OURS);
        engine.key.get(&format!("/v1/deliveries/{old}")).await.problem(404, "not-found");
        engine.key.get(&format!("/v1/events/{event}")).await.problem(404, "not-found");
        engine.key.post(&format!("/v1/deliveries/{old}/retry"), &json!({})).await.problem(404, "not-found");
        assert_eq!(engine.show(&young).await["attempt_history"].as_array().unwrap().len(), 1);
        assert_eq!(engine.list("").await.len(), 1);
        assert_eq!(pass(&world).await, 0);
    }

    async fn an_event_nobody_wanted_goes_by_its_age_alone(world) {
        let engine = Engine::new(&world).await;
        let event = engine.publish().await;
        world.advance(30 * DAY + 1);
        let young = engine.publish().await;
        assert_eq!(pass(&world).await, 1 + OURS);
        engine.key.get(&format!("/v1/events/{event}")).await.problem(404, "not-found");
        engine.key.get(&format!("/v1/events/{young}")).await.ok(200);
    }

    async fn what_is_not_finished_stays_with_its_event_and_is_delivered(world) {
        let engine = Engine::new(&world).await;
        let prompt = Receiver::http(Behaviour::Answer(200, "")).await;
        let late = Receiver::http(Behaviour::Answer(500, "")).await;
        let (done, waits) =
            (engine.webhook(&prompt.url("/"), &["ticket.*"]).await, engine.webhook(&late.url("/"), &["ticket.*"]).await);
        let worker = Worker::start(world.app.clone());
        let event = engine.publish().await;
        let of = async |webhook: &str| {
            let found = engine.list(&format!("event_id={event}&webhook_id={webhook}")).await;
            found[0]["id"].as_str().unwrap().to_owned()
        };
        let (done, waits) = (of(&done).await, of(&waits).await);
        engine.after(&done, 1).await;
        engine.after(&waits, 1).await;
        worker.stop().await;
        world.advance(40 * DAY);
        assert_eq!(pass(&world).await, 1 + OURS);
        engine.key.get(&format!("/v1/deliveries/{done}")).await.problem(404, "not-found");
        assert_eq!(engine.show(&waits).await["event"]["id"], json!(event));
        late.set(Behaviour::Answer(200, ""));
        let _worker = Worker::start(world.app.clone());
        assert_eq!(engine.after(&waits, 2).await["status"], "succeeded");
        assert_eq!(late.requests()[1].body, late.requests()[0].body);
        // Its thirty days begin now.
        world.advance(29 * DAY);
        assert_eq!(pass(&world).await, 0);
        world.advance(DAY + 1);
        // With it goes the event that says that the webhook works again.
        assert_eq!(pass(&world).await, 3);
        assert_eq!(engine.list("").await.len(), 0);
    }

    async fn publishing_goes_on_between_the_steps(world) {
        let engine = Engine::new(&world).await;
        let webhook = engine.webhook("http://127.0.0.1:1/", &["ticket.*"]).await;
        engine.team.admin.post(&format!("/v1/webhooks/{webhook}/disable"), &json!({})).await.ok(200);
        for _ in 0..250 {
            engine.publish().await;
        }
        world.advance(31 * DAY);
        let (mut next, mut removed, mut published) = (Some(Place::START), 0, 0);
        while let Some(place) = next {
            let (step, _) = tokio::join!(retention::step(&world.app, place), engine.publish());
            let step = step.unwrap();
            assert!(step.removed <= 1_000, "a step is small");
            (next, removed, published) = (step.next, removed + step.removed, published + 1);
        }
        // Each with its event; disabling was an event, too.
        assert_eq!(removed, 501 + OURS);
        assert_eq!(engine.list("").await.len(), published);
    }

    async fn it_goes_on_by_itself(world) {
        let engine = Engine::new(&world).await;
        let event = engine.publish().await;
        let keeping = tokio::spawn(retention::keep(world.app.clone()));
        world.advance(30 * DAY);
        eventually("the event is gone", async || {
            world.advance(3600);
            engine.key.get(&format!("/v1/events/{event}")).await.status == 404
        })
        .await;
        keeping.abort();
    }
}

both! {
    with crate::retention::a_day;

    async fn how_long_is_a_setting(world) {
        let engine = Engine::new(&world).await;
        engine.publish().await;
        world.advance(DAY - 1);
        assert_eq!(pass(&world).await, 0);
        world.advance(2);
        assert_eq!(pass(&world).await, 1 + OURS);
    }
}

fn a_day(settings: &mut sayless::app::Settings) {
    settings.keep_days = 1;
}
