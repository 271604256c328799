//! Access tokens at `/v1`: the right ones, and forged ones of every kind.

use std::time::Duration;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use crate::harness::{
    World, both,
    oauth::{ThirdPartyApp, Tokens, form, parameter, unknown_signing_key},
};

/// A part of a JWT.
fn part(value: &Value) -> String {
    URL_SAFE_NO_PAD.encode(value.to_string())
}

/// The header and the claims of a token.
fn opened(token: &str) -> (Value, Value, String) {
    let parts: Vec<&str> = token.split('.').collect();
    let read = |text: &str| serde_json::from_slice(&URL_SAFE_NO_PAD.decode(text).unwrap()).unwrap();
    (read(parts[0]), read(parts[1]), parts[2].to_owned())
}

/// The challenge of `/v1`, with what comes after the place where clients learn who gives tokens.
fn challenge(world: &World, rest: &str) -> String {
    format!("Bearer resource_metadata=\"{}/.well-known/oauth-protected-resource\"{rest}", world.url)
}

async fn works(world: &World, token: &str) -> bool {
    let reply = world.bearer(token).get("/v1/tickets").await;
    assert!(matches!(reply.status, 200 | 401), "{}", reply.text);
    if reply.status == 401 {
        let challenge = challenge(world, ", scope=\"tickets:read\", error=\"invalid_token\"");
        assert_eq!(reply.header("www-authenticate"), Some(challenge.as_str()));
    }
    reply.status == 200
}

#[both]
async fn a_token_says_what_rfc_9068_wants_and_is_verified_by_the_published_keys(world: World) {
    let team = world.business().await;
    let app = ThirdPartyApp::new(&world, &team, &["tickets:read"]).await;
    let tokens = app.tokens(&team.member).await;
    let (header, claims, _) = opened(&tokens.access);
    assert_eq!((&header["typ"], &header["alg"]), (&json!("at+jwt"), &json!("ES256")));
    let me = team.member.get("/v1/session").await.ok(200)["member"]["id"].clone();
    assert_eq!((&claims["iss"], &claims["aud"], &claims["sub"]), (&json!(world.url), &json!(world.url), &me));
    assert_eq!((&claims["client_id"], &claims["scope"]), (&json!(app.id), &json!("tickets:read")));
    assert_eq!(claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(), 600);
    let keys = world.anyone().get("/.well-known/jwks.json").await.ok(200);
    let key = keys["keys"].as_array().unwrap().iter().find(|key| key["kid"] == header["kid"]).unwrap();
    assert_eq!(key.get("d"), None);
    let verifying =
        jsonwebtoken::DecodingKey::from_ec_components(key["x"].as_str().unwrap(), key["y"].as_str().unwrap())
            .unwrap();
    let mut rules = jsonwebtoken::Validation::new(jsonwebtoken::Algorithm::ES256);
    rules.set_audience(&[&world.url]);
    rules.validate_exp = false;
    jsonwebtoken::decode::<Value>(&tokens.access, &verifying, &rules).unwrap();
    let own = opened(&app.own_token().await).1;
    assert_eq!((&own["sub"], &own["client_id"]), (&json!(app.id), &json!(app.id)));
}

/// Rows 29 and 30 of the OAuth requirements.
#[both]
async fn the_challenge_says_what_is_missing(world: World) {
    let team = world.business().await;
    let app = ThirdPartyApp::new(&world, &team, &["tickets:read"]).await;
    let token = app.tokens(&team.member).await.access;
    let reply = world.anyone().get("/v1/tickets").await;
    assert_eq!(
        reply.header("www-authenticate"),
        Some(challenge(&world, ", scope=\"tickets:read\"").as_str())
    );
    reply.problem(401, "unauthenticated");
    // What a client is told leads it to this server.
    let metadata = world.anyone().get("/.well-known/oauth-protected-resource").await.ok(200);
    assert_eq!(metadata["authorization_servers"], json!([world.url]));
    for bad in ["rubbish", "a.b.c", "..", "", &token[..token.len() - 2], &"a".repeat(9_000)] {
        assert!(!works(&world, bad).await, "{bad}");
    }
    let reply = world.bearer(&token).post("/v1/tickets", &json!({ "title": "A" })).await;
    let lacks = challenge(&world, ", scope=\"tickets:write\", error=\"insufficient_scope\"");
    assert_eq!(reply.header("www-authenticate"), Some(lacks.as_str()));
    let problem = reply.problem(403, "insufficient-scope");
    assert!(problem["detail"].as_str().unwrap().contains("tickets:write"));
    let query = format!("/v1/tickets?{}", form(&[("access_token", &token)]));
    world.anyone().get(&query).await.problem(401, "unauthenticated");
    // Access tokens cannot make or withdraw other credentials.
    for path in ["/v1/api-keys", "/v1/oauth-apps", "/v1/authorizations", &format!("{}/activity", app.path)] {
        let reply = world.bearer(&token).get(path).await;
        // No scope would help.
        assert_eq!(reply.header("www-authenticate"), Some(challenge(&world, "").as_str()));
        reply.problem(403, "session-required");
    }
    // A session is asked for nothing else, and told the same.
    let reply = team.member.get("/v1/api-keys").await;
    assert_eq!(reply.header("www-authenticate"), Some(challenge(&world, "").as_str()));
    reply.problem(403, "admin-required");
}

#[both]
async fn a_token_is_for_the_api_by_the_name_that_was_asked_for(world: World) {
    let team = world.business().await;
    let app = ThirdPartyApp::new(&world, &team, &["tickets:read"]).await;
    let api = format!("{}/v1", world.url);
    let metadata = world.anyone().get("/.well-known/oauth-protected-resource/v1").await.ok(200);
    let whole = world.anyone().get("/.well-known/oauth-protected-resource").await.ok(200);
    assert_eq!((&metadata["resource"], &whole["resource"]), (&json!(api), &json!(world.url)));
    assert_eq!(metadata["authorization_servers"], whole["authorization_servers"]);
    let audience = |token: &str| opened(token).1["aud"].clone();
    // Asked for once: the code, the tokens and the refreshed ones keep it.
    let location = app.consent_with(&team.member, &[("resource", &api)]).await;
    let code = parameter(&location, "code").unwrap();
    let tokens = Tokens::of(&app.redeem(&code).await.ok(200));
    let mut next = Tokens::of(&app.refresh(&tokens.refresh).await.ok(200));
    for token in [&tokens.access, &next.access] {
        assert_eq!(audience(token), json!(api));
        assert!(works(&world, token).await);
        assert_eq!(app.introspect(token).await["aud"], json!(api));
    }
    // Asked for with the request for tokens alone.
    for (resource, named) in [(api.as_str(), &api), (&format!("{}/", world.url), &world.url)] {
        let refresh = [
            ("grant_type", "refresh_token"),
            ("refresh_token", next.refresh.as_str()),
            ("resource", resource),
        ];
        let own = [("grant_type", "client_credentials"), ("resource", resource)];
        let refreshed = app.token(&refresh).await.ok(200);
        next = Tokens::of(&refreshed);
        for given in [refreshed, app.token(&own).await.ok(200)] {
            let token = given["access_token"].as_str().unwrap();
            assert_eq!(audience(token), json!(named));
            assert!(works(&world, token).await);
        }
    }
    for elsewhere in
        ["https://elsewhere.example/v1", &format!("{api}/tickets"), &format!("{api}.example"), "/v1"]
    {
        let own = [("grant_type", "client_credentials"), ("resource", elsewhere)];
        app.token(&own).await.refused(400, "invalid_target");
    }
}

/// Row 31 of the OAuth requirements.
#[both]
async fn a_token_that_says_something_else_is_none(world: World) {
    let team = world.business().await;
    let app = ThirdPartyApp::new(&world, &team, &["tickets:read"]).await;
    let token = app.tokens(&team.member).await.access;
    assert!(works(&world, &token).await);
    let (_, claims, _) = opened(&token);
    let with = |field: &str, value: Value| {
        let mut other = claims.clone();
        other[field] = value;
        other
    };
    let without = |field: &str| {
        let mut other = claims.clone();
        other.as_object_mut().unwrap().remove(field);
        other
    };
    // The server's own key signs these tokens, so that only their claims can be at fault.
    assert!(works(&world, &world.signed(Some("at+jwt"), &claims).await).await);
    assert!(works(&world, &world.signed(Some("application/at+JWT"), &claims).await).await);
    for typ in [None, Some("JWT"), Some("jwt"), Some("dpop+jwt"), Some("id_token")] {
        assert!(!works(&world, &world.signed(typ, &claims).await).await, "{typ:?}");
    }
    let now = claims["iat"].as_i64().unwrap();
    for wrong in [
        with("aud", json!("https://elsewhere.example")),
        with("aud", json!(["https://elsewhere.example"])),
        without("aud"),
        with("iss", json!("https://elsewhere.example")),
        with("iss", json!(format!("{}/", world.url))),
        without("iss"),
        without("exp"),
        with("exp", json!(now - 6)),
        with("exp", json!("soon")),
        with("exp", json!(-1)),
        with("iat", json!(now + 6)),
        with("iat", json!(i64::MAX)),
        with("jti", json!("another")),
        without("jti"),
        without("client_id"),
        with("client_id", json!("app_01JDBN5X7W3Q9K2M4E6R8T0VYZ")),
        without("sub"),
    ] {
        assert!(!works(&world, &world.signed(Some("at+jwt"), &wrong).await).await, "{wrong}");
    }
    // A clock that is five seconds off is forgiven.
    assert!(works(&world, &world.signed(Some("at+jwt"), &with("iat", json!(now + 5))).await).await);
    assert!(works(&world, &world.signed(Some("at+jwt"), &with("exp", json!(now - 4))).await).await);
    world.advance(605);
    assert!(!works(&world, &token).await);
}

/// Row 31 of the OAuth requirements.
#[both]
async fn what_somebody_else_signed_or_nobody_is_no_token(world: World) {
    let team = world.business().await;
    let app = ThirdPartyApp::new(&world, &team, &["tickets:read"]).await;
    let token = app.tokens(&team.member).await.access;
    let (header, claims, signature) = opened(&token);
    let mut more = claims.clone();
    more["scope"] = json!("tickets:read tickets:write");
    let none = json!({ "alg": "none", "typ": "at+jwt", "kid": header["kid"] });
    let hmac = json!({ "alg": "HS256", "typ": "at+jwt", "kid": header["kid"] });
    let keys = world.anyone().get("/.well-known/jwks.json").await.ok(200);
    let public = keys["keys"][0].to_string();
    let mac = |key: &[u8]| {
        use hmac::{Hmac, KeyInit, Mac};
        let text = format!("{}.{}", part(&hmac), part(&claims));
        let mut mac = Hmac::<sha2::Sha256>::new_from_slice(key).unwrap();
        mac.update(text.as_bytes());
        format!("{text}.{}", URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes()))
    };
    let point = |name: &str| URL_SAFE_NO_PAD.decode(keys["keys"][0][name].as_str().unwrap()).unwrap();
    let raw = [vec![4], point("x"), point("y")].concat();
    let stranger = unknown_signing_key();
    let mut strange = jsonwebtoken::Header::new(jsonwebtoken::Algorithm::ES256);
    strange.typ = Some("at+jwt".into());
    strange.kid = header["kid"].as_str().map(Into::into);
    let strange = |kid: Option<&str>| {
        let mut header = strange.clone();
        header.kid = kid.map(Into::into);
        jsonwebtoken::encode(&header, &claims, &jsonwebtoken::EncodingKey::from_ec_der(&stranger)).unwrap()
    };
    for forged in [
        format!("{}.{}.", part(&none), part(&claims)),
        format!("{}.{}.{signature}", part(&none), part(&claims)),
        mac(public.as_bytes()),
        mac(&raw),
        strange(header["kid"].as_str()),
        strange(Some("another")),
        strange(None),
        format!("{}.{}.{signature}", part(&header), part(&more)),
        format!("{token}.{signature}"),
        format!("{} ", &token[1..]),
    ] {
        assert!(!works(&world, &forged).await, "{forged}");
    }
    assert!(works(&world, &token).await);
}

#[both]
async fn a_token_ends_after_ten_minutes_and_the_clocks_five_seconds(world: World) {
    let team = world.business().await;
    let app = ThirdPartyApp::new(&world, &team, &["tickets:read"]).await;
    let token = app.tokens(&team.member).await.access;
    world.advance(604);
    assert!(works(&world, &token).await);
    world.advance_by(Duration::from_secs(1));
    assert!(!works(&world, &token).await);
    assert_eq!(app.introspect(&token).await, json!({ "active": false }));
}
