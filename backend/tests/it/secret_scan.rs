//! Credentials pasted into texts: refused, not repeated, written down.

use api_types::ids::{OAuthAppId, SecretId};
use serde_json::{Value, json};

use crate::harness::{
    Team, World, both,
    secrets::{hint, nobodys_api_key, nobodys_client_secret, nobodys_signing_secret},
};

/// A new webhook's id and signing secret.
async fn webhook(team: &Team) -> (String, String) {
    let body = json!({ "url": "http://127.0.0.1:1/in", "event_types": ["*"] });
    let made = team.admin.post("/v1/webhooks", &body).await.ok(201);
    (made["id"].as_str().unwrap().to_owned(), made["signing_secret"].as_str().unwrap().to_owned())
}

async fn oauth_app(team: &Team) -> (String, String) {
    let body = json!({ "name": "Acme Desk", "redirect_uris": ["https://desk.example/cb"],
        "scopes": ["tickets:read"], "kind": "confidential" });
    let made = team.admin.post("/v1/oauth-apps", &body).await.ok(201);
    (made["id"].as_str().unwrap().to_owned(), made["client_secret"].as_str().unwrap().to_owned())
}

/// The audit entries about refused pastes, newest first, after making sure that `secret` is in none.
async fn refusals(team: &Team, secret: &str) -> Vec<Value> {
    let log = team.admin.get("/v1/audit-log?limit=200").await;
    assert!(!log.text.contains(secret));
    let log = log.ok(200);
    let entries = log["data"].as_array().unwrap().iter();
    entries.filter(|entry| entry["action"] == "secret.paste_refused").cloned().collect()
}

async fn refused(team: &Team, path: &str, body: &Value, secret: &str) -> Vec<String> {
    let reply = if path.contains("tkt_") && path.matches('/').count() == 3 {
        team.member.patch(path, body).await
    } else {
        team.member.post(path, body).await
    };
    assert!(!reply.text.contains(secret), "{path} repeats the secret");
    reply.fields(422, "secret-in-text")
}

async fn a_ticket(team: &Team) -> String {
    let made = team.member.post("/v1/tickets", &json!({ "title": "t" })).await.ok(201);
    format!("/v1/tickets/{}", made["id"].as_str().unwrap())
}

/// The texts and events that a refusal must leave as they were.
async fn stored(world: &World, team: &Team, ticket: &str) -> Value {
    let mut all = vec![json!(world.event_types(team.id).await)];
    for path in ["/v1/tickets", "/v1/broadcasts", &format!("{ticket}/comments"), &format!("{ticket}/notes")] {
        all.push(team.member.get(path).await.ok(200));
    }
    json!(all)
}

#[both]
async fn an_api_key_is_refused_in_every_text_field(world: World) {
    let team = world.business().await;
    let made = team.create_key(&["tickets:read"]).await;
    let key = made["key"].as_str().unwrap();
    let ticket = a_ticket(&team).await;
    let before = stored(&world, &team, &ticket).await;
    let text = format!("Use this: \"{key}\".");
    let comments = format!("{ticket}/comments");
    let notes = format!("{ticket}/notes");
    for (path, body, field, what) in [
        ("/v1/tickets", json!({ "title": text }), "title", "ticket"),
        ("/v1/tickets", json!({ "title": "t", "body": text }), "body", "ticket"),
        ("/v1/tickets", json!({ "title": "t", "assignee": text }), "assignee", "ticket"),
        (&ticket, json!({ "title": text }), "title", "ticket"),
        (&ticket, json!({ "body": text, "status": "closed" }), "body", "ticket"),
        (&ticket, json!({ "assignee": text }), "assignee", "ticket"),
        (&comments, json!({ "body": text }), "body", "comment"),
        (&notes, json!({ "body": text }), "body", "note"),
        ("/v1/broadcasts", json!({ "subject": text }), "subject", "broadcast"),
        ("/v1/broadcasts", json!({ "subject": "s", "body": text }), "body", "broadcast"),
    ] {
        let count = refusals(&team, key).await.len();
        assert_eq!(refused(&team, path, &body, key).await, [field], "{path} {field}");
        let entries = refusals(&team, key).await;
        assert_eq!(entries.len(), count + 1, "{path} {field}");
        assert_eq!((&entries[0]["object_id"], &entries[0]["object_name"]), (&made["id"], &json!("A key")));
        assert_eq!(entries[0]["actor"]["name"], team.member.email);
        assert_eq!(
            entries[0]["details"],
            json!({ "credential": "api_key", "hint": made["hint"],
            "pasted_into": what, "field": field, "secret_id": null })
        );
    }
    assert_eq!(stored(&world, &team, &ticket).await, before);
}

#[both]
async fn a_key_of_nobody_or_revoked_is_refused_and_a_fake_is_not(world: World) {
    let team = world.business().await;
    let nobodys = nobodys_api_key();
    assert_eq!(refused(&team, "/v1/tickets", &json!({ "title": nobodys }), &nobodys).await, ["title"]);
    let entry = &refusals(&team, &nobodys).await[0];
    assert_eq!((&entry["object_id"], &entry["object_name"]), (&Value::Null, &json!(hint(&nobodys))));

    let made = team.create_key(&["tickets:read"]).await;
    let key = made["key"].as_str().unwrap();
    let revoke = format!("/v1/api-keys/{}/revoke", made["id"].as_str().unwrap());
    team.admin.post(&revoke, &json!({})).await.ok(200);
    refused(&team, "/v1/tickets", &json!({ "title": key }), key).await;
    assert_eq!(refusals(&team, key).await[0]["object_id"], made["id"]);

    let mut fake = key.to_owned();
    fake.replace_range(10..11, if &fake[10..11] == "a" { "b" } else { "a" });
    let kept =
        team.member.post("/v1/tickets", &json!({ "title": fake, "body": "keys begin with slk_" })).await;
    assert_eq!(kept.ok(201)["title"], fake);
}

#[both]
async fn a_client_secret_is_refused_while_it_works(world: World) {
    let team = world.business().await;
    let (app, secret) = oauth_app(&team).await;
    let url = format!("https://api.example/token?client_secret={secret}&grant_type=x");
    assert_eq!(
        refused(&team, "/v1/broadcasts", &json!({ "subject": "s", "body": url }), &secret).await,
        ["body"]
    );
    let entry = refusals(&team, &secret).await.remove(0);
    assert_eq!((&entry["object_id"], &entry["object_name"]), (&json!(app), &json!("Acme Desk")));
    assert_eq!(
        (&entry["details"]["credential"], &entry["details"]["hint"]),
        (&json!("client_secret"), &json!(hint(&secret)))
    );
    assert!(entry["details"]["secret_id"].as_str().unwrap().parse::<SecretId>().is_ok());
    assert!(app.parse::<OAuthAppId>().is_ok());

    let rotate = format!("/v1/oauth-apps/{app}/secrets");
    let fresh = team.admin.post(&rotate, &json!({ "overlap": "1h" })).await.ok(201);
    let fresh = fresh["client_secret"].as_str().unwrap();
    refused(&team, "/v1/broadcasts", &json!({ "subject": secret }), &secret).await;
    refused(&team, "/v1/broadcasts", &json!({ "subject": fresh }), fresh).await;
    world.advance(3600);
    team.member.post("/v1/broadcasts", &json!({ "subject": secret })).await.ok(201);
    refused(&team, "/v1/broadcasts", &json!({ "subject": fresh }), fresh).await;
    // This secret is well-formed, but no app has it.
    let nobodys = nobodys_client_secret();
    team.member.post("/v1/broadcasts", &json!({ "subject": nobodys })).await.ok(201);
}

#[both]
async fn a_signing_secret_is_refused_while_it_signs(world: World) {
    let team = world.business().await;
    let (webhook, secret) = webhook(&team).await;
    let on = format!("{}/comments", a_ticket(&team).await);
    for text in [
        secret.clone(),
        format!("WEBHOOK_SECRET='{secret}'"),
        secret.trim_end_matches('=').to_owned(),
        secret.replace('+', "%2B").replace('/', "%2F").replace('=', "%3D"),
        format!("{}\n{}", &secret[..20], &secret[20..]),
    ] {
        assert_eq!(refused(&team, &on, &json!({ "body": text }), &secret).await, ["body"], "{text}");
    }
    let entry = refusals(&team, &secret).await.remove(0);
    assert_eq!(
        (&entry["object_id"], &entry["object_name"]),
        (&json!(webhook), &json!("http://127.0.0.1:1/in"))
    );
    assert_eq!(entry["details"]["credential"], "signing_secret");
    let rotate = format!("/v1/webhooks/{webhook}/secrets");
    let fresh = team.admin.post(&rotate, &json!({ "overlap": "1h" })).await.ok(201);
    let fresh = fresh["signing_secret"].as_str().unwrap();
    for secret in [secret.as_str(), fresh] {
        refused(&team, &on, &json!({ "body": secret }), secret).await;
    }
    world.advance(3600);
    team.member.post(&on, &json!({ "body": secret })).await.ok(201);
    refused(&team, &on, &json!({ "body": fresh }), fresh).await;
    let nobodys = nobodys_signing_secret();
    team.member.post(&on, &json!({ "body": nobodys })).await.ok(201);
}

#[both]
async fn another_workspaces_credential_is_refused_without_naming_it(world: World) {
    let ours = world.business().await;
    let theirs = world.business().await;
    let (app, secret) = oauth_app(&theirs).await;
    refused(&ours, "/v1/tickets", &json!({ "title": secret }), &secret).await;
    let entries = refusals(&ours, &secret).await;
    assert_eq!((&entries[0]["object_id"], &entries[0]["details"]["secret_id"]), (&Value::Null, &Value::Null));
    assert!(!json!(entries).to_string().contains(&app));
    assert!(refusals(&theirs, &secret).await.is_empty());
}

#[both]
async fn several_credentials_are_each_named_and_written_down(world: World) {
    let team = world.business().await;
    let (app, secret) = oauth_app(&team).await;
    let made = team.create_key(&["tickets:read"]).await;
    let key = made["key"].as_str().unwrap();
    let body = json!({ "title": format!("{key} {key}"), "body": format!("{key} and {secret}") });
    let client = team.member.with_header("idempotency-key", "1");
    assert_eq!(
        client.post("/v1/tickets", &body).await.fields(422, "secret-in-text"),
        ["title", "body", "body"]
    );
    let objects: Vec<Value> =
        refusals(&team, key).await.iter().map(|entry| entry["object_id"].clone()).collect();
    assert_eq!(objects, [json!(app), made["id"].clone(), made["id"].clone()]);
    // The mended text goes through under the same idempotency key.
    client.post("/v1/tickets", &json!({ "title": "Without" })).await.ok(201);
}
