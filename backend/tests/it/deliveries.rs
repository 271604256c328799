//! Events on their way to webhooks: signed, retried by the schedule and by hand, listed, explained.

use api_types::Timestamp;
use sayless::delivery::{
    signature::{SignatureVerifier, SignedHeaders},
    worker::Worker,
};
use serde_json::{Value, json};

use crate::{
    both,
    engine::{Engine, ticket},
    receiver::{Behaviour, Received, Receiver, eventually, refusing_address},
};

fn verifies(verifier: &SignatureVerifier, received: &Received, now: Timestamp) -> bool {
    let headers = SignedHeaders {
        id: received.header("webhook-id").unwrap(),
        timestamp: received.header("webhook-timestamp").unwrap(),
        signature: received.header("webhook-signature").unwrap(),
    };
    verifier.verify(headers, &received.body, now.as_secs()).is_ok()
}

fn verifier(key: &Value) -> SignatureVerifier {
    SignatureVerifier::parse(key.as_str().unwrap()).unwrap()
}

fn time(value: &Value) -> Timestamp {
    value.as_str().unwrap().parse().unwrap()
}

/// What a failed retry by hand must leave alone.
fn schedule_of(delivery: &Value) -> (Value, Value, Value) {
    (delivery["status"].clone(), delivery["next_attempt_at"].clone(), delivery["finished_at"].clone())
}

both! {
    async fn an_event_arrives_signed_and_every_step_is_on_record(world) {
        let engine = Engine::new(&world).await;
        let receiver = Receiver::http(Behaviour::Answer(200, "thanks")).await;
        let body = json!({ "url": receiver.url("/hook"), "event_types": ["ticket.*"] });
        let verifier = verifier(&engine.make_webhook(&body).await["signing_secret"]);
        engine.webhook(&receiver.url("/other"), &["comment.created"]).await;
        let _worker = Worker::start(world.app.clone());
        let event = engine.publish().await;
        let arrived = &receiver.wait_for(1).await[0];
        assert!(verifies(&verifier, arrived, world.app.clock.now()));
        assert_eq!(arrived.header("webhook-id"), Some(event.as_str()));
        let body: Value = serde_json::from_slice(&arrived.body).unwrap();
        assert_eq!((&body["type"], &body["data"]), (&json!("ticket.created"), &ticket()));

        let delivery = engine.after(&engine.delivery_of(&event).await, 1).await;
        assert_eq!(delivery["status"], "succeeded");
        assert_eq!((&delivery["next_attempt_at"], &delivery["last_diagnosis"]), (&Value::Null, &Value::Null));
        assert_eq!(delivery["event"]["payload"], body);
        let attempt = &delivery["attempt_history"][0];
        assert_eq!((&attempt["number"], &attempt["trigger"]), (&json!(1), &json!("automatic")));
        assert_eq!(attempt["request"]["body"].as_str().unwrap().as_bytes(), arrived.body);
        assert_eq!(attempt["response"]["body"], "thanks");
        assert_eq!(attempt["address"], receiver.address.to_string());
        assert!(attempt["timings"]["total_ms"].as_f64().unwrap() > 0.0);
        assert_eq!(receiver.requests().len(), 1, "the other webhook did not want it");
        assert_eq!(engine.key.get(&format!("/v1/events/{event}")).await.ok(200)["payload"], body);
    }

    async fn during_an_overlap_both_secrets_sign(world) {
        let engine = Engine::new(&world).await;
        let receiver = Receiver::http(Behaviour::Answer(204, "")).await;
        let made = engine.make_webhook(&json!({ "url": receiver.url("/"), "event_types": ["*"] })).await;
        let rotate = format!("/v1/webhooks/{}/secret/rotate", made["id"].as_str().unwrap());
        let rotated = engine.team.admin.post(&rotate, &json!({ "overlap": "1h" })).await.ok(201);
        let (old, new) = (verifier(&made["signing_secret"]), verifier(&rotated["signing_secret"]));
        let _worker = Worker::start(world.app.clone());
        engine.publish().await;
        let first = &receiver.wait_for(1).await[0];
        assert_eq!(first.header("webhook-signature").unwrap().split(' ').count(), 2);
        assert!([&old, &new].into_iter().all(|key| verifies(key, first, world.app.clock.now())));
        world.advance(3601);
        engine.publish().await;
        let second = &receiver.wait_for(2).await[1];
        assert!(verifies(&new, second, world.app.clock.now()));
        assert!(!verifies(&old, second, world.app.clock.now()));
    }

    async fn ed25519_signatures_verify_with_the_public_key(world) {
        let engine = Engine::new(&world).await;
        let receiver = Receiver::http(Behaviour::Answer(204, "")).await;
        let body = json!({ "url": receiver.url("/"), "event_types": ["*"], "signature": "v1a" });
        let key = verifier(&engine.make_webhook(&body).await["public_key"]);
        let _worker = Worker::start(world.app.clone());
        engine.publish().await;
        let arrived = &receiver.wait_for(1).await[0];
        assert!(arrived.header("webhook-signature").unwrap().starts_with("v1a,"));
        assert!(verifies(&key, arrived, world.app.clock.now()));
    }

    async fn failures_are_retried_by_the_schedule_until_it_is_used_up(world) {
        let engine = Engine::new(&world).await;
        let receiver = Receiver::http(Behaviour::Answer(422, "oops")).await;
        let observer = Receiver::http(Behaviour::Answer(200, "")).await;
        let webhook = engine.webhook(&receiver.url("/"), &["ticket.created", "delivery.*"]).await;
        engine.webhook(&observer.url("/"), &["delivery.exhausted"]).await;
        let _worker = Worker::start(world.app.clone());
        let event = engine.publish().await;
        let id = engine.delivery_of(&event).await;
        let minutes = [0, 5, 30, 120, 300, 600, 840, 1200, 1440];
        for (index, minutes) in minutes.into_iter().enumerate() {
            let delivery = engine.after(&id, index as u64 + 1).await;
            assert_eq!(delivery["status"], "retrying");
            let pause = if minutes == 0 { 5_000 } else { minutes * 60_000 };
            let waits = time(&delivery["next_attempt_at"]).millis_since(time(&delivery["last_attempt_at"]));
            assert!((waits - pause).abs() <= pause / 10, "step {index}: {waits} ms");
            let diagnosis = &delivery["last_diagnosis"];
            assert_eq!((&diagnosis["code"], &diagnosis["category"]), (&json!("payload_rejected"), &json!("configuration")));
            world.advance(u64::try_from(waits / 1000 + 2).unwrap());
        }
        let failed = engine.after(&id, 10).await;
        assert_eq!((&failed["status"], &failed["next_attempt_at"]), (&json!("failed"), &Value::Null));
        let ids: Vec<&Value> = failed["attempt_history"].as_array().unwrap().iter().map(|a| &a["number"]).collect();
        assert_eq!(ids, [10, 9, 8, 7, 6, 5, 4, 3, 2, 1].map(|n| json!(n)).iter().collect::<Vec<_>>());
        assert!(receiver.requests().iter().all(|request| request.header("webhook-id") == Some(&event)));
        assert!(receiver.requests().windows(2).all(|pair| pair[0].body == pair[1].body));

        // The webhook that failed is not told of its own failure.
        let told = &observer.wait_for(1).await[0];
        let told: Value = serde_json::from_slice(&told.body).unwrap();
        assert_eq!(told["type"], "delivery.exhausted");
        assert_eq!((&told["data"]["id"], &told["data"]["webhook_id"]), (&json!(id), &json!(webhook)));
        assert_eq!(receiver.requests().len(), 10);
    }

    async fn retry_after_is_honoured(world) {
        let engine = Engine::new(&world).await;
        let receiver = Receiver::http(Behaviour::with_header(429, "retry-after: 120")).await;
        engine.webhook(&receiver.url("/"), &["*"]).await;
        let _worker = Worker::start(world.app.clone());
        let id = engine.delivery_of(&engine.publish().await).await;
        let delivery = engine.after(&id, 1).await;
        assert_eq!(delivery["last_diagnosis"]["category"], "throttling");
        let waits = time(&delivery["next_attempt_at"]).millis_since(time(&delivery["last_attempt_at"]));
        assert_eq!(waits, 120_000);
    }

    async fn gone_disables_the_webhook_and_cancels_what_waits(world) {
        let engine = Engine::new(&world).await;
        let receiver = Receiver::http(Behaviour::Answer(500, "")).await;
        let observer = Receiver::http(Behaviour::Answer(200, "")).await;
        engine.webhook(&receiver.url("/"), &["ticket.*", "webhook.*"]).await;
        engine.webhook(&observer.url("/"), &["webhook.*"]).await;
        let _worker = Worker::start(world.app.clone());
        let waiting = engine.delivery_of(&engine.publish().await).await;
        engine.after(&waiting, 1).await;
        receiver.set(Behaviour::Answer(410, ""));
        let refused = engine.delivery_of(&engine.publish().await).await;
        let refused = engine.after(&refused, 1).await;
        assert_eq!(refused["last_diagnosis"]["code"], "gone");
        for delivery in [&refused, &engine.show(&waiting).await] {
            assert_eq!((&delivery["status"], &delivery["cancel_reason"]), (&json!("canceled"), &json!("webhook_disabled")));
            assert_eq!(delivery["retry"]["possible"], false);
        }
        let told: Value = serde_json::from_slice(&observer.wait_for(1).await[0].body).unwrap();
        assert_eq!((&told["type"], &told["data"]["reason"]), (&json!("webhook.disabled"), &json!("gone")));
        assert!(engine.team.audited().await.contains(&"webhook.disabled".to_owned()));

        // What is published meanwhile waits for somebody to revive it, and is not sent.
        let later = engine.delivery_of(&engine.publish().await).await;
        assert_eq!(engine.show(&later).await["status"], "canceled");
        engine.key.post(&format!("/v1/deliveries/{later}/retry"), &json!({})).await.problem(409, "conflict");
        assert_eq!(receiver.requests().len(), 2);
    }

    async fn a_retry_by_hand_never_disturbs_the_schedule(world) {
        let engine = Engine::new(&world).await;
        let receiver = Receiver::http(Behaviour::Answer(503, "")).await;
        engine.webhook(&receiver.url("/"), &["*"]).await;
        let _worker = Worker::start(world.app.clone());
        let id = engine.delivery_of(&engine.publish().await).await;
        let before = engine.after(&id, 1).await;
        let retry = format!("/v1/deliveries/{id}/retry");
        let accepted = engine.key.post(&retry, &json!({})).await.ok(202);
        let after = engine.after(&id, 2).await;
        assert_eq!(schedule_of(&after), schedule_of(&before));
        let attempt = &after["attempt_history"][0];
        assert_eq!((&attempt["id"], &attempt["trigger"]), (&accepted["attempt_id"], &json!("manual")));
        assert!(engine.team.audited().await.contains(&"delivery.retried".to_owned()));

        // The schedule goes on as if nothing had happened.
        world.advance(6);
        assert_eq!(engine.after(&id, 3).await["attempt_history"][0]["trigger"], "automatic");
        receiver.set(Behaviour::Answer(200, ""));
        engine.key.post(&retry, &json!({})).await.ok(202);
        let done = engine.after(&id, 4).await;
        assert_eq!((&done["status"], &done["next_attempt_at"]), (&json!("succeeded"), &Value::Null));

        // Even what succeeded can be sent again.
        receiver.set(Behaviour::Answer(500, ""));
        engine.key.post(&retry, &json!({})).await.ok(202);
        assert_eq!(schedule_of(&engine.after(&id, 5).await), schedule_of(&done));
    }

    async fn a_retry_is_refused_while_an_attempt_is_under_way_and_to_strangers(world) {
        let engine = Engine::new(&world).await;
        let receiver = Receiver::http(Behaviour::Hang).await;
        engine.webhook(&receiver.url("/"), &["*"]).await;
        let _worker = Worker::start(world.app.clone());
        let id = engine.delivery_of(&engine.publish().await).await;
        receiver.wait_for(1).await;
        let retry = format!("/v1/deliveries/{id}/retry");
        let refused = engine.key.post(&retry, &json!({})).await.problem(409, "conflict");
        assert!(refused["detail"].as_str().unwrap().contains("under way"));
        assert_eq!(engine.show(&id).await["retry"]["possible"], false);
        let reader = world.key(&engine.team, &["deliveries:read"]).await;
        reader.post(&retry, &json!({})).await.problem(403, "insufficient-scope");
        engine.team.member.get("/v1/deliveries").await.problem(403, "admin-required");

        let stranger = Engine::new(&world).await;
        stranger.key.get(&format!("/v1/deliveries/{id}")).await.problem(404, "not-found");
        stranger.key.post(&retry, &json!({})).await.problem(404, "not-found");
        stranger.key.get("/v1/deliveries/dlv_nonsense").await.problem(404, "not-found");
        assert!(stranger.list("").await.is_empty());
    }

    async fn the_list_is_filtered(world) {
        let engine = Engine::new(&world).await;
        let good = Receiver::http(Behaviour::Answer(200, "")).await;
        let refusing = format!("http://{}/", refusing_address().await);
        let works = engine.webhook(&good.url("/"), &["ticket.created"]).await;
        let fails = engine.webhook(&refusing, &["ticket.*", "comment.*"]).await;
        let _worker = Worker::start(world.app.clone());
        engine.publish().await;
        eventually("both attempts", async || engine.list("status=pending").await.is_empty()).await;
        let count = async |filter: &str| engine.list(filter).await.len();
        assert_eq!(count("").await, 2);
        assert_eq!(count("status=succeeded").await, 1);
        assert_eq!(count("status=retrying,failed").await, 1);
        assert_eq!(count(&format!("webhook_id={works}")).await, 1);
        assert_eq!(count(&format!("webhook_id={fails}&category=configuration")).await, 1);
        assert_eq!(count("category=outage").await, 0);
        assert_eq!(count("event_type=ticket.created").await, 2);
        assert_eq!(count("event_type=comment.created").await, 0);
        assert_eq!(count("since=2026-11-23T07:00:00Z&until=2026-11-23T09:00:00Z").await, 2);
        assert_eq!(count("since=2026-11-23T09:00:00Z").await, 0);
        for bad in ["status=lost", "category=x", "webhook_id=1", "event_type=x", "since=today", "cursor=abc"] {
            engine.key.get(&format!("/v1/deliveries?{bad}")).await.problem(400, "bad-request");
        }
        let first = engine.key.get("/v1/deliveries?limit=1").await.ok(200);
        let cursor = first["next_cursor"].as_str().unwrap();
        let second = engine.key.get(&format!("/v1/deliveries?limit=1&cursor={cursor}")).await.ok(200);
        assert_eq!(second["next_cursor"], Value::Null);
        assert_ne!(first["data"][0]["id"], second["data"][0]["id"]);
    }

    async fn bad_events_are_refused_and_leave_nothing(world) {
        let engine = Engine::new(&world).await;
        let receiver = Receiver::http(Behaviour::Answer(200, "")).await;
        engine.webhook(&receiver.url("/"), &["*"]).await;
        for (body, field) in [
            (json!({ "data": {} }), "type"),
            (json!({ "type": "ticket.exploded", "data": ticket() }), "type"),
            (json!({ "type": "webhook.disabled", "data": {} }), "type"),
            (json!({ "type": "api_key.created", "data": {} }), "type"),
            (json!({ "type": "ticket.created" }), "data"),
            (json!({ "type": "ticket.created", "data": [] }), "data"),
            (json!({ "type": "ticket.created", "data": ticket(), "to": "x" }), "to"),
        ] {
            let fields = engine.key.post("/v1/events", &body).await.fields(422, "validation");
            assert!(fields.iter().any(|name| name.starts_with(field)), "{body}: {fields:?}");
        }
        assert!(engine.list("").await.is_empty());
        let reader = world.key(&engine.team, &["deliveries:read"]).await;
        let event = json!({ "type": "ticket.created", "data": ticket() });
        reader.post("/v1/events", &event).await.problem(403, "insufficient-scope");
        engine.key.get("/v1/events/evt_01JDBN5X7W3Q9K2M4E6R8T0VYZ").await.problem(404, "not-found");
    }

    async fn the_same_idempotency_key_publishes_once(world) {
        let engine = Engine::new(&world).await;
        let receiver = Receiver::http(Behaviour::Answer(200, "")).await;
        engine.webhook(&receiver.url("/"), &["*"]).await;
        let client = engine.key.with_header("idempotency-key", "once");
        let body = json!({ "type": "ticket.created", "data": ticket() });
        let first = client.post("/v1/events", &body).await.ok(202);
        assert_eq!(client.post("/v1/events", &body).await.ok(202), first);
        assert_eq!(engine.list("").await.len(), 1);
    }

    async fn others_are_told_when_a_webhook_works_again(world) {
        let engine = Engine::new(&world).await;
        let receiver = Receiver::http(Behaviour::Answer(500, "")).await;
        let observer = Receiver::http(Behaviour::Answer(200, "")).await;
        let webhook = engine.webhook(&receiver.url("/"), &["*"]).await;
        engine.webhook(&observer.url("/"), &["webhook.recovered"]).await;
        let _worker = Worker::start(world.app.clone());
        let id = engine.delivery_of(&engine.publish().await).await;
        engine.after(&id, 1).await;
        world.advance(6);
        engine.after(&id, 2).await;
        receiver.set(Behaviour::Answer(200, ""));
        world.advance(6 * 60);
        assert_eq!(engine.after(&id, 3).await["status"], "succeeded");
        let told: Value = serde_json::from_slice(&observer.wait_for(1).await[0].body).unwrap();
        assert_eq!((&told["type"], &told["data"]["id"]), (&json!("webhook.recovered"), &json!(webhook)));
        assert_eq!(told["data"]["failing_since"], "2026-11-23T08:00:00.000Z");
        assert_eq!(receiver.requests().len(), 3, "the webhook itself is not told");
    }

    async fn five_days_of_nothing_but_failures_disable_the_webhook(world) {
        let engine = Engine::new(&world).await;
        let receiver = Receiver::http(Behaviour::Answer(401, "")).await;
        engine.webhook(&receiver.url("/"), &["ticket.*"]).await;
        let _worker = Worker::start(world.app.clone());
        for day in 0..5 {
            let id = engine.delivery_of(&engine.publish().await).await;
            assert_eq!(engine.after(&id, 1).await["status"], "retrying", "day {day}");
            world.advance(24 * 3600);
        }
        eventually("everything is canceled", async || engine.list("status=canceled").await.len() == 5).await;
        assert!(engine.list("").await.iter().all(|delivery| delivery["cancel_reason"] == "webhook_disabled"));
        let id = engine.delivery_of(&engine.publish().await).await;
        assert_eq!(engine.show(&id).await["status"], "canceled");
    }
}
