//! Sign-in, sessions, origins, plans and rate limits.

use api_types::account::{Plan, Role};
use reqwest::Method;
use serde_json::json;

use crate::harness::{PASSWORD, World, both};

#[both]
async fn a_member_signs_in_and_out(world: World) {
    let team = world.business().await;
    let session = team.admin.get("/v1/session").await.ok(200);
    assert_eq!(session["member"]["role"], "admin");
    assert_eq!(session["workspace"]["plan"], "business");
    assert_eq!(session["limits"]["api_keys"], 50);
    team.admin.delete("/v1/session").await.ok(204);
    team.admin.get("/v1/session").await.problem(401, "unauthenticated");
    assert_eq!(world.sign_in(&team.admin.email).await.get("/v1/session").await.status, 200);
}

#[both]
async fn the_cookie_is_hidden_from_scripts_and_from_other_sites(world: World) {
    let team = world.business().await;
    let body = json!({ "email": team.admin.email, "password": PASSWORD });
    let reply = world.anyone().post("/v1/session", &body).await;
    let cookie = reply.header("set-cookie").unwrap();
    assert!(
        cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax") && cookie.contains("Path=/"),
        "{cookie}"
    );
    assert!(!reply.text.contains(PASSWORD));
    assert_eq!(reply.header("cache-control"), Some("no-store"));
}

#[both]
async fn a_wrong_password_and_an_unknown_address_are_answered_alike(world: World) {
    let team = world.business().await;
    let anyone = world.anyone();
    let wrong = anyone.post("/v1/session", &json!({ "email": team.admin.email, "password": "no" })).await;
    let unknown = anyone.post("/v1/session", &json!({ "email": "x@example.com", "password": "no" })).await;
    let mut wrong = wrong.problem(401, "invalid-sign-in");
    let mut unknown = unknown.problem(401, "invalid-sign-in");
    for problem in [&mut wrong, &mut unknown] {
        problem.as_object_mut().unwrap().remove("request_id");
    }
    assert_eq!(wrong, unknown);
}

#[both]
async fn guessing_is_throttled_per_account_and_the_right_password_waits_too(world: World) {
    let team = world.business().await;
    let right = json!({ "email": team.admin.email, "password": PASSWORD });
    let wrong = json!({ "email": team.admin.email, "password": "a wrong guess" });
    for _ in 0..10 {
        world.anyone().post("/v1/session", &wrong).await.problem(401, "invalid-sign-in");
    }
    let refused = world.anyone().post("/v1/session", &right).await;
    assert_eq!(refused.header("retry-after"), Some("90"));
    refused.problem(429, "rate-limited");
    // Another member is not kept out.
    world.sign_in(&team.member.email).await;
    world.advance(91);
    world.anyone().post("/v1/session", &right).await.ok(200);
}

#[both]
async fn a_session_ends_when_idle_for_twelve_hours_and_after_seven_days(world: World) {
    let team = world.business().await;
    // More than one transaction removes.
    let many = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 600) \
        INSERT INTO sessions (token_digest, member_id, workspace_id, created_at, last_seen_at) \
        SELECT 'old-' || i, member_id, workspace_id, created_at, last_seen_at \
        FROM n, (SELECT * FROM sessions LIMIT 1) AS one";
    world.execute(many).await.unwrap();
    world.advance(11 * 3600);
    team.admin.get("/v1/session").await.ok(200);
    world.advance(11 * 3600);
    team.admin.get("/v1/session").await.ok(200);
    world.advance(12 * 3600 + 1);
    team.admin.get("/v1/session").await.problem(401, "unauthenticated");

    let busy = world.sign_in(&team.member.email).await;
    for _ in 0..16 {
        world.advance(10 * 3600);
        busy.get("/v1/session").await.ok(200);
    }
    world.advance(8 * 3600 + 1);
    busy.get("/v1/session").await.problem(401, "unauthenticated");
}

#[both]
async fn a_change_must_come_from_our_own_origin(world: World) {
    let team = world.business().await;
    let body = json!({ "name": "k", "scopes": ["tickets:read"] });
    for (name, value) in [
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
        ("sec-fetch-site", "none"),
        ("origin", "https://evil.example"),
        ("origin", "null"),
    ] {
        let reply = team.admin.with_header(name, value).post("/v1/api-keys", &body).await;
        reply.problem(403, "cross-origin");
    }
    let both = team.admin.with_header("sec-fetch-site", "cross-site").with_header("origin", &world.url);
    both.post("/v1/api-keys", &body).await.problem(403, "cross-origin");
    let sign_in = world.anyone().with_header("origin", "https://evil.example");
    let credentials = json!({ "email": team.admin.email, "password": PASSWORD });
    sign_in.post("/v1/session", &credentials).await.problem(403, "cross-origin");
    assert_eq!(team.admin.get("/v1/api-keys").await.ok(200)["data"], json!([]));
    for (name, value) in [("sec-fetch-site", "same-origin"), ("origin", world.url.as_str())] {
        team.admin.with_header(name, value).post("/v1/api-keys", &body).await.ok(201);
    }
    // Reading is safe from anywhere: the browser keeps the answer from the other site.
    team.admin.with_header("sec-fetch-site", "cross-site").get("/v1/api-keys").await.ok(200);
}

#[both]
async fn a_member_moves_between_workspaces(world: World) {
    let one = world.business().await;
    let two = world.team(Plan::Startup).await;
    let elsewhere = two.id;
    one.admin.patch("/v1/session", &json!({ "workspace_id": elsewhere })).await.fields(422, "validation");
    world.add_to(elsewhere, &one.admin, Role::Member).await;
    let session = one.admin.patch("/v1/session", &json!({ "workspace_id": elsewhere })).await.ok(200);
    assert_eq!(session["member"]["role"], "member");
    assert_eq!(session["workspaces"].as_array().unwrap().len(), 2);
    one.admin.get("/v1/api-keys").await.problem(403, "admin-required");
}

#[both]
async fn the_free_plan_signs_in_and_gets_no_further(world: World) {
    let team = world.team(Plan::Free).await;
    let session = team.admin.get("/v1/session").await.ok(200);
    assert_eq!(session["limits"]["api_access"], false);
    team.admin.get("/v1/api-keys").await.problem(403, "plan-required");
    team.member.get("/v1/api-keys").await.problem(403, "admin-required");
}

#[both]
async fn requests_are_limited_per_minute_and_credential(world: World) {
    let team = world.team(Plan::Startup).await;
    let key = world.key(&team, &["tickets:read"]).await;
    for left in (0..300).rev() {
        let reply = key.get("/v1/session").await;
        assert_eq!(reply.status, 200);
        assert!(
            reply.header("ratelimit").unwrap().contains(&format!("r={left};")),
            "{:?}",
            reply.header("ratelimit")
        );
    }
    let refused = key.get("/v1/session").await;
    assert_eq!(refused.header("retry-after"), Some("1"));
    refused.problem(429, "rate-limited");
    world.key(&team, &["tickets:read"]).await.get("/v1/session").await.ok(200);
    world.advance(1);
    key.get("/v1/session").await.ok(200);
}

#[both]
async fn keys_of_a_workspace_share_a_ceiling_that_more_keys_do_not_raise(world: World) {
    let team = world.team(Plan::Startup).await;
    let limits = team.admin.get("/v1/session").await.ok(200)["limits"].clone();
    assert_eq!(limits["requests_per_minute"], 300);
    assert_eq!(limits["workspace_requests_per_minute"], 3_000);
    let policy = "\"credential\";q=300;w=60, \"workspace\";q=3000;w=60";
    let mut keys = Vec::new();
    let mut path = String::new();
    for _ in 0..10 {
        let made = team.create_key(&["tickets:read"]).await;
        path = format!("/v1/api-keys/{}", made["id"].as_str().unwrap());
        keys.push(world.bearer(made["key"].as_str().unwrap()));
    }
    // Nine keys use up their own limits, and one leaves a request of its own.
    for (at, key) in keys.iter().enumerate() {
        for _ in 0..if at == 9 { 299 } else { 300 } {
            let reply = key.get("/v1/session").await;
            assert_eq!((reply.status, reply.header("ratelimit-policy")), (200, Some(policy)));
        }
    }
    let refused = keys[0].get("/v1/session").await;
    assert_eq!(refused.header("ratelimit-policy"), Some(policy));
    assert!(refused.header("ratelimit").unwrap().starts_with("\"credential\";r=0;"));
    assert_eq!(refused.header("retry-after"), Some("1"));
    refused.problem(429, "rate-limited");
    // The refused request left the workspace its last one; with it the ceiling is reached, for a fresh key too.
    team.admin.post(&format!("{path}/revoke"), &json!({})).await.ok(200);
    let tight = world.key(&team, &["tickets:read"]).await;
    let last = tight.get("/v1/session").await;
    assert_eq!(
        (last.status, last.header("ratelimit").unwrap().starts_with("\"workspace\";r=0;")),
        (200, true)
    );
    let refused = tight.get("/v1/session").await;
    assert!(refused.header("ratelimit").unwrap().starts_with("\"workspace\";r=0;"));
    let problem = refused.problem(429, "rate-limited");
    assert!(problem["detail"].as_str().unwrap().contains("workspace"), "{problem}");
    // The refused request cost the fresh key nothing, and an admin can still act.
    team.admin.get("/v1/api-keys").await.ok(200);
    world.advance(1);
    for _ in 0..40 {
        tight.get("/v1/session").await.ok(200);
    }
    world.advance(60);
    let reply = tight.get("/v1/session").await;
    assert!(
        reply.header("ratelimit").unwrap().starts_with("\"credential\";r=299;"),
        "{:?}",
        reply.header("ratelimit")
    );
}

#[both]
async fn what_is_no_operation_is_answered_in_kind(world: World) {
    let team = world.business().await;
    team.admin.get("/v1/nothing").await.problem(404, "not-found");
    let reply = team.admin.send(Method::PUT, "/v1/session", "", "").await;
    assert_eq!(reply.header("allow"), Some("GET, HEAD, POST, PATCH, DELETE, OPTIONS"));
    reply.problem(405, "method-not-allowed");
    let reply = team.admin.send(Method::POST, "/v1/session", "text/plain", "{}").await;
    reply.problem(415, "unsupported-media-type");
    let reply = team.admin.send(Method::POST, "/v1/session", "application/json", "{").await;
    reply.problem(400, "malformed-json");
    let large = format!("{{\"email\":\"{}\"}}", "x".repeat(2 * 1024 * 1024));
    let reply = team.admin.send(Method::POST, "/v1/session", "application/json", large).await;
    reply.problem(413, "body-too-large");
    assert_eq!(world.anyone().get("/healthz").await.text, "ok");
    assert!(world.anyone().get("/readyz").await.text.starts_with("ready"));
}

#[both]
async fn ended_sessions_are_removed_and_living_ones_are_not(world: World) {
    let team = world.business().await;
    // More than one transaction removes.
    let many = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 600) \
        INSERT INTO sessions (token_digest, member_id, workspace_id, created_at, last_seen_at) \
        SELECT 'old-' || i, member_id, workspace_id, created_at, last_seen_at \
        FROM n, (SELECT * FROM sessions LIMIT 1) AS one";
    world.execute(many).await.unwrap();
    world.advance(11 * 3600);
    team.admin.get("/v1/session").await.ok(200);
    world.advance(2 * 3600);
    world.remove_expired().await;
    team.admin.get("/v1/session").await.ok(200);
    team.member.get("/v1/session").await.problem(401, "unauthenticated");
    assert_eq!(world.session_rows().await, 1);
}
