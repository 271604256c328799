//! "Send test": any type that the webhook wants, or an event of the past, at once to one webhook alone.

use serde_json::{Value, json};

use crate::harness::{Behaviour, Integrator, Received, Receiver, World, both};

/// The body of a message, parsed.
fn body(received: &Received) -> Value {
    serde_json::from_slice(&received.body).unwrap()
}

#[both]
async fn it_sends_the_example_of_any_type_that_the_webhook_wants(world: World) {
    let integrator = Integrator::new(&world).await;
    let receiver = Receiver::http(Behaviour::Answer(204, "")).await;
    let webhook = integrator.webhook(&receiver.url("/"), &["ticket.*"]).await;
    let path = format!("/v1/webhooks/{webhook}/test");
    let admin = &integrator.team.admin;
    for (asked, sent) in [
        (json!({}), "webhook.test"),
        (json!({ "event_type": "webhook.test" }), "webhook.test"),
        (json!({ "event_type": "ticket.created" }), "ticket.created"),
        (json!({ "event_type": "ticket.closed" }), "ticket.closed"),
    ] {
        let tested = admin.post(&path, &asked).await.ok(200);
        assert_eq!(tested["succeeded"], true, "{tested}");
        let arrived = receiver.requests().pop().unwrap();
        assert_eq!(body(&arrived)["type"], sent);
        assert_eq!(tested["attempt"]["request"]["body"].as_str().unwrap().as_bytes(), arrived.body);
    }
    let refused = admin.post(&path, &json!({ "event_type": "broadcast.sent" })).await;
    assert_eq!(refused.fields(422, "validation"), ["event_type"]);
    let refused = admin.post(&path, &json!({ "event_type": "ticket.eaten" })).await;
    assert_eq!(refused.fields(422, "validation"), ["event_type"]);
    assert_eq!(receiver.requests().len(), 4);
    assert!(integrator.list("").await.is_empty(), "tests are no deliveries");
    assert_eq!(integrator.show_webhook(&webhook).await["health"]["last_success_at"], Value::Null);
}

#[both]
async fn it_sends_an_event_of_the_past_as_it_was(world: World) {
    let integrator = Integrator::new(&world).await;
    let receiver = Receiver::http(Behaviour::Answer(401, "who?")).await;
    let event = integrator.publish().await;
    let other = json!({ "type": "broadcast.sent", "data": { "id": "brd_01JD3V5H4QZ8N7K2M9R6T1W0XY", "subject": "Hello",
        "body": "", "status": "sent", "created_at": world.now(), "sent_at": world.now() } });
    let other = integrator.key.post("/v1/events", &other).await.ok(202)["id"].clone();
    let webhook = integrator.webhook(&receiver.url("/"), &["ticket.*"]).await;
    let path = format!("/v1/webhooks/{webhook}/test");
    let admin = &integrator.team.admin;
    world.advance(60);
    let tested = admin.post(&path, &json!({ "event_id": event })).await.ok(200);
    assert_eq!(
        (&tested["succeeded"], &tested["attempt"]["diagnosis"]["code"]),
        (&json!(false), &json!("unauthorized"))
    );
    let arrived = &receiver.requests()[0];
    assert_eq!(arrived.header("webhook-id"), Some(event.as_str()));
    assert_eq!(arrived.header("webhook-timestamp"), Some(world.now().as_secs().to_string().as_str()));
    let shown = integrator.key.get(&format!("/v1/events/{event}")).await.ok(200);
    assert_eq!(body(arrived)["type"], shown["type"]);
    assert!(integrator.list("").await.is_empty());
    let both = json!({ "event_id": event, "event_type": "ticket.created" });
    for wrong in [
        json!({ "event_id": other }),
        json!({ "event_id": "evt_1" }),
        both,
        json!({ "event_id": "evt_01JD3V5H4QZ8N7K2M9R6T1W0XY" }),
    ] {
        assert_eq!(admin.post(&path, &wrong).await.fields(422, "validation"), ["event_id"], "{wrong}");
    }
    assert_eq!(receiver.requests().len(), 1);
}
