//! `/oauth/token` for a code and for an app itself, and how apps prove who they are.

use base64::{Engine, engine::general_purpose::STANDARD};
use futures_util::future::join_all;
use reqwest::Method;
use serde_json::json;

use crate::harness::{
    World, both,
    oauth::{CALLBACK, ThirdPartyApp, Tokens, VERIFIER, basic, form, parameter, post},
};

#[both]
async fn a_code_gives_tokens_that_work(world: World) {
    let team = world.business().await;
    let app = ThirdPartyApp::new(&world, &team, &["tickets:read", "tickets:write"]).await;
    let location = app.consent_with(&team.member, &[("scope", "tickets:read")]).await;
    let reply = app.redeem(&parameter(&location, "code").unwrap()).await;
    // Row 23 of the OAuth requirements.
    assert_eq!(reply.header("cache-control"), Some("no-store"));
    assert_eq!(reply.header("content-type"), Some("application/json"));
    assert_eq!(reply.header("access-control-allow-origin"), Some("*"));
    assert_eq!(reply.header("access-control-allow-credentials"), None);
    let given = reply.ok(200);
    assert_eq!(
        (&given["token_type"], &given["expires_in"], &given["scope"]),
        (&json!("Bearer"), &json!(600), &json!("tickets:read"))
    );
    let tokens = Tokens::of(&given);
    let session = world.bearer(&tokens.access).get("/v1/session").await.ok(200);
    assert_eq!(
        (&session["member"]["email"], &session["scopes"]),
        (&json!(team.member.email), &json!(["tickets:read"]))
    );
    world.bearer(&tokens.access).get("/v1/tickets").await.ok(200);
    // An app without that grant is given no refresh token.
    team.admin.patch(&app.path, &json!({ "grants": ["authorization_code"] })).await.ok(200);
    let code = app.code(&team.member).await;
    let given = app.redeem(&code).await.ok(200);
    assert_eq!(given.get("refresh_token"), None);
    app.refresh(&tokens.refresh).await.refused(400, "unauthorized_client");
}

/// Row 14 of the OAuth requirements.
#[both]
async fn a_wrong_verifier_uses_the_code_up(world: World) {
    let team = world.business().await;
    let app = ThirdPartyApp::new(&world, &team, &["tickets:read"]).await;
    let short = "a".repeat(42);
    let long = "a".repeat(129);
    for verifier in
        ["", &VERIFIER.to_lowercase(), &format!("{VERIFIER} "), "é", short.as_str(), &long, "a+b/c="]
    {
        let code = app.code(&team.member).await;
        let params =
            [("grant_type", "authorization_code"), ("code", code.as_str()), ("code_verifier", verifier)];
        app.token(&params).await.refused(400, "invalid_grant");
        app.redeem(&code).await.refused(400, "invalid_grant");
    }
}

/// Row 15 of the OAuth requirements.
#[both]
async fn a_suspended_app_is_no_client(world: World) {
    let team = world.business().await;
    let app = ThirdPartyApp::new(&world, &team, &["tickets:read"]).await;
    let tokens = app.tokens(&team.member).await;
    let code = app.code(&team.member).await;
    team.admin.post(&format!("{}/suspend", app.path), &json!({})).await.ok(200);
    app.redeem(&code).await.refused(401, "invalid_client");
    app.refresh(&tokens.refresh).await.refused(401, "invalid_client");
    app.token(&[("grant_type", "client_credentials")]).await.refused(401, "invalid_client");
    for path in ["/oauth/revoke", "/oauth/introspect", "/oauth/par", "/oauth/device_authorization"] {
        app.call(path, &[("token", &tokens.access)]).await.refused(401, "invalid_client");
    }
    // The app comes back as it was.
    team.admin.post(&format!("{}/resume", app.path), &json!({})).await.ok(200);
    app.redeem(&code).await.ok(200);
    app.refresh(&tokens.refresh).await.ok(200);
}

/// Row 16 of the OAuth requirements.
#[both]
async fn a_code_that_is_used_twice_ends_what_it_gave(world: World) {
    let team = world.business().await;
    let app = ThirdPartyApp::new(&world, &team, &["tickets:read"]).await;
    let code = app.code(&team.member).await;
    let other = app.code(&team.member).await;
    let tokens = Tokens::of(&app.redeem(&code).await.ok(200));
    let apart = Tokens::of(&app.redeem(&other).await.ok(200));
    world.bearer(&tokens.access).get("/v1/tickets").await.ok(200);
    app.redeem(&code).await.refused(400, "invalid_grant");
    world.bearer(&tokens.access).get("/v1/tickets").await.problem(401, "invalid-credential");
    app.refresh(&tokens.refresh).await.refused(400, "invalid_grant");
    assert_eq!(app.introspect(&tokens.access).await, json!({ "active": false }));
    // Tokens of another code live on.
    world.bearer(&apart.access).get("/v1/tickets").await.ok(200);
    assert_eq!(team.audited().await[0], "oauth_token.reused");
    let activity = team.admin.get(&format!("{}/activity", app.path)).await.ok(200);
    assert_eq!(activity["incidents"][0]["kind"], "code_reused");
    assert_eq!(activity["incidents"][0]["member"]["email"], team.member.email);
    assert_eq!(activity["incidents"][0]["ip"], "127.0.0.1");
}

/// Row 17 of the OAuth requirements.
#[both]
async fn a_code_that_is_used_twice_at_once_is_good_once(world: World) {
    let team = world.business().await;
    let app = ThirdPartyApp::new(&world, &team, &["tickets:read"]).await;
    for _ in 0..4 {
        let code = app.code(&team.member).await;
        let answers = join_all((0..6).map(|_| app.redeem(&code))).await;
        let good = answers.iter().filter(|answer| answer.status == 200).count();
        assert_eq!(good, 1, "{answers:?}");
        assert!(answers.iter().all(|answer| matches!(answer.status, 200 | 400)), "{answers:?}");
    }
}

/// Row 18 of the OAuth requirements.
#[both]
async fn a_code_is_for_its_client_its_minute_and_its_redirect_uri(world: World) {
    let team = world.business().await;
    let app = ThirdPartyApp::new(&world, &team, &["tickets:read"]).await;
    let other = ThirdPartyApp::new(&world, &team, &["tickets:read"]).await;
    let code = app.code(&team.member).await;
    other.redeem(&code).await.refused(400, "invalid_grant");
    let elsewhere = [
        ("grant_type", "authorization_code"),
        ("code", code.as_str()),
        ("code_verifier", VERIFIER),
        ("redirect_uri", "https://acme.example/callback/"),
    ];
    app.token(&elsewhere).await.refused(400, "invalid_grant");
    // Neither refusal used the code up.
    app.redeem(&code).await.ok(200);
    let code = app.code(&team.member).await;
    world.advance(60);
    app.redeem(&code).await.refused(400, "invalid_grant");
    for bad in ["rubbish", "%00", "é", &"a".repeat(8_000), &code[1..]] {
        app.redeem(bad).await.refused(400, "invalid_grant");
    }
    app.token(&[("grant_type", "authorization_code"), ("code_verifier", VERIFIER)])
        .await
        .refused(400, "invalid_request");
}

/// Rows 19, 20 and 36 of the OAuth requirements.
#[both]
async fn a_client_proves_itself_in_one_way(world: World) {
    let team = world.business().await;
    let app = ThirdPartyApp::new(&world, &team, &["tickets:read"]).await;
    let id = app.id.as_str();
    let secret = app.secret.clone().unwrap();
    let grant = ("grant_type", "client_credentials");
    let in_body = [grant, ("client_id", id), ("client_secret", &secret)];
    post(&world.anyone(), "/oauth/token", &in_body).await.ok(200);
    app.token(&[grant]).await.ok(200);
    app.token(&[grant, ("client_id", id)]).await.ok(200);
    app.token(&[grant, ("client_id", id), ("client_secret", &secret)]).await.refused(400, "invalid_request");
    app.token(&[grant, ("client_id", "app_01JDBN5X7W3Q9K2M4E6R8T0VYZ")])
        .await
        .refused(400, "invalid_request");
    let query = format!("/oauth/token?{}", form(&[("client_id", id), ("client_secret", &secret)]));
    post(&world.anyone(), &query, &[grant]).await.refused(401, "invalid_client");
    post(&world.anyone(), &query, &[grant, ("client_id", id)]).await.refused(401, "invalid_client");
    let other = ThirdPartyApp::new(&world, &team, &["tickets:read"]).await.secret.unwrap();
    let wrong: Vec<String> = [
        ("", ""),
        (id, ""),
        (id, "sls_rubbish"),
        (id, &other),
        (id, &secret.to_lowercase()),
        ("app_01JDBN5X7W3Q9K2M4E6R8T0VYZ", &secret),
        (&app.path, &secret),
    ]
    .iter()
    .map(|(id, secret)| basic(id, secret))
    .collect();
    let malformed =
        ["Basic", "Basic ", "Basic !!!", "Basic YQ==", "Basic /////w==", "Bearer x", "Digest a=b"];
    for header in wrong.iter().map(String::as_str).chain(malformed) {
        let reply =
            post(&world.anyone().with_header("authorization", header), "/oauth/token", &[grant]).await;
        assert!(reply.header("www-authenticate").unwrap().starts_with("Basic "), "{header}");
        reply.refused(401, "invalid_client");
    }
    // Who sends no header is not asked for one: a browser would show a box of its own.
    let wrong: [&[(&str, &str)]; 4] = [
        &[grant, ("client_id", id), ("client_secret", &other)],
        &[grant, ("client_id", id)],
        &[grant, ("client_secret", &secret)],
        &[grant],
    ];
    for params in wrong {
        for path in ["/oauth/token", "/oauth/revoke", "/oauth/introspect", "/oauth/par"] {
            let reply = post(&world.anyone(), path, params).await;
            assert_eq!(reply.header("www-authenticate"), None, "{path}");
            reply.refused(401, "invalid_client");
        }
    }

    let public = ThirdPartyApp::public(&world, &team).await;
    public.tokens(&team.member).await;
    public.token(&[grant]).await.refused(400, "unauthorized_client");
    public.token(&[grant, ("client_secret", &secret)]).await.refused(401, "invalid_client");
    let with_secret = world.anyone().with_header("authorization", &basic(&public.id, &secret));
    post(&with_secret, "/oauth/token", &[grant]).await.refused(401, "invalid_client");
    public.call("/oauth/introspect", &[("token", "x")]).await.refused(401, "invalid_client");
}

/// Rows 21 and 22 of the OAuth requirements.
#[both]
async fn a_grant_must_exist_and_be_the_apps(world: World) {
    let team = world.business().await;
    let app = ThirdPartyApp::new(&world, &team, &["tickets:read"]).await;
    for grant in ["password", "implicit", "urn:ietf:params:oauth:grant-type:device_code", "é"] {
        app.token(&[("grant_type", grant), ("username", "a"), ("password", "b")])
            .await
            .refused(400, "unsupported_grant_type");
    }
    app.token(&[]).await.refused(400, "invalid_request");
    team.admin.patch(&app.path, &json!({ "grants": ["authorization_code"] })).await.ok(200);
    for grant in ["client_credentials", "refresh_token"] {
        app.token(&[("grant_type", grant), ("refresh_token", "x")]).await.refused(400, "unauthorized_client");
    }
    team.admin.patch(&app.path, &json!({ "grants": ["client_credentials"] })).await.ok(200);
    app.redeem("x").await.refused(400, "unauthorized_client");
}

#[both]
async fn an_app_acts_as_itself_within_its_scopes(world: World) {
    let team = world.business().await;
    let app = ThirdPartyApp::new(&world, &team, &["tickets:read", "webhooks:read"]).await;
    let given = app.token(&[("grant_type", "client_credentials"), ("scope", "webhooks:read")]).await.ok(200);
    assert_eq!((given.get("refresh_token"), &given["scope"]), (None, &json!("webhooks:read")));
    let as_app = world.bearer(given["access_token"].as_str().unwrap());
    let session = as_app.get("/v1/session").await.ok(200);
    assert_eq!((&session["member"], &session["workspace"]["id"]), (&json!(null), &json!(team.id)));
    as_app.get("/v1/webhooks").await.ok(200);
    as_app.get("/v1/tickets").await.problem(403, "insufficient-scope");
    app.token(&[("grant_type", "client_credentials"), ("scope", "events:write")])
        .await
        .refused(400, "invalid_scope");
    app.token(&[("grant_type", "client_credentials"), ("resource", "https://x.example")])
        .await
        .refused(400, "invalid_target");
    let activity = async || team.admin.get(&format!("{}/activity", app.path)).await.ok(200);
    world.flush_usage().await;
    assert_eq!(activity().await["client_credentials_tokens"], 1);
    app.own_token().await;
    world.flush_usage().await;
    assert_eq!(activity().await["client_credentials_tokens"], 2);
    world.advance(660);
    assert_eq!(activity().await["client_credentials_tokens"], 0);
}

#[both]
async fn a_rotated_secret_works_as_long_as_its_overlap_and_its_use_is_shown(world: World) {
    let team = world.business().await;
    let old = ThirdPartyApp::new(&world, &team, &["tickets:read"]).await;
    let rotated =
        team.admin.post(&format!("{}/secrets", old.path), &json!({ "overlap": "1h" })).await.ok(201);
    let new = old.with_secret(&rotated["client_secret"]);
    new.own_token().await;
    world.advance(60);
    old.own_token().await;
    world.flush_usage().await;
    let shown = team.admin.get(&old.path).await.ok(200);
    assert_eq!(shown["secrets"][0]["last_used_at"], "2026-11-23T08:00:00.000Z");
    assert_eq!(shown["secrets"][1]["last_used_at"], "2026-11-23T08:01:00.000Z");
    assert_eq!(shown["secrets"][1]["last_used_ip"], "127.0.0.1");
    world.advance(3_540);
    old.token(&[("grant_type", "client_credentials")]).await.refused(401, "invalid_client");
    new.own_token().await;
}

#[both]
async fn an_old_secret_is_dropped_before_its_time_and_the_current_one_is_not(world: World) {
    let team = world.business().await;
    let old = ThirdPartyApp::new(&world, &team, &["tickets:read"]).await;
    let rotated =
        team.admin.post(&format!("{}/secrets", old.path), &json!({ "overlap": "7d" })).await.ok(201);
    let new = old.with_secret(&rotated["client_secret"]);
    old.own_token().await;
    let secrets = team.admin.get(&old.path).await.ok(200)["secrets"].clone();
    let path = |at: usize| format!("{}/secrets/{}", old.path, secrets[at]["id"].as_str().unwrap());
    team.admin.delete(&path(0)).await.problem(409, "conflict");
    team.admin.delete(&path(1)).await.ok(204);
    team.admin.delete(&path(1)).await.problem(404, "not-found");
    assert_eq!(team.audited().await[0], "oauth_app.secret_dropped");
    old.token(&[("grant_type", "client_credentials")]).await.refused(401, "invalid_client");
    new.own_token().await;
    let other = ThirdPartyApp::new(&world, &team, &["tickets:read"]).await;
    team.admin.delete(&path(0).replace(&old.id, &other.id)).await.problem(404, "not-found");
}

#[both]
async fn only_a_form_that_is_posted_is_read(world: World) {
    let team = world.business().await;
    let app = ThirdPartyApp::new(&world, &team, &["tickets:read"]).await;
    let header = basic(&app.id, app.secret.as_ref().unwrap());
    let as_app = world.anyone().with_header("authorization", &header);
    for path in
        ["/oauth/token", "/oauth/revoke", "/oauth/introspect", "/oauth/par", "/oauth/device_authorization"]
    {
        for method in [Method::GET, Method::PUT, Method::DELETE] {
            let reply = as_app.send(method, path, "", "").await;
            let allowed = if path == "/oauth/introspect" { "POST" } else { "POST, OPTIONS" };
            assert_eq!(reply.header("allow"), Some(allowed));
            reply.refused(405, "invalid_request");
        }
        let json = json!({ "grant_type": "client_credentials" }).to_string();
        as_app.send(Method::POST, path, "application/json", json).await.refused(400, "invalid_request");
        as_app.send(Method::POST, path, "", "").await.refused(400, "invalid_request");
        let twice = "grant_type=client_credentials&grant_type=client_credentials&token=a&token=a";
        as_app
            .send(Method::POST, path, "application/x-www-form-urlencoded", twice)
            .await
            .refused(400, "invalid_request");
    }
    let charset = "application/x-www-form-urlencoded; charset=UTF-8";
    as_app.send(Method::POST, "/oauth/token", charset, "grant_type=client_credentials").await.ok(200);
    assert_eq!(STANDARD.decode(&header[6..]).unwrap().len(), app.id.len() + 1 + 42);
    assert_eq!(app.redirect_uri, CALLBACK);
}

#[both]
async fn what_is_wrong_with_a_form_is_named(world: World) {
    let team = world.business().await;
    let app = ThirdPartyApp::new(&world, &team, &["tickets:read"]).await;
    let secret = app.secret.clone().unwrap();
    let as_app = world.anyone().with_header("authorization", &basic(&app.id, &secret));
    // Clients that offer both ways in one form of theirs send both.
    let grant = ("grant_type", "client_credentials");
    let both = [grant, ("client_id", app.id.as_str()), ("client_secret", secret.as_str())];
    for path in
        ["/oauth/token", "/oauth/revoke", "/oauth/introspect", "/oauth/par", "/oauth/device_authorization"]
    {
        let refused = post(&as_app, path, &both).await.refused(400, "invalid_request");
        let description = refused["error_description"].as_str().unwrap();
        assert!(description.contains("Basic") && description.contains("client_secret"), "{description}");
        for (text, named) in [("a=%00", "NUL"), ("a%00=b", "NUL"), ("a=%FF", "UTF-8")] {
            let kind = "application/x-www-form-urlencoded";
            let reply = as_app.send(Method::POST, path, kind, text).await.refused(400, "invalid_request");
            let description = reply["error_description"].as_str().unwrap();
            assert!(description.contains(named), "{description}");
            assert_eq!(description.contains("UTF-8"), named == "UTF-8", "{description}");
        }
    }
}
