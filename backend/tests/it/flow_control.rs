//! Flow control: the breaker with its probes and drain, rate limits, and the retries by hand that pass both.

use std::time::Duration;

use api_types::Timestamp;
use serde_json::{Value, json};

use crate::harness::{Behaviour, Integrator, Receiver, World, both, eventually};

/// The ids of the events, in the order in which they came.
fn order(receiver: &Receiver) -> Vec<String> {
    receiver.requests().iter().map(|request| request.header("webhook-id").unwrap().to_owned()).collect()
}

#[both]
async fn five_outages_in_a_row_park_a_webhook_and_parked_deliveries_spend_no_retries(world: World) {
    let integrator = Integrator::new(&world).await;
    let receiver = Receiver::http(Behaviour::Answer(503, "")).await;
    let id = integrator.webhook(&receiver.url("/"), &["ticket.*"]).await;
    let _worker = world.start_worker();
    let failed = integrator.park(&id).await;
    let parked = integrator.show_webhook(&id).await;
    assert_eq!((&parked["parked"]["probes"], &parked["draining"]), (&json!(0), &Value::Null));
    assert!(parked["health"]["summary"].as_str().unwrap().contains("Held back"), "{parked}");

    // A delivery published now is held in the webhook's line, and those that were due join it.
    let held = integrator.delivery_of(&integrator.publish().await).await;
    assert_eq!(receiver.requests().len(), 5);
    world.advance(4);
    eventually("everything is in the line or waits for its time", async || {
        integrator.show_webhook(&id).await["health"]["held"].as_u64() >= Some(1)
    })
    .await;
    assert_eq!(receiver.requests().len(), 5);
    assert_eq!(integrator.show(&held).await["attempts"], 0);

    // The oldest delivery goes as a probe. The probe's failure spends no retry and doubles the pause.
    world.advance(2);
    receiver.wait_for(6).await;
    let probed = integrator.after(&failed[0], 2).await;
    assert_eq!(
        (&probed["attempt_history"][0]["trigger"], &probed["status"]),
        (&json!("probe"), &json!("retrying"))
    );
    let now = integrator.show_webhook(&id).await;
    assert_eq!((&now["status"], &now["parked"]["probes"]), (&json!("parked"), &json!(1)));
    world.advance(9);
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert_eq!(receiver.requests().len(), 6, "the next one comes ten seconds after the first");
    world.advance(2);
    receiver.wait_for(7).await;
    assert_eq!(
        integrator.after(&held, 1).await["attempt_history"][0]["trigger"],
        "probe",
        "the newest has its turn"
    );
}

#[both]
async fn a_success_drains_what_was_held_oldest_first(world: World) {
    let integrator = Integrator::new(&world).await;
    let receiver = Receiver::http(Behaviour::Answer(503, "")).await;
    let id = integrator.webhook(&receiver.url("/"), &["ticket.*"]).await;
    let _worker = world.start_worker();
    integrator.park(&id).await;
    let mut events = Vec::new();
    for _ in 0..40 {
        world.advance_by(Duration::from_millis(1));
        events.push(integrator.publish().await);
    }
    assert_eq!(integrator.show_webhook(&id).await["health"]["waiting"], 45);
    receiver.set(Behaviour::Answer(200, ""));
    let before = receiver.requests().len();
    world.advance(6);
    receiver.wait_for(before + 1).await;
    eventually("the breaker closes", async || integrator.show_webhook(&id).await["status"] == "active").await;
    let draining = integrator.show_webhook(&id).await;
    assert!(draining["draining"]["per_second"].as_u64() >= Some(5), "{draining}");
    // An event published during the drain waits behind those that were there before.
    world.advance_by(Duration::from_millis(1));
    events.push(integrator.publish().await);
    world
        .step_until("everything arrives", async || {
            integrator.list("status=pending,retrying").await.is_empty()
        })
        .await;
    let arrived = order(&receiver);
    let in_order: Vec<&String> = arrived[before..].iter().filter(|id| events.contains(id)).collect();
    assert_eq!(in_order.len(), events.len(), "each once");
    // Probes may stand elsewhere, and deliveries may overtake each other on the way.
    let moved = |(at, id): (usize, &&String)| events.iter().position(|e| e == *id).unwrap().abs_diff(at);
    let far = in_order.iter().enumerate().map(moved).filter(|places| *places > 12).count();
    assert!(far <= 2, "{far} are far from their place");
    world
        .step_until("the drain ends", async || integrator.show_webhook(&id).await["draining"].is_null())
        .await;
    integrator.publish().await;
    receiver.wait_for(arrived.len() + 1).await;
}

#[both]
async fn a_retry_by_hand_passes_the_breaker_and_its_success_closes_it(world: World) {
    let integrator = Integrator::new(&world).await;
    let receiver = Receiver::http(Behaviour::Answer(503, "")).await;
    let id = integrator.webhook(&receiver.url("/"), &["ticket.*"]).await;
    let _worker = world.start_worker();
    let failed = integrator.park(&id).await;
    let retry = format!("/v1/deliveries/{}/retry", failed[3]);
    integrator.key.post(&retry, &json!({})).await.ok(202);
    let after = integrator.after(&failed[3], 2).await;
    assert_eq!(after["attempt_history"][0]["trigger"], "manual");
    let parked = integrator.show_webhook(&id).await;
    assert_eq!((&parked["status"], &parked["parked"]["probes"]), (&json!("parked"), &json!(0)));
    receiver.set(Behaviour::Answer(200, ""));
    integrator.key.post(&retry, &json!({})).await.ok(202);
    assert_eq!(integrator.after(&failed[3], 3).await["status"], "succeeded");
    assert_eq!(integrator.show_webhook(&id).await["status"], "active");
    world
        .step_until("the others follow", async || integrator.list("status=succeeded").await.len() == 5)
        .await;
}

#[both]
async fn a_new_url_closes_the_breaker(world: World) {
    let integrator = Integrator::new(&world).await;
    let receiver = Receiver::http(Behaviour::Answer(503, "")).await;
    let other = Receiver::http(Behaviour::Answer(200, "")).await;
    let id = integrator.webhook(&receiver.url("/"), &["ticket.*"]).await;
    let _worker = world.start_worker();
    integrator.park(&id).await;
    integrator.publish().await;
    let path = format!("/v1/webhooks/{id}");
    integrator.team.admin.patch(&path, &json!({ "url": other.url("/") })).await.ok(200);
    world.step_until("all arrive there", async || integrator.list("status=succeeded").await.len() == 6).await;
    assert_eq!((receiver.requests().len(), other.requests().len()), (5, 6));
}

#[both]
async fn a_parked_webhook_that_stays_dead_for_five_days_is_disabled(world: World) {
    let integrator = Integrator::new(&world).await;
    let receiver = Receiver::http(Behaviour::Answer(503, "")).await;
    let id = integrator.webhook(&receiver.url("/"), &["ticket.*"]).await;
    let _worker = world.start_worker();
    let failed = integrator.park(&id).await;
    let path = format!("/v1/webhooks/{id}");
    for probe in 1..=5 {
        world.advance(24 * 3600 + 60);
        // The next probe is due a pause after this one's result is stored, so the clock waits for that.
        eventually("a probe and its result", async || {
            let webhook = integrator.key.get(&path).await.ok(200);
            webhook["status"] == "disabled" || webhook["parked"]["probes"] == probe
        })
        .await;
        assert!(receiver.requests().len() >= 5 + probe);
    }
    eventually("it is disabled", async || integrator.show(&failed[0]).await["status"] == "canceled").await;
    assert!(integrator.list("").await.iter().all(|delivery| delivery["cancel_reason"] == "webhook_disabled"));
}

#[both]
async fn a_rate_limit_is_kept(world: World) {
    let integrator = Integrator::new(&world).await;
    let receiver = Receiver::http(Behaviour::Answer(200, "")).await;
    let body = json!({ "url": receiver.url("/"), "event_types": ["ticket.*"], "rate_limit": 4 });
    let made = integrator.make_webhook(&body).await;
    let id = made["id"].as_str().unwrap();
    assert_eq!(made["rate_limit"], 4);
    let _worker = world.start_worker();
    for _ in 0..30 {
        integrator.publish().await;
    }
    receiver.wait_for(1).await;
    let mut seen = receiver.requests().len();
    assert!(seen <= 2, "{seen} at once");
    for second in 1..=3 {
        for _ in 0..10 {
            world.advance_by(Duration::from_millis(100));
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        eventually("more arrives", async || receiver.requests().len() > seen).await;
        seen = receiver.requests().len();
        // Some may arrive late, but the server's clock says how many may be on their way.
        assert!(seen <= 2 + 5 * second, "second {second}: {seen}");
    }
    assert!(integrator.show_webhook(id).await["health"]["held"].as_u64() > Some(0));
    // By the server's clock, which no busy machine moves, none of the seconds has more than the limit and the one that begins it.
    let mut begun = Vec::new();
    for delivery in integrator.list("status=succeeded").await {
        let path = format!("/v1/deliveries/{}", delivery["id"].as_str().unwrap());
        let detail = integrator.team.admin.get(&path).await.ok(200);
        let at: Timestamp = detail["attempt_history"][0]["started_at"].as_str().unwrap().parse().unwrap();
        begun.push(at.as_millis());
    }
    begun.sort_unstable();
    for window in begun.windows(6) {
        assert!(window[5] - window[0] >= 1_000, "six within a second: {begun:?}");
    }

    // Without the limit the rest goes at once.
    let path = format!("/v1/webhooks/{id}");
    let lifted = integrator.team.admin.patch(&path, &json!({ "rate_limit": null })).await.ok(200);
    assert_eq!(lifted["rate_limit"], Value::Null);
    receiver.wait_for(30).await;
    world.step_until("its line ends", async || integrator.show_webhook(id).await["draining"].is_null()).await;
    assert_eq!(receiver.requests().len(), 30);
}

#[both]
async fn a_rate_limit_is_a_number_that_makes_sense(world: World) {
    let integrator = Integrator::new(&world).await;
    let receiver = Receiver::http(Behaviour::Answer(200, "")).await;
    for rate in [0, 1001] {
        let body = json!({ "url": receiver.url("/"), "event_types": ["*"], "rate_limit": rate });
        let refused = integrator.team.admin.post("/v1/webhooks", &body).await.problem(422, "validation");
        assert_eq!(refused["errors"][0]["field"], "/rate_limit");
    }
}

#[both]
async fn disabling_cancels_what_is_held(world: World) {
    let integrator = Integrator::new(&world).await;
    let receiver = Receiver::http(Behaviour::Answer(503, "")).await;
    let id = integrator.webhook(&receiver.url("/"), &["ticket.*"]).await;
    let _worker = world.start_worker();
    integrator.park(&id).await;
    integrator.publish().await;
    integrator.team.admin.post(&format!("/v1/webhooks/{id}/disable"), &json!({})).await.ok(200);
    assert_eq!(integrator.list("status=canceled").await.len(), 6);
    let enabled = integrator.team.admin.post(&format!("/v1/webhooks/{id}/enable"), &json!({})).await.ok(200);
    assert_eq!((&enabled["status"], &enabled["health"]["held"]), (&json!("active"), &json!(0)));
    receiver.set(Behaviour::Answer(200, ""));
    let fresh = integrator.delivery_of(&integrator.publish().await).await;
    assert_eq!(integrator.after(&fresh, 1).await["status"], "succeeded");
}
