//! Events published by many at once: stored together in one transaction, a bounded queue, the operator's limit.

use std::{cell::Cell, rc::Rc};

use futures_util::future::join_all;
use serde_json::Value;

use crate::harness::{Behaviour, Integrator, Receiver, Settings, World, a_ticket_event, both, eventually};

#[both(with = small)]
async fn a_full_queue_answers_503_and_loses_nothing_it_accepted(world: World) {
    let integrator = Integrator::new(&world).await;
    let receiver = Receiver::http(Behaviour::Answer(200, "")).await;
    integrator.webhook(&receiver.url("/"), &["ticket.*"]).await;
    let _worker = world.start_worker();
    integrator.publish().await;
    let held = world.hold_writes().await;
    let answered = Rc::new(Cell::new(0));
    let calls = (0..20).map(|_| {
        let (key, answered) = (integrator.key.clone(), Rc::clone(&answered));
        async move {
            let reply = key.post("/v1/events", &a_ticket_event()).await;
            answered.set(answered.get() + 1);
            reply
        }
    });
    let calls = tokio::task::spawn_local(join_all(calls.collect::<Vec<_>>()));
    // Four wait in the queue, and at most four are in the batch that is held.
    eventually("the queue is full, and the others are answered", async || answered.get() >= 20 - 4 - 4).await;
    drop(held);
    let mut accepted = Vec::new();
    let mut refused = 0;
    for reply in calls.await.unwrap() {
        if reply.status == 202 {
            accepted.push(reply.ok(202)["id"].as_str().unwrap().to_owned());
        } else {
            assert_eq!(reply.header("retry-after"), Some("1"));
            reply.problem(503, "unavailable");
            refused += 1;
        }
    }
    assert!(refused >= 20 - 4 - 4, "{refused} refused");
    assert_eq!(accepted.len() + refused, 20);
    receiver.wait_for(1 + accepted.len()).await;
    let arrived = receiver.requests();
    assert!(accepted.iter().all(|id| arrived.iter().any(|request| request.header("webhook-id") == Some(id))));
    assert_eq!(arrived.len(), 1 + accepted.len());
}

#[both(with = small)]
async fn the_same_idempotency_key_at_once_publishes_once(world: World) {
    let integrator = Integrator::new(&world).await;
    let receiver = Receiver::http(Behaviour::Answer(200, "")).await;
    integrator.webhook(&receiver.url("/"), &["ticket.*"]).await;
    let _worker = world.start_worker();
    let clients: Vec<_> =
        (0..4).map(|_| integrator.key.clone().with_header("idempotency-key", "one")).collect();
    let calls = clients.iter().map(|key| async { key.post("/v1/events", &a_ticket_event()).await });
    let first: Vec<Value> = join_all(calls).await.into_iter().map(|reply| reply.ok(202)).collect();
    assert!(first.windows(2).all(|pair| pair[0] == pair[1]), "{first:?}");
    receiver.wait_for(1).await;
    assert_eq!(integrator.list("").await.len(), 1);
}

#[both(with = small)]
async fn an_event_that_nobody_wants_costs_one_row(world: World) {
    let integrator = Integrator::new(&world).await;
    integrator.publish().await;
    assert!(integrator.list("").await.is_empty());
}

/// Four events may wait to be stored.
fn small(settings: &mut Settings) {
    // One workspace alone may have half of the places.
    settings.ingest_queue = 8;
}

#[both(with = limited)]
async fn the_operator_limits_events_per_second_and_workspace(world: World) {
    let integrator = Integrator::new(&world).await;
    let other = Integrator::new(&world).await;
    for _ in 0..3 {
        let reply = integrator.key.post("/v1/events", &a_ticket_event()).await;
        assert!(reply.header("ratelimit-policy").unwrap().contains("q=3;w=1"));
        reply.ok(202);
    }
    let refused = integrator.key.post("/v1/events", &a_ticket_event()).await;
    assert_eq!(refused.header("retry-after"), Some("1"));
    refused.problem(429, "rate-limited");
    other.publish().await;
    world.advance(1);
    integrator.publish().await;
}

/// Three events per second.
fn limited(settings: &mut Settings) {
    settings.publish_limit = Some(3);
}

#[both]
async fn publishing_does_not_use_up_a_credentials_requests(world: World) {
    let integrator = Integrator::new(&world).await;
    let reply = integrator.key.post("/v1/events", &a_ticket_event()).await;
    assert_eq!(reply.header("ratelimit"), None);
    reply.ok(202);
    assert!(integrator.key.get("/v1/deliveries").await.header("ratelimit").is_some());
}
