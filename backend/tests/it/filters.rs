//! Filters: a webhook gets only the events that pass its conditions, which are held to the types' schemas.

use serde_json::{Value, json};

use crate::harness::{Behaviour, Integrator, NOWHERE, Receiver, World, a_ticket, both, eventually};

/// A filter with one condition.
fn one(path: &str, op: &str, value: &Value) -> Value {
    json!({ "all": [{ "path": path, "op": op, "value": value }] })
}

/// A webhook with a filter; gives its id.
async fn filtered(integrator: &Integrator, url: &str, event_types: &[&str], filter: Value) -> String {
    let body = json!({ "url": url, "event_types": event_types, "filter": filter });
    let made = integrator.make_webhook(&body).await;
    assert_eq!(made["filter"], filter);
    made["id"].as_str().unwrap().to_owned()
}

/// Publishes an event about a ticket that differs in some fields.
async fn publish(integrator: &Integrator, kind: &str, changes: Value) -> String {
    let mut data = a_ticket();
    for (name, value) in changes.as_object().unwrap() {
        data[name] = value.clone();
    }
    let event = json!({ "type": kind, "data": data });
    integrator.key.post("/v1/events", &event).await.ok(202)["id"].as_str().unwrap().to_owned()
}

async fn deliveries_to(integrator: &Integrator, webhook: &str) -> usize {
    integrator.list(&format!("webhook_id={webhook}")).await.len()
}

#[both]
async fn only_what_passes_is_delivered(world: World) {
    let integrator = Integrator::new(&world).await;
    let receiver = Receiver::http(Behaviour::Answer(200, "")).await;
    let all = integrator.webhook(&receiver.url("/all"), &["*"]).await;
    let closed = one("data.status", "eq", &json!("closed"));
    let closed = filtered(&integrator, &receiver.url("/closed"), &["ticket.*"], closed).await;
    let either = json!({ "any": [{ "path": "data.title", "op": "prefix", "value": "Urgent" },
        { "path": "data.further.level", "op": "exists" }, { "path": "data.assignee", "op": "exists", "value": false }] });
    let refused = json!({ "url": receiver.url("/either"), "event_types": ["*"], "filter": either });
    let refused = integrator.team.admin.post("/v1/webhooks", &refused).await.fields(422, "validation");
    assert_eq!(refused, ["filter/any/1/path"], "what the schema does not name cannot be asked for");
    let either = json!({ "any": [{ "path": "data.title", "op": "prefix", "value": "Urgent" },
        { "path": "data.assignee", "op": "exists", "value": false }] });
    let either = filtered(&integrator, &receiver.url("/either"), &["ticket.*"], either).await;
    let _worker = world.start_worker();
    let open = publish(&integrator, "ticket.updated", json!({ "title": "Urgent: fire" })).await;
    publish(&integrator, "ticket.closed", json!({ "status": "closed" })).await;
    publish(&integrator, "ticket.updated", json!({ "status": "closed", "assignee": null })).await;
    eventually("all arrive", async || receiver.requests().len() >= 7).await;
    for (webhook, expected) in [(&all, 3), (&closed, 2), (&either, 2)] {
        assert_eq!(deliveries_to(&integrator, webhook).await, expected);
    }
    let delivery = integrator.delivery_to(&either, &open).await;
    assert_eq!(integrator.after(&delivery, 1).await["status"], "succeeded");
    assert!(integrator.list("status=canceled").await.is_empty());
}

#[both]
async fn an_event_without_the_field_does_not_pass(world: World) {
    let integrator = Integrator::new(&world).await;
    let not_open = one("data.status", "ne", &json!("open"));
    let webhook = filtered(&integrator, NOWHERE, &["ticket.*", "comment.created"], not_open).await;
    let comment = json!({ "type": "comment.created", "data": { "id": "c-1", "ticket_id": "t-1" } });
    integrator.key.post("/v1/events", &comment).await.ok(202);
    assert_eq!(deliveries_to(&integrator, &webhook).await, 0);
    publish(&integrator, "ticket.closed", json!({ "status": "closed" })).await;
    assert_eq!(deliveries_to(&integrator, &webhook).await, 1);
}

#[both]
async fn a_change_of_the_filter_holds_from_the_next_event(world: World) {
    let integrator = Integrator::new(&world).await;
    let webhook = integrator.webhook(NOWHERE, &["ticket.*"]).await;
    let path = format!("/v1/webhooks/{webhook}");
    let admin = &integrator.team.admin;
    let filter = one("data.status", "in", &json!(["closed"]));
    let changed = admin.patch(&path, &json!({ "filter": filter })).await.ok(200);
    assert_eq!(changed["filter"], filter);
    publish(&integrator, "ticket.updated", json!({})).await;
    assert_eq!(deliveries_to(&integrator, &webhook).await, 0);
    // Our own changes are filtered by the same code.
    admin.post("/v1/tickets", &json!({ "title": "Fire" })).await.ok(201);
    assert_eq!(deliveries_to(&integrator, &webhook).await, 0);
    assert_eq!(admin.patch(&path, &json!({ "filter": null })).await.ok(200)["filter"], Value::Null);
    publish(&integrator, "ticket.updated", json!({})).await;
    assert_eq!(deliveries_to(&integrator, &webhook).await, 1);
    let log = admin.get("/v1/audit-log?limit=2").await.ok(200);
    assert_eq!(log["data"][0]["details"]["before"]["filter"], filter, "{log}");
}

#[both]
async fn a_condition_that_cannot_hold_is_refused_by_its_place(world: World) {
    let integrator = Integrator::new(&world).await;
    let admin = &integrator.team.admin;
    let webhook = integrator.webhook(NOWHERE, &["ticket.*"]).await;
    let path = format!("/v1/webhooks/{webhook}");
    for (condition, member) in [
        (json!({ "path": "data.statu", "op": "exists" }), "path"),
        (json!({ "path": "status", "op": "exists" }), "path"),
        (json!({ "path": "data.status", "op": "like", "value": "x" }), "op"),
        (json!({ "path": "data.status", "op": "eq", "value": 7 }), "value"),
        (json!({ "path": "data.status", "op": "eq", "value": "clsd" }), "value"),
        (json!({ "path": "data.status", "op": "eq" }), "value"),
        (json!({ "path": "data.title", "op": "gt", "value": 7 }), "op"),
        (json!({ "path": "data.created_at", "op": "gt", "value": "soon" }), "value"),
    ] {
        let good = json!({ "path": "data.id", "op": "exists" });
        let body = json!({ "filter": { "any": [good, condition] } });
        let place = format!("filter/any/1/{member}");
        assert_eq!(
            admin.patch(&path, &body).await.fields(422, "validation"),
            [place.as_str()],
            "{condition}"
        );
        let new = json!({ "url": NOWHERE, "event_types": ["ticket.*"], "filter": body["filter"] });
        assert_eq!(admin.post("/v1/webhooks", &new).await.fields(422, "validation"), [place.as_str()]);
    }
    // Other types must still have the fields of the filter that the webhook has.
    let filter = one("data.title", "prefix", &json!("Urgent"));
    admin.patch(&path, &json!({ "filter": filter })).await.ok(200);
    let types = json!({ "event_types": ["comment.*"] });
    assert_eq!(admin.patch(&path, &types).await.fields(422, "validation"), ["filter/all/0/path"]);
    admin.patch(&path, &json!({ "event_types": ["comment.*"], "filter": null })).await.ok(200);
}

#[both]
async fn a_preview_counts_the_past_events_that_would_have_passed(world: World) {
    let integrator = Integrator::new(&world).await;
    let ask = async |event_types: Value, filter: Value| {
        let body = json!({ "event_types": event_types, "filter": filter });
        integrator.team.admin.post("/v1/webhook-filters/preview", &body).await
    };
    let closed = one("data.status", "eq", &json!("closed"));
    let none = ask(json!(["ticket.*"]), closed.clone()).await.ok(200);
    assert_eq!(
        (&none["matched"], &none["examined"], &none["complete"]),
        (&json!(0), &json!(0), &json!(true))
    );
    publish(&integrator, "ticket.updated", json!({ "status": "closed" })).await;
    world.advance(31 * 24 * 3600);
    let admin = world.sign_in(&integrator.team.admin.email).await;
    for status in ["open", "closed", "open"] {
        publish(&integrator, "ticket.updated", json!({ "status": status })).await;
    }
    let comment = json!({ "type": "comment.created", "data": { "id": "c-1", "ticket_id": "t-1" } });
    integrator.key.post("/v1/events", &comment).await.ok(202);
    let count = async |event_types: Value, filter: Value| {
        let mut body = json!({ "event_types": event_types });
        if !filter.is_null() {
            body["filter"] = filter;
        }
        let found = admin.post("/v1/webhook-filters/preview", &body).await.ok(200);
        (found["matched"].as_u64().unwrap(), found["examined"].as_u64().unwrap())
    };
    assert_eq!(count(json!(["ticket.*"]), closed.clone()).await, (1, 3), "the oldest is too old");
    assert_eq!(count(json!(["ticket.*", "comment.*"]), closed.clone()).await, (1, 4));
    assert_eq!(count(json!(["comment.*"]), Value::Null).await, (1, 1));
    let body = json!({ "event_types": ["comment.*"], "filter": closed });
    let refused = admin.post("/v1/webhook-filters/preview", &body).await;
    assert_eq!(refused.fields(422, "validation"), ["filter/all/0/path"]);

    // What a key may not read it cannot count either.
    let body = json!({ "name": "Half", "scopes": ["webhooks:write", "broadcasts:read"] });
    let made = admin.post("/v1/api-keys", &body).await.ok(201);
    let key = world.bearer(made["key"].as_str().unwrap());
    let body = json!({ "event_types": ["note.*"], "filter": one("data.body", "prefix", &json!("a")) });
    key.post("/v1/webhook-filters/preview", &body).await.problem(403, "insufficient-scope");
}

#[both]
async fn a_preview_says_where_it_stopped(world: World) {
    let integrator = Integrator::new(&world).await;
    publish(&integrator, "ticket.updated", json!({})).await;
    // A workspace with more events than one preview looks at.
    let copy = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5200) \
        INSERT INTO events (id, workspace_id, type, payload, created_at, position) \
        SELECT substr(id, 1, length(id) - 6) || substr(CAST(1000000 + i AS TEXT), 2), workspace_id, type, payload, \
        created_at, position + i FROM n, (SELECT * FROM events WHERE type = 'ticket.updated') AS one";
    world.execute(copy).await.unwrap();
    let body = json!({ "event_types": ["ticket.*"] });
    let found = integrator.team.admin.post("/v1/webhook-filters/preview", &body).await.ok(200);
    let examined = found["examined"].as_u64().unwrap();
    assert!((5_000..5_200).contains(&examined) && found["complete"] == false, "{found}");
}
