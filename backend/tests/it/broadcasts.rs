//! Broadcasts: drafted, sent once, told to webhooks.

use api_types::{account::Plan, events::EventType};
use serde_json::{Value, json};

use crate::harness::{World, both};

fn path(broadcast: &Value) -> String {
    format!("/v1/broadcasts/{}", broadcast["id"].as_str().unwrap())
}

#[both]
async fn a_broadcast_is_drafted_and_sent_once(world: World) {
    let team = world.business().await;
    let body = json!({ "subject": "Office closed <b>🦀</b>", "body": "غدا\nNo power." });
    let draft = team.member.post("/v1/broadcasts", &body).await.ok(201);
    assert!(draft["id"].as_str().unwrap().starts_with("brd_"));
    assert_eq!((&draft["subject"], &draft["body"]), (&body["subject"], &body["body"]));
    assert_eq!((&draft["status"], &draft["sent_at"]), (&json!("draft"), &Value::Null));
    world.advance(60);
    let action = format!("{}/send", path(&draft));
    let sent = team.member.post(&action, &json!({})).await.ok(200);
    assert_eq!((&sent["status"], &sent["sent_at"]), (&json!("sent"), &json!("2026-11-23T08:01:00.000Z")));
    let again = team.member.post(&action, &json!({})).await.problem(409, "conflict");
    assert!(again["detail"].as_str().unwrap().contains("already"));
    assert_eq!(team.member.get(&path(&draft)).await.ok(200), sent);
    assert_eq!(
        world.events(team.id).await,
        [(EventType::BroadcastCreated, draft), (EventType::BroadcastSent, sent)]
    );
    let actions = team.audited().await;
    assert_eq!(actions[..2], ["broadcast.sent", "broadcast.created"]);
    assert_eq!(actions.iter().filter(|action| *action == "broadcast.sent").count(), 1);
}

#[both]
async fn sending_needs_no_body_and_repeats_by_its_idempotency_key(world: World) {
    let team = world.business().await;
    let draft = team.member.post("/v1/broadcasts", &json!({ "subject": "s" })).await.ok(201);
    let send = format!("{}/send", path(&draft));
    let client = team.member.with_header("idempotency-key", "1");
    let first = client.send(reqwest::Method::POST, &send, "", "").await.ok(200);
    assert_eq!(client.send(reqwest::Method::POST, &send, "", "").await.ok(200), first);
    team.member.send(reqwest::Method::POST, &send, "", "").await.problem(409, "conflict");
    assert_eq!(world.event_types(team.id).await, [EventType::BroadcastCreated, EventType::BroadcastSent]);
}

#[both]
async fn sent_by_many_at_once_it_is_sent_once(world: World) {
    let team = world.business().await;
    let draft = team.member.post("/v1/broadcasts", &json!({ "subject": "s" })).await.ok(201);
    let send = format!("{}/send", path(&draft));
    let nothing = json!({});
    let replies = futures_util::future::join_all((0..8).map(|_| team.member.post(&send, &nothing))).await;
    let mut statuses: Vec<u16> = replies.iter().map(|reply| reply.status).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409, 409, 409, 409, 409, 409, 409]);
    assert_eq!(world.event_types(team.id).await, [EventType::BroadcastCreated, EventType::BroadcastSent]);
}

#[both]
async fn broadcasts_are_listed_by_page_and_status(world: World) {
    let team = world.business().await;
    for number in 0..4 {
        let draft =
            team.member.post("/v1/broadcasts", &json!({ "subject": number.to_string() })).await.ok(201);
        if number == 1 {
            team.member.post(&format!("{}/send", path(&draft)), &json!({})).await.ok(200);
        }
    }
    let subjects = async |query: &str| {
        let page = team.member.get(&format!("/v1/broadcasts?{query}")).await.ok(200);
        let rows = page["data"].as_array().unwrap().clone();
        let subjects: Vec<String> =
            rows.iter().map(|row| row["subject"].as_str().unwrap().to_owned()).collect();
        (subjects.join(" "), page["next_cursor"].as_str().unwrap_or_default().to_owned())
    };
    let (first, cursor) = subjects("limit=3").await;
    assert_eq!(first, "3 2 1");
    assert_eq!(subjects(&format!("cursor={cursor}")).await, ("0".into(), String::new()));
    assert_eq!(subjects("status=sent").await.0, "1");
    assert_eq!(subjects("status=draft").await.0, "3 2 0");
    assert_eq!(team.member.get("/v1/broadcasts?status=gone").await.fields(400, "bad-request"), ["status"]);
}

#[both]
async fn bad_input_names_its_fields_and_stores_nothing(world: World) {
    let team = world.business().await;
    for (body, fields) in [
        (json!({ "body": "b" }), vec!["subject"]),
        (json!({ "subject": " ", "body": "x".repeat(20_001) }), vec!["subject", "body"]),
        (json!({ "subject": "x".repeat(300) }), vec!["subject"]),
        (json!({ "subject": {} }), vec!["subject"]),
        (json!({ "subject": "s", "status": "sent" }), vec!["status"]),
    ] {
        assert_eq!(
            team.member.post("/v1/broadcasts", &body).await.fields(422, "validation"),
            fields,
            "{body}"
        );
    }
    let large = json!({ "subject": "s", "body": "x".repeat(2 * 1024 * 1024) });
    team.member.post("/v1/broadcasts", &large).await.problem(413, "body-too-large");
    assert_eq!(team.member.get("/v1/broadcasts").await.ok(200)["data"], json!([]));
    assert_eq!(world.events(team.id).await, []);
}

#[both]
async fn who_may_and_who_may_not(world: World) {
    let team = world.business().await;
    let theirs = world.business().await;
    let draft = team.member.post("/v1/broadcasts", &json!({ "subject": "s" })).await.ok(201);
    let path = path(&draft);
    let send = format!("{path}/send");
    let reader = world.key(&team, &["broadcasts:read", "tickets:write"]).await;
    let writer = world.key(&team, &["broadcasts:write", "tickets:read"]).await;
    for (reply, scope) in [
        (reader.post("/v1/broadcasts", &json!({ "subject": "s" })).await, "broadcasts:write"),
        (reader.post(&send, &json!({})).await, "broadcasts:write"),
        (writer.get("/v1/broadcasts").await, "broadcasts:read"),
        (writer.get(&path).await, "broadcasts:read"),
    ] {
        let problem = reply.problem(403, "insufficient-scope");
        assert!(problem["detail"].as_str().unwrap().contains(scope));
    }
    theirs.admin.get(&path).await.problem(404, "not-found");
    theirs.admin.post(&send, &json!({})).await.problem(404, "not-found");
    let free = world.team(Plan::Free).await;
    free.member.get("/v1/broadcasts").await.problem(403, "plan-required");
    assert_eq!(reader.get(&path).await.ok(200), draft);
    writer.post(&send, &json!({})).await.ok(200);
}
