//! What a reader is shown of events and deliveries: payloads, requests and answers only to those who may read the event's type.

use serde_json::{Value, json};

use crate::harness::{Behaviour, Client, Receiver, Team, World, both, eventually, oauth::ThirdPartyApp};

/// The text of a note that nobody reads without `tickets:read`.
const NOTE: &str = "The customer's door code is 4711";

/// An app that owns a webhook for notes, and its token with these scopes.
async fn token(world: &World, app: &ThirdPartyApp, scopes: &str) -> Client {
    let given = app.token(&[("grant_type", "client_credentials"), ("scope", scopes)]).await.ok(200);
    world.bearer(given["access_token"].as_str().unwrap())
}

/// Writes a note, waits until its delivery has failed, and gives the delivery's id.
async fn failed_note(team: &Team) -> String {
    let ticket = team.admin.post("/v1/tickets", &json!({ "title": "A" })).await.ok(201);
    let notes = format!("/v1/tickets/{}/notes", ticket["id"].as_str().unwrap());
    team.admin.post(&notes, &json!({ "body": NOTE })).await.ok(201);
    let mut id = String::new();
    eventually("the delivery has failed", async || {
        let page = team.admin.get("/v1/deliveries?event_type=note.created&status=retrying").await.ok(200);
        page["data"][0]["id"].as_str().unwrap_or_default().clone_into(&mut id);
        !id.is_empty()
    })
    .await;
    id
}

/// Every answer that tells of a delivery, by its path.
async fn answers(reader: &Client, delivery: &str) -> Vec<(String, String)> {
    let path = format!("/v1/deliveries/{delivery}");
    let event = reader.get(&path).await.ok(200)["event"]["id"].as_str().unwrap().to_owned();
    let paths = [
        path.clone(),
        format!("{path}/attempts"),
        format!("/v1/events/{event}"),
        "/v1/deliveries".to_owned(),
        "/v1/deliveries?status=retrying".to_owned(),
        format!("/v1/deliveries?event_id={event}"),
    ];
    let mut answers = Vec::new();
    for path in paths {
        let reply = reader.get(&path).await;
        assert_eq!(reply.status, 200, "{path}: {}", reply.text);
        answers.push((path, reply.text));
    }
    answers
}

#[both]
async fn an_internal_note_is_shown_only_to_who_may_read_tickets(world: World) {
    let team = world.business().await;
    // The receiver says what it was sent: its answer is as secret as the message.
    let receiver = Receiver::http(Behaviour::Answer(500, NOTE)).await;
    let scopes = ["tickets:read", "webhooks:write", "deliveries:read"];
    let app = ThirdPartyApp::new(&world, &team, &scopes).await;
    let maker = token(&world, &app, "tickets:read webhooks:write").await;
    let hook = json!({ "url": receiver.url("/"), "event_types": ["note.*"] });
    maker.post("/v1/webhooks", &hook).await.ok(201);
    let _worker = world.start_worker();
    let delivery = failed_note(&team).await;

    let narrow = token(&world, &app, "deliveries:read").await;
    for (path, text) in answers(&narrow, &delivery).await {
        assert!(!text.contains("4711"), "{path}: {text}");
        assert!(text.contains("\"hidden\":\"tickets:read\""), "{path}: {text}");
    }
    let path = format!("/v1/deliveries/{delivery}");
    let shown = narrow.get(&path).await.ok(200);
    assert_eq!((&shown["hidden"], &shown["event"]["payload"]), (&json!("tickets:read"), &Value::Null));
    let attempt = &shown["attempt_history"][0];
    assert_eq!((&attempt["request"], &attempt["response"]), (&Value::Null, &Value::Null));
    assert_eq!(attempt["diagnosis"]["code"], "server_error");
    assert_eq!(shown["last_diagnosis"]["summary"], "Server errors.");

    let wide = token(&world, &app, "deliveries:read tickets:read").await;
    for reader in [&wide, &team.admin] {
        let shown = reader.get(&path).await.ok(200);
        assert_eq!(shown["event"]["payload"]["data"]["body"], NOTE);
        assert_eq!(shown["attempt_history"][0]["response"]["body"], NOTE);
        assert!(shown["last_diagnosis"]["summary"].as_str().unwrap().contains(NOTE));
        for place in [&shown, &shown["event"], &shown["attempt_history"][0]] {
            assert_eq!(place["hidden"], Value::Null);
        }
    }
}

#[both]
async fn events_about_the_area_itself_are_for_admins_alone(world: World) {
    let team = world.business().await;
    let key = world.key(&team, &["deliveries:read", "tickets:read", "broadcasts:read"]).await;
    let receiver = Receiver::http(Behaviour::Answer(200, "")).await;
    let hook = json!({ "url": receiver.url("/"), "event_types": ["*"] });
    team.admin.post("/v1/webhooks", &hook).await.ok(201);
    team.create_key(&["tickets:read"]).await;
    let listed = team.admin.get("/v1/deliveries?event_type=api_key.created").await.ok(200);
    let event = format!("/v1/events/{}", listed["data"][0]["event_id"].as_str().unwrap());
    let shown = key.get(&event).await.ok(200);
    assert_eq!((&shown["payload"], &shown["hidden"]), (&Value::Null, &json!("session")));
    assert_eq!(shown["type"], "api_key.created");
    assert_eq!(team.admin.get(&event).await.ok(200)["payload"]["data"]["name"], "A key");
}

#[both]
async fn a_test_is_shown_again_only_to_who_may_still_read_the_webhooks_events(world: World) {
    let team = world.business().await;
    let receiver = Receiver::http(Behaviour::Answer(200, NOTE)).await;
    let app = ThirdPartyApp::new(&world, &team, &["tickets:read", "webhooks:write"]).await;
    let wide = token(&world, &app, "tickets:read webhooks:write").await;
    let hook = json!({ "url": receiver.url("/"), "event_types": ["note.*"] });
    let made = wide.post("/v1/webhooks", &hook).await.ok(201);
    let test = format!("/v1/webhooks/{}/test", made["id"].as_str().unwrap());
    let again = |client: &Client| client.with_header("idempotency-key", "one test");
    let first = again(&wide).post(&test, &json!({})).await.ok(200);
    assert_eq!(first["attempt"]["response"]["body"], NOTE);
    assert_eq!(first["attempt"]["hidden"], Value::Null);
    assert_eq!(again(&wide).post(&test, &json!({})).await.ok(200), first);
    // The app's tokens share its idempotency keys; one that may not read notes gets no answer about them.
    let narrow = token(&world, &app, "webhooks:write").await;
    again(&narrow).post(&test, &json!({})).await.problem(403, "insufficient-scope");
    assert_eq!(receiver.requests().len(), 1);
}
