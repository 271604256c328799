//! API keys: made, used, changed, revoked.

use api_types::account::Plan;
use serde_json::json;

use crate::harness::{World, both};

#[both]
async fn a_key_is_created_shown_once_and_used(world: World) {
    let team = world.business().await;
    let made = team.create_key(&["tickets:read", "events:write"]).await;
    let id = made["id"].as_str().unwrap();
    let secret = made["key"].as_str().unwrap();
    assert!(secret.starts_with("slk_") && secret.len() == 42, "the form");
    assert_eq!(made["status"], "active");
    assert_eq!(made["created_by"], team.admin_as_actor().await);
    let again = team.admin.get(&format!("/v1/api-keys/{id}")).await;
    assert!(!again.text.contains(secret) && !again.text.contains("\"key\""));
    let list = team.admin.get("/v1/api-keys").await;
    assert!(!list.text.contains(secret));
    assert!(!team.admin.get("/v1/audit-log").await.text.contains(secret));
    assert_eq!(team.audited().await[0], "api_key.created");

    let key = world.bearer(secret);
    let session = key.get("/v1/session").await.ok(200);
    assert_eq!(session["member"], json!(null));
    assert_eq!(session["scopes"], json!(["tickets:read", "events:write"]));
}

#[both]
async fn a_key_never_manages_keys(world: World) {
    let team = world.business().await;
    let key = world.key(&team, &["tickets:read", "webhooks:write"]).await;
    key.get("/v1/api-keys").await.problem(403, "session-required");
    key.post("/v1/api-keys", &json!({ "name": "k", "scopes": ["tickets:read"] }))
        .await
        .problem(403, "session-required");
    key.get("/v1/audit-log").await.problem(403, "insufficient-scope");
    team.member.get("/v1/api-keys").await.problem(403, "admin-required");
}

#[both]
async fn a_bad_credential_is_told_apart(world: World) {
    let team = world.business().await;
    world.anyone().get("/v1/session").await.problem(401, "unauthenticated");
    let made = team.create_key(&["tickets:read"]).await;
    let secret = made["key"].as_str().unwrap();
    let mut typo = secret.to_owned();
    typo.replace_range(10..11, if &typo[10..11] == "a" { "b" } else { "a" });
    for bad in [typo.as_str(), "rubbish", "", "slk_"] {
        let reply = world.bearer(bad).get("/v1/session").await;
        assert!(reply.header("www-authenticate").unwrap().ends_with(", error=\"invalid_token\""), "{bad}");
        reply.problem(401, "invalid-credential");
    }
    let basic = world.anyone().with_header("authorization", "Basic eDp5");
    basic.get("/v1/session").await.problem(401, "invalid-credential");
    // A credential that is sent counts, even beside a good cookie.
    let both = team.admin.with_header("authorization", "Bearer rubbish");
    both.get("/v1/session").await.problem(401, "invalid-credential");
}

#[both]
async fn a_revoked_key_is_refused_with_the_very_next_request(world: World) {
    let team = world.business().await;
    let made = team.create_key(&["tickets:read"]).await;
    let key = world.bearer(made["key"].as_str().unwrap());
    key.get("/v1/session").await.ok(200);
    let path = format!("/v1/api-keys/{}/revoke", made["id"].as_str().unwrap());
    let revoked = team.admin.post(&path, &json!({ "reason": "It leaked." })).await.ok(200);
    assert_eq!((&revoked["status"], &revoked["revoked_reason"]), (&json!("revoked"), &json!("It leaked.")));
    assert_eq!(revoked["revoked_by"], team.admin_as_actor().await);
    key.get("/v1/session").await.problem(401, "key-revoked");
    // Revoking the key once more changes nothing, and makes no second entry.
    let again = team.admin.post(&path, &json!({ "reason": "Again." })).await.ok(200);
    assert_eq!(again["revoked_reason"], "It leaked.");
    let revocations = team.audited().await.iter().filter(|action| *action == "api_key.revoked").count();
    assert_eq!(revocations, 1);
}

#[both]
async fn a_key_expires(world: World) {
    let team = world.business().await;
    let body = json!({ "name": "k", "scopes": ["tickets:read"], "expires_at": "2026-11-23T09:00:00Z" });
    let made = team.admin.post("/v1/api-keys", &body).await.ok(201);
    let key = world.bearer(made["key"].as_str().unwrap());
    key.get("/v1/session").await.ok(200);
    world.advance(3600);
    key.get("/v1/session").await.problem(401, "key-expired");
    let listed = team.admin.get("/v1/api-keys?status=expired").await.ok(200);
    assert_eq!(listed["data"][0]["status"], "expired");
    assert_eq!(team.admin.get("/v1/api-keys?status=active").await.ok(200)["data"], json!([]));
    team.admin.post("/v1/api-keys", &body).await.fields(422, "validation");
}

#[both]
async fn a_key_may_be_bound_to_addresses(world: World) {
    let team = world.business().await;
    let body =
        json!({ "name": "k", "scopes": ["tickets:read"], "allowed_ips": ["203.0.113.7", "2001:db8::/32"] });
    let made = team.admin.post("/v1/api-keys", &body).await.ok(201);
    assert_eq!(made["allowed_ips"], json!(["203.0.113.7/32", "2001:db8::/32"]));
    let key = world.bearer(made["key"].as_str().unwrap());
    key.get("/v1/session").await.problem(403, "address-not-allowed");
    // No trusted proxy vouches for this header.
    let forged = key.with_header("x-forwarded-for", "203.0.113.7");
    forged.get("/v1/session").await.problem(403, "address-not-allowed");
    let path = format!("/v1/api-keys/{}", made["id"].as_str().unwrap());
    team.admin.patch(&path, &json!({ "allowed_ips": ["127.0.0.0/8"] })).await.ok(200);
    key.get("/v1/session").await.ok(200);
}

#[both]
async fn a_range_holds_both_ways_to_write_an_address(world: World) {
    let team = world.business().await;
    let body = json!({ "name": "k", "scopes": ["tickets:read"],
        "allowed_ips": ["::ffff:127.0.0.0/104", "127.0.0.0/8", "10.0.0.5/8", "::ffff:203.0.113.7"] });
    let made = team.admin.post("/v1/api-keys", &body).await.ok(201);
    assert_eq!(made["allowed_ips"], json!(["127.0.0.0/8", "10.0.0.0/8", "203.0.113.7/32"]));
    let key = world.bearer(made["key"].as_str().unwrap());
    key.get("/v1/session").await.ok(200);
    // A row as an earlier version stored it.
    world.execute("UPDATE api_keys SET allowed_ips = '[\"::ffff:127.0.0.0/104\"]'").await.unwrap();
    world.advance(2);
    key.get("/v1/session").await.ok(200);
    world.execute("UPDATE api_keys SET allowed_ips = '[\"::ffff:10.0.0.0/104\"]'").await.unwrap();
    world.advance(2);
    key.get("/v1/session").await.problem(403, "address-not-allowed");
}

#[both]
async fn its_last_use_is_written_in_batches(world: World) {
    let team = world.business().await;
    let made = team.create_key(&["tickets:read"]).await;
    let key = world.bearer(made["key"].as_str().unwrap());
    key.get("/v1/session").await.ok(200);
    let path = format!("/v1/api-keys/{}", made["id"].as_str().unwrap());
    assert_eq!(team.admin.get(&path).await.ok(200)["last_used_at"], json!(null));
    world.flush_usage().await;
    let used = team.admin.get(&path).await.ok(200);
    assert_eq!(used["last_used_at"], "2026-11-23T08:00:00.000Z");
    assert_eq!(used["last_used_ip"], "127.0.0.1");
}

#[both]
async fn a_key_is_renamed(world: World) {
    let team = world.business().await;
    let made = team.create_key(&["tickets:read"]).await;
    let path = format!("/v1/api-keys/{}", made["id"].as_str().unwrap());
    let name = "<b>Export</b> 🦀 مفتاح";
    assert_eq!(team.admin.patch(&path, &json!({ "name": name })).await.ok(200)["name"], name);
    assert_eq!(team.audited().await[0], "api_key.updated");
    for (body, field) in [
        (json!({ "name": "x".repeat(300) }), "name"),
        (json!({ "name": " " }), "name"),
        (json!({ "scopes": ["tickets:write"] }), "scopes"),
        (json!({ "allowed_ips": ["300.1.1.1"] }), "allowed_ips/0"),
    ] {
        assert_eq!(team.admin.patch(&path, &body).await.fields(422, "validation"), [field]);
    }
    assert_eq!(team.admin.get(&path).await.ok(200)["name"], name);
}

#[both]
async fn bad_input_names_its_fields_and_stores_nothing(world: World) {
    let team = world.business().await;
    for (body, fields) in [
        (json!({}), vec!["name", "scopes"]),
        (json!({ "name": "k" }), vec!["scopes"]),
        (json!({ "name": "k", "scopes": [] }), vec!["scopes"]),
        (json!({ "name": "", "scopes": ["tickets:red"] }), vec!["name", "scopes/0"]),
        (json!({ "name": 3, "scopes": [] }), vec!["name"]),
        (json!({ "name": "k", "scopes": ["tickets:read"], "expires_at": "tomorrow" }), vec!["expires_at"]),
        (json!({ "name": "k", "scopes": ["tickets:read"], "colour": "red" }), vec!["colour"]),
        (json!({ "name": "k\u{0}", "scopes": ["tickets:read"] }), vec!["name"]),
    ] {
        assert_eq!(team.admin.post("/v1/api-keys", &body).await.fields(422, "validation"), fields, "{body}");
    }
    assert_eq!(team.admin.get("/v1/api-keys").await.ok(200)["data"], json!([]));
}

#[both]
async fn another_workspaces_key_is_not_found(world: World) {
    let ours = world.business().await;
    let theirs = world.business().await;
    let made = theirs.create_key(&["tickets:read"]).await;
    let path = format!("/v1/api-keys/{}", made["id"].as_str().unwrap());
    ours.admin.get(&path).await.problem(404, "not-found");
    ours.admin.patch(&path, &json!({ "name": "mine" })).await.problem(404, "not-found");
    ours.admin.post(&format!("{path}/revoke"), &json!({})).await.problem(404, "not-found");
    ours.admin.get("/v1/api-keys/key_nonsense").await.problem(404, "not-found");
    assert_eq!(theirs.admin.get(&path).await.ok(200)["status"], "active");
}

#[both]
async fn the_plan_limits_how_many_keys_there_are(world: World) {
    let team = world.team(Plan::Startup).await;
    let mut last = json!(null);
    for _ in 0..10 {
        last = team.create_key(&["tickets:read"]).await;
    }
    let body = json!({ "name": "k", "scopes": ["tickets:read"] });
    team.admin.post("/v1/api-keys", &body).await.problem(403, "plan-limit");
    let path = format!("/v1/api-keys/{}/revoke", last["id"].as_str().unwrap());
    team.admin.post(&path, &json!({})).await.ok(200);
    team.admin.post("/v1/api-keys", &body).await.ok(201);
}

#[both]
async fn keys_are_paged_newest_first(world: World) {
    let team = world.business().await;
    let mut ids = Vec::new();
    for _ in 0..5 {
        ids.insert(0, team.create_key(&["tickets:read"]).await["id"].clone());
    }
    let mut seen = Vec::new();
    let mut path = "/v1/api-keys?limit=2".to_owned();
    loop {
        let page = team.admin.get(&path).await.ok(200);
        seen.extend(page["data"].as_array().unwrap().iter().map(|key| key["id"].clone()));
        let Some(cursor) = page["next_cursor"].as_str() else { break };
        path = format!("/v1/api-keys?limit=2&cursor={cursor}");
    }
    assert_eq!(seen, ids);
    let page = team.admin.get("/v1/api-keys?limit=2").await.ok(200);
    let mut tampered = page["next_cursor"].as_str().unwrap().to_owned();
    tampered.replace_range(30..31, if &tampered[30..31] == "A" { "B" } else { "A" });
    for (query, field) in [
        (format!("cursor={tampered}"), "cursor"),
        ("cursor=%00".into(), "cursor"),
        ("limit=0".into(), "limit"),
        ("limit=201".into(), "limit"),
        ("limit=many".into(), "limit"),
        ("status=lost".into(), "status"),
    ] {
        let reply = team.admin.get(&format!("/v1/api-keys?{query}")).await;
        assert_eq!(reply.fields(400, "bad-request"), [field], "{query}");
    }
}

#[both]
async fn simultaneous_creations_respect_the_plans_limit(world: World) {
    let team = world.team(Plan::Startup).await;
    let body = json!({ "name": "k", "scopes": ["tickets:read"] });
    let tries = (0..25).map(|_| team.admin.post("/v1/api-keys", &body));
    let replies = futures_util::future::join_all(tries).await;
    assert_eq!(replies.iter().filter(|reply| reply.status == 201).count(), 10);
    assert_eq!(replies.iter().filter(|reply| reply.status == 403).count(), 15);
    assert_eq!(team.admin.get("/v1/api-keys").await.ok(200)["data"].as_array().unwrap().len(), 10);
}
