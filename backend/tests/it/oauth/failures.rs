//! Failed requests, as the admins of an app read them: the cause of each, no secret, no flood, and nothing of another workspace.

use api_types::account::Plan;
use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{
    Client, Settings, Team, World, both,
    oauth::{CALLBACK, ThirdPartyApp, Tokens, VERIFIER, basic, challenge, parameter, post},
};

const DAY: u64 = 24 * 3_600;
const GRANT: (&str, &str) = ("grant_type", "client_credentials");

fn behind_a_proxy(settings: &mut Settings) {
    settings.trusted_proxies = vec!["127.0.0.0/8".parse().unwrap()];
}

/// An app's failed requests, with a query.
async fn listed(world: &World, team: &Team, app: &ThirdPartyApp, query: &str) -> Vec<Value> {
    world.flush_usage().await;
    let page = team.admin.get(&format!("{}/failures?limit=200{query}", app.path)).await.ok(200);
    page["data"].as_array().unwrap().clone()
}

/// The failed request of this cause, whose sentence has this part.
async fn told(world: &World, team: &Team, app: &ThirdPartyApp, (cause, part): (&str, &str)) -> Value {
    let rows = listed(world, team, app, "").await;
    let row = rows.iter().find(|row| row["cause"] == cause);
    let row = row.unwrap_or_else(|| panic!("{cause} is not there: {rows:?}")).clone();
    let detail = row["detail"].as_str().unwrap();
    assert!(detail.contains(part), "{cause}: {detail}");
    row
}

/// Makes sure that nothing that is secret stands in any row.
async fn hide(world: &World, team: &Team, app: &ThirdPartyApp, secrets: &[&str]) {
    let text = Value::from(listed(world, team, app, "").await).to_string();
    for secret in secrets {
        assert!(!text.contains(secret), "{secret}: {text}");
    }
}

/// A team's people, signed in anew: their sessions have ended meanwhile.
async fn anew(world: &World, team: Team) -> Team {
    let admin = world.sign_in(&team.admin.email).await;
    let member = world.sign_in(&team.member.email).await;
    Team { admin, member, ..team }
}

/// A code's redemption, with some parameters changed; an empty value leaves one away.
async fn redeem(app: &ThirdPartyApp, code: &str, changed: &[(&str, &str)]) -> Value {
    let mut params = vec![
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", app.redirect_uri.as_str()),
        ("code_verifier", VERIFIER),
    ];
    for (name, value) in changed {
        params.retain(|(known, _)| known != name);
        params.push((name, value));
    }
    app.token(&params).await.refused(400, "invalid_grant")
}

async fn rotate(team: &Team, app: &ThirdPartyApp, overlap: &str) -> ThirdPartyApp {
    let rotated = team.admin.post(&format!("{}/secrets", app.path), &json!({ "overlap": overlap })).await;
    app.with_secret(&rotated.ok(201)["client_secret"])
}

fn ending(secret: &str) -> String {
    format!("ending {}", &secret[secret.len() - 4..])
}

#[both]
async fn a_wrong_redirect_uri_is_compared_with_the_registered_ones(world: World) {
    let team = world.business().await;
    let app = ThirdPartyApp::new(&world, &team, &["tickets:read"]).await;
    for (sent, part) in [
        ("https://acme.example/callback/", "by a trailing slash"),
        ("https://acme.example/Callback", "by the case of its path"),
        ("https://acme.example:8443/callback", "by its port"),
        ("https://acme.example/callback?token=s3cr3t", "by its query"),
        ("https://www.acme.example/callback", "by its host"),
        ("http://acme.example/callback", "by its scheme"),
        ("https://me:s3cr3t@acme.example/callback", "by a user name"),
        ("acme.example/callback", "has no scheme"),
        ("custom:elsewhere?a#b", "is not a registered one"),
    ] {
        let reply = app.authorize(&team.member, &[("redirect_uri", sent)]).await;
        assert!(!reply.text.contains("trailing"), "the page stays as terse as it is");
        reply.shows_page("invalid_request");
        let row = told(&world, &team, &app, ("redirect_uri_mismatch", part)).await;
        if part.starts_with("by") {
            let registered = format!("from the registered {CALLBACK} {part}.");
            assert!(row["detail"].as_str().unwrap().contains(&registered), "{row}");
        }
    }
    let row = told(&world, &team, &app, ("redirect_uri_mismatch", "")).await;
    assert_eq!((&row["count"], &row["endpoint"]), (&json!(9), &json!("authorize")));
    assert_eq!((&row["error"], &row["status"]), (&json!("invalid_request"), &json!(400)));
    assert_eq!((&row["ip"], &row["occurred_at"]), (&json!("127.0.0.1"), &json!("2026-11-23T08:00:00.000Z")));
    hide(&world, &team, &app, &["s3cr3t", "xyz &=", VERIFIER, &challenge(VERIFIER)]).await;
    // What the app is told by PAR is as terse, and the row says as much.
    let pushed = app.call("/oauth/par", &[("redirect_uri", "https://acme.example/callback/")]).await;
    let refused = pushed.refused(400, "invalid_request");
    let terse = "redirect_uri is not one that the app registered. It is compared exactly.";
    assert_eq!(refused["error_description"], terse);
    let rows = listed(&world, &team, &app, "&endpoint=par").await;
    assert_eq!(rows.len(), 1);
    assert!(rows[0]["detail"].as_str().unwrap().ends_with("by a trailing slash."), "{rows:?}");
    let several = json!({ "redirect_uris": [CALLBACK, "https://acme.example/other"] });
    team.admin.patch(&app.path, &several).await.ok(200);
    app.authorize(&team.member, &[("redirect_uri", "")]).await.shows_page("invalid_request");
    told(&world, &team, &app, ("redirect_uri_missing", "registered 2 of them")).await;
}

#[both]
async fn a_client_that_does_not_prove_itself_is_told_how(world: World) {
    let team = world.business().await;
    let app = ThirdPartyApp::new(&world, &team, &["tickets:read"]).await;
    let other = ThirdPartyApp::new(&world, &team, &["tickets:read"]).await;
    let stranger = world.business().await;
    let elsewhere = ThirdPartyApp::new(&world, &stranger, &["tickets:read"]).await;
    let old = app.secret.clone().unwrap();
    let new = rotate(&team, &app, "none").await;
    let [other, elsewhere] = [&other, &elsewhere].map(|app| app.secret.clone().unwrap());
    let terse =
        "There is no such client, its secret is not this, or it is suspended. Public clients send no secret.";
    for (secret, cause, part) in [
        (old.clone(), "secret_stopped", format!("{} was rotated out or dropped. It stopped", ending(&old))),
        (other.clone(), "secret_of_another_app", ending(&other)),
        (elsewhere.clone(), "secret_unknown", format!("{} is not one of this app's", ending(&elsewhere))),
        (format!("{old} "), "secret_malformed", "white space".to_owned()),
        ("slk_something".to_owned(), "secret_malformed", "API key".to_owned()),
        ("correct horse".to_owned(), "secret_malformed", "is none".to_owned()),
    ] {
        let wrong = app.with_secret(&json!(secret));
        let refused = wrong.token(&[GRANT]).await.refused(401, "invalid_client");
        assert_eq!(refused["error_description"], terse);
        told(&world, &team, &app, (cause, &part)).await;
    }
    let id = ("client_id", app.id.as_str());
    post(&world.anyone(), "/oauth/token", &[GRANT, id]).await.refused(401, "invalid_client");
    told(&world, &team, &app, ("secret_missing", "no client secret")).await;
    new.token(&[GRANT, ("client_secret", "correct horse")]).await.refused(400, "invalid_request");
    told(&world, &team, &app, ("credentials_twice", "came twice")).await;
    new.token(&[GRANT, ("client_id", "app_01JDBN5X7W3Q9K2M4E6R8T0VYZ")])
        .await
        .refused(400, "invalid_request");
    told(&world, &team, &app, ("client_id_mismatch", "not the one")).await;
    let bearer = world.anyone().with_header("authorization", "Bearer x");
    post(&bearer, "/oauth/token", &[GRANT, id]).await.refused(401, "invalid_client");
    told(&world, &team, &app, ("authorization_header_malformed", "not Basic")).await;
    team.admin.post(&format!("{}/suspend", app.path), &json!({})).await.ok(200);
    new.token(&[GRANT]).await.refused(401, "invalid_client");
    told(&world, &team, &app, ("app_suspended", "suspended")).await;
    app.authorize(&team.member, &[]).await.shows_page("invalid_client");
    assert_eq!(listed(&world, &team, &app, "&endpoint=authorize").await[0]["cause"], "app_suspended");
    let secrets = [&old, new.secret.as_ref().unwrap(), &other, &elsewhere].map(String::as_str);
    hide(&world, &team, &app, &secrets).await;
    hide(&world, &team, &app, &["correct horse", "slk_something"]).await;

    let public = ThirdPartyApp::public(&world, &team).await;
    public.token(&[GRANT, ("client_secret", &other)]).await.refused(401, "invalid_client");
    told(&world, &team, &public, ("secret_unexpected", "sent a client secret")).await;
    public.call("/oauth/introspect", &[("token", "x")]).await.refused(401, "invalid_client");
    told(&world, &team, &public, ("client_not_confidential", "introspect")).await;
    hide(&world, &team, &public, &[&other]).await;
    // An app that is not there has no rows, and leads to none.
    post(&world.anyone(), "/oauth/token", &[GRANT, ("client_id", "app_01JDBN5X7W3Q9K2M4E6R8T0VYZ")]).await;
    world.flush_usage().await;
}

#[both]
async fn a_secret_that_was_dropped_is_recognized_for_a_week(world: World) {
    let team = world.business().await;
    let app = ThirdPartyApp::new(&world, &team, &["tickets:read"]).await;
    let new = rotate(&team, &app, "7d").await;
    let secrets = team.admin.get(&app.path).await.ok(200)["secrets"].clone();
    let dropped = format!("{}/secrets/{}", app.path, secrets[1]["id"].as_str().unwrap());
    team.admin.delete(&dropped).await.ok(204);
    let dropped_at = "2026-11-23T08:00:00.000Z";
    world.advance(6 * DAY);
    world.remove_expired().await;
    let team = anew(&world, team).await;
    // Another rotation does not make it unknown.
    let newest = rotate(&team, &new, "24h").await;
    app.token(&[GRANT]).await.refused(401, "invalid_client");
    told(&world, &team, &app, ("secret_stopped", &format!("It stopped working at {dropped_at}."))).await;
    world.advance(DAY + 1);
    world.remove_expired().await;
    let team = anew(&world, team).await;
    app.token(&[GRANT]).await.refused(401, "invalid_client");
    told(&world, &team, &app, ("secret_unknown", "is not one of this app's")).await;
    newest.token(&[GRANT]).await.ok(200);
    // The last few are kept, however often an app rotates.
    for _ in 0..30 {
        rotate(&team, &newest, "none").await;
    }
    assert!(world.rows_of("client_secrets").await <= 23);
}

#[both]
async fn what_cannot_be_read_is_told_to_the_app_that_it_names(world: World) {
    let team = world.business().await;
    let app = ThirdPartyApp::new(&world, &team, &["tickets:read"]).await;
    let header = basic(&app.id, app.secret.as_ref().unwrap());
    let as_app = world.anyone().with_header("authorization", &header);
    let kind = "application/x-www-form-urlencoded";
    let send = async |client: &Client, kind: &str, body: String| {
        client.send(Method::POST, "/oauth/token", kind, body).await.refused(400, "invalid_request")
    };
    send(&as_app, kind, "grant_type=%00".to_owned()).await;
    told(&world, &team, &app, ("form_has_nul", "NUL")).await;
    // Without a header, the body says whose it is, as far as it can be read.
    world.advance(61);
    send(&world.anyone(), kind, format!("grant_type=%00&client_id={}", app.id)).await;
    assert_eq!(listed(&world, &team, &app, "").await.len(), 2);
    send(&as_app, "application/json", "{}".to_owned()).await;
    told(&world, &team, &app, ("form_unreadable", "x-www-form-urlencoded")).await;
    send(&as_app, kind, "a=1&a=2".to_owned()).await;
    told(&world, &team, &app, ("parameter_repeated", "more than once")).await;
    let reply = team.member.get(&format!("/oauth/authorize?state=%00&client_id={}", app.id)).await;
    reply.shows_page("invalid_request");
    assert_eq!(listed(&world, &team, &app, "&endpoint=authorize").await[0]["cause"], "form_has_nul");
    hide(&world, &team, &app, &[app.secret.as_ref().unwrap(), &header]).await;
}

#[both]
async fn a_call_that_the_app_may_not_make_is_told(world: World) {
    let team = world.business().await;
    let app = ThirdPartyApp::new(&world, &team, &["tickets:read"]).await;
    let other = ThirdPartyApp::new(&world, &team, &["tickets:read"]).await;
    let foreign = other.own_token().await;
    let theirs = other.tokens(&team.member).await;
    app.token(&[]).await.refused(400, "invalid_request");
    told(&world, &team, &app, ("parameter_missing", "grant_type is missing")).await;
    app.token(&[("grant_type", "password")]).await.refused(400, "unsupported_grant_type");
    told(&world, &team, &app, ("grant_unknown", "grant_type is none of")).await;
    app.token(&[GRANT, ("scope", "events:write")]).await.refused(400, "invalid_scope");
    told(&world, &team, &app, ("scope_not_allowed", "events:write")).await;
    app.token(&[GRANT, ("resource", "https://x.example")]).await.refused(400, "invalid_target");
    told(&world, &team, &app, ("resource_unknown", "no such resource")).await;
    for token in [&foreign, &theirs.refresh] {
        app.call("/oauth/revoke", &[("token", token)]).await.refused(400, "unauthorized_client");
        let row = told(&world, &team, &app, ("token_of_another_app", "another client")).await;
        assert_eq!(row["endpoint"], "revoke");
    }
    app.call("/oauth/introspect", &[]).await.refused(400, "invalid_request");
    assert_eq!(listed(&world, &team, &app, "&endpoint=introspect").await[0]["cause"], "parameter_missing");
    team.admin.patch(&app.path, &json!({ "grants": ["client_credentials"] })).await.ok(200);
    app.refresh("x").await.refused(400, "unauthorized_client");
    told(&world, &team, &app, ("grant_not_enabled", "The grant refresh_token is not switched on")).await;
    app.authorize(&team.member, &[]).await.sent_back(&app, "unauthorized_client");
    let row = &listed(&world, &team, &app, "&endpoint=authorize").await[0];
    assert_eq!((&row["cause"], &row["status"]), (&json!("grant_not_enabled"), &json!(303)));
    let public =
        ThirdPartyApp::with(&world, &team, json!({ "kind": "public", "grants": ["authorization_code"] }))
            .await;
    world
        .execute("UPDATE oauth_apps SET grants = '[\"client_credentials\"]' WHERE kind = 'public'")
        .await
        .unwrap();
    world.advance(2);
    public.token(&[GRANT]).await.refused(400, "unauthorized_client");
    told(&world, &team, &public, ("grant_not_for_public_apps", "cannot act as themselves")).await;
    world.move_to(team.id, Plan::Free).await;
    app.token(&[GRANT]).await.refused(400, "unauthorized_client");
    world.move_to(team.id, Plan::Business).await;
    told(&world, &team, &app, ("plan_without_api", "Startup")).await;
    hide(&world, &team, &app, &[&foreign, &theirs.refresh]).await;
}

#[both]
async fn a_request_for_authorization_that_is_refused_is_told(world: World) {
    let team = world.business().await;
    let app = ThirdPartyApp::new(&world, &team, &["tickets:read", "webhooks:read"]).await;
    let hex = "0a".repeat(32);
    for (changed, error, cause, part) in [
        (("code_challenge", ""), "invalid_request", "challenge_missing", "PKCE"),
        (("code_challenge_method", "plain"), "invalid_request", "challenge_method_unsupported", "is plain"),
        (("code_challenge_method", ""), "invalid_request", "challenge_method_unsupported", "means plain"),
        (("code_challenge", hex.as_str()), "invalid_request", "challenge_malformed", "hexadecimal"),
        (("code_challenge", "abc="), "invalid_request", "challenge_malformed", "padding"),
        (("response_type", ""), "invalid_request", "parameter_missing", "response_type"),
        (("response_type", "token"), "unsupported_response_type", "response_type_unsupported", "code"),
        (("response_mode", "fragment"), "invalid_request", "response_type_unsupported", "query"),
        (("request", "eyJ"), "request_not_supported", "request_object", "RFC 9126"),
        (("resource", "https://x.example"), "invalid_target", "resource_unknown", "resource"),
        (("scope", "events:write"), "invalid_scope", "scope_not_allowed", "events:write"),
        (("max_age", "soon"), "invalid_request", "parameter_invalid", "max_age"),
        (("prompt", "none login"), "invalid_request", "parameter_invalid", "prompt=none"),
        (("prompt", "none"), "consent_required", "consent_needed", "must be asked"),
    ] {
        app.authorize(&team.member, &[changed]).await.sent_back(&app, error);
        let row = told(&world, &team, &app, (cause, part)).await;
        assert_eq!((&row["error"], &row["status"]), (&json!(error), &json!(303)));
    }
    hide(&world, &team, &app, &[&hex, &challenge(VERIFIER), "xyz", &team.member.email]).await;
}

#[both]
async fn what_becomes_of_a_request_for_authorization_is_told(world: World) {
    let team = world.business().await;
    let others = world.business().await;
    let app = ThirdPartyApp::new(&world, &team, &["tickets:read", "webhooks:read"]).await;
    let none = [("prompt", "none")];
    app.authorize(&world.anyone(), &none).await.sent_back(&app, "login_required");
    told(&world, &team, &app, ("login_needed", "not signed in")).await;
    let hooks = [("prompt", "none"), ("scope", "webhooks:read")];
    app.authorize(&team.member, &hooks).await.sent_back(&app, "access_denied");
    told(&world, &team, &app, ("member_may_do_nothing", "An admin of the workspace may")).await;
    // Somebody of another workspace is not described.
    app.authorize(&others.member, &none).await.sent_back(&app, "access_denied");
    let row = told(&world, &team, &app, ("member_of_another_workspace", "does not belong")).await;
    assert_eq!((&row["ip"], &row["user_agent"]), (&Value::Null, &Value::Null));
    let id = app.question(&team.member).await;
    let deny = format!("/v1/authorization-requests/{id}/deny");
    team.member.send(Method::POST, &deny, "", "").await.ok(200);
    let row = told(&world, &team, &app, ("member_denied", "did not allow it")).await;
    assert_eq!((&row["error"], &row["endpoint"]), (&json!("access_denied"), &json!("authorize")));
    world.move_to(team.id, Plan::Free).await;
    assert_eq!(app.authorize(&team.member, &[]).await.status, 403);
    world.move_to(team.id, Plan::Business).await;
    let row = told(&world, &team, &app, ("plan_without_api", "Startup")).await;
    assert_eq!((&row["error"], &row["status"]), (&json!("access_denied"), &json!(403)));
    hide(&world, &team, &app, &["xyz", &team.member.email, &others.member.email]).await;
}

#[both]
async fn a_pushed_request_that_is_refused_is_told(world: World) {
    let team = world.business().await;
    let app = ThirdPartyApp::new(&world, &team, &["tickets:read"]).await;
    let over = [("request_uri", "urn:ietf:params:oauth:request_uri:abcdef")];
    app.authorize(&team.member, &over).await.shows_page("invalid_request_uri");
    told(&world, &team, &app, ("pushed_request_over", "is over")).await;
    app.call("/oauth/par", &over).await.refused(400, "invalid_request");
    told(&world, &team, &app, ("parameter_invalid", "cannot refer to another")).await;
    let long = "a".repeat(8_000);
    let challenge = challenge(VERIFIER);
    let large = [
        ("response_type", "code"),
        ("redirect_uri", CALLBACK),
        ("code_challenge", &challenge),
        ("code_challenge_method", "S256"),
        ("state", &long),
        ("resource", &world.url),
        ("resource", &world.url),
        ("login_hint", &long),
        ("response_mode", "query"),
        ("prompt", &long),
    ];
    app.call("/oauth/par", &large).await.refused(413, "invalid_request");
    told(&world, &team, &app, ("parameters_too_large", "16 KiB")).await;
    hide(&world, &team, &app, &["abcdef", &challenge]).await;
}

#[both]
async fn a_code_that_gives_nothing_is_told_why(world: World) {
    let team = world.business().await;
    let app = ThirdPartyApp::new(&world, &team, &["tickets:read"]).await;
    let other = ThirdPartyApp::new(&world, &team, &["tickets:read"]).await;
    let terse = "The code has expired, was used, is not this client's, or does not fit what came with it.";
    let mut codes = Vec::new();
    let mut code = async || {
        let code = app.code(&team.member).await;
        codes.push(code.clone());
        code
    };
    redeem(&app, "rubbish", &[]).await;
    told(&world, &team, &app, ("code_unknown", "There is no such code")).await;
    redeem(&app, &other.code(&team.member).await, &[]).await;
    told(&world, &team, &app, ("code_of_another_app", "to another app")).await;
    let used = code().await;
    app.redeem(&used).await.ok(200);
    assert_eq!(redeem(&app, &used, &[]).await["error_description"], terse);
    let at = "used before, at 2026-11-23T08:00:00.000Z. The tokens that it gave have ended";
    told(&world, &team, &app, ("code_used", at)).await;
    let challenge = challenge(VERIFIER);
    let padded = format!("{VERIFIER}=");
    for (verifier, cause, part) in [
        ("", "verifier_missing", "code_verifier is missing"),
        (challenge.as_str(), "verifier_mismatch", "the challenge itself"),
        (padded.as_str(), "verifier_mismatch", "padding"),
        ("short", "verifier_mismatch", "5 bytes"),
    ] {
        let wrong = code().await;
        redeem(&app, &wrong, &[("code_verifier", verifier)]).await;
        told(&world, &team, &app, (cause, part)).await;
        redeem(&app, &wrong, &[]).await;
        told(&world, &team, &app, ("code_used", "It gave no tokens")).await;
    }
    let codes: Vec<&str> = codes.iter().map(String::as_str).chain([VERIFIER, &challenge]).collect();
    hide(&world, &team, &app, &codes).await;
}

#[both]
async fn a_code_that_came_too_late_or_for_another_place_is_told_so(world: World) {
    let team = world.business().await;
    let app = ThirdPartyApp::new(&world, &team, &["tickets:read"]).await;
    let code = async || app.code(&team.member).await;
    let elsewhere = code().await;
    redeem(&app, &elsewhere, &[("redirect_uri", "https://acme.example/callback/?a=s3cr3t")]).await;
    let part =
        format!("another redirect URI: {CALLBACK}. What came differs by a trailing slash and its query.");
    told(&world, &team, &app, ("code_redirect_uri_mismatch", &part)).await;
    world.advance(72);
    redeem(&app, &elsewhere, &[]).await;
    told(&world, &team, &app, ("code_expired", "expired 12 s before")).await;
    let withdrawn = code().await;
    team.admin.delete(&format!("{}/authorizations", app.path)).await.ok(200);
    redeem(&app, &withdrawn, &[]).await;
    told(&world, &team, &app, ("consent_ended", "withdrew the consent")).await;
    let lost = code().await;
    team.admin.patch(&app.path, &json!({ "scopes": ["webhooks:read"] })).await.ok(200);
    let params = [("grant_type", "authorization_code"), ("code", lost.as_str()), ("code_verifier", VERIFIER)];
    app.token(&params).await.refused(400, "invalid_scope");
    told(&world, &team, &app, ("scopes_lost", "has lost all")).await;
    team.admin.patch(&app.path, &json!({ "scopes": ["tickets:read"] })).await.ok(200);
    let removed = code().await;
    team.admin.patch(&app.path, &json!({ "redirect_uris": ["https://acme.example/new"] })).await.ok(200);
    redeem(&app, &removed, &[]).await;
    told(&world, &team, &app, ("redirect_uri_removed", "registered no more")).await;
    hide(&world, &team, &app, &[&elsewhere, &withdrawn, &lost, &removed, VERIFIER, "s3cr3t"]).await;
}

/// A refresh token that is refused, and the cause that is told.
async fn refuse(world: &World, team: &Team, app: &ThirdPartyApp, (token, cause, part): (&str, &str, &str)) {
    let refused = app.refresh(token).await.refused(400, "invalid_grant");
    let terse = "The refresh token has expired, was used, was revoked, or is not this client's.";
    assert_eq!(refused["error_description"], terse);
    told(world, team, app, (cause, part)).await;
    hide(world, team, app, &[token]).await;
}

#[both]
async fn a_refresh_token_that_gives_nothing_is_told_why(world: World) {
    let team = world.business().await;
    let app = ThirdPartyApp::new(&world, &team, &["tickets:read", "tickets:write"]).await;
    let other = ThirdPartyApp::new(&world, &team, &["tickets:read"]).await;
    let refuse = async |token: &str, cause: &str, part: &str| {
        refuse(&world, &team, &app, (token, cause, part)).await;
    };
    let first = app.tokens(&team.member).await;
    refuse("rubbish", "refresh_token_unknown", "none of this server's").await;
    refuse(&first.access, "refresh_token_unknown", "looks like an access token").await;
    refuse(&first.refresh[..30], "refresh_token_unknown", "cut off").await;
    let theirs = other.tokens(&team.member).await;
    refuse(&theirs.refresh, "refresh_token_of_another_app", "to another app").await;
    let narrow = app.consent_with(&team.member, &[("scope", "tickets:read")]).await;
    let narrow = Tokens::of(&app.redeem(&parameter(&narrow, "code").unwrap()).await.ok(200));
    let refresh_token = narrow.refresh.as_str();
    let more =
        [("grant_type", "refresh_token"), ("refresh_token", refresh_token), ("scope", "tickets:write")];
    app.token(&more).await.refused(400, "invalid_scope");
    told(&world, &team, &app, ("scope_exceeds_grant", "tickets:write")).await;
    let next = Tokens::of(&app.refresh(&first.refresh).await.ok(200));
    world.bearer(&next.access).get("/v1/tickets").await.ok(200);
    refuse(&first.refresh, "refresh_token_reused", "One of the two was a copy").await;
    refuse(&next.refresh, "refresh_token_revoked", "used again after its successor").await;
    let given_back = app.tokens(&team.member).await;
    app.call("/oauth/revoke", &[("token", &given_back.refresh)]).await;
    refuse(&given_back.refresh, "refresh_token_revoked", "the app gave it back").await;
    let withdrawn = app.tokens(&team.member).await;
    team.admin.delete(&format!("{}/authorizations", app.path)).await.ok(200);
    refuse(&withdrawn.refresh, "refresh_token_revoked", "the consent was withdrawn").await;
    hide(&world, &team, &app, &[&next.access, &narrow.refresh, &theirs.access]).await;
}

#[both]
async fn a_refresh_token_that_is_too_old_is_told_so(world: World) {
    let team = world.business().await;
    let app = ThirdPartyApp::new(&world, &team, &["tickets:read"]).await;
    let old = app.tokens(&team.member).await;
    app.refresh(&old.refresh).await.ok(200);
    world.advance(DAY + 1);
    let team = anew(&world, team).await;
    let replaced = "was replaced at 2026-11-23T08:00:00.000Z, too long ago";
    refuse(&world, &team, &app, (&old.refresh, "refresh_token_replaced", replaced)).await;
    let idle = app.tokens(&team.member).await;
    world.advance(30 * DAY);
    let team = anew(&world, team).await;
    refuse(&world, &team, &app, (&idle.refresh, "refresh_token_expired", "had expired at")).await;
}

#[both]
async fn a_member_of_another_workspace_is_counted_and_not_described(world: World) {
    let publisher = world.business().await;
    let team = world.business().await;
    let fields = json!({ "distribution": "public", "publisher_name": "Acme Ltd" });
    let app = ThirdPartyApp::with(&world, &publisher, fields).await;
    let wrong = [("redirect_uri", "https://acme.example/callback/")];
    for member in [&team.member, &world.anyone(), &team.member] {
        app.authorize(member, &wrong).await.shows_page("invalid_request");
    }
    let rows = listed(&world, &publisher, &app, "").await;
    assert_eq!((rows.len(), &rows[0]["count"]), (1, &json!(3)));
    assert_eq!((&rows[0]["ip"], &rows[0]["user_agent"]), (&Value::Null, &Value::Null));
    // Its own members are.
    app.authorize(&publisher.member, &wrong).await.shows_page("invalid_request");
    let rows = listed(&world, &publisher, &app, "").await;
    assert_eq!((rows.len(), &rows[0]["ip"]), (2, &json!("127.0.0.1")));
    // A workspace that is asked for a token it gave, and then lets the app in no more.
    let tokens = app.tokens(&team.admin).await;
    let install =
        team.admin.get("/v1/app-installs").await.ok(200)["data"][0]["id"].as_str().unwrap().to_owned();
    team.admin.send(Method::POST, &format!("/v1/app-installs/{install}/pause"), "", "").await.ok(200);
    app.refresh(&tokens.refresh).await.refused(400, "invalid_grant");
    told(&world, &publisher, &app, ("app_not_admitted", "An admin there paused it or removed it")).await;
    // Nobody else reads them.
    let path = format!("{}/failures", app.path);
    team.admin.get(&path).await.problem(404, "not-found");
    publisher.member.get(&path).await.problem(403, "admin-required");
    let text = Value::from(listed(&world, &publisher, &app, "").await).to_string();
    for hidden in [&team.admin.email, &team.member.email, team.id.as_str()] {
        assert!(!text.contains(hidden), "{hidden}: {text}");
    }
    // A public client runs on members' devices.
    let device = json!({ "kind": "public", "distribution": "public", "publisher_name": "Acme Ltd",
        "grants": ["authorization_code"] });
    let device = ThirdPartyApp::with(&world, &publisher, device).await;
    device.redeem("rubbish").await.refused(400, "invalid_grant");
    assert_eq!(told(&world, &publisher, &device, ("code_unknown", "")).await["ip"], Value::Null);
}

#[both]
async fn requests_that_fail_alike_within_a_minute_are_one(world: World) {
    let team = world.business().await;
    let app = ThirdPartyApp::new(&world, &team, &["tickets:read"]).await;
    let client = world.anyone().with_header("user-agent", &"curl/8 ".repeat(60));
    for (turn, id) in ["one", "two", "three"].into_iter().enumerate() {
        let client = client.with_header("x-request-id", id);
        post(&client, "/oauth/token", &[GRANT, ("client_id", &app.id)]).await.refused(401, "invalid_client");
        // Whether they are written together or one after the other.
        if turn > 0 {
            world.flush_usage().await;
        }
        world.advance(20);
    }
    let rows = listed(&world, &team, &app, "").await;
    assert_eq!((rows.len(), &rows[0]["count"], &rows[0]["request_id"]), (1, &json!(3), &json!("three")));
    assert_eq!(rows[0]["occurred_at"], "2026-11-23T08:00:00.000Z");
    assert_eq!(rows[0]["last_at"], "2026-11-23T08:00:40.000Z");
    assert_eq!(rows[0]["user_agent"].as_str().unwrap().len(), 200);
    post(&client, "/oauth/token", &[GRANT, ("client_id", &app.id)]).await.refused(401, "invalid_client");
    let rows = listed(&world, &team, &app, "").await;
    assert_eq!((rows.len(), &rows[0]["count"]), (2, &json!(1)), "a minute has gone by");

    // The list is paged and filtered.
    app.token(&[("grant_type", "password")]).await.refused(400, "unsupported_grant_type");
    assert_eq!(listed(&world, &team, &app, "&error=invalid_client").await.len(), 2);
    assert_eq!(listed(&world, &team, &app, "&error=invalid_client,unsupported_grant_type").await.len(), 3);
    assert_eq!(listed(&world, &team, &app, "&endpoint=par&endpoint=revoke").await.len(), 0);
    assert_eq!(listed(&world, &team, &app, "&since=2026-11-23T08:00:30Z").await.len(), 2);
    assert_eq!(listed(&world, &team, &app, "&until=2026-11-23T08:00:30Z").await.len(), 1);
    let path = format!("{}/failures", app.path);
    let page = team.admin.get(&format!("{path}?limit=2")).await.ok(200);
    assert_eq!(page["data"][0]["cause"], "grant_unknown");
    let cursor = page["next_cursor"].as_str().unwrap();
    let rest = team.admin.get(&format!("{path}?limit=2&cursor={cursor}")).await.ok(200);
    assert_eq!((rest["data"].as_array().unwrap().len(), &rest["next_cursor"]), (1, &Value::Null));
    for (query, field) in [("endpoint=login", "endpoint"), ("error=wrong", "error"), ("since=today", "since")]
    {
        let refused = team.admin.get(&format!("{path}?{query}")).await;
        assert_eq!(refused.fields(400, "bad-request"), [field]);
    }
}

#[both(with = behind_a_proxy)]
async fn a_flood_of_strangers_pushes_nothing_out(world: World) {
    let team = world.business().await;
    let app = ThirdPartyApp::new(&world, &team, &["tickets:read"]).await;
    app.own_token().await;
    app.token(&[("grant_type", "password")]).await.refused(400, "unsupported_grant_type");
    let wrong = app.authorize_url(&[("redirect_uri", "https://acme.example/callback/")]);
    for turn in 0..30 {
        let stranger = world.anyone().with_header("x-forwarded-for", &format!("203.0.113.{turn}"));
        stranger.get(&wrong).await.shows_page("invalid_request");
    }
    let rows = listed(&world, &team, &app, "&endpoint=authorize").await;
    assert_eq!(rows.len(), 11, "ten addresses, and all others together");
    let others: Vec<&Value> = rows.iter().filter(|row| row["ip"].is_null()).collect();
    assert_eq!((others.len(), &others[0]["count"]), (1, &json!(20)));
    // However many there were before.
    for (from, trusted, cause) in [(1_000, "TRUE", "server_failed"), (3_000, "FALSE", "code_unknown")] {
        let many = format!(
            "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 700) \
             INSERT INTO oauth_failures (id, app_id, occurred_at, last_at, count, endpoint, error, cause, detail, status, \
                 request_id, ip, user_agent, trusted) \
             SELECT 'oaf_0000000000000000000000' || ({from} + i), app_id, occurred_at, last_at, 1, 'token', \
                 'invalid_grant', '{cause}', 'Said', 400, 'x', '', '', {trusted} \
             FROM n, (SELECT * FROM oauth_failures LIMIT 1) AS one"
        );
        world.execute(many).await.unwrap();
    }
    world.advance(61);
    app.token(&[("grant_type", "password")]).await.refused(400, "unsupported_grant_type");
    assert_eq!(listed(&world, &team, &app, "&endpoint=authorize").await.len(), 11);
    assert_eq!(world.rows_of("oauth_failures").await, 1_000);
    let trusted = "(SELECT count(*) FROM oauth_failures WHERE trusted)";
    assert_eq!(world.number(trusted).await, 500);
    assert_eq!(
        listed(&world, &team, &app, "&error=unsupported_grant_type").await.len(),
        2,
        "the newest stay"
    );
}

#[both(with = behind_a_proxy)]
async fn what_finds_no_room_is_counted(world: World) {
    let team = world.business().await;
    let app = ThirdPartyApp::new(&world, &team, &["tickets:read"]).await;
    let wrong = app.authorize_url(&[("redirect_uri", "https://acme.example/callback/")]);
    for turn in 0..60 {
        let stranger = world.anyone().with_header("x-forwarded-for", &format!("203.0.113.{turn}"));
        stranger.get(&wrong).await.shows_page("invalid_request");
    }
    let (prometheus, server) = world.serve_metrics();
    let shown = prometheus.get("/metrics").await.text;
    assert!(shown.contains("sayless_oauth_failures_dropped_total 10"), "{shown}");
    server.stop(false).await;
}

#[both]
async fn failed_requests_are_gone_after_a_week_and_with_their_app(world: World) {
    let team = world.business().await;
    let app = ThirdPartyApp::new(&world, &team, &["tickets:read"]).await;
    let other = ThirdPartyApp::new(&world, &team, &["tickets:read"]).await;
    for app in [&app, &other] {
        app.token(&[]).await.refused(400, "invalid_request");
    }
    assert_eq!(listed(&world, &team, &app, "").await.len(), 1);
    other.token(&[("grant_type", "password")]).await.refused(400, "unsupported_grant_type");
    team.admin.delete(&other.path).await.ok(204);
    world.flush_usage().await;
    assert_eq!(world.rows_of("oauth_failures").await, 1, "what was still in memory is not written either");
    team.admin.get(&format!("{}/failures", other.path)).await.problem(404, "not-found");
    world.advance(7 * DAY);
    world.remove_expired().await;
    assert_eq!(world.rows_of("oauth_failures").await, 1);
    world.advance(1);
    let admin = world.sign_in(&team.admin.email).await;
    assert_eq!(admin.get(&format!("{}/failures", app.path)).await.ok(200)["data"], json!([]));
    world.remove_expired().await;
    assert_eq!(world.rows_of("oauth_failures").await, 0);
}
