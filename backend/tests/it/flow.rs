//! Flow control: the breaker with its probes and drain, rate limits, and who passes them.

use sayless::delivery::worker::Worker;
use serde_json::{Value, json};

use crate::{
    both,
    engine::Engine,
    harness::World,
    receiver::{Behaviour, Receiver, eventually},
};

/// A webhook as its page shows it.
pub async fn webhook(engine: &Engine, id: &str) -> Value {
    engine.team.admin.get(&format!("/v1/webhooks/{id}")).await.ok(200)
}

/// Publishes until the receiver's failures have parked the webhook; the deliveries' ids, oldest first.
pub async fn park(engine: &Engine, id: &str) -> Vec<String> {
    let mut deliveries = Vec::new();
    for _ in 0..5 {
        let delivery = engine.delivery_of(&engine.publish().await).await;
        engine.after(&delivery, 1).await;
        deliveries.push(delivery);
    }
    assert_eq!(webhook(engine, id).await["status"], "parked");
    deliveries
}

/// Moves the clock in steps that the worker can follow, until something holds.
pub async fn step_until(world: &World, what: &str, holds: impl AsyncFn() -> bool) {
    for _ in 0..400 {
        if holds().await {
            return;
        }
        world.app.clock.advance(std::time::Duration::from_millis(250));
        tokio::time::sleep(std::time::Duration::from_millis(15)).await;
    }
    panic!("never: {what}");
}

/// The numbers that the requests carried, in the order in which they came.
fn order(receiver: &Receiver) -> Vec<String> {
    receiver.requests().iter().map(|request| request.header("webhook-id").unwrap().to_owned()).collect()
}

both! {
    async fn five_outages_in_a_row_park_a_webhook_and_parked_deliveries_spend_no_retries(world) {
        let engine = Engine::new(&world).await;
        let receiver = Receiver::http(Behaviour::Answer(503, "")).await;
        let id = engine.webhook(&receiver.url("/"), &["ticket.*"]).await;
        let _worker = Worker::start(world.app.clone());
        let failed = park(&engine, &id).await;
        let parked = webhook(&engine, &id).await;
        assert_eq!((&parked["parked"]["probes"], &parked["draining"]), (&json!(0), &Value::Null));
        assert!(parked["health"]["summary"].as_str().unwrap().contains("Held back"), "{parked}");

        // What is published now is held, and what was due goes into the line as well.
        let held = engine.delivery_of(&engine.publish().await).await;
        assert_eq!(receiver.requests().len(), 5);
        world.advance(4);
        eventually("everything is in the line or waits for its time", async || {
            webhook(&engine, &id).await["health"]["held"].as_u64() >= Some(1)
        })
        .await;
        assert_eq!(receiver.requests().len(), 5);
        assert_eq!(engine.show(&held).await["attempts"], 0);

        // One probe, with the oldest delivery. Its failure spends no retry and doubles the pause.
        world.advance(2);
        receiver.wait_for(6).await;
        let probed = engine.after(&failed[0], 2).await;
        assert_eq!((&probed["attempt_history"][0]["trigger"], &probed["status"]), (&json!("probe"), &json!("retrying")));
        let now = webhook(&engine, &id).await;
        assert_eq!((&now["status"], &now["parked"]["probes"]), (&json!("parked"), &json!(1)));
        world.advance(9);
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        assert_eq!(receiver.requests().len(), 6, "the next one comes ten seconds after the first");
        world.advance(2);
        receiver.wait_for(7).await;
        assert_eq!(engine.after(&held, 1).await["attempt_history"][0]["trigger"], "probe", "the newest has its turn");
    }

    async fn a_success_drains_what_was_held_oldest_first(world) {
        let engine = Engine::new(&world).await;
        let receiver = Receiver::http(Behaviour::Answer(503, "")).await;
        let id = engine.webhook(&receiver.url("/"), &["ticket.*"]).await;
        let _worker = Worker::start(world.app.clone());
        park(&engine, &id).await;
        let mut events = Vec::new();
        for _ in 0..40 {
            world.app.clock.advance(std::time::Duration::from_millis(1));
            events.push(engine.publish().await);
        }
        assert_eq!(webhook(&engine, &id).await["health"]["waiting"], 45);
        receiver.set(Behaviour::Answer(200, ""));
        let before = receiver.requests().len();
        world.advance(6);
        receiver.wait_for(before + 1).await;
        eventually("the breaker closes", async || webhook(&engine, &id).await["status"] == "active").await;
        let draining = webhook(&engine, &id).await;
        assert!(draining["draining"]["per_second"].as_u64() >= Some(5), "{draining}");
        // Published while it drains: it waits behind what was there before.
        world.app.clock.advance(std::time::Duration::from_millis(1));
        events.push(engine.publish().await);
        step_until(&world, "everything arrives", async || engine.list("status=pending,retrying").await.is_empty()).await;
        let arrived = order(&receiver);
        let in_order: Vec<&String> = arrived[before..].iter().filter(|id| events.contains(id)).collect();
        assert_eq!(in_order.len(), events.len(), "each once");
        // But for the probes, and for those that overtake each other on the way.
        let moved = |(at, id): (usize, &&String)| events.iter().position(|e| e == *id).unwrap().abs_diff(at);
        let far = in_order.iter().enumerate().map(moved).filter(|places| *places > 12).count();
        assert!(far <= 2, "{far} are far from their place");
        step_until(&world, "the drain ends", async || webhook(&engine, &id).await["draining"].is_null()).await;
        engine.publish().await;
        receiver.wait_for(arrived.len() + 1).await;
    }

    async fn a_retry_by_hand_passes_the_breaker_and_its_success_closes_it(world) {
        let engine = Engine::new(&world).await;
        let receiver = Receiver::http(Behaviour::Answer(503, "")).await;
        let id = engine.webhook(&receiver.url("/"), &["ticket.*"]).await;
        let _worker = Worker::start(world.app.clone());
        let failed = park(&engine, &id).await;
        let retry = format!("/v1/deliveries/{}/retry", failed[3]);
        engine.key.post(&retry, &json!({})).await.ok(202);
        let after = engine.after(&failed[3], 2).await;
        assert_eq!(after["attempt_history"][0]["trigger"], "manual");
        let parked = webhook(&engine, &id).await;
        assert_eq!((&parked["status"], &parked["parked"]["probes"]), (&json!("parked"), &json!(0)));
        receiver.set(Behaviour::Answer(200, ""));
        engine.key.post(&retry, &json!({})).await.ok(202);
        assert_eq!(engine.after(&failed[3], 3).await["status"], "succeeded");
        assert_eq!(webhook(&engine, &id).await["status"], "active");
        step_until(&world, "the others follow", async || engine.list("status=succeeded").await.len() == 5).await;
    }

    async fn a_new_url_closes_the_breaker(world) {
        let engine = Engine::new(&world).await;
        let receiver = Receiver::http(Behaviour::Answer(503, "")).await;
        let other = Receiver::http(Behaviour::Answer(200, "")).await;
        let id = engine.webhook(&receiver.url("/"), &["ticket.*"]).await;
        let _worker = Worker::start(world.app.clone());
        park(&engine, &id).await;
        engine.publish().await;
        let path = format!("/v1/webhooks/{id}");
        engine.team.admin.patch(&path, &json!({ "url": other.url("/") })).await.ok(200);
        step_until(&world, "all arrive there", async || engine.list("status=succeeded").await.len() == 6).await;
        assert_eq!((receiver.requests().len(), other.requests().len()), (5, 6));
    }

    async fn a_parked_webhook_that_stays_dead_for_five_days_is_disabled(world) {
        let engine = Engine::new(&world).await;
        let receiver = Receiver::http(Behaviour::Answer(503, "")).await;
        let id = engine.webhook(&receiver.url("/"), &["ticket.*"]).await;
        let _worker = Worker::start(world.app.clone());
        let failed = park(&engine, &id).await;
        for probe in 1..=5 {
            world.advance(24 * 3600 + 60);
            eventually("a probe", async || receiver.requests().len() >= 5 + probe).await;
        }
        eventually("it is disabled", async || engine.show(&failed[0]).await["status"] == "canceled").await;
        assert!(engine.list("").await.iter().all(|delivery| delivery["cancel_reason"] == "webhook_disabled"));
    }

    async fn a_rate_limit_is_kept(world) {
        let engine = Engine::new(&world).await;
        let receiver = Receiver::http(Behaviour::Answer(200, "")).await;
        let body = json!({ "url": receiver.url("/"), "event_types": ["ticket.*"], "rate_limit": 4 });
        let made = engine.make_webhook(&body).await;
        let id = made["id"].as_str().unwrap();
        assert_eq!(made["rate_limit"], 4);
        let _worker = Worker::start(world.app.clone());
        for _ in 0..30 {
            engine.publish().await;
        }
        receiver.wait_for(1).await;
        let mut seen = receiver.requests().len();
        assert!(seen <= 2, "{seen} at once");
        for second in 1..=3 {
            for _ in 0..10 {
                world.app.clock.advance(std::time::Duration::from_millis(100));
                tokio::time::sleep(std::time::Duration::from_millis(20)).await;
            }
            let now = receiver.requests().len();
            assert!(now > seen && now - seen <= 5, "second {second}: {seen} to {now}");
            seen = now;
        }
        assert!(webhook(&engine, id).await["health"]["held"].as_u64() > Some(0));

        // Without the limit the rest goes at once.
        let path = format!("/v1/webhooks/{id}");
        let lifted = engine.team.admin.patch(&path, &json!({ "rate_limit": null })).await.ok(200);
        assert_eq!(lifted["rate_limit"], Value::Null);
        receiver.wait_for(30).await;
        step_until(&world, "its line ends", async || webhook(&engine, id).await["draining"].is_null()).await;
        assert_eq!(receiver.requests().len(), 30);
    }

    async fn a_rate_limit_is_a_number_that_makes_sense(world) {
        let engine = Engine::new(&world).await;
        let receiver = Receiver::http(Behaviour::Answer(200, "")).await;
        for rate in [0, 1001] {
            let body = json!({ "url": receiver.url("/"), "event_types": ["*"], "rate_limit": rate });
            let refused = engine.team.admin.post("/v1/webhooks", &body).await.problem(422, "validation");
            assert_eq!(refused["errors"][0]["field"], "rate_limit");
        }
    }

    async fn disabling_cancels_what_is_held(world) {
        let engine = Engine::new(&world).await;
        let receiver = Receiver::http(Behaviour::Answer(503, "")).await;
        let id = engine.webhook(&receiver.url("/"), &["ticket.*"]).await;
        let _worker = Worker::start(world.app.clone());
        park(&engine, &id).await;
        engine.publish().await;
        engine.team.admin.post(&format!("/v1/webhooks/{id}/disable"), &json!({})).await.ok(200);
        assert_eq!(engine.list("status=canceled").await.len(), 6);
        let enabled = engine.team.admin.post(&format!("/v1/webhooks/{id}/enable"), &json!({})).await.ok(200);
        assert_eq!((&enabled["status"], &enabled["health"]["held"]), (&json!("active"), &json!(0)));
        receiver.set(Behaviour::Answer(200, ""));
        let fresh = engine.delivery_of(&engine.publish().await).await;
        assert_eq!(engine.after(&fresh, 1).await["status"], "succeeded");
    }
}
