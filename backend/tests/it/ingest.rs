//! Publishing by many at once: one transaction for those that come together, a bounded queue, the operator's limit.

use std::{sync::mpsc, time::Duration};

use diesel::RunQueryDsl;
use futures_util::future::join_all;
use sayless::{app::Settings, db::Conn, delivery::worker::Worker, problem::Failure};
use serde_json::{Value, json};

use crate::{
    both,
    engine::{Engine, ticket},
    harness::World,
    receiver::{Behaviour, Receiver, eventually},
};

/// Keeps events from being stored until it is dropped.
struct Gate(#[expect(dead_code, reason = "closed by dropping it")] mpsc::Sender<()>);

impl Gate {
    /// Holds SQLite's writer, or PostgreSQL's table, in a transaction that waits.
    async fn shut(world: &World) -> Self {
        let (open, opened) = mpsc::channel::<()>();
        let (tell, told) = tokio::sync::oneshot::channel();
        let db = world.app.db.clone();
        tokio::spawn(async move {
            db.write(move |tx| {
                if let Conn::Pg(conn) = &mut **tx {
                    diesel::sql_query("LOCK TABLE events IN EXCLUSIVE MODE").execute(conn)?;
                }
                let _ = tell.send(());
                let _ = opened.recv();
                Ok::<_, Failure>(())
            })
            .await
        });
        told.await.unwrap();
        Self(open)
    }
}

fn event() -> Value {
    json!({ "type": "ticket.created", "data": ticket() })
}

both! {
    with crate::ingest::small;

    async fn a_full_queue_answers_503_and_loses_nothing_it_accepted(world) {
        let engine = Engine::new(&world).await;
        let receiver = Receiver::http(Behaviour::Answer(200, "")).await;
        engine.webhook(&receiver.url("/"), &["ticket.*"]).await;
        let _worker = Worker::start(world.app.clone());
        engine.publish().await;
        let gate = Gate::shut(&world).await;
        let clients: Vec<_> = (0..20).map(|_| engine.key.clone()).collect();
        let calls = clients.into_iter().map(|key| async move { key.post("/v1/events", &event()).await });
        let calls = tokio::task::spawn_local(join_all(calls));
        eventually("the queue is full", async || world.app.ingest.waiting() == 4).await;
        tokio::time::sleep(Duration::from_millis(200)).await;
        drop(gate);
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

    async fn the_same_idempotency_key_at_once_publishes_once(world) {
        let engine = Engine::new(&world).await;
        let receiver = Receiver::http(Behaviour::Answer(200, "")).await;
        engine.webhook(&receiver.url("/"), &["ticket.*"]).await;
        let _worker = Worker::start(world.app.clone());
        let clients: Vec<_> = (0..4).map(|_| engine.key.clone().with_header("idempotency-key", "one")).collect();
        let calls = clients.iter().map(|key| async { key.post("/v1/events", &event()).await });
        let first: Vec<Value> = join_all(calls).await.into_iter().map(|reply| reply.ok(202)).collect();
        assert!(first.windows(2).all(|pair| pair[0] == pair[1]), "{first:?}");
        receiver.wait_for(1).await;
        assert_eq!(engine.list("").await.len(), 1);
    }

    async fn an_event_that_nobody_wants_costs_one_row(world) {
        let engine = Engine::new(&world).await;
        engine.publish().await;
        assert!(engine.list("").await.is_empty());
    }
}

/// A queue of four, and no waiting for a connection.
fn small(settings: &mut Settings) {
    settings.ingest_queue = 4;
}

both! {
    with crate::ingest::limited;

    async fn the_operator_limits_events_per_second_and_workspace(world) {
        let engine = Engine::new(&world).await;
        let other = Engine::new(&world).await;
        for _ in 0..3 {
            let reply = engine.key.post("/v1/events", &event()).await;
            assert!(reply.header("ratelimit-policy").unwrap().contains("q=3;w=1"));
            reply.ok(202);
        }
        let refused = engine.key.post("/v1/events", &event()).await;
        assert_eq!(refused.header("retry-after"), Some("1"));
        refused.problem(429, "rate-limited");
        other.publish().await;
        world.advance(1);
        engine.publish().await;
    }
}

/// Three events per second.
fn limited(settings: &mut Settings) {
    settings.publish_limit = Some(3);
}

both! {
    async fn publishing_does_not_use_up_a_credentials_requests(world) {
        let engine = Engine::new(&world).await;
        let reply = engine.key.post("/v1/events", &event()).await;
        assert_eq!(reply.header("ratelimit"), None);
        reply.ok(202);
        assert!(engine.key.get("/v1/deliveries").await.header("ratelimit").is_some());
    }
}
