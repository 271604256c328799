//! OAuth apps: made, changed, rotated, deleted.

use api_types::account::Plan;
use serde_json::{Value, json};

use crate::harness::{Team, World, both};

fn acme() -> Value {
    json!({ "name": "Acme Dashboards", "kind": "confidential", "redirect_uris": ["https://acme.example/callback"],
        "scopes": ["tickets:read"] })
}

async fn create(team: &Team, body: &Value) -> (String, Value) {
    let made = team.admin.post("/v1/oauth-apps", body).await.ok(201);
    (format!("/v1/oauth-apps/{}", made["id"].as_str().unwrap()), made)
}

#[both]
async fn a_confidential_app_is_created_with_a_secret_shown_once(world: World) {
    let team = world.business().await;
    let (path, made) = create(&team, &acme()).await;
    let secret = made["client_secret"].as_str().unwrap();
    assert!(secret.starts_with("sls_") && secret.len() == 42);
    assert_eq!(made["grants"], json!(["authorization_code", "refresh_token"]));
    assert_eq!(made["created_by"], team.admin_as_actor().await);
    let shown = team.admin.get(&path).await;
    assert!(!shown.text.contains(secret));
    let shown = shown.ok(200);
    assert_eq!(shown["secrets"].as_array().unwrap().len(), 1);
    assert_eq!(shown["secrets"][0]["expires_at"], json!(null));
    assert!(!team.admin.get("/v1/audit-log").await.text.contains(secret));
    assert_eq!(team.audited().await[0], "oauth_app.created");
    assert_eq!(team.admin.get("/v1/oauth-apps").await.ok(200)["data"], json!([shown]));
}

#[both]
async fn a_public_app_has_no_secret(world: World) {
    let team = world.business().await;
    let mut body = acme();
    body["kind"] = json!("public");
    body["redirect_uris"] = json!(["com.example.app:/cb", "http://127.0.0.1/cb"]);
    let (path, made) = create(&team, &body).await;
    assert_eq!((made.get("client_secret"), &made["secrets"]), (None, &json!([])));
    let rotation = team.admin.post(&format!("{path}/secrets"), &json!({ "overlap": "none" })).await;
    rotation.problem(409, "conflict");
    body["grants"] = json!(["client_credentials"]);
    assert_eq!(team.admin.post("/v1/oauth-apps", &body).await.fields(422, "validation"), ["grants"]);
}

#[both]
async fn a_rotated_secret_overlaps_as_long_as_chosen(world: World) {
    let team = world.business().await;
    let (path, made) = create(&team, &acme()).await;
    let first = made["secrets"][0]["id"].clone();
    world.advance(60);
    let rotated = team.admin.post(&format!("{path}/secrets"), &json!({ "overlap": "1h" })).await.ok(201);
    assert!(rotated["client_secret"].as_str().unwrap().starts_with("sls_"));
    assert_ne!(rotated["client_secret"], made["client_secret"]);
    let shown = team.admin.get(&path).await.ok(200);
    assert_eq!(shown["secrets"][0]["id"], rotated["id"]);
    assert_eq!(shown["secrets"][1]["id"], first);
    assert_eq!(shown["secrets"][1]["expires_at"], "2026-11-23T09:01:00.000Z");
    world.advance(3600);
    assert_eq!(team.admin.get(&path).await.ok(200)["secrets"].as_array().unwrap().len(), 1);
    team.admin.post(&format!("{path}/secrets"), &json!({ "overlap": "none" })).await.ok(201);
    assert_eq!(team.admin.get(&path).await.ok(200)["secrets"].as_array().unwrap().len(), 1);
    let bad = team.admin.post(&format!("{path}/secrets"), &json!({ "overlap": "2h" })).await;
    assert_eq!(bad.fields(422, "validation"), ["overlap"]);
    assert_eq!(team.audited().await.iter().filter(|a| *a == "oauth_app.secret_rotated").count(), 2);
}

#[both]
async fn an_app_is_changed_and_deleted(world: World) {
    let team = world.business().await;
    let (path, made) = create(&team, &acme()).await;
    let changes = json!({ "name": "<i>Acme</i> 🦀", "description": "Charts", "homepage_url": "https://acme.example",
        "logo": "data:image/png;base64,iVBORw0KGgo=" });
    let after = team.admin.patch(&path, &changes).await.ok(200);
    for field in ["name", "description", "homepage_url", "logo"] {
        assert_eq!(after[field], changes[field]);
    }
    assert_eq!(after["redirect_uris"], made["redirect_uris"]);
    let log = team.admin.get("/v1/audit-log?action=oauth_app.updated").await.ok(200);
    assert_eq!(log["data"][0]["details"]["logo"], "changed");
    let back = team.admin.patch(&path, &json!({ "logo": "", "homepage_url": "" })).await.ok(200);
    assert_eq!((&back["logo"], &back["homepage_url"]), (&json!(""), &json!("")));
    team.admin.delete(&path).await.ok(204);
    team.admin.get(&path).await.problem(404, "not-found");
    team.admin.delete(&path).await.problem(404, "not-found");
    assert_eq!(team.admin.get("/v1/oauth-apps").await.ok(200)["data"], json!([]));
    assert_eq!(team.audited().await[0], "oauth_app.deleted");
}

#[both]
async fn an_app_is_suspended_and_resumed_and_twice_changes_nothing(world: World) {
    let team = world.business().await;
    let (path, made) = create(&team, &acme()).await;
    assert_eq!((&made["status"], &made["suspended_at"]), (&json!("active"), &json!(null)));
    create(&team, &acme()).await;
    world.advance(60);
    let act = async |verb: &str| team.admin.post(&format!("{path}/{verb}"), &json!({})).await.ok(200);
    let suspended = act("suspend").await;
    assert_eq!(
        (&suspended["status"], &suspended["suspended_at"]),
        (&json!("suspended"), &json!("2026-11-23T08:01:00.000Z"))
    );
    world.advance(60);
    assert_eq!(act("suspend").await, suspended);
    let only = async |status: &str| {
        let page = team.admin.get(&format!("/v1/oauth-apps?status={status}")).await.ok(200);
        let ids = page["data"].as_array().unwrap().iter().map(|app| app["id"].clone());
        ids.collect::<Vec<_>>()
    };
    assert_eq!(only("suspended").await, [made["id"].clone()]);
    assert_eq!(only("active").await.len(), 1);
    let resumed = act("resume").await;
    assert_eq!((&resumed["status"], &resumed["suspended_at"]), (&json!("active"), &json!(null)));
    assert_eq!(act("resume").await, resumed);
    assert_eq!(team.audited().await[..2], ["oauth_app.resumed", "oauth_app.suspended"]);
    let unknown = team.admin.get("/v1/oauth-apps?status=asleep").await;
    assert_eq!(unknown.fields(400, "bad-request"), ["status"]);
    let changes = json!({ "suspended": true });
    assert_eq!(team.admin.patch(&path, &changes).await.fields(422, "validation"), ["suspended"]);
}

#[both]
async fn secrets_are_listed_with_their_ends_and_an_old_one_can_be_dropped(world: World) {
    let team = world.business().await;
    let (path, made) = create(&team, &acme()).await;
    world.advance(60);
    let new = team.admin.post(&format!("{path}/secrets"), &json!({ "overlap": "1h" })).await.ok(201);
    let listed = team.admin.get(&format!("{path}/secrets?limit=1")).await.ok(200);
    assert_eq!(listed["data"][0]["id"], new["id"]);
    assert_eq!(listed["data"][0]["expires_at"], json!(null));
    let next = format!("{path}/secrets?cursor={}", listed["next_cursor"].as_str().unwrap());
    let old = &team.admin.get(&next).await.ok(200)["data"][0];
    assert_eq!(old["hint"], made["secrets"][0]["hint"]);
    assert_eq!(
        (&old["created_at"], &old["last_used_at"], &old["expires_at"]),
        (&json!("2026-11-23T08:00:00.000Z"), &json!(null), &json!("2026-11-23T09:01:00.000Z"))
    );
    let current = format!("{path}/secrets/{}", new["id"].as_str().unwrap());
    team.admin.delete(&current).await.problem(409, "conflict");
    let old = format!("{path}/secrets/{}", old["id"].as_str().unwrap());
    team.admin.delete(&old).await.ok(204);
    team.admin.delete(&old).await.problem(404, "not-found");
    assert_eq!(team.admin.get(&format!("{path}/secrets")).await.ok(200)["data"].as_array().unwrap().len(), 1);
}

#[both]
async fn bad_input_names_its_fields_and_stores_nothing(world: World) {
    let team = world.business().await;
    let many: Vec<String> = (0..21).map(|n| format!("https://acme.example/{n}")).collect();
    for (field, value, named) in [
        ("name", json!("x".repeat(300)), "name"),
        ("kind", json!("secret"), "kind"),
        ("redirect_uris", json!([]), "redirect_uris"),
        ("redirect_uris", json!(many), "redirect_uris"),
        ("redirect_uris", json!(["https://acme.example/cb#x"]), "redirect_uris/0"),
        ("redirect_uris", json!(["https://a.example/", "http://a.example/"]), "redirect_uris/1"),
        ("scopes", json!(["everything"]), "scopes/0"),
        ("grants", json!(["password"]), "grants/0"),
        ("homepage_url", json!("javascript:alert(1)"), "homepage_url"),
        ("logo", json!("data:image/svg+xml;base64,PHN2Zz4="), "logo"),
        ("colour", json!("red"), "colour"),
    ] {
        let mut body = acme();
        body[field] = value;
        assert_eq!(
            team.admin.post("/v1/oauth-apps", &body).await.fields(422, "validation"),
            [named],
            "{body}"
        );
    }
    assert_eq!(team.admin.get("/v1/oauth-apps").await.ok(200)["data"], json!([]));
}

/// Row 35 of the OAuth requirements.
#[both]
async fn a_redirect_uri_that_anybody_could_take_over_is_refused_with_the_reason(world: World) {
    let team = world.business().await;
    for uri in [
        "http://acme.example/cb",
        "http://localhost/cb",
        "http://10.0.0.1/cb",
        "ftp://acme.example/cb",
        "https://acme.example/cb#part",
        "https://*.acme.example/cb",
        "https://acme.example/*",
        "https://user@acme.example/cb",
        "https://user:secret@acme.example/cb",
        "https://@acme.example/cb",
        "myapp:/cb",
        "javascript:alert(1)",
        "data:text/html,x",
        "com.example.app:/cb",
        "/cb",
        "",
        "https://",
        "https://acme.example/c b",
        "https://acme.example/\u{e9}",
        "https:\\\\acme.example",
    ] {
        let mut body = acme();
        body["redirect_uris"] = json!([uri]);
        let reply = team.admin.post("/v1/oauth-apps", &body).await;
        assert_eq!(reply.fields(422, "validation"), ["redirect_uris/0"], "{uri}");
    }
    let mut body = acme();
    body["redirect_uris"] =
        json!(["https://acme.example/cb?a=b", "http://127.0.0.1/cb", "http://[::1]:80/cb"]);
    team.admin.post("/v1/oauth-apps", &body).await.ok(201);
    body["kind"] = json!("public");
    body["redirect_uris"] = json!(["com.example.app:/cb"]);
    team.admin.post("/v1/oauth-apps", &body).await.ok(201);
    body["redirect_uris"] = json!(vec!["https://a.example"; 10_000]);
    let many = team.admin.post("/v1/oauth-apps", &body).await;
    assert_eq!(many.fields(422, "validation"), ["redirect_uris"]);
}

#[both]
async fn only_admins_of_the_workspace_reach_an_app(world: World) {
    let ours = world.business().await;
    let theirs = world.business().await;
    let (path, _) = create(&theirs, &acme()).await;
    ours.admin.get(&path).await.problem(404, "not-found");
    ours.admin.patch(&path, &json!({ "name": "mine" })).await.problem(404, "not-found");
    ours.admin.delete(&path).await.problem(404, "not-found");
    ours.admin
        .post(&format!("{path}/secrets"), &json!({ "overlap": "none" }))
        .await
        .problem(404, "not-found");
    theirs.member.get(&path).await.problem(403, "admin-required");
    let key = world.key(&theirs, &["tickets:read"]).await;
    key.get(&path).await.problem(403, "session-required");
}

#[both]
async fn the_plan_limits_how_many_apps_there_are(world: World) {
    let team = world.team(Plan::Startup).await;
    for _ in 0..5 {
        create(&team, &acme()).await;
    }
    team.admin.post("/v1/oauth-apps", &acme()).await.problem(403, "plan-limit");
}
