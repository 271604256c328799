//! Bad input to every operation that takes any.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::harness::{Fixture, Operation, World, both, openapi::resolve, operations};

#[both]
async fn a_bad_body_is_refused_and_nothing_is_stored(world: World) {
    let fixture = Fixture::make(&world).await;
    let before = fixture.team.audited().await;
    for operation in operations().iter().filter(|operation| operation.has_body()) {
        let client = fixture.client(&world, operation);
        let path = fixture.path(operation);
        let body = fixture.body(operation);
        let raw = async |kind: &str, text: &str| {
            client.send(operation.method.clone(), &path, kind, text.to_owned()).await
        };
        raw("text/plain", &body.to_string()).await.problem(415, "unsupported-media-type");
        raw("application/x-www-form-urlencoded", "a=b").await.problem(415, "unsupported-media-type");
        for text in ["{", "{]", "[[[[", "\u{0}"] {
            raw("application/json", text).await.problem(400, "malformed-json");
        }
        raw("application/json; charset=utf-8", "[[[[").await.problem(400, "malformed-json");
        for text in ["[]", "null", "\"text\"", "3"] {
            assert_eq!(
                raw("application/json", text).await.fields(422, "validation"),
                [""],
                "{}",
                operation.id
            );
        }
        let mut more = body.clone();
        more["surprise"] = json!(1);
        assert_eq!(
            operation.send(&client, &path, &more).await.fields(422, "validation"),
            ["surprise"],
            "{}",
            operation.id
        );
        for field in body.as_object().unwrap().keys() {
            let mut wrong = body.clone();
            if body[field].is_string() {
                wrong[field] = json!("\u{0}");
                let reply = operation.send(&client, &path, &wrong).await;
                assert!(matches!(reply.status, 401 | 422), "{} {field}: {}", operation.id, reply.text);
            }
            wrong[field] = of_no_type_for(field);
            if (operation.id.as_str(), field.as_str()) == ("publishEvent", "data") {
                continue;
            }
            let named = operation.send(&client, &path, &wrong).await.fields(422, "validation");
            assert_eq!(named, [field.as_str()], "{}", operation.id);
        }
        let large = json!({ "surprise": "x".repeat(2 * 1024 * 1024) });
        operation.send(&client, &path, &large).await.problem(413, "body-too-large");
    }
    assert_eq!(fixture.team.audited().await, before);
}

/// A value that the field does not take: an object, or a number where an object is wanted.
fn of_no_type_for(field: &str) -> Value {
    if field == "filter" { json!(7) } else { json!({ "not": ["this"] }) }
}

/// The fields of an operation's body: all, and those that must be there.
fn body_fields(operation: &Operation) -> (BTreeSet<String>, BTreeSet<String>) {
    let content = &operation.described["requestBody"]["content"]["application/json"];
    let schema = resolve(&content["schema"]);
    let names = schema["properties"].as_object().unwrap().keys().cloned().collect();
    let required = schema["required"].as_array().into_iter().flatten();
    (names, required.map(|name| name.as_str().unwrap().to_owned()).collect())
}

#[both]
async fn all_faults_of_a_body_are_told_at_once_and_in_words_of_json(world: World) {
    let fixture = Fixture::make(&world).await;
    for operation in operations().iter().filter(|operation| operation.has_body()) {
        let client = fixture.client(&world, operation);
        let path = fixture.path(operation);
        let (names, required) = body_fields(operation);
        let nothing: Value = json!({ "surprise": 1 });
        let mut wrong = nothing.clone();
        for name in &names {
            wrong[name] = of_no_type_for(name);
        }
        for (body, wanted, code) in [(wrong, names, "wrong_type"), (nothing, required, "required")] {
            let problem = operation.send(&client, &path, &body).await.problem(422, "validation");
            let mut told: BTreeMap<&str, &str> = BTreeMap::new();
            for error in problem["errors"].as_array().unwrap() {
                assert_eq!(error["in"], "body");
                told.insert(error["field"].as_str().unwrap(), error["code"].as_str().unwrap());
                let detail = error["detail"].as_str().unwrap();
                for word in ["expected", "invalid", "struct", "sequence", "u32", "i64", "`"] {
                    assert!(!detail.contains(word), "{}: {detail}", operation.id);
                }
            }
            assert_eq!(told.remove("/surprise"), Some("unknown_field"), "{}", operation.id);
            for name in wanted {
                let is_free = (operation.id.as_str(), name.as_str()) == ("publishEvent", "data");
                if code == "wrong_type" && is_free {
                    continue;
                }
                assert_eq!(told.remove(format!("/{name}").as_str()), Some(code), "{}: {name}", operation.id);
            }
            assert!(told.is_empty(), "{}: {told:?}", operation.id);
        }
    }
}

#[both]
async fn a_path_without_such_an_object_is_not_found(world: World) {
    let fixture = Fixture::make(&world).await;
    for operation in operations().iter().filter(|operation| operation.path.contains("{id}")) {
        let body = fixture.body(operation);
        for id in
            ["x", "%00", "%FF", "..%2F", "tkt_01JDBN5X7W3Q9K2M4E6R8T0VYZ_", "key_01jdbn5x7w3q9k2m4e6r8t0vyz"]
        {
            let path = operation.path.replace("{id}", id);
            operation.send(&fixture.team.admin, &path, &body).await.problem(404, "not-found");
        }
    }
}

#[both]
async fn a_list_is_paged_and_a_tampered_cursor_refused(world: World) {
    let fixture = Fixture::make(&world).await;
    for operation in operations().iter().filter(|operation| operation.takes("cursor")) {
        let path = fixture.path(operation);
        for (query, field) in [
            ("cursor=rubbish", "cursor"),
            ("cursor=", "cursor"),
            ("cursor=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "cursor"),
            ("limit=0", "limit"),
            ("limit=201", "limit"),
            ("limit=-1", "limit"),
            ("limit=many", "limit"),
        ] {
            let reply = fixture.team.admin.get(&format!("{path}?{query}")).await;
            assert_eq!(reply.fields(400, "bad-request"), [field], "{}: {query}", operation.id);
        }
        let page = fixture.team.admin.get(&format!("{path}?limit=200")).await.ok(200);
        assert!(page["data"].is_array() && page["next_cursor"].is_null(), "{}: {page}", operation.id);
    }
}
