//! PATCH is a JSON merge patch (RFC 7396): `null` clears what may be absent, and is refused elsewhere; what a body does not name
//! is not written.

use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{Fixture, Operation, Team, World, both, openapi::resolve, operations};

/// The fields of an operation's body, with their schemas.
fn fields(operation: &Operation) -> Vec<(String, Value)> {
    let schema = resolve(&operation.described["requestBody"]["content"]["application/json"]["schema"]);
    let properties = schema["properties"].as_object().unwrap();
    properties.iter().map(|(name, schema)| (name.clone(), schema.clone())).collect()
}

/// `true` where the schema lets the field be `null`.
fn is_clearable(schema: &Value) -> bool {
    let null = json!("null");
    let or_null =
        |schemas: &Value| schemas.as_array().is_some_and(|all| all.iter().any(|one| one["type"] == null));
    schema["type"].as_array().is_some_and(|types| types.contains(&null)) || or_null(&schema["oneOf"])
}

/// A value for each field that can be cleared.
fn something(field: &str) -> Value {
    match field {
        "allowed_ips" => json!(["203.0.113.0/24"]),
        "assignee" => json!("sam@acme.example"),
        "body" | "description" => json!("Something"),
        "homepage_url" => json!("https://acme.example"),
        "logo" => json!("data:image/png;base64,iVBORw0KGgo="),
        "filter" => json!({ "all": [{ "path": "data.id", "op": "exists" }] }),
        "headers" => json!([{ "name": "x-key", "value": "k-7Qm2" }]),
        "publisher_domain" => json!("acme.example"),
        "publisher_name" => json!("Acme Ltd"),
        "rate_limit" => json!(7),
        other => panic!("what can {other} be?"),
    }
}

/// The value as it is shown once it is set.
fn shown(field: &str) -> Value {
    if field == "headers" { json!([{ "name": "x-key" }]) } else { something(field) }
}

#[both]
async fn null_clears_what_may_be_absent_and_is_refused_elsewhere(world: World) {
    let fixture = Fixture::make(&world).await;
    let admin = &fixture.team.admin;
    let mut cleared = 0;
    let mut refused = 0;
    for operation in operations().iter().filter(|operation| operation.method == Method::PATCH) {
        let path = fixture.path(operation);
        for (field, schema) in fields(operation) {
            let nothing = json!({ field.as_str(): null });
            if is_clearable(&schema) {
                let set = admin.patch(&path, &json!({ field.as_str(): something(&field) })).await.ok(200);
                assert_eq!(set[&field], shown(&field), "{} {field}", operation.id);
                let after = admin.patch(&path, &nothing).await.ok(200);
                let empty = [json!(null), json!(""), json!([])];
                assert!(empty.contains(&after[&field]), "{} {field}: {}", operation.id, after[&field]);
                assert_eq!(admin.get(&path).await.ok(200)[&field], after[&field], "{} {field}", operation.id);
                cleared += 1;
            } else {
                let before = admin.get(&path).await.ok(200)[&field].clone();
                let reply = admin.patch(&path, &nothing).await;
                assert_eq!(reply.fields(422, "validation"), [field.as_str()], "{}", operation.id);
                assert_eq!(admin.get(&path).await.ok(200)[&field], before, "{} {field}", operation.id);
                refused += 1;
            }
        }
        assert_eq!(
            admin.patch(&path, &json!({})).await.status,
            if operation.path == "/v1/session" { 422 } else { 200 }
        );
    }
    assert!(cleared >= 8 && refused >= 9, "{cleared} {refused}");
}

/// Two changes of an object at once, of different fields.
async fn at_once(team: &Team, path: &str, one: Value, other: Value) {
    let (first, second) = tokio::join!(team.admin.patch(path, &one), team.admin.patch(path, &other));
    first.ok(200);
    second.ok(200);
    let after = team.admin.get(path).await.ok(200);
    for (field, value) in one.as_object().unwrap().iter().chain(other.as_object().unwrap()) {
        assert_eq!(after[field], *value, "{path}: a change of another field undid the change of {field}");
    }
}

#[both]
async fn two_changes_of_different_fields_at_once_both_hold(world: World) {
    let fixture = Fixture::make(&world).await;
    let team = &fixture.team;
    let path = |id: &str| {
        let operation = operations().into_iter().find(|operation| operation.id == id).unwrap();
        fixture.path(&operation)
    };
    for round in 1..=10 {
        let name = json!({ "name": format!("Round {round}") });
        let address = json!({ "allowed_ips": [format!("203.0.113.{round}/32")] });
        at_once(team, &path("updateApiKey"), name.clone(), address).await;
        let place = json!({ "redirect_uris": [format!("https://app.example/{round}")] });
        at_once(team, &path("updateOAuthApp"), name.clone(), place).await;
        let description = json!({ "description": format!("Round {round}") });
        at_once(team, &path("updateWebhook"), description, json!({ "rate_limit": round })).await;
        let title = json!({ "title": format!("Round {round}") });
        at_once(team, &path("updateTicket"), title, json!({ "body": format!("Round {round}") })).await;
    }
}
