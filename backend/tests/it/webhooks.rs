//! Webhooks: made, changed, disabled, rotated, tested, deleted.

use api_types::account::Plan;
use serde_json::{Value, json};

use crate::harness::{Behaviour, Kind, Receiver, Team, World, both};

async fn create(team: &Team, body: &Value) -> (String, Value) {
    let made = team.admin.post("/v1/webhooks", body).await.ok(201);
    (format!("/v1/webhooks/{}", made["id"].as_str().unwrap()), made)
}

fn at(receiver: &Receiver) -> Value {
    json!({ "url": receiver.url("/hooks"), "event_types": ["ticket.*"] })
}

#[both]
async fn a_webhook_is_created_with_a_secret_shown_once(world: World) {
    let team = world.business().await;
    let receiver = Receiver::http(Behaviour::Answer(200, "")).await;
    let (path, made) = create(&team, &at(&receiver)).await;
    let secret = made["signing_secret"].as_str().unwrap();
    assert!(secret.starts_with("whsec_"));
    assert_eq!(
        (&made["status"], &made["signature"], &made["public_key"]),
        (&json!("active"), &json!("v1"), &json!(null))
    );
    assert_eq!(made["health"]["summary"], "Nothing sent yet.");
    let shown = team.admin.get(&path).await;
    assert!(!shown.text.contains(secret));
    let shown = shown.ok(200);
    assert_eq!(shown["secrets"].as_array().unwrap().len(), 1);
    assert!(!team.admin.get("/v1/audit-log").await.text.contains(secret));
    assert_eq!(team.audited().await[0], "webhook.created");
    assert_eq!(team.admin.get("/v1/webhooks").await.ok(200)["data"], json!([shown]));
}

#[both]
async fn a_v1a_webhook_shows_its_public_key_and_no_secret(world: World) {
    let team = world.business().await;
    let receiver = Receiver::http(Behaviour::Answer(200, "")).await;
    let mut body = at(&receiver);
    body["signature"] = json!("v1a");
    let (path, made) = create(&team, &body).await;
    assert_eq!(made.get("signing_secret"), None);
    assert!(made["public_key"].as_str().unwrap().starts_with("whpk_"));
    assert_eq!(team.admin.get(&path).await.ok(200)["public_key"], made["public_key"]);
    let rotated = team.admin.post(&format!("{path}/secrets"), &json!({ "overlap": "1h" })).await.ok(201);
    assert_eq!(rotated.get("signing_secret"), None);
    let shown = team.admin.get(&path).await.ok(200);
    assert_eq!(shown["public_key"], rotated["public_key"]);
    assert_eq!(shown["secrets"][1]["public_key"], made["public_key"]);
    let key = rotated["public_key"].as_str().unwrap();
    assert_eq!(rotated["hint"], format!("{}…{}", &key[..8], &key[key.len() - 4..]));
}

#[both]
async fn a_rotated_secret_overlaps_as_long_as_chosen(world: World) {
    let team = world.business().await;
    let receiver = Receiver::http(Behaviour::Answer(200, "")).await;
    let (path, made) = create(&team, &at(&receiver)).await;
    let rotated = team.admin.post(&format!("{path}/secrets"), &json!({ "overlap": "24h" })).await.ok(201);
    assert_ne!(rotated["signing_secret"], made["signing_secret"]);
    let shown = team.admin.get(&path).await.ok(200);
    assert_eq!(shown["secrets"][0]["id"], rotated["id"]);
    assert_eq!(shown["secrets"][1]["expires_at"], "2026-11-24T08:00:00.000Z");
    team.admin.post(&format!("{path}/test"), &json!({})).await.ok(200);
    let header = receiver.requests()[0].header("webhook-signature").unwrap().to_owned();
    assert_eq!(header.split(' ').count(), 2, "{header}");
    world.advance(24 * 3600);
    let session = world.sign_in(&team.admin.email).await;
    assert_eq!(session.get(&path).await.ok(200)["secrets"].as_array().unwrap().len(), 1);
    session.post(&format!("{path}/test"), &json!({})).await.ok(200);
    assert_eq!(receiver.requests()[1].header("webhook-signature").unwrap().split(' ').count(), 1);
    let bad = session.post(&format!("{path}/secrets"), &json!({ "overlap": "1d" })).await;
    assert_eq!(bad.fields(422, "validation"), ["overlap"]);
}

#[both]
async fn the_old_path_of_a_rotation_still_answers_with_the_whole_webhook(world: World) {
    let team = world.business().await;
    let receiver = Receiver::http(Behaviour::Answer(200, "")).await;
    let (path, made) = create(&team, &at(&receiver)).await;
    let rotated =
        team.admin.post(&format!("{path}/secret/rotate"), &json!({ "overlap": "24h" })).await.ok(201);
    assert_eq!((&rotated["id"], &rotated["url"]), (&made["id"], &made["url"]));
    assert!(rotated["signing_secret"].as_str().unwrap().starts_with("whsec_"));
    assert_eq!(rotated["secrets"].as_array().unwrap().len(), 2);
}

#[both]
async fn signing_secrets_are_listed_and_an_old_one_can_be_dropped(world: World) {
    let team = world.business().await;
    let receiver = Receiver::http(Behaviour::Answer(200, "")).await;
    let (path, made) = create(&team, &at(&receiver)).await;
    let secret = made["signing_secret"].as_str().unwrap();
    world.advance(60);
    let new = team.admin.post(&format!("{path}/secrets"), &json!({ "overlap": "1h" })).await.ok(201);
    assert!(new["signing_secret"].as_str().unwrap().starts_with("whsec_"));
    let reader = world.key(&team, &["webhooks:read"]).await;
    let listed = team.admin.get(&format!("{path}/secrets?limit=1")).await.ok(200);
    assert_eq!(listed["data"][0]["id"], new["id"]);
    let next = format!("{path}/secrets?cursor={}", listed["next_cursor"].as_str().unwrap());
    let old = &team.admin.get(&next).await.ok(200)["data"][0];
    assert_eq!(old["hint"], format!("{}…{}", &secret[..8], &secret[secret.len() - 4..]));
    assert_eq!(
        (&old["created_at"], &old["last_used_at"], &old["expires_at"]),
        (&json!("2026-11-23T08:00:00.000Z"), &json!(null), &json!("2026-11-23T09:01:00.000Z"))
    );
    let current = format!("{path}/secrets/{}", new["id"].as_str().unwrap());
    team.admin.delete(&current).await.problem(409, "conflict");
    let old = format!("{path}/secrets/{}", old["id"].as_str().unwrap());
    reader.delete(&old).await.problem(403, "insufficient-scope");
    team.admin.delete(&old).await.ok(204);
    team.admin.delete(&old).await.problem(404, "not-found");
    assert_eq!(team.audited().await[0], "webhook.secret_dropped");
    team.admin.post(&format!("{path}/test"), &json!({})).await.ok(200);
    assert_eq!(receiver.requests()[0].header("webhook-signature").unwrap().split(' ').count(), 1);
}

#[both]
async fn a_webhook_says_who_created_it_and_is_found_by_its_status(world: World) {
    let team = world.business().await;
    let receiver = Receiver::http(Behaviour::Answer(200, "")).await;
    let (path, made) = create(&team, &at(&receiver)).await;
    assert_eq!(made["created_by"], team.admin_as_actor().await);
    let key = world.key(&team, &["webhooks:write", "tickets:read"]).await;
    let by_key = key.post("/v1/webhooks", &at(&receiver)).await.ok(201);
    assert_eq!(by_key["created_by"]["type"], "api_key");
    assert!(by_key["created_by"]["id"].as_str().unwrap().starts_with("key_"));
    team.admin.post(&format!("{path}/disable"), &json!({})).await.ok(200);
    let only = async |status: &str| {
        let page = team.admin.get(&format!("/v1/webhooks?status={status}")).await.ok(200);
        let ids = page["data"].as_array().unwrap().iter().map(|webhook| webhook["id"].clone());
        ids.collect::<Vec<_>>()
    };
    assert_eq!(only("disabled").await, [made["id"].clone()]);
    assert_eq!(only("active").await, [by_key["id"].clone()]);
    assert_eq!(only("parked").await, Vec::<Value>::new());
    let unknown = team.admin.get("/v1/webhooks?status=asleep").await;
    assert_eq!(unknown.fields(400, "bad-request"), ["status"]);
}

#[both]
async fn a_test_shows_the_whole_answer_and_enters_no_failure_list(world: World) {
    let team = world.business().await;
    let receiver = Receiver::http(Behaviour::Answer(418, "short and <b>stout</b>")).await;
    let (path, _) = create(&team, &at(&receiver)).await;
    let result = team.admin.post(&format!("{path}/test"), &json!({})).await.ok(200);
    assert_eq!(result["succeeded"], false);
    let attempt = &result["attempt"];
    assert_eq!((&attempt["trigger"], &attempt["outcome"]), (&json!("test"), &json!("failed")));
    assert_eq!(attempt["response"]["status"], 418);
    assert_eq!(attempt["response"]["body"], "short and <b>stout</b>");
    assert_eq!(attempt["diagnosis"]["code"], "unexpected_status");
    assert_eq!(receiver.requests()[0].header("content-type"), Some("application/json"));
    assert_eq!(team.admin.get("/v1/deliveries").await.ok(200)["data"], json!([]));
    let health = &team.admin.get(&path).await.ok(200)["health"];
    assert_eq!((&health["failures"], &health["failing_since"]), (&json!(0), &json!(null)));
    receiver.set(Behaviour::Answer(204, ""));
    assert_eq!(team.admin.post(&format!("{path}/test"), &json!({})).await.ok(200)["succeeded"], true);
    assert_eq!(team.audited().await[0], "webhook.tested");
}

#[both]
async fn a_webhook_is_changed_disabled_enabled_and_deleted(world: World) {
    let team = world.business().await;
    let receiver = Receiver::http(Behaviour::Answer(200, "")).await;
    let (path, made) = create(&team, &at(&receiver)).await;
    let changes = json!({ "description": "<b>Mirror</b> 🦀 مرآة", "event_types": ["*"], "url": receiver.url("/other") });
    let after = team.admin.patch(&path, &changes).await.ok(200);
    for field in ["description", "event_types", "url"] {
        assert_eq!(after[field], changes[field]);
    }
    assert_eq!(after["signature"], made["signature"]);
    let off = team.admin.post(&format!("{path}/disable"), &json!({})).await.ok(200);
    assert_eq!((&off["status"], &off["disabled_reason"]), (&json!("disabled"), &json!("manual")));
    assert_eq!(off["health"]["summary"], "Disabled since 2026-11-23 08:00 UTC.");
    team.admin.post(&format!("{path}/disable"), &json!({})).await.ok(200);
    let on = team.admin.post(&format!("{path}/enable"), &json!({})).await.ok(200);
    assert_eq!((&on["status"], &on["disabled_reason"]), (&json!("active"), &json!(null)));
    team.admin.delete(&path).await.ok(204);
    team.admin.get(&path).await.problem(404, "not-found");
    assert_eq!(team.admin.get("/v1/webhooks").await.ok(200)["data"], json!([]));
    let audited = team.audited().await;
    let about: Vec<&str> = audited.iter().map(String::as_str).filter(|a| a.starts_with("webhook.")).collect();
    assert_eq!(
        about,
        ["webhook.deleted", "webhook.enabled", "webhook.disabled", "webhook.updated", "webhook.created"]
    );
}

#[both]
async fn bad_input_names_its_fields_and_stores_nothing(world: World) {
    let team = world.business().await;
    for (field, value, named) in [
        ("url", json!("http://acme.example/hooks"), "url"),
        ("url", json!("ftp://acme.example/hooks"), "url"),
        ("url", json!("https://user:pw@acme.example/"), "url"),
        ("url", json!("https://acme.example/#x"), "url"),
        ("url", json!("https://10.0.0.1/"), "url"),
        ("url", json!("https://169.254.169.254/latest/meta-data"), "url"),
        ("url", json!("https://[fd00::1]/"), "url"),
        ("url", json!("https://[::ffff:192.168.1.1]/"), "url"),
        ("url", json!("https://0x0a000001/"), "url"),
        ("url", json!("not a url"), "url"),
        ("url", json!(format!("https://acme.example/{}", "x".repeat(2048))), "url"),
        ("event_types", json!([]), "event_types"),
        ("event_types", json!(["ticket.*", "ticket.exploded"]), "event_types/1"),
        ("event_types", json!("*"), "event_types"),
        ("description", json!("x".repeat(300)), "description"),
        ("signature", json!("v2"), "signature"),
        ("secret", json!("whsec_x"), "secret"),
    ] {
        let mut body = json!({ "url": "https://127.0.0.1/", "event_types": ["ticket.*"] });
        body[field] = value;
        assert_eq!(team.admin.post("/v1/webhooks", &body).await.fields(422, "validation"), [named], "{body}");
    }
    assert_eq!(team.admin.get("/v1/webhooks").await.ok(200)["data"], json!([]));
}

#[both]
async fn a_key_subscribes_only_to_what_it_may_read(world: World) {
    let team = world.business().await;
    let receiver = Receiver::http(Behaviour::Answer(200, "")).await;
    let key = world.key(&team, &["webhooks:write", "tickets:read"]).await;
    let body = |types: Value| json!({ "url": receiver.url("/"), "event_types": types });
    let made = key.post("/v1/webhooks", &body(json!(["ticket.*", "note.created"]))).await.ok(201);
    let path = format!("/v1/webhooks/{}", made["id"].as_str().unwrap());
    let refused =
        key.post("/v1/webhooks", &body(json!(["broadcast.sent"]))).await.problem(403, "insufficient-scope");
    assert!(refused["detail"].as_str().unwrap().contains("broadcasts:read"));
    for area in ["*", "api_key.created", "webhook.*"] {
        key.post("/v1/webhooks", &body(json!([area]))).await.problem(403, "session-required");
    }
    key.patch(&path, &json!({ "event_types": ["*"] })).await.problem(403, "session-required");
    key.patch(&path, &json!({ "description": "mine" })).await.ok(200);
    // Redirecting messages that it may not read would read them, even where the webhook is its own.
    let wide = path;
    team.admin.patch(&wide, &json!({ "event_types": ["*"] })).await.ok(200);
    key.patch(&wide, &json!({ "url": receiver.url("/mine") })).await.problem(403, "session-required");
    key.post(&format!("{wide}/secrets"), &json!({ "overlap": "none" }))
        .await
        .problem(403, "session-required");
    key.delete(&wide).await.problem(403, "session-required");
    key.get(&wide).await.problem(403, "insufficient-scope");
    team.member.get(&wide).await.problem(403, "admin-required");
}

#[both]
async fn another_workspaces_webhook_is_not_found(world: World) {
    let ours = world.business().await;
    let theirs = world.business().await;
    let receiver = Receiver::http(Behaviour::Answer(200, "")).await;
    let (path, _) = create(&theirs, &at(&receiver)).await;
    ours.admin.get(&path).await.problem(404, "not-found");
    ours.admin.patch(&path, &json!({ "description": "mine" })).await.problem(404, "not-found");
    ours.admin.delete(&path).await.problem(404, "not-found");
    for action in ["enable", "disable", "test"] {
        ours.admin.post(&format!("{path}/{action}"), &json!({})).await.problem(404, "not-found");
    }
    let rotation = ours.admin.post(&format!("{path}/secrets"), &json!({ "overlap": "none" })).await;
    rotation.problem(404, "not-found");
    assert!(receiver.requests().is_empty());
}

#[both]
async fn the_plan_limits_how_many_webhooks_there_are(world: World) {
    let team = world.team(Plan::Startup).await;
    let receiver = Receiver::http(Behaviour::Answer(200, "")).await;
    for _ in 0..5 {
        create(&team, &at(&receiver)).await;
    }
    team.admin.post("/v1/webhooks", &at(&receiver)).await.problem(403, "plan-limit");
}

#[actix_web::test]
async fn loopback_is_refused_where_the_operator_did_not_allow_it() {
    let world = World::start_with(Kind::Sqlite, |settings| settings.allowed_destinations.clear());
    let team = world.business().await;
    for url in
        ["https://127.0.0.1/", "https://localhost/", "http://127.0.0.1:9000/", "https://[::1]/", "https://0/"]
    {
        let body = json!({ "url": url, "event_types": ["*"] });
        assert_eq!(team.admin.post("/v1/webhooks", &body).await.fields(422, "validation"), ["url"], "{url}");
    }
}
