//! "Send to webhook…": one event to one webhook, by hand.

use serde_json::{Value, json};

use crate::harness::{Behaviour, Client, Integrator, NOWHERE, Receiver, Reply, World, a_ticket_event, both};

async fn send(client: &Client, event: &str, webhook: &str) -> Reply {
    client.post(&format!("/v1/events/{event}/send"), &json!({ "webhook_id": webhook })).await
}

#[both]
async fn an_event_goes_to_a_webhook_that_was_not_there_yet(world: World) {
    let integrator = Integrator::new(&world).await;
    let event = integrator.publish().await;
    let receiver = Receiver::http(Behaviour::Answer(500, "")).await;
    // It does not even subscribe to the type.
    let webhook = integrator.webhook(&receiver.url("/"), &["broadcast.sent"]).await;
    let _worker = world.start_worker();
    let accepted = send(&integrator.team.admin, &event, &webhook).await.ok(202);
    let id = accepted["delivery_id"].as_str().unwrap();
    let arrived = &receiver.wait_for(1).await[0];
    assert_eq!(arrived.header("webhook-id"), Some(event.as_str()));
    let body = integrator.key.get(&format!("/v1/events/{event}")).await.ok(200)["body"].clone();
    assert_eq!(body.as_str().unwrap().as_bytes(), arrived.body);
    let delivery = integrator.after(id, 1).await;
    assert_eq!((&delivery["status"], &delivery["event_id"]), (&json!("retrying"), &json!(event)));
    let refused = send(&integrator.team.admin, &event, &webhook).await.problem(409, "conflict");
    assert!(refused["detail"].as_str().unwrap().contains(id), "{refused}");
    receiver.set(Behaviour::Answer(200, ""));
    world.advance(7);
    integrator.after(id, 2).await;
    let again = send(&integrator.team.admin, &event, &webhook).await.ok(202);
    receiver.wait_for(3).await;
    integrator.after(again["delivery_id"].as_str().unwrap(), 1).await;
    assert_eq!(integrator.list(&format!("event_id={event}")).await.len(), 2);
    let log = integrator.team.admin.get("/v1/audit-log?action=event.sent").await.ok(200);
    assert_eq!(log["data"][0]["object_id"], event);
    assert_eq!(log["data"][0]["details"]["delivery_id"], again["delivery_id"]);
}

#[both]
async fn what_cannot_be_sent_is_refused_with_a_reason(world: World) {
    let integrator = Integrator::new(&world).await;
    let admin = &integrator.team.admin;
    let webhook = integrator.webhook(NOWHERE, &["broadcast.sent"]).await;
    let event = integrator.publish().await;
    let other = Integrator::new(&world).await;
    let theirs = other.webhook(NOWHERE, &["broadcast.sent"]).await;
    for wrong in [theirs.as_str(), "whk_01JDBN5X7W3Q9K2M4E6R8T0VYZ", "x", &event] {
        assert_eq!(send(admin, &event, wrong).await.fields(422, "validation"), ["webhook_id"]);
    }
    let their_event = other.publish().await;
    send(admin, &their_event, &webhook).await.problem(404, "not-found");

    // Nobody has sent to them what they may not read.
    let key = world.key(&integrator.team, &["deliveries:retry", "broadcasts:read"]).await;
    let problem = send(&key, &event, &webhook).await.problem(403, "insufficient-scope");
    assert!(problem["detail"].as_str().unwrap().contains("tickets:read"));
    let created = admin.get("/v1/events?type=api_key.created&limit=1").await.ok(200)["data"][0].clone();
    let created = created["id"].as_str().unwrap();
    send(&key, created, &webhook).await.problem(403, "session-required");
    let reader = world.key(&integrator.team, &["deliveries:retry", "tickets:read"]).await;
    // It is another's webhook.
    assert_eq!(send(&reader, &event, &webhook).await.fields(422, "validation"), ["webhook_id"]);
    send(&integrator.key, &event, &webhook).await.ok(202);

    let own = integrator.webhook(NOWHERE, &["*"]).await;
    integrator.disable(&own).await;
    send(admin, &event, &own).await.problem(409, "conflict");
    let disabled = admin.get("/v1/events?type=webhook.disabled").await.ok(200)["data"][0].clone();
    integrator.enable(&own).await;
    let problem = send(admin, disabled["id"].as_str().unwrap(), &own).await.problem(409, "conflict");
    assert!(problem["detail"].as_str().unwrap().contains("about this webhook"), "{problem}");
    assert_eq!(admin.delete(&format!("/v1/webhooks/{own}")).await.status, 204);
    assert_eq!(send(admin, &event, &own).await.fields(422, "validation"), ["webhook_id"]);
}

#[both]
async fn a_parked_webhook_holds_what_is_sent_to_it(world: World) {
    let integrator = Integrator::new(&world).await;
    let receiver = Receiver::http(Behaviour::Answer(503, "")).await;
    let webhook = integrator.webhook(&receiver.url("/"), &["ticket.*"]).await;
    let body = json!({ "type": "broadcast.sent", "data": { "id": "B-1" } });
    let event = integrator.key.post("/v1/events", &body).await.ok(202)["id"].as_str().unwrap().to_owned();
    let _worker = world.start_worker();
    integrator.park(&webhook).await;
    let sent = send(&integrator.team.admin, &event, &webhook).await.ok(202);
    let waiting = integrator.show(sent["delivery_id"].as_str().unwrap()).await;
    assert_eq!((&waiting["attempts"], &waiting["status"]), (&json!(0), &json!("pending")), "{waiting}");
    receiver.set(Behaviour::Answer(200, ""));
    world
        .step_until("it went out", async || {
            integrator.show(sent["delivery_id"].as_str().unwrap()).await["status"] == "succeeded"
        })
        .await;
    let again: Value = integrator.key.post("/v1/events", &a_ticket_event()).await.ok(202);
    assert!(again["id"].is_string());
}
