//! Tickets with their comments and notes: written, listed, changed, told to webhooks.

use api_types::{account::Plan, events::EventType};
use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{Client, World, both};

async fn ticket(client: &Client, title: &str) -> Value {
    client.post("/v1/tickets", &json!({ "title": title })).await.ok(201)
}

fn path(ticket: &Value) -> String {
    format!("/v1/tickets/{}", ticket["id"].as_str().unwrap())
}

fn texts(page: &Value, field: &str) -> Vec<String> {
    page["data"].as_array().unwrap().iter().map(|row| row[field].as_str().unwrap().to_owned()).collect()
}

#[both]
async fn a_ticket_is_created_shown_and_told(world: World) {
    let team = world.business().await;
    let key = world.key(&team, &["tickets:write", "tickets:read"]).await;
    let body = json!({ "title": " Printer on fire ", "body": "Third floor.\nNext to the plants.", "assignee": "sam" });
    let made = key.post("/v1/tickets", &body).await.ok(201);
    assert!(made["id"].as_str().unwrap().starts_with("tkt_"));
    assert_eq!(made["title"], "Printer on fire");
    assert_eq!((&made["status"], &made["assignee"]), (&json!("open"), &json!("sam")));
    assert_eq!((&made["created_at"], &made["closed_at"]), (&json!("2026-11-23T08:00:00.000Z"), &Value::Null));
    assert_eq!(key.get(&path(&made)).await.ok(200), made);
    assert_eq!(world.events(team.id).await[1..], [(EventType::TicketCreated, made.clone())]);
    let log = team.admin.get("/v1/audit-log?action=ticket.created").await.ok(200);
    assert_eq!(log["data"][0]["actor"]["type"], "api_key");
    assert_eq!((&log["data"][0]["object_id"], &log["data"][0]["object_name"]), (&made["id"], &made["title"]));
}

#[both]
async fn a_change_is_told_by_what_changed(world: World) {
    let team = world.business().await;
    let made = ticket(&team.member, "a").await;
    let path = path(&made);
    for (second, (change, told)) in (1..).zip([
        (json!({ "title": "b" }), vec![EventType::TicketUpdated]),
        (json!({ "title": "b", "body": "" }), vec![]),
        (json!({}), vec![]),
        (json!({ "status": "open" }), vec![]),
        (json!({ "assignee": "sam" }), vec![EventType::TicketUpdated]),
        (json!({ "status": "closed" }), vec![EventType::TicketClosed]),
        (json!({ "status": "closed" }), vec![]),
        (json!({ "status": "open" }), vec![EventType::TicketUpdated]),
        (
            json!({ "status": "closed", "body": "done" }),
            vec![EventType::TicketUpdated, EventType::TicketClosed],
        ),
        (json!({ "assignee": null }), vec![EventType::TicketUpdated]),
    ]) {
        world.advance(1);
        let events = world.events(team.id).await;
        let entries = team.audited().await.len();
        let changed = team.member.patch(&path, &change).await.ok(200);
        let now = world.events(team.id).await;
        let told: Vec<_> = told.into_iter().map(|kind| (kind, changed.clone())).collect();
        assert_eq!(now[events.len()..], told, "{change}");
        assert_eq!(team.audited().await.len() - entries, usize::from(!told.is_empty()), "{change}");
        let at = changed["updated_at"] == format!("2026-11-23T08:00:{second:02}.000Z");
        assert_eq!(at, !told.is_empty(), "{change}: {changed}");
        assert_eq!(changed["status"] == "closed", changed["closed_at"].is_string());
        assert_eq!(team.member.get(&path).await.ok(200), changed);
    }
    let last = team.member.get(&path).await.ok(200);
    assert_eq!(
        (&last["title"], &last["body"], &last["assignee"]),
        (&json!("b"), &json!("done"), &Value::Null)
    );
}

#[both]
async fn tickets_are_listed_by_page_status_and_assignee(world: World) {
    let team = world.business().await;
    for number in 0..5 {
        let assignee = if number % 2 == 0 { "sam" } else { "kim" };
        let body = json!({ "title": format!("{number}"), "assignee": assignee });
        let made = team.member.post("/v1/tickets", &body).await.ok(201);
        if number > 2 {
            team.member.patch(&path(&made), &json!({ "status": "closed" })).await.ok(200);
        }
    }
    let first = team.member.get("/v1/tickets?limit=2").await.ok(200);
    assert_eq!(texts(&first, "title"), ["4", "3"]);
    let cursor = first["next_cursor"].as_str().unwrap();
    let second = team.member.get(&format!("/v1/tickets?limit=3&cursor={cursor}")).await.ok(200);
    assert_eq!(
        (texts(&second, "title"), &second["next_cursor"]),
        (vec!["2".into(), "1".into(), "0".into()], &Value::Null)
    );
    for (query, titles) in [
        ("status=open", vec!["2", "1", "0"]),
        ("status=closed&assignee=sam", vec!["4"]),
        ("assignee=kim", vec!["3", "1"]),
        ("assignee=nobody", vec![]),
    ] {
        assert_eq!(
            texts(&team.member.get(&format!("/v1/tickets?{query}")).await.ok(200), "title"),
            titles,
            "{query}"
        );
    }
    let (kept, last) = cursor.split_at(cursor.len() - 1);
    let tampered = format!("{kept}{}", if last == "x" { "y" } else { "x" });
    for (query, field) in [
        ("status=done", "status"),
        ("limit=0", "limit"),
        ("limit=201", "limit"),
        ("limit=x", "limit"),
        ("cursor=rubbish", "cursor"),
        (format!("cursor={tampered}").as_str(), "cursor"),
    ] {
        let reply = team.member.get(&format!("/v1/tickets?{query}")).await;
        assert_eq!(reply.fields(400, "bad-request"), [field], "{query}");
    }
    // Another list does not take a cursor of this list.
    let reply = team.member.get(&format!("/v1/broadcasts?cursor={cursor}")).await;
    assert_eq!(reply.fields(400, "bad-request"), ["cursor"]);
}

#[both]
async fn comments_and_notes_stand_on_their_ticket(world: World) {
    let team = world.business().await;
    let one = ticket(&team.member, "one").await;
    let other = ticket(&team.member, "other").await;
    for (kind, prefix, event) in
        [("comments", "cmt_", EventType::CommentCreated), ("notes", "nte_", EventType::NoteCreated)]
    {
        let on = format!("{}/{kind}", path(&one));
        let mut made = Vec::new();
        for text in ["first", "second", "third"] {
            made.push(team.member.post(&on, &json!({ "body": text })).await.ok(201));
        }
        assert!(made[0]["id"].as_str().unwrap().starts_with(prefix));
        assert_eq!((&made[0]["ticket_id"], &made[0]["body"]), (&one["id"], &json!("first")));
        let told: Vec<_> = made.iter().map(|made| (event, made.clone())).collect();
        let events = world.events(team.id).await;
        assert_eq!(events[events.len() - 3..], told);
        let page = team.member.get(&format!("{on}?limit=2")).await.ok(200);
        assert_eq!(texts(&page, "body"), ["third", "second"]);
        let rest = format!("{on}?cursor={}", page["next_cursor"].as_str().unwrap());
        assert_eq!(texts(&team.member.get(&rest).await.ok(200), "body"), ["first"]);
        assert_eq!(team.member.get(&format!("{}/{kind}", path(&other))).await.ok(200)["data"], json!([]));
        for (body, field) in [
            (json!({}), "body"),
            (json!({ "body": " " }), "body"),
            (json!({ "body": 1 }), "body"),
            (json!({ "body": "x".repeat(20_001) }), "body"),
            (json!({ "body": "x", "author": "me" }), "author"),
        ] {
            assert_eq!(team.member.post(&on, &body).await.fields(422, "validation"), [field]);
        }
    }
    let actions = team.audited().await;
    for action in ["comment.created", "note.created"] {
        assert_eq!(actions.iter().filter(|known| *known == action).count(), 3);
    }
}

#[both]
async fn text_is_kept_as_it_was_written(world: World) {
    let team = world.business().await;
    let text = "<script>alert('🦀')</script> مرحبا بالعالم abc 日本語 👩‍👩‍👧 '; DROP TABLE tickets; --";
    let body = json!({ "title": text, "body": format!("\n\t{text}\u{202e}{text} "), "assignee": text });
    let made = team.member.post("/v1/tickets", &body).await.ok(201);
    for field in ["title", "body", "assignee"] {
        assert_eq!(made[field], body[field]);
    }
    assert_eq!(team.member.get(&path(&made)).await.ok(200), made);
    let on = format!("{}/comments", path(&made));
    assert_eq!(team.member.post(&on, &json!({ "body": text })).await.ok(201)["body"], text);
    assert_eq!(world.events(team.id).await[0].1["title"], text);
}

#[both]
async fn bad_input_names_its_fields_and_stores_nothing(world: World) {
    let team = world.business().await;
    let before = (team.audited().await.len(), world.events(team.id).await.len());
    for (body, fields) in [
        (json!({}), vec!["title"]),
        (json!({ "title": "" }), vec!["title"]),
        (json!({ "title": "x".repeat(300) }), vec!["title"]),
        (json!({ "title": "two\nlines" }), vec!["title"]),
        (json!({ "title": 3 }), vec!["title"]),
        (json!({ "title": null }), vec!["title"]),
        (json!({ "title": "\u{0}", "body": "\u{1}" }), vec!["title", "body"]),
        (json!({ "title": "t", "body": ["b"] }), vec!["body"]),
        (
            json!({ "title": "t", "body": "x".repeat(20_001), "assignee": "x".repeat(201) }),
            vec!["body", "assignee"],
        ),
        (json!({ "title": "t", "status": "closed" }), vec!["status"]),
        (json!({ "title": "t", "id": "tkt_1" }), vec!["id"]),
    ] {
        assert_eq!(team.member.post("/v1/tickets", &body).await.fields(422, "validation"), fields, "{body}");
    }
    let post = |kind: &'static str, body: String| {
        let client = team.member.clone();
        async move { client.send(Method::POST, "/v1/tickets", kind, body).await }
    };
    post("application/json", "{\"title\":".into()).await.problem(400, "malformed-json");
    post("application/json", String::new()).await.problem(400, "malformed-json");
    post("text/plain", "{\"title\":\"t\"}".into()).await.problem(415, "unsupported-media-type");
    let large = json!({ "title": "t", "body": "x".repeat(2 * 1024 * 1024) }).to_string();
    post("application/json", large).await.problem(413, "body-too-large");
    assert_eq!(team.member.get("/v1/tickets").await.ok(200)["data"], json!([]));
    assert_eq!((team.audited().await.len(), world.events(team.id).await.len()), before);

    let made = ticket(&team.member, "t").await;
    for (change, field) in [
        (json!({ "title": "" }), "title"),
        (json!({ "title": "x".repeat(300) }), "title"),
        (json!({ "status": "done" }), "status"),
        (json!({ "status": true }), "status"),
        (json!({ "assignee": 5 }), "assignee"),
        (json!({ "closed_at": "2026-11-23T08:00:00Z" }), "closed_at"),
    ] {
        assert_eq!(
            team.member.patch(&path(&made), &change).await.fields(422, "validation"),
            [field],
            "{change}"
        );
    }
    assert_eq!(team.member.get(&path(&made)).await.ok(200), made);
}

#[both]
async fn nobody_reaches_another_workspaces_tickets(world: World) {
    let ours = world.business().await;
    let theirs = world.business().await;
    let made = ticket(&ours.member, "ours").await;
    let path = path(&made);
    let key = world.key(&theirs, &["tickets:read", "tickets:write"]).await;
    for client in [&theirs.admin, &theirs.member, &key] {
        client.get(&path).await.problem(404, "not-found");
        client.patch(&path, &json!({ "title": "theirs" })).await.problem(404, "not-found");
        for kind in ["comments", "notes"] {
            client.get(&format!("{path}/{kind}")).await.problem(404, "not-found");
            client.post(&format!("{path}/{kind}"), &json!({ "body": "hi" })).await.problem(404, "not-found");
        }
        assert_eq!(client.get("/v1/tickets").await.ok(200)["data"], json!([]));
    }
    for bad in ["tkt_", "rubbish", "brd_01JDBN5X7W3Q9K2M4E6R8T0VYZ", "tkt_01JDBN5X7W3Q9K2M4E6R8T0VYZ", "%00"]
    {
        ours.member.get(&format!("/v1/tickets/{bad}")).await.problem(404, "not-found");
    }
    assert_eq!(ours.member.get(&path).await.ok(200), made);
}

#[both]
async fn a_scope_is_needed_and_the_plan_too(world: World) {
    let team = world.business().await;
    let made = ticket(&team.member, "t").await;
    let path = path(&made);
    let body = json!({ "body": "b" });
    let reader = world.key(&team, &["tickets:read"]).await;
    let writer = world.key(&team, &["tickets:write"]).await;
    reader.get(&path).await.ok(200);
    for reply in [
        reader.post("/v1/tickets", &json!({ "title": "t" })).await,
        reader.patch(&path, &json!({ "title": "u" })).await,
        reader.post(&format!("{path}/comments"), &body).await,
        reader.post(&format!("{path}/notes"), &body).await,
    ] {
        assert!(reply.header("www-authenticate").unwrap().contains("scope=\"tickets:write\""));
        let problem = reply.problem(403, "insufficient-scope");
        assert!(problem["detail"].as_str().unwrap().contains("tickets:write"));
    }
    for path in ["/v1/tickets", &path, &format!("{path}/comments"), &format!("{path}/notes")] {
        let problem = writer.get(path).await.problem(403, "insufficient-scope");
        assert!(problem["detail"].as_str().unwrap().contains("tickets:read"));
    }
    let free = world.team(Plan::Free).await;
    free.member.get("/v1/tickets").await.problem(403, "plan-required");
    free.admin.post("/v1/tickets", &json!({ "title": "t" })).await.problem(403, "plan-required");
    world.anyone().get("/v1/tickets").await.problem(401, "unauthenticated");
    let foreign = team.member.with_header("origin", "https://evil.example");
    foreign.post("/v1/tickets", &json!({ "title": "t" })).await.problem(403, "cross-origin");
}

#[both]
async fn a_repeated_request_gets_the_first_answer(world: World) {
    let team = world.business().await;
    let made = team.create_key(&["tickets:write", "tickets:read"]).await;
    let key = world.bearer(made["key"].as_str().unwrap()).with_header("idempotency-key", "order-1");
    let body = json!({ "title": "once" });
    let first = key.post("/v1/tickets", &body).await.ok(201);
    assert_eq!(key.post("/v1/tickets", &body).await.ok(201), first);
    let mismatch = json!({ "title": "twice" });
    key.post("/v1/tickets", &mismatch).await.problem(422, "idempotency-mismatch");
    assert_eq!(texts(&key.get("/v1/tickets").await.ok(200), "title"), ["once"]);
    let told = world.event_types(team.id).await;
    assert_eq!(told.iter().filter(|kind| **kind == EventType::TicketCreated).count(), 1);
    // Another credential and another route may use the same text.
    let other = world.key(&team, &["tickets:write"]).await.with_header("idempotency-key", "order-1");
    assert_ne!(other.post("/v1/tickets", &body).await.ok(201)["id"], first["id"]);
    let on = format!("{}/comments", path(&first));
    let comment = key.post(&on, &json!({ "body": "b" })).await.ok(201);
    assert_eq!(key.post(&on, &json!({ "body": "b" })).await.ok(201), comment);
    // A refused body may be mended and sent again with the same idempotency key.
    let late = key.with_header("idempotency-key", "order-2");
    late.post("/v1/tickets", &json!({ "title": "" })).await.fields(422, "validation");
    late.post("/v1/tickets", &body).await.ok(201);
    world.advance(24 * 3600);
    assert_ne!(key.post("/v1/tickets", &body).await.ok(201)["id"], first["id"]);
    let long = key.with_header("idempotency-key", &"x".repeat(256));
    assert_eq!(long.post("/v1/tickets", &body).await.fields(400, "bad-request"), ["Idempotency-Key"]);
}

#[both]
async fn the_same_request_many_times_at_once_creates_once(world: World) {
    let team = world.business().await;
    let client = team.member.with_header("idempotency-key", "at once");
    let body = json!({ "title": "once" });
    let replies = futures_util::future::join_all((0..8).map(|_| client.post("/v1/tickets", &body))).await;
    let made = client.post("/v1/tickets", &body).await.ok(201);
    for reply in replies {
        if reply.status == 409 {
            assert_eq!(reply.header("retry-after"), Some("1"));
            reply.problem(409, "idempotency-in-progress");
        } else {
            assert_eq!(reply.ok(201), made);
        }
    }
    assert_eq!(texts(&team.member.get("/v1/tickets").await.ok(200), "title"), ["once"]);
    assert_eq!(world.event_types(team.id).await, [EventType::TicketCreated]);
}

#[both]
async fn closing_at_the_same_time_is_told_once(world: World) {
    let team = world.business().await;
    let path = path(&ticket(&team.member, "t").await);
    let closed = json!({ "status": "closed" });
    let replies = futures_util::future::join_all((0..8).map(|_| team.member.patch(&path, &closed))).await;
    for reply in replies {
        assert_eq!(reply.ok(200)["status"], "closed");
    }
    assert_eq!(world.event_types(team.id).await, [EventType::TicketCreated, EventType::TicketClosed]);
}
