//! Events on their way to webhooks: signed, retried by the schedule and by hand, listed, explained.

use api_types::Timestamp;
use serde_json::{Value, json};

use crate::harness::{
    Behaviour, Integrator, Receiver, World, a_ticket, a_ticket_event, both, eventually, refusing_address,
    secrets::verifier,
};

fn time(value: &Value) -> Timestamp {
    value.as_str().unwrap().parse().unwrap()
}

/// The fields that a failed retry by hand must leave alone.
fn schedule_of(delivery: &Value) -> (Value, Value, Value) {
    (delivery["status"].clone(), delivery["next_attempt_at"].clone(), delivery["finished_at"].clone())
}

#[both]
async fn an_event_arrives_signed_and_every_step_is_on_record(world: World) {
    let integrator = Integrator::new(&world).await;
    let receiver = Receiver::http(Behaviour::Answer(200, "thanks")).await;
    let body = json!({ "url": receiver.url("/hook"), "event_types": ["ticket.*"] });
    let verifier = verifier(&integrator.make_webhook(&body).await["signing_secret"]);
    integrator.webhook(&receiver.url("/other"), &["comment.created"]).await;
    let _worker = world.start_worker();
    let event = integrator.publish().await;
    let arrived = &receiver.wait_for(1).await[0];
    assert!(world.verifies(&verifier, arrived));
    assert_eq!(arrived.header("webhook-id"), Some(event.as_str()));
    let body: Value = serde_json::from_slice(&arrived.body).unwrap();
    assert_eq!((&body["type"], &body["data"]), (&json!("ticket.created"), &a_ticket()));

    let delivery = integrator.after(&integrator.delivery_of(&event).await, 1).await;
    assert_eq!(delivery["status"], "succeeded");
    assert_eq!((&delivery["next_attempt_at"], &delivery["last_diagnosis"]), (&Value::Null, &Value::Null));
    // The payload stands there byte for byte.
    let text = integrator.key.get(&format!("/v1/deliveries/{}", delivery["id"].as_str().unwrap())).await.text;
    assert!(text.contains(std::str::from_utf8(&arrived.body).unwrap()), "{text}");
    let attempt = &delivery["attempt_history"][0];
    assert_eq!((&attempt["number"], &attempt["trigger"]), (&json!(1), &json!("automatic")));
    assert_eq!(attempt["response"]["body"], "thanks");
    assert_eq!(attempt["address"], receiver.address.to_string());
    assert!(attempt["timings"]["total_ms"].as_f64().unwrap() > 0.0);
    assert_eq!(receiver.requests().len(), 1, "the other webhook did not want it");
    assert_eq!(integrator.key.get(&format!("/v1/events/{event}")).await.ok(200)["payload"], body);
}

#[both]
async fn during_an_overlap_both_secrets_sign(world: World) {
    let integrator = Integrator::new(&world).await;
    let receiver = Receiver::http(Behaviour::Answer(204, "")).await;
    let made = integrator.make_webhook(&json!({ "url": receiver.url("/"), "event_types": ["*"] })).await;
    let rotate = format!("/v1/webhooks/{}/secrets", made["id"].as_str().unwrap());
    let rotated = integrator.team.admin.post(&rotate, &json!({ "overlap": "1h" })).await.ok(201);
    let old = verifier(&made["signing_secret"]);
    let new = verifier(&rotated["signing_secret"]);
    let _worker = world.start_worker();
    integrator.publish().await;
    let first = &receiver.wait_for(1).await[0];
    assert_eq!(first.header("webhook-signature").unwrap().split(' ').count(), 2);
    assert!([&old, &new].into_iter().all(|key| world.verifies(key, first)));
    world.advance(3601);
    integrator.publish().await;
    let second = &receiver.wait_for(2).await[1];
    assert!(world.verifies(&new, second));
    assert!(!world.verifies(&old, second));
}

#[both]
async fn ed25519_signatures_verify_with_the_public_key(world: World) {
    let integrator = Integrator::new(&world).await;
    let receiver = Receiver::http(Behaviour::Answer(204, "")).await;
    let body = json!({ "url": receiver.url("/"), "event_types": ["*"], "signature": "v1a" });
    let key = verifier(&integrator.make_webhook(&body).await["public_key"]);
    let _worker = world.start_worker();
    integrator.publish().await;
    let arrived = &receiver.wait_for(1).await[0];
    assert!(arrived.header("webhook-signature").unwrap().starts_with("v1a,"));
    assert!(world.verifies(&key, arrived));
}

#[both]
async fn failures_are_retried_by_the_schedule_until_it_is_used_up(world: World) {
    let integrator = Integrator::new(&world).await;
    let receiver = Receiver::http(Behaviour::Answer(422, "oops")).await;
    let observer = Receiver::http(Behaviour::Answer(200, "")).await;
    let webhook = integrator.webhook(&receiver.url("/"), &["ticket.created", "delivery.*"]).await;
    integrator.webhook(&observer.url("/"), &["delivery.exhausted"]).await;
    let _worker = world.start_worker();
    let event = integrator.publish().await;
    let id = integrator.delivery_of(&event).await;
    let minutes = [0, 5, 30, 120, 300, 600, 840, 1200, 1440];
    for (index, minutes) in minutes.into_iter().enumerate() {
        let delivery = integrator.after(&id, index as u64 + 1).await;
        assert_eq!(delivery["status"], "retrying");
        let pause = if minutes == 0 { 5_000 } else { minutes * 60_000 };
        let waits = time(&delivery["next_attempt_at"]).millis_since(time(&delivery["last_attempt_at"]));
        assert!((waits - pause).abs() <= pause / 10, "step {index}: {waits} ms");
        let diagnosis = &delivery["last_diagnosis"];
        assert_eq!(
            (&diagnosis["code"], &diagnosis["category"]),
            (&json!("payload_rejected"), &json!("configuration"))
        );
        world.advance(u64::try_from(waits / 1000 + 2).unwrap());
    }
    let failed = integrator.after(&id, 10).await;
    assert_eq!((&failed["status"], &failed["next_attempt_at"]), (&json!("failed"), &Value::Null));
    let ids: Vec<&Value> =
        failed["attempt_history"].as_array().unwrap().iter().map(|a| &a["number"]).collect();
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

#[both]
async fn retry_after_is_honoured(world: World) {
    let integrator = Integrator::new(&world).await;
    let receiver = Receiver::http(Behaviour::with_header(429, "retry-after: 120")).await;
    integrator.webhook(&receiver.url("/"), &["*"]).await;
    let _worker = world.start_worker();
    let id = integrator.delivery_of(&integrator.publish().await).await;
    let delivery = integrator.after(&id, 1).await;
    assert_eq!(delivery["last_diagnosis"]["category"], "throttling");
    let waits = time(&delivery["next_attempt_at"]).millis_since(time(&delivery["last_attempt_at"]));
    assert_eq!(waits, 120_000);
}

#[both]
async fn gone_disables_the_webhook_and_cancels_what_waits(world: World) {
    let integrator = Integrator::new(&world).await;
    let receiver = Receiver::http(Behaviour::Answer(500, "")).await;
    let observer = Receiver::http(Behaviour::Answer(200, "")).await;
    integrator.webhook(&receiver.url("/"), &["ticket.*", "webhook.*"]).await;
    integrator.webhook(&observer.url("/"), &["webhook.*"]).await;
    let _worker = world.start_worker();
    let waiting = integrator.delivery_of(&integrator.publish().await).await;
    integrator.after(&waiting, 1).await;
    receiver.set(Behaviour::Answer(410, ""));
    let refused = integrator.delivery_of(&integrator.publish().await).await;
    let refused = integrator.after(&refused, 1).await;
    assert_eq!(refused["last_diagnosis"]["code"], "gone");
    for delivery in [&refused, &integrator.show(&waiting).await] {
        assert_eq!(
            (&delivery["status"], &delivery["cancel_reason"]),
            (&json!("canceled"), &json!("webhook_disabled"))
        );
        assert_eq!(delivery["retry"]["possible"], false);
    }
    let told: Value = serde_json::from_slice(&observer.wait_for(1).await[0].body).unwrap();
    assert_eq!((&told["type"], &told["data"]["reason"]), (&json!("webhook.disabled"), &json!("gone")));
    assert!(integrator.team.audited().await.contains(&"webhook.disabled".to_owned()));

    // A delivery published meanwhile is canceled, and cannot be retried while the webhook is disabled.
    let later = integrator.delivery_of(&integrator.publish().await).await;
    assert_eq!(integrator.show(&later).await["status"], "canceled");
    integrator.key.post(&format!("/v1/deliveries/{later}/retry"), &json!({})).await.problem(409, "conflict");
    assert_eq!(receiver.requests().len(), 2);
}

#[both]
async fn a_retry_by_hand_never_disturbs_the_schedule(world: World) {
    let integrator = Integrator::new(&world).await;
    let receiver = Receiver::http(Behaviour::Answer(503, "")).await;
    integrator.webhook(&receiver.url("/"), &["*"]).await;
    let _worker = world.start_worker();
    let id = integrator.delivery_of(&integrator.publish().await).await;
    let before = integrator.after(&id, 1).await;
    let retry = format!("/v1/deliveries/{id}/retry");
    let accepted = integrator.key.post(&retry, &json!({})).await.ok(202);
    let after = integrator.after(&id, 2).await;
    assert_eq!(schedule_of(&after), schedule_of(&before));
    let attempt = &after["attempt_history"][0];
    assert_eq!((&attempt["id"], &attempt["trigger"]), (&accepted["attempt_id"], &json!("manual")));
    assert!(integrator.team.audited().await.contains(&"delivery.retried".to_owned()));

    // The schedule goes on as if nothing had happened.
    world.advance(6);
    assert_eq!(integrator.after(&id, 3).await["attempt_history"][0]["trigger"], "automatic");
    receiver.set(Behaviour::Answer(200, ""));
    integrator.key.post(&retry, &json!({})).await.ok(202);
    let done = integrator.after(&id, 4).await;
    assert_eq!((&done["status"], &done["next_attempt_at"]), (&json!("succeeded"), &Value::Null));

    // Even what succeeded can be sent again.
    receiver.set(Behaviour::Answer(500, ""));
    integrator.key.post(&retry, &json!({})).await.ok(202);
    assert_eq!(schedule_of(&integrator.after(&id, 5).await), schedule_of(&done));
}

#[both]
async fn a_retry_is_refused_while_an_attempt_is_under_way_and_to_strangers(world: World) {
    let integrator = Integrator::new(&world).await;
    let receiver = Receiver::http(Behaviour::Hang).await;
    integrator.webhook(&receiver.url("/"), &["*"]).await;
    let _worker = world.start_worker();
    let id = integrator.delivery_of(&integrator.publish().await).await;
    receiver.wait_for(1).await;
    let retry = format!("/v1/deliveries/{id}/retry");
    let refused = integrator.key.post(&retry, &json!({})).await.problem(409, "conflict");
    assert!(refused["detail"].as_str().unwrap().contains("under way"));
    assert_eq!(integrator.show(&id).await["retry"]["possible"], false);
    let reader = world.key(&integrator.team, &["deliveries:read"]).await;
    reader.post(&retry, &json!({})).await.problem(403, "insufficient-scope");
    integrator.team.member.get("/v1/deliveries").await.problem(403, "admin-required");

    let stranger = Integrator::new(&world).await;
    stranger.key.get(&format!("/v1/deliveries/{id}")).await.problem(404, "not-found");
    stranger.key.post(&retry, &json!({})).await.problem(404, "not-found");
    stranger.key.get("/v1/deliveries/dlv_nonsense").await.problem(404, "not-found");
    assert!(stranger.list("").await.is_empty());
}

#[both]
async fn the_list_is_filtered(world: World) {
    let integrator = Integrator::new(&world).await;
    let good = Receiver::http(Behaviour::Answer(200, "")).await;
    let refusing = format!("http://{}/", refusing_address());
    let works = integrator.webhook(&good.url("/"), &["ticket.created"]).await;
    let fails = integrator.webhook(&refusing, &["ticket.*", "comment.*"]).await;
    let _worker = world.start_worker();
    integrator.publish().await;
    eventually("both attempts", async || integrator.list("status=pending").await.is_empty()).await;
    let count = async |filter: &str| integrator.list(filter).await.len();
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
        integrator.key.get(&format!("/v1/deliveries?{bad}")).await.problem(400, "bad-request");
    }
    let first = integrator.key.get("/v1/deliveries?limit=1").await.ok(200);
    let cursor = first["next_cursor"].as_str().unwrap();
    let second = integrator.key.get(&format!("/v1/deliveries?limit=1&cursor={cursor}")).await.ok(200);
    assert_eq!(second["next_cursor"], Value::Null);
    assert_ne!(first["data"][0]["id"], second["data"][0]["id"]);
}

#[both]
async fn bad_events_are_refused_and_leave_nothing(world: World) {
    let integrator = Integrator::new(&world).await;
    let receiver = Receiver::http(Behaviour::Answer(200, "")).await;
    integrator.webhook(&receiver.url("/"), &["*"]).await;
    for (body, field) in [
        (json!({ "data": {} }), "type"),
        (json!({ "type": "ticket.exploded", "data": a_ticket() }), "type"),
        (json!({ "type": "webhook.disabled", "data": {} }), "type"),
        (json!({ "type": "api_key.created", "data": {} }), "type"),
        (json!({ "type": "ticket.created" }), "data"),
        (json!({ "type": "ticket.created", "data": [] }), "data"),
        (json!({ "type": "ticket.created", "data": a_ticket(), "to": "x" }), "to"),
    ] {
        let fields = integrator.key.post("/v1/events", &body).await.fields(422, "validation");
        assert!(fields.iter().any(|name| name.starts_with(field)), "{body}: {fields:?}");
    }
    assert!(integrator.list("").await.is_empty());
    let reader = world.key(&integrator.team, &["deliveries:read"]).await;
    let event = a_ticket_event();
    reader.post("/v1/events", &event).await.problem(403, "insufficient-scope");
    integrator.key.get("/v1/events/evt_01JDBN5X7W3Q9K2M4E6R8T0VYZ").await.problem(404, "not-found");
}

#[both]
async fn the_same_idempotency_key_publishes_once(world: World) {
    let integrator = Integrator::new(&world).await;
    let receiver = Receiver::http(Behaviour::Answer(200, "")).await;
    integrator.webhook(&receiver.url("/"), &["*"]).await;
    let client = integrator.key.with_header("idempotency-key", "once");
    let body = a_ticket_event();
    let first = client.post("/v1/events", &body).await.ok(202);
    assert_eq!(client.post("/v1/events", &body).await.ok(202), first);
    assert_eq!(integrator.list("").await.len(), 1);
}

#[both]
async fn others_are_told_when_a_webhook_works_again(world: World) {
    let integrator = Integrator::new(&world).await;
    let receiver = Receiver::http(Behaviour::Answer(500, "")).await;
    let observer = Receiver::http(Behaviour::Answer(200, "")).await;
    let webhook = integrator.webhook(&receiver.url("/"), &["*"]).await;
    integrator.webhook(&observer.url("/"), &["webhook.recovered"]).await;
    let _worker = world.start_worker();
    let id = integrator.delivery_of(&integrator.publish().await).await;
    integrator.after(&id, 1).await;
    world.advance(6);
    integrator.after(&id, 2).await;
    receiver.set(Behaviour::Answer(200, ""));
    world.advance(6 * 60);
    assert_eq!(integrator.after(&id, 3).await["status"], "succeeded");
    let told: Value = serde_json::from_slice(&observer.wait_for(1).await[0].body).unwrap();
    assert_eq!((&told["type"], &told["data"]["id"]), (&json!("webhook.recovered"), &json!(webhook)));
    assert_eq!(told["data"]["failing_since"], "2026-11-23T08:00:00.000Z");
    assert_eq!(receiver.requests().len(), 3, "the webhook itself is not told");
}

#[both]
async fn five_days_of_nothing_but_failures_disable_the_webhook(world: World) {
    let integrator = Integrator::new(&world).await;
    let receiver = Receiver::http(Behaviour::Answer(401, "")).await;
    integrator.webhook(&receiver.url("/"), &["ticket.*"]).await;
    let _worker = world.start_worker();
    for day in 0..5 {
        let id = integrator.delivery_of(&integrator.publish().await).await;
        assert_eq!(integrator.after(&id, 1).await["status"], "retrying", "day {day}");
        world.advance(24 * 3600);
    }
    eventually("everything is canceled", async || integrator.list("status=canceled").await.len() == 5).await;
    assert!(integrator.list("").await.iter().all(|delivery| delivery["cancel_reason"] == "webhook_disabled"));
    let id = integrator.delivery_of(&integrator.publish().await).await;
    assert_eq!(integrator.show(&id).await["status"], "canceled");
}

#[both]
async fn retries_by_hand_are_bounded_and_attempts_are_paged(world: World) {
    let integrator = Integrator::new(&world).await;
    let receiver = Receiver::http(Behaviour::Answer(200, "")).await;
    integrator.webhook(&receiver.url("/"), &["*"]).await;
    let _worker = world.start_worker();
    let id = integrator.delivery_of(&integrator.publish().await).await;
    integrator.after(&id, 1).await;
    let retry = format!("/v1/deliveries/{id}/retry");
    for attempt in 2..=31 {
        integrator.key.post(&retry, &json!({})).await.ok(202);
        integrator.after(&id, attempt).await;
    }
    let refused = integrator.key.post(&retry, &json!({})).await.problem(409, "conflict");
    assert!(refused["detail"].as_str().unwrap().contains("30 times"), "{refused}");
    let numbers = |attempts: &Value| -> Vec<u64> {
        attempts.as_array().unwrap().iter().map(|attempt| attempt["number"].as_u64().unwrap()).collect()
    };
    let shown = integrator.show(&id).await;
    assert_eq!((&shown["attempts"], &shown["retry"]["possible"]), (&json!(31), &json!(false)));
    assert_eq!(numbers(&shown["attempt_history"]), (12..=31).rev().collect::<Vec<_>>());
    // The payload stands once.
    let title = a_ticket()["title"].as_str().unwrap().to_owned();
    assert_eq!(shown.to_string().matches(&title).count(), 1);

    let path = format!("/v1/deliveries/{id}/attempts");
    let mut listed = Vec::new();
    let mut next = format!("{path}?limit=15");
    for _ in 0..3 {
        let page = integrator.key.get(&next).await.ok(200);
        assert!(page["data"][0]["request"].get("body").is_none());
        listed.extend(numbers(&page["data"]));
        let Some(cursor) = page["next_cursor"].as_str() else { break };
        next = format!("{path}?limit=15&cursor={cursor}");
    }
    assert_eq!(listed, (1..=31).rev().collect::<Vec<_>>());
    integrator.key.get(&format!("{path}?cursor=abc")).await.problem(400, "bad-request");
    let stranger = Integrator::new(&world).await;
    stranger.key.get(&path).await.problem(404, "not-found");

    world.advance(3_600);
    integrator.key.post(&retry, &json!({})).await.ok(202);
    integrator.after(&id, 32).await;
}
