//! Examples and limits of the document are real: the server accepts what is shown, and refuses what is beyond a limit.

use serde_json::{Value, json};

use crate::harness::{
    Fixture, Operation, PASSWORD, World, both,
    oauth::ThirdPartyApp,
    openapi::{document, faults, resolve},
    operations,
};

/// The operation's example, with the ids and the sign-in that are the reader's own to fill in.
fn example(operation: &Operation, fixture: &Fixture) -> Value {
    let mut example = body_schema(operation)["example"].clone();
    assert!(example.is_object(), "{} has no example of its body", operation.id);
    match operation.id.as_str() {
        "signIn" => example = json!({ "email": fixture.team.admin.email, "password": PASSWORD }),
        "sendEvent" | "createAuthorizationRequest" | "approveAuthorizationRequest" => {
            example = fixture.body(operation);
        }
        "switchWorkspace" => example["workspace_id"] = json!(fixture.team.id),
        _ => {}
    }
    example
}

fn body_schema(operation: &Operation) -> &Value {
    resolve(&operation.described["requestBody"]["content"]["application/json"]["schema"])
}

/// Ends the secrets that only an overlap keeps alive, so that there is room for another.
async fn end_old_secrets(fixture: &Fixture, path: &str) {
    let secrets = path.replace("/secret/rotate", "/secrets");
    let listed = fixture.team.admin.get(&secrets).await.ok(200);
    for secret in listed["data"].as_array().unwrap().iter().filter(|secret| !secret["expires_at"].is_null()) {
        let old = format!("{secrets}/{}", secret["id"].as_str().unwrap());
        assert_eq!(fixture.team.admin.delete(&old).await.status, 204);
    }
}

#[both]
async fn every_request_body_has_an_example_that_the_server_accepts(world: World) {
    let fixture = Fixture::make(&world).await;
    for operation in operations().iter().filter(|operation| operation.has_body()) {
        let path = fixture.path(operation);
        if path.contains("/secret") {
            end_old_secrets(&fixture, &path).await;
        }
        let example = example(operation, &fixture);
        let reply = operation.send(&fixture.client(&world, operation), &path, &example).await;
        assert!((200..300).contains(&reply.status), "{}: {example}: {}", operation.id, reply.text);
    }
}

#[both]
async fn every_form_of_the_oauth_endpoints_has_an_example_that_is_accepted(world: World) {
    let team = world.business().await;
    let grants = ["authorization_code", "refresh_token", "client_credentials", "device_code"];
    let fields = json!({ "redirect_uris": ["https://acme.example/callback"], "grants": grants });
    let app = ThirdPartyApp::with(&world, &team, fields).await;
    let mut sent = 0;
    for (path, item) in document()["paths"].as_object().unwrap() {
        let form = &item["post"]["requestBody"]["content"]["application/x-www-form-urlencoded"];
        let Some(example) = resolve(&form["schema"])["example"].as_object() else { continue };
        let value = |name: &str, shown: &Value| match name {
            "client_id" => app.id.clone(),
            _ => shown.as_str().unwrap().to_owned(),
        };
        let params: Vec<(&str, String)> =
            example.iter().map(|(name, shown)| (name.as_str(), value(name, shown))).collect();
        let params: Vec<(&str, &str)> = params.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let reply = app.call(path, &params).await;
        assert!(matches!(reply.status, 200 | 201 | 303), "{path}: {}", reply.text);
        let to = reply.header("location").unwrap_or_default();
        assert!(!to.contains("error="), "{path}: {to}");
        sent += 1;
    }
    assert_eq!(sent, 6);
}

#[both]
async fn what_parameters_are_prefilled_with_finds_something(world: World) {
    let fixture = Fixture::make(&world).await;
    for operation in operations().iter().filter(|operation| operation.takes("cursor")) {
        let mut query = Vec::new();
        for parameter in operation.described["parameters"].as_array().unwrap() {
            let shown = [&parameter["example"], &parameter["schema"]["example"]];
            let shown = shown.into_iter().find(|value| !value.is_null());
            if let Some(value) = shown.filter(|_| parameter["in"] == "query") {
                query.push(format!("{}={}", parameter["name"].as_str().unwrap(), value.as_str().unwrap()));
            }
        }
        if query.is_empty() {
            continue;
        }
        let path = format!("{}?{}", fixture.path(operation), query.join("&"));
        let found = fixture.team.admin.get(&path).await.ok(200);
        assert_ne!(found["data"], json!([]), "{path}");
    }
}

#[both]
async fn what_is_beyond_a_limit_of_a_schema_is_refused(world: World) {
    let fixture = Fixture::make(&world).await;
    let mut tried = 0;
    for operation in operations().iter().filter(|operation| operation.has_body()) {
        let client = fixture.client(&world, operation);
        for (name, property) in body_schema(operation)["properties"].as_object().unwrap() {
            for value in beyond(resolve(property)) {
                let mut body = fixture.body(operation);
                body[name] = value.clone();
                let reply = operation.send(&client, &fixture.path(operation), &body).await;
                let shown: String = value.to_string().chars().take(40).collect();
                assert_eq!(reply.status, 422, "{} {name}: {shown}: {}", operation.id, reply.text);
                tried += 1;
            }
        }
    }
    assert!(tried > 40, "{tried}");
}

/// Values just outside of what a schema allows.
fn beyond(schema: &Value) -> Vec<Value> {
    let limit = |name: &str| schema[name].as_u64().map(|limit| usize::try_from(limit).unwrap());
    let mut values = Vec::new();
    values.extend(limit("maxLength").map(|most| json!("x".repeat(most + 1))));
    values.extend(limit("minLength").filter(|&least| least == 1).map(|_| json!("")));
    values.extend(limit("maxItems").map(|most| json!(vec!["x"; most + 1])));
    values.extend(limit("minItems").filter(|&least| least == 1).map(|_| json!([])));
    values.extend(limit("maximum").map(|most| json!(most + 1)));
    values.extend(limit("minimum").filter(|&least| least == 1).map(|_| json!(0)));
    values.extend(schema.get("enum").map(|_| json!("surprise")));
    values
}

#[both]
async fn what_is_at_a_limit_of_a_text_is_accepted(world: World) {
    let fixture = Fixture::make(&world).await;
    for operation in operations().iter().filter(|operation| operation.has_body()) {
        let client = fixture.client(&world, operation);
        for (name, property) in body_schema(operation)["properties"].as_object().unwrap() {
            let Some(most) = property["maxLength"].as_u64().filter(|_| property["format"].is_null()) else {
                continue;
            };
            let mut body = fixture.body(operation);
            body[name] = json!("x".repeat(usize::try_from(most).unwrap()));
            let reply = operation.send(&client, &fixture.path(operation), &body).await;
            assert!((200..300).contains(&reply.status), "{} {name}: {}", operation.id, reply.text);
        }
    }
}

#[test]
fn every_example_is_what_its_schema_says() {
    fn walk(value: &Value, place: &str, count: &mut usize) {
        let Value::Object(object) = value else {
            let values = value.as_array().into_iter().flatten().enumerate();
            return values.for_each(|(at, inner)| walk(inner, &format!("{place}/{at}"), count));
        };
        let of_schema = if object.contains_key("schema") { object.get("schema") } else { Some(value) };
        let many = object.get("examples");
        let listed = many.and_then(Value::as_array).into_iter().flatten();
        let named = many.and_then(Value::as_object).into_iter().flatten();
        let named = named.filter_map(|(_, example)| example.get("value"));
        let is_map = place.ends_with("/properties") || place.ends_with("/schemas");
        let is_schema =
            !is_map && ["schema", "type", "allOf", "oneOf"].iter().any(|key| object.contains_key(*key));
        for example in object.get("example").into_iter().chain(listed).chain(named).filter(|_| is_schema) {
            let found = faults(of_schema.unwrap(), example);
            assert!(found.is_empty(), "{place}: {example}: {found:?}");
            *count += 1;
        }
        for (key, inner) in object.iter().filter(|(key, _)| !["example", "examples"].contains(&key.as_str()))
        {
            walk(inner, &format!("{place}/{key}"), count);
        }
    }
    let mut count = 0;
    walk(document(), "", &mut count);
    assert!(count > 80, "{count}");
}
