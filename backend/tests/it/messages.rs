//! The bodies of messages: the publisher's bytes, who did it, what was there before, and the same on every attempt.

use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{Behaviour, Integrator, Receiver, Reply, Team, World, both, oauth::ThirdPartyApp};

/// Publishes a `ticket.created` with exactly this `data`.
async fn publish_raw(integrator: &Integrator, data: &str) -> Reply {
    let body = format!(r#"{{"type":"ticket.created","data":{data}}}"#);
    integrator.key.send(Method::POST, "/v1/events", "application/json", body).await
}

/// The bodies of a workspace's events, oldest first.
async fn bodies(world: &World, team: &Team) -> Vec<Value> {
    world.payloads(team.id).await.iter().map(|payload| serde_json::from_str(payload).unwrap()).collect()
}

/// The last of the bodies.
async fn last(world: &World, team: &Team) -> Value {
    bodies(world, team).await.pop().unwrap()
}

#[both]
async fn data_is_sent_byte_for_byte_as_it_came_on_every_attempt(world: World) {
    let integrator = Integrator::new(&world).await;
    let receiver = Receiver::http(Behaviour::Answer(500, "")).await;
    integrator.webhook(&receiver.url("/"), &["ticket.*"]).await;
    let _worker = world.start_worker();
    let data = concat!(
        r#"{"zebra": [9007199254740993, 1E2, -0, -0.0, 123456789012345678901234567890, 1.10, 0.1e-7],"#,
        "\n\t  ",
        r#""id":"T-1", "a" : "\u00e9\/é\ud83d\ude00 \u0000", "": {"b":1 ,"a":[ ]}  }"#
    );
    let id = publish_raw(&integrator, data).await.ok(202)["id"].as_str().unwrap().to_owned();
    let first = receiver.wait_for(1).await[0].body.clone();
    let text = String::from_utf8(first.clone()).unwrap();
    let parsed: Value = serde_json::from_str(&text).unwrap();
    let key = parsed["actor"]["id"].as_str().filter(|id| id.starts_with("key_")).unwrap();
    let expected = format!(
        "{{\"id\":\"{id}\",\"type\":\"ticket.created\",\"timestamp\":\"2026-11-23T08:00:00.000Z\",\
         \"workspace_id\":\"{}\",\"actor\":{{\"type\":\"api_key\",\"id\":\"{key}\",\"name\":\"A key\"}},\"data\":{data}}}",
        integrator.team.id,
    );
    assert_eq!(text, expected);

    let delivery = integrator.delivery_of(&id).await;
    integrator.after(&delivery, 1).await;
    world.advance(7);
    receiver.wait_for(2).await;
    integrator.after(&delivery, 2).await;
    integrator.key.post(&format!("/v1/deliveries/{delivery}/retry"), &json!({})).await.ok(202);
    assert!(receiver.wait_for(3).await.iter().all(|request| request.body == first));

    let shown = integrator.key.get(&format!("/v1/events/{id}")).await;
    assert!(shown.text.contains(&text), "{}", shown.text);
    let shown = shown.ok(200);
    assert_eq!(shown["body"], text);
    assert_eq!(shown["payload"]["data"]["id"], "T-1");
}

#[both]
async fn what_is_read_in_different_ways_is_refused_and_its_place_named(world: World) {
    let integrator = Integrator::new(&world).await;
    let deep = |levels: usize| format!(r#"{{"id":"T-1","a":{}{}}}"#, "[".repeat(levels), "]".repeat(levels));
    publish_raw(&integrator, &deep(63)).await.ok(202);
    let too_deep = format!("data/a{}", "/0".repeat(63));
    for (data, field, code) in [
        (r#"{"id":"T-1","id":"T-2"}"#.to_owned(), "data/id", "duplicate"),
        (r#"{"id":"T-1","a":[{"b":1,"\u0062":2}]}"#.to_owned(), "data/a/0/b", "duplicate"),
        (r#"{"id":"T-1","title":"\ud800"}"#.to_owned(), "data/title", "invalid_characters"),
        (r#"{"id":"T-1","a":["\udc00x"]}"#.to_owned(), "data/a/0", "invalid_characters"),
        (deep(64), &too_deep, "too_deep"),
        (deep(100_000), &too_deep, "too_deep"),
        (r#"{"id":"T-1","a":1e999}"#.to_owned(), "data/a", "out_of_range"),
        (r#"{"id":"T-1","title":5}"#.to_owned(), "data/title", "wrong_type"),
        (r#"{"title":"a"}"#.to_owned(), "data/id", "required"),
        ("[]".to_owned(), "data", "wrong_type"),
        ("null".to_owned(), "data", "wrong_type"),
    ] {
        let problem = publish_raw(&integrator, &data).await.problem(422, "validation");
        let errors = problem["errors"].as_array().unwrap();
        assert_eq!(errors.len(), 1, "{problem}");
        assert_eq!(
            (&errors[0]["field"], &errors[0]["code"]),
            (&json!(format!("/{field}")), &json!(code)),
            "{problem}"
        );
    }
    for data in ["{", r#"{"id":"T-1",}"#, r#"{"id":01}"#, "\"\u{1}\"", ""] {
        publish_raw(&integrator, data).await.problem(400, "malformed-json");
    }
    assert_eq!(bodies(&world, &integrator.team).await.len(), 2, "the key, and the one that was right");
}

#[both]
async fn a_message_says_who_did_it(world: World) {
    let team = world.business().await;
    let made = team.create_key(&["tickets:write", "events:write"]).await;
    let of_key = json!({ "type": "api_key", "id": made["id"], "name": "A key" });
    let admin = team.admin_as_actor().await;
    let created = last(&world, &team).await;
    assert_eq!(
        created["actor"],
        json!({ "type": "member", "id": admin["id"] }),
        "no e-mail address goes out"
    );
    assert_eq!((&created["workspace_id"], &created["type"]), (&json!(team.id), &json!("api_key.created")));
    let key = world.bearer(made["key"].as_str().unwrap());
    key.post("/v1/tickets", &json!({ "title": "a" })).await.ok(201);
    assert_eq!(last(&world, &team).await["actor"], of_key);
    key.post("/v1/events", &json!({ "type": "ticket.closed", "data": { "id": "T-1" } })).await.ok(202);
    assert_eq!(last(&world, &team).await["actor"], of_key);

    let app = ThirdPartyApp::new(&world, &team, &["tickets:read", "tickets:write"]).await;
    let tokens = app.tokens(&team.member).await;
    world.bearer(&tokens.access).post("/v1/tickets", &json!({ "title": "b" })).await.ok(201);
    assert_eq!(last(&world, &team).await["actor"], json!({ "type": "oauth_app", "id": app.id }));
}

#[both]
async fn an_update_has_the_old_values_of_what_changed(world: World) {
    let team = world.business().await;
    let made = team.member.post("/v1/tickets", &json!({ "title": "a", "body": "b" })).await.ok(201);
    assert!(last(&world, &team).await.get("previous").is_none());
    let path = format!("/v1/tickets/{}", made["id"].as_str().unwrap());
    world.advance(1);
    let after =
        team.member.patch(&path, &json!({ "title": "A", "assignee": "sam", "body": "b" })).await.ok(200);
    let told = last(&world, &team).await;
    let was = &made["updated_at"];
    assert_eq!(told["previous"], json!({ "title": "a", "assignee": null, "updated_at": was }));
    assert_eq!(told["data"], after);
    world.advance(1);
    team.member.patch(&path, &json!({ "status": "closed" })).await.ok(200);
    let told = last(&world, &team).await;
    assert_eq!(told["type"], "ticket.closed");
    let was = &after["updated_at"];
    assert_eq!(told["previous"], json!({ "status": "open", "closed_at": null, "updated_at": was }));

    let draft = json!({ "subject": "a", "body": "b" });
    let draft = team.member.post("/v1/broadcasts", &draft).await.ok(201);
    let send = format!("/v1/broadcasts/{}/send", draft["id"].as_str().unwrap());
    team.member.post(&send, &json!({})).await.ok(200);
    let told = last(&world, &team).await;
    assert_eq!(told["previous"], json!({ "status": "draft", "sent_at": null }));
}

#[both]
async fn a_test_message_is_of_the_same_form(world: World) {
    let integrator = Integrator::new(&world).await;
    let receiver = Receiver::http(Behaviour::Answer(204, "")).await;
    let webhook = integrator.webhook(&receiver.url("/"), &["ticket.*"]).await;
    let test = format!("/v1/webhooks/{webhook}/test");
    let shown = integrator.team.admin.post(&test, &json!({})).await.ok(200);
    let arrived = &receiver.requests()[0];
    let body: Value = serde_json::from_slice(&arrived.body).unwrap();
    assert_eq!(shown["attempt"]["request"]["body"].as_str().unwrap().as_bytes(), arrived.body);
    assert_eq!(body["id"], arrived.header("webhook-id").unwrap());
    assert_eq!((&body["type"], &body["workspace_id"]), (&json!("webhook.test"), &json!(integrator.team.id)));
    assert_eq!(body["actor"]["id"], integrator.team.admin_as_actor().await["id"]);
    assert_eq!(body["data"]["webhook_id"], webhook);
}

#[both]
async fn what_was_stored_by_an_older_version_is_sent_and_shown_as_it_was(world: World) {
    let integrator = Integrator::new(&world).await;
    let receiver = Receiver::http(Behaviour::Answer(204, "")).await;
    integrator.webhook(&receiver.url("/"), &["ticket.*"]).await;
    let event = integrator.publish().await;
    let old = r#"{"type":"ticket.created","timestamp":"2026-11-23T08:00:00.000Z","data":{"id":"T-1"}}"#;
    world.execute(format!("UPDATE events SET payload = '{old}' WHERE id = '{event}'")).await.unwrap();
    let _worker = world.start_worker();
    assert_eq!(receiver.wait_for(1).await[0].body, old.as_bytes());
    let shown = integrator.key.get(&format!("/v1/events/{event}")).await.ok(200);
    assert_eq!(shown["body"], old);
    assert_eq!(shown["payload"], serde_json::from_str::<Value>(old).unwrap());
}
