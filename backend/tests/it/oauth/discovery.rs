//! Server metadata and published keys, pushed authorization requests, signing keys that follow one another, and other
//! nodes.

use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{
    Kind, Reply, World, both,
    oauth::{CALLBACK, ThirdPartyApp, Tokens, VERIFIER, approve, challenge, form, parameter, post},
};

const DAY: u64 = 86_400;

async fn keys(world: &World) -> Vec<String> {
    let keys = world.anyone().get("/.well-known/jwks.json").await.ok(200);
    keys["keys"].as_array().unwrap().iter().map(|key| key["kid"].as_str().unwrap().to_owned()).collect()
}

async fn pushed(app: &ThirdPartyApp, changed: &[(&str, &str)]) -> Reply {
    let challenge = challenge(VERIFIER);
    let mut params = vec![
        ("response_type", "code"),
        ("redirect_uri", CALLBACK),
        ("code_challenge", challenge.as_str()),
        ("code_challenge_method", "S256"),
        ("state", "pushed"),
    ];
    params.retain(|(name, _)| !changed.iter().any(|(other, _)| other == name));
    params.extend_from_slice(changed);
    app.call("/oauth/par", &params).await
}

/// Row 32 of the OAuth requirements.
#[both]
async fn the_metadata_says_what_there_is(world: World) {
    let reply = world
        .anyone()
        .with_header("origin", "https://app.example")
        .get("/.well-known/oauth-authorization-server")
        .await;
    assert_eq!(reply.header("access-control-allow-origin"), Some("*"));
    let it = reply.ok(200);
    assert_eq!(it["issuer"], world.url);
    for (name, path) in [
        ("authorization", "authorize"),
        ("token", "token"),
        ("revocation", "revoke"),
        ("introspection", "introspect"),
        ("pushed_authorization_request", "par"),
        ("device_authorization", "device_authorization"),
    ] {
        assert_eq!(it[format!("{name}_endpoint")], format!("{}/oauth/{path}", world.url));
    }
    assert_eq!(it["code_challenge_methods_supported"], json!(["S256"]));
    assert_eq!(it["response_types_supported"], json!(["code"]));
    assert_eq!(
        it["grant_types_supported"],
        json!([
            "authorization_code",
            "refresh_token",
            "client_credentials",
            "urn:ietf:params:oauth:grant-type:device_code"
        ])
    );
    assert_eq!(it["authorization_response_iss_parameter_supported"], true);
    assert_eq!(it["client_id_metadata_document_supported"], true);
    assert_eq!(it["access_token_signing_alg_values_supported"], json!(["ES256"]));
    let page = it["service_documentation"].as_str().unwrap().strip_prefix(&world.url).unwrap();
    let page = world.anyone().get(page).await;
    assert!(page.status == 200 && page.text.contains("OAuth apps"), "{}", page.text);
    assert!(it.get("registration_endpoint").is_none());
    assert_eq!(it["scopes_supported"].as_array().unwrap().len(), api_types::Scope::ALL.len());
    let path = it["jwks_uri"].as_str().unwrap().strip_prefix(&world.url).unwrap();
    assert_eq!(world.anyone().get(path).await.ok(200)["keys"][0]["kty"], "EC");
    let api = world.anyone().get("/.well-known/oauth-protected-resource").await.ok(200);
    assert_eq!((&api["resource"], &api["authorization_servers"]), (&json!(world.url), &json!([world.url])));
    assert_eq!(api["bearer_methods_supported"], json!(["header"]));
}

#[both]
async fn scripts_of_any_site_may_call_what_needs_no_cookie(world: World) {
    let ask = async |path: &str, headers: &str| {
        let script = world.anyone().with_header("origin", "https://app.example");
        let script = script.with_header("access-control-request-method", "POST");
        script
            .with_header("access-control-request-headers", headers)
            .send(Method::OPTIONS, path, "", "")
            .await
    };
    let wanted =
        "authorization, mcp-protocol-version,traceparent,x-requested-with,last-event-id,if-match,dpop";
    for path in [
        "/oauth/token",
        "/oauth/revoke",
        "/oauth/par",
        "/oauth/device_authorization",
        "/v1/tickets",
        "/v1/nothing",
        "/.well-known/jwks.json",
        "/openapi.json",
        "/openapi-3.0.json",
        "/problems/validation",
    ] {
        let preflight = ask(path, wanted).await;
        let origin = preflight.header("access-control-allow-origin");
        assert_eq!((preflight.status, origin), (204, Some("*")), "{path}");
        assert_eq!(preflight.header("access-control-allow-headers"), Some(wanted), "{path}");
        assert!(preflight.header("access-control-allow-methods").unwrap().contains("PATCH"));
        assert!(preflight.header("vary").unwrap().contains("access-control-request-headers"));
        assert_eq!(preflight.header("access-control-allow-credentials"), None);
        let reply = world.anyone().get(path).await;
        assert_eq!(reply.header("access-control-allow-origin"), Some("*"), "{path}");
        let exposed = reply.header("access-control-expose-headers").unwrap();
        for name in ["etag", "location", "idempotent-replayed", "retry-after", "ratelimit-policy", "allow"] {
            assert!(exposed.split(", ").any(|known| known == name), "{path}: {exposed}");
        }
    }
    for bad in ["a b", "a,,b", &"x-a,".repeat(100), &"x".repeat(5_000)] {
        let preflight = ask("/v1/tickets", bad).await;
        let allowed = preflight.header("access-control-allow-headers").unwrap();
        assert!(allowed.contains("authorization") && allowed != bad, "{allowed}");
    }
    for path in ["/oauth/introspect", "/oauth/authorize", "/healthz", "/settings/api"] {
        let preflight = ask(path, wanted).await;
        assert_eq!(
            (preflight.status, preflight.header("access-control-allow-origin")),
            (405, None),
            "{path}"
        );
    }
}

/// Row 33 of the OAuth requirements.
#[both]
async fn a_pushed_request_is_good_once_for_its_app_and_for_ninety_seconds(world: World) {
    let team = world.business().await;
    let app = ThirdPartyApp::new(&world, &team, &["tickets:read", "tickets:write"]).await;
    let reply = pushed(&app, &[("scope", "tickets:write")]).await;
    assert_eq!(reply.header("cache-control"), Some("no-store"));
    let given = reply.ok(201);
    assert_eq!(given["expires_in"], 90);
    let uri = given["request_uri"].as_str().unwrap().to_owned();
    assert!(uri.starts_with("urn:ietf:params:oauth:request_uri:"));
    let other = ThirdPartyApp::new(&world, &team, &["tickets:read"]).await;
    let lead = |id: &str, uri: &str| {
        format!("/oauth/authorize?{}", form(&[("client_id", id), ("request_uri", uri)]))
    };
    team.member.get(&lead(&other.id, &uri)).await.shows_page("invalid_request_uri");
    // Parameters beside the pushed request count for nothing.
    let beside = format!("{}&scope=tickets%3Aread&state=beside", lead(&app.id, &uri));
    let question = team.member.get(&beside).await;
    let id = question.header("location").unwrap().strip_prefix("/oauth/consent/").unwrap();
    let location = approve(&team.member, id).await;
    assert_eq!(parameter(&location, "state").as_deref(), Some("pushed"));
    let given = app.redeem(&parameter(&location, "code").unwrap()).await.ok(200);
    assert_eq!(given["scope"], "tickets:write");
    team.member.get(&lead(&app.id, &uri)).await.shows_page("invalid_request_uri");
    let late = pushed(&app, &[]).await.ok(201)["request_uri"].as_str().unwrap().to_owned();
    world.advance(90);
    for bad in [late.as_str(), "urn:ietf:params:oauth:request_uri:", "https://acme.example/request", "é"] {
        team.member.get(&lead(&app.id, bad)).await.shows_page("invalid_request_uri");
    }
}

#[both]
async fn what_is_wrong_with_a_pushed_request_is_told_at_once(world: World) {
    let team = world.business().await;
    let app = ThirdPartyApp::new(&world, &team, &["tickets:read"]).await;
    for (name, value, error) in [
        ("redirect_uri", "https://acme.example/other", "invalid_request"),
        ("code_challenge", "", "invalid_request"),
        ("code_challenge_method", "plain", "invalid_request"),
        ("response_type", "token", "unsupported_response_type"),
        ("scope", "events:write", "invalid_scope"),
        ("resource", "https://elsewhere.example", "invalid_target"),
        ("request_uri", "urn:ietf:params:oauth:request_uri:x", "invalid_request"),
        ("request", "eyJ", "request_not_supported"),
    ] {
        pushed(&app, &[(name, value)]).await.refused(400, error);
    }
    post(&world.anyone(), "/oauth/par", &[("client_id", &app.id)]).await.refused(401, "invalid_client");
    pushed(&ThirdPartyApp::public(&world, &team).await, &[]).await.ok(201);
}

#[both]
async fn keys_follow_one_another_and_tokens_in_flight_keep_working(world: World) {
    let team = world.business().await;
    let app = ThirdPartyApp::new(&world, &team, &["tickets:read"]).await;
    let first = keys(&world).await;
    assert_eq!(first.len(), 1);
    let works = async |token: &str| world.bearer(token).get("/v1/tickets").await.status == 200;
    let kid = |token: &str| jsonwebtoken::decode_header(token).unwrap().kid.unwrap();
    // The next key is published a day before it signs.
    world.advance(89 * DAY);
    let both = keys(&world).await;
    assert_eq!((both.len(), &both[0]), (2, &first[0]));
    assert_eq!(kid(&app.own_token().await), first[0]);
    world.advance(DAY - 60);
    let old = app.own_token().await;
    assert_eq!(kid(&old), first[0]);
    world.advance(120);
    let new = app.own_token().await;
    assert_eq!(kid(&new), both[1]);
    assert!(works(&old).await && works(&new).await);
    // The old key stays a day, and goes.
    world.remove_expired().await;
    world.advance(61);
    assert_eq!(keys(&world).await.len(), 2);
    world.advance(DAY);
    world.remove_expired().await;
    world.advance(61);
    assert_eq!(keys(&world).await, [both[1].clone()]);
    // An operator's new key signs at once.
    let before = app.own_token().await;
    world.rotate_signing_key().await;
    let after = app.own_token().await;
    assert_ne!(kid(&before), kid(&after));
    assert!(works(&before).await && works(&after).await);
}

#[both]
async fn whatever_is_over_is_removed(world: World) {
    let team = world.business().await;
    let app = ThirdPartyApp::new(&world, &team, &["tickets:read"]).await;
    let tokens = app.tokens(&team.member).await;
    app.question(&team.admin).await;
    pushed(&app, &[]).await.ok(201);
    app.call("/oauth/revoke", &[("token", &app.own_token().await)]).await.ok(200);
    world.advance(20 * DAY);
    world.remove_expired().await;
    // A refresh token that can still be used is not removed.
    let tokens = Tokens::of(&app.refresh(&tokens.refresh).await.ok(200));
    world.advance(121 * DAY);
    world.remove_expired().await;
    app.refresh(&tokens.refresh).await.refused(400, "invalid_grant");
    assert_eq!(world.expiring_oauth_rows().await, [0; 7]);
}

/// Another node stops believing a withdrawn token within a second, though it is not told.
#[actix_web::test]
async fn another_node_knows_what_was_withdrawn() {
    let world = World::start(Kind::Postgres);
    let node = world.lone_node();
    let team = world.business().await;
    let app = ThirdPartyApp::new(&world, &team, &["tickets:read"]).await;
    let tokens = app.tokens(&team.member).await;
    let there = node.serves(&world.bearer(&tokens.access));
    there.get("/v1/tickets").await.ok(200);
    let mine: Value = team.member.get("/v1/authorizations").await.ok(200);
    let path = format!("/v1/authorizations/{}", mine["data"][0]["id"].as_str().unwrap());
    team.member.delete(&path).await.ok(204);
    world.bearer(&tokens.access).get("/v1/tickets").await.problem(401, "invalid-credential");
    world.advance(1);
    there.get("/v1/tickets").await.problem(401, "invalid-credential");
    // A key that this node made a moment ago is known to that one.
    world.rotate_signing_key().await;
    world.advance(1);
    node.serves(&world.bearer(&app.own_token().await)).get("/v1/tickets").await.ok(200);
}

#[both]
async fn whatever_is_asked_of_the_oauth_server_is_answered_in_json(world: World) {
    let page = "text/html,application/xhtml+xml;q=0.9";
    let browser = world.anyone().with_header("accept", page);
    for path in [
        "/oauth",
        "/oauth/",
        "/oauth/token/",
        "/oauth/Token",
        "/oauth/nothing",
        "/oauth/nothing/at/all",
        "/oauth//token",
        "/OAuth/token",
        "/oauth%2Ftoken",
        "/oauth/consent/",
        "/oauth/consent/a/b",
        "/oauth/register",
        "/oauth/authorize/",
        "/.well-known",
        "/.well-known/",
        "/.well-known/openid-configuration",
        "/.well-known/oauth-authorization-server/",
        "/.well-known/oauth-authorization-server/v1",
        "/.well-known/oauth-protected-resource/v1/tickets",
        "/.well-known/jwks",
        "/oauth/token",
        "/oauth/par",
        "/oauth/device_authorization",
        "/oauth/device/",
    ] {
        for method in [Method::GET, Method::POST, Method::PUT, Method::DELETE, Method::PATCH] {
            let reply = browser.send(method.clone(), path, "", "").await;
            let kind = reply.header("content-type").unwrap_or_default();
            assert!(
                matches!(kind, "application/json" | "application/problem+json"),
                "{method} {path}: {kind}"
            );
            assert!(reply.status >= 400, "{method} {path}");
            serde_json::from_str::<Value>(&reply.text).unwrap();
        }
        let head = browser.send(Method::HEAD, path, "", "").await;
        let get = browser.get(path).await;
        assert_eq!((head.status, head.text.as_str()), (get.status, ""), "{path}");
    }
    for path in [
        "/.well-known/oauth-authorization-server",
        "/.well-known/oauth-protected-resource",
        "/.well-known/oauth-protected-resource/v1",
        "/.well-known/jwks.json",
    ] {
        let head = browser.send(Method::HEAD, path, "", "").await;
        assert_eq!((head.status, head.header("content-type")), (200, Some("application/json")), "{path}");
        for method in [Method::POST, Method::PUT, Method::DELETE] {
            let reply = browser.send(method, path, "", "").await;
            assert!(reply.header("allow").unwrap().contains("HEAD"), "{path}");
            reply.problem(405, "method-not-allowed");
        }
    }
}
