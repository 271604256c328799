//! The device authorization grant (RFC 8628): a device shows a code, a member types it, and the device gets tokens.

use api_types::account::{Plan, Role};
use futures_util::future::{join, join_all};
use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{
    Client, PASSWORD, Reply, Settings, Team, World, both,
    oauth::{ThirdPartyApp, Tokens, approve},
};

const GRANT: &str = "urn:ietf:params:oauth:grant-type:device_code";
const QUESTIONS: &str = "/v1/authorization-requests";

/// A device that waits: its two codes.
struct Device {
    code: String,
    user_code: String,
}

/// A public app for devices, with some fields of its own.
async fn app_with(world: &World, team: &Team, fields: Value) -> ThirdPartyApp {
    let mut all = json!({ "kind": "public", "redirect_uris": [], "scopes": ["tickets:read", "tickets:write"],
        "grants": ["device_code", "refresh_token"] });
    for (name, value) in fields.as_object().unwrap() {
        all[name] = value.clone();
    }
    ThirdPartyApp::with(world, team, all).await
}

async fn app(world: &World, team: &Team) -> ThirdPartyApp {
    app_with(world, team, json!({})).await
}

async fn begin_with(app: &ThirdPartyApp, params: &[(&str, &str)]) -> Reply {
    app.call("/oauth/device_authorization", params).await
}

async fn begin(app: &ThirdPartyApp) -> Device {
    let given = begin_with(app, &[]).await.ok(200);
    let text = |name: &str| given[name].as_str().unwrap().to_owned();
    Device { code: text("device_code"), user_code: text("user_code") }
}

async fn poll(app: &ThirdPartyApp, device: &Device) -> Reply {
    app.token(&[("grant_type", GRANT), ("device_code", &device.code)]).await
}

/// Types a code.
async fn typed(member: &Client, code: &str) -> Reply {
    member.post(QUESTIONS, &json!({ "user_code": code })).await
}

/// Types a device's code; the id of the question.
async fn question(member: &Client, device: &Device) -> String {
    typed(member, &device.user_code).await.ok(201)["id"].as_str().unwrap().to_owned()
}

async fn answer(member: &Client, id: &str, how: &str) -> Reply {
    member.send(Method::POST, &format!("{QUESTIONS}/{id}/{how}"), "", "").await
}

/// Has a member allow what a device asks for.
async fn allow(member: &Client, device: &Device) {
    let id = question(member, device).await;
    approve(member, &id).await;
}

#[both]
async fn a_device_gets_tokens_once_a_member_allows_it(world: World) {
    let team = world.business().await;
    let app = app(&world, &team).await;
    let begun = begin_with(&app, &[("scope", "tickets:read openid webhooks:read")]).await;
    assert_eq!(begun.header("cache-control"), Some("no-store"));
    assert_eq!(begun.header("access-control-allow-origin"), Some("*"));
    let given = begun.ok(200);
    assert_eq!((&given["expires_in"], &given["interval"]), (&json!(600), &json!(5)));
    let page = format!("{}/oauth/device", world.url);
    let text = |name: &str| given[name].as_str().unwrap().to_owned();
    let device = Device { code: text("device_code"), user_code: text("user_code") };
    assert_eq!(given["verification_uri"], page);
    assert_eq!(given["verification_uri_complete"], format!("{page}?user_code={}", device.user_code));
    poll(&app, &device).await.refused(400, "authorization_pending");

    // Typed carelessly, it is the same code, and the same question in the same session.
    let careless = device.user_code.to_lowercase().replace('-', " ");
    let asked = typed(&team.member, &careless).await;
    let location = asked.header("location").unwrap().to_owned();
    let asked = asked.ok(201);
    let id = question(&team.member, &device).await;
    assert_eq!(asked["id"], id);
    assert_eq!(location, format!("{QUESTIONS}/{id}"));
    assert_eq!(team.member.get(&location).await.ok(200), asked);
    assert_eq!((&asked["redirect_host"], &asked["remembered"]), (&Value::Null, &json!(false)));
    assert_eq!(asked["scopes"].as_array().unwrap().len(), 1);
    assert_eq!(asked["scopes"][0]["scope"], "tickets:read");
    assert_eq!(approve(&team.member, &id).await, format!("{page}?answer=allowed"));
    let log = team.admin.get("/v1/audit-log").await.ok(200);
    assert_eq!(log["data"][0]["action"], "authorization.granted");
    assert_eq!(log["data"][0]["details"]["grant"], "device_code");

    let reply = poll(&app, &device).await;
    assert_eq!(reply.header("cache-control"), Some("no-store"));
    let given = reply.ok(200);
    assert_eq!((&given["scope"], &given["token_type"]), (&json!("tickets:read"), &json!("Bearer")));
    let tokens = Tokens::of(&given);
    let session = world.bearer(&tokens.access).get("/v1/session").await.ok(200);
    assert_eq!(session["member"]["email"], team.member.email);
    app.refresh(&tokens.refresh).await.ok(200);

    // The code is used: nothing more comes of it, and what it gave works on.
    poll(&app, &device).await.refused(400, "invalid_grant");
    world.bearer(&tokens.access).get("/v1/tickets").await.ok(200);
    assert_eq!(typed(&team.member, &device.user_code).await.fields(422, "validation"), ["user_code"]);
    answer(&team.member, &id, "approve").await.problem(404, "not-found");

    // A consent from before is not remembered for another device, which anybody might have begun.
    let again = begin(&app).await;
    let asked = typed(&team.member, &again.user_code).await.ok(201);
    assert_eq!(asked["remembered"], false);
    let before = asked["scopes"].as_array().unwrap().iter().filter(|scope| scope["granted_before"] == true);
    assert_eq!(before.count(), 1);
}

#[both]
async fn an_app_for_devices_may_be_confidential_and_needs_no_redirect_uri(world: World) {
    let team = world.business().await;
    let app = app_with(&world, &team, json!({ "kind": "confidential", "grants": ["device_code"] })).await;
    let device = begin(&app).await;
    allow(&team.member, &device).await;
    let given = poll(&app, &device).await.ok(200);
    assert_eq!(given.get("refresh_token"), None);
    // It proves itself like at the token endpoint.
    let stranger = app.with_secret(&json!("sls_wrong"));
    begin_with(&stranger, &[]).await.refused(401, "invalid_client");
    begin_with(&app, &[("resource", "https://elsewhere.example")]).await.refused(400, "invalid_target");
    begin_with(&app, &[("scope", "webhooks:read")]).await.refused(400, "invalid_scope");
    begin_with(&app, &[("resource", &format!("{}/v1", world.url))]).await.ok(200);
    app.token(&[("grant_type", GRANT)]).await.refused(400, "invalid_request");
    // The app's word for the grant is none of the protocol's.
    app.token(&[("grant_type", "device_code")]).await.refused(400, "unsupported_grant_type");
    // It has nothing else.
    app.authorize(&team.member, &[("redirect_uri", "https://acme.example/callback")])
        .await
        .shows_page("invalid_request");
    let body = json!({ "grants": ["authorization_code", "device_code"] });
    let fields = team.admin.patch(&app.path, &body).await.fields(422, "validation");
    assert_eq!(fields, ["redirect_uris"]);
    // An app without the grant has neither endpoint.
    let other = ThirdPartyApp::new(&world, &team, &["tickets:read"]).await;
    begin_with(&other, &[]).await.refused(400, "unauthorized_client");
    poll(&other, &device).await.refused(400, "unauthorized_client");
    // The plan has no API.
    world.move_to(team.id, Plan::Free).await;
    begin_with(&app, &[]).await.refused(400, "unauthorized_client");
}

#[both]
async fn a_device_that_asks_too_often_waits_longer_each_time(world: World) {
    let team = world.business().await;
    let app = app(&world, &team).await;
    let device = begin(&app).await;
    poll(&app, &device).await.refused(400, "authorization_pending");
    world.advance(5);
    poll(&app, &device).await.refused(400, "authorization_pending");
    // Four seconds are less than five: from here on it must wait ten.
    world.advance(4);
    poll(&app, &device).await.refused(400, "slow_down");
    world.advance(9);
    poll(&app, &device).await.refused(400, "slow_down");
    world.advance(15);
    poll(&app, &device).await.refused(400, "authorization_pending");
    world.advance(14);
    poll(&app, &device).await.refused(400, "slow_down");
    world.advance(20);
    poll(&app, &device).await.refused(400, "authorization_pending");
    // Another device has an interval of its own, and an answer is told at once.
    let other = begin(&app).await;
    poll(&app, &other).await.refused(400, "authorization_pending");
    allow(&team.member, &device).await;
    poll(&app, &device).await.ok(200);
}

#[both]
async fn polls_at_once_give_tokens_once(world: World) {
    let team = world.business().await;
    let app = app(&world, &team).await;
    for _ in 0..4 {
        let device = begin(&app).await;
        allow(&team.member, &device).await;
        let answers = join_all((0..6).map(|_| poll(&app, &device))).await;
        let (good, bad): (Vec<Reply>, Vec<Reply>) =
            answers.into_iter().partition(|answer| answer.status == 200);
        assert_eq!((good.len(), bad.len()), (1, 5));
        for refused in bad {
            refused.refused(400, "invalid_grant");
        }
        let tokens = Tokens::of(&serde_json::from_str(&good[0].text).unwrap());
        world.bearer(&tokens.access).get("/v1/tickets").await.ok(200);
    }
}

#[both]
async fn a_device_is_told_no_and_that_its_time_is_over(world: World) {
    let team = world.business().await;
    let app = app(&world, &team).await;
    let device = begin(&app).await;
    let id = question(&team.member, &device).await;
    let left = answer(&team.member, &id, "deny").await.ok(200);
    assert_eq!(left["redirect_to"], format!("{}/oauth/device?answer=denied", world.url));
    assert_eq!(team.audited().await[0], "authorization.denied");
    for _ in 0..2 {
        poll(&app, &device).await.refused(400, "access_denied");
    }
    assert_eq!(typed(&team.member, &device.user_code).await.fields(422, "validation"), ["user_code"]);

    // Nobody answers in time, or the device does not ask in time.
    let late = begin(&app).await;
    let id = question(&team.member, &late).await;
    let allowed = begin(&app).await;
    allow(&team.member, &allowed).await;
    world.advance(600);
    for device in [&late, &allowed, &device] {
        poll(&app, device).await.refused(400, "expired_token");
    }
    answer(&team.member, &id, "approve").await.problem(404, "not-found");
    assert_eq!(typed(&team.member, &late.user_code).await.fields(422, "validation"), ["user_code"]);
    world.remove_expired().await;
    poll(&app, &late).await.refused(400, "expired_token");
    world.advance(24 * 3600 + 1);
    world.remove_expired().await;
    poll(&app, &late).await.refused(400, "invalid_grant");
    assert_eq!(world.number("(SELECT count(*) FROM device_authorizations)").await, 0);
}

#[both]
async fn a_device_code_is_its_apps_alone(world: World) {
    let team = world.business().await;
    let (app, other) = (app(&world, &team).await, app(&world, &team).await);
    let device = begin(&app).await;
    poll(&other, &device).await.refused(400, "invalid_grant");
    allow(&team.member, &device).await;
    poll(&other, &device).await.refused(400, "invalid_grant");
    for bad in ["rubbish", "é", &"a".repeat(8_000), &device.code[1..], &device.user_code] {
        app.token(&[("grant_type", GRANT), ("device_code", bad)]).await.refused(400, "invalid_grant");
    }
    poll(&app, &device).await.ok(200);
    // Neither code can be read from the database.
    let kept = world.oauth_rows().await;
    assert!(kept.contains("device_authorizations"));
    let letters = device.user_code.replace('-', "");
    for secret in [&device.code, &device.user_code, &letters] {
        assert!(!kept.contains(secret.as_str()));
    }
}

#[both]
async fn what_has_ended_since_the_yes_gives_nothing(world: World) {
    let team = world.business().await;
    let app = app(&world, &team).await;
    let yes = async || {
        let device = begin(&app).await;
        allow(&team.admin, &device).await;
        device
    };
    // The app is suspended, and comes back as it was.
    let device = yes().await;
    team.admin.post(&format!("{}/suspend", app.path), &json!({})).await.ok(200);
    poll(&app, &device).await.refused(401, "invalid_client");
    begin_with(&app, &[]).await.refused(401, "invalid_client");
    team.admin.post(&format!("{}/resume", app.path), &json!({})).await.ok(200);
    // It lost a scope, and then the grant.
    team.admin.patch(&app.path, &json!({ "scopes": ["tickets:read"] })).await.ok(200);
    assert_eq!(poll(&app, &device).await.ok(200)["scope"], "tickets:read");
    let device = yes().await;
    let asked = begin(&app).await;
    let id = question(&team.member, &asked).await;
    let grants =
        json!({ "grants": ["authorization_code"], "redirect_uris": ["https://acme.example/callback"] });
    team.admin.patch(&app.path, &grants).await.ok(200);
    poll(&app, &device).await.refused(400, "unauthorized_client");
    answer(&team.member, &id, "approve").await.problem(409, "conflict");
    team.admin.patch(&app.path, &json!({ "grants": ["device_code"] })).await.ok(200);
    poll(&app, &device).await.ok(200);
    // The consent is withdrawn.
    let device = yes().await;
    let mine = team.admin.get("/v1/authorizations").await.ok(200);
    let path = format!("/v1/authorizations/{}", mine["data"][0]["id"].as_str().unwrap());
    team.admin.delete(&path).await.ok(204);
    poll(&app, &device).await.refused(400, "invalid_grant");
    // The plan loses the API, which uses nothing up.
    let device = yes().await;
    world.move_to(team.id, Plan::Free).await;
    poll(&app, &device).await.refused(400, "unauthorized_client");
    world.move_to(team.id, Plan::Business).await;
    poll(&app, &device).await.ok(200);
}

#[both]
async fn a_question_is_its_sessions_and_has_one_answer(world: World) {
    let team = world.business().await;
    let app = app(&world, &team).await;
    let device = begin(&app).await;
    let id = question(&team.member, &device).await;
    // Another session does not see it, but may type the code as well.
    let path = format!("{QUESTIONS}/{id}");
    team.admin.get(&path).await.problem(404, "not-found");
    answer(&team.admin, &id, "approve").await.problem(404, "not-found");
    let theirs = question(&team.admin, &device).await;
    assert_ne!(id, theirs);
    let (yes, theirs) = (answer(&team.member, &id, "approve"), answer(&team.admin, &theirs, "approve"));
    let (one, two) = join(yes, theirs).await;
    let statuses = [one.status, two.status];
    assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 1, "{statuses:?}");
    let winner = if one.status == 200 { &team.member } else { &team.admin };
    let tokens = Tokens::of(&poll(&app, &device).await.ok(200));
    let session = world.bearer(&tokens.access).get("/v1/session").await.ok(200);
    assert_eq!(session["member"]["email"], winner.email);
    // A key is no session.
    let key = world.key(&team, &["tickets:read"]).await;
    typed(&key, &device.user_code).await.problem(403, "session-required");
}

#[both]
async fn optional_scopes_and_rights_hold_for_devices(world: World) {
    let team = world.business().await;
    let fields = json!({ "scopes": ["tickets:read", "tickets:write", "webhooks:read"],
        "optional_scopes": ["tickets:write"] });
    let app = app_with(&world, &team, fields).await;
    let device = begin(&app).await;
    let asked = typed(&team.member, &device.user_code).await.ok(201);
    let scope = |name: &str| {
        let scopes = asked["scopes"].as_array().unwrap();
        scopes.iter().find(|scope| scope["scope"] == name).unwrap().clone()
    };
    assert_eq!(scope("webhooks:read")["available"], false);
    assert_eq!(scope("tickets:write")["optional"], true);
    let path = format!("{QUESTIONS}/{}/approve", asked["id"].as_str().unwrap());
    team.member.post(&path, &json!({ "declined_scopes": ["tickets:write"] })).await.ok(200);
    assert_eq!(poll(&app, &device).await.ok(200)["scope"], "tickets:read");
}

#[both]
async fn an_app_of_another_workspace_comes_in_as_its_policy_says(world: World) {
    let publisher = world.business().await;
    let team = world.business().await;
    let fields = json!({ "distribution": "public", "publisher_name": "Acme Ltd" });
    let app = app_with(&world, &publisher, fields).await;
    let device = begin(&app).await;
    let asked = typed(&team.member, &device.user_code).await.ok(201);
    assert_eq!((&asked["admission"], &asked["publisher_name"]), (&json!("ask"), &json!("Acme Ltd")));
    let id = asked["id"].as_str().unwrap();
    answer(&team.member, id, "approve").await.problem(409, "conflict");
    assert_eq!(answer(&team.member, id, "install").await.ok(200)["admission"], "waiting");
    poll(&app, &device).await.refused(400, "authorization_pending");
    let installs = team.admin.get("/v1/app-installs").await.ok(200);
    let install = format!("/v1/app-installs/{}", installs["data"][0]["id"].as_str().unwrap());
    team.admin.send(Method::POST, &format!("{install}/approve"), "", "").await.ok(200);
    approve(&team.member, id).await;
    // Paused before the device asks, it is refused until it is resumed.
    team.admin.send(Method::POST, &format!("{install}/pause"), "", "").await.ok(200);
    poll(&app, &device).await.refused(400, "invalid_grant");
    team.admin.send(Method::POST, &format!("{install}/resume"), "", "").await.ok(200);
    let tokens = Tokens::of(&poll(&app, &device).await.ok(200));
    let session = world.bearer(&tokens.access).get("/v1/session").await.ok(200);
    assert_eq!(session["workspace"]["id"], team.id.as_str());
    assert_eq!(team.audited().await.iter().filter(|action| *action == "authorization.granted").count(), 1);
    assert!(!publisher.audited().await.contains(&"authorization.granted".to_owned()));

    // A code for an app that is its workspace's alone is none for others, and for its members it is one.
    let private = self::app(&world, &publisher).await;
    let device = begin(&private).await;
    let unknown = typed(&team.member, "BCDF-GHJK").await.problem(422, "validation");
    let theirs = typed(&team.member, &device.user_code).await.problem(422, "validation");
    assert_eq!(theirs["errors"], unknown["errors"]);
    typed(&publisher.member, &device.user_code).await.ok(201);
    // Where the workspace has no API, the member is told so.
    world.move_to(publisher.id, Plan::Free).await;
    typed(&publisher.member, &device.user_code).await.problem(403, "plan-required");
}

fn behind_a_proxy(settings: &mut Settings) {
    settings.trusted_proxies = vec!["127.0.0.0/8".parse().unwrap()];
}

#[both(with = behind_a_proxy)]
async fn wrong_codes_are_counted_and_right_ones_are_not(world: World) {
    let team = world.business().await;
    let app = app(&world, &team).await;
    let device = begin(&app).await;
    let here = team.member.with_header("x-forwarded-for", "203.0.113.9");
    for bad in ["", "BCDF", "BCDF-GHJA", "\u{0}", &"B".repeat(100_000)] {
        assert_eq!(typed(&here, bad).await.fields(422, "validation"), ["user_code"]);
    }
    for _ in 0..10 {
        typed(&here, &device.user_code).await.ok(201);
    }
    for _ in 0..5 {
        assert_eq!(typed(&here, "BCDF-GHJK").await.fields(422, "validation"), ["user_code"]);
    }
    // Now even a right one has to wait, wherever the member is.
    for address in ["203.0.113.9", "198.51.100.1"] {
        let refused = typed(&team.member.with_header("x-forwarded-for", address), &device.user_code).await;
        let seconds: u64 = refused.header("retry-after").unwrap().parse().unwrap();
        assert!((1..=60).contains(&seconds), "{seconds}");
        refused.problem(429, "rate-limited");
    }
    typed(&team.admin.with_header("x-forwarded-for", "203.0.113.9"), &device.user_code).await.ok(201);
    world.advance(12);
    typed(&here, &device.user_code).await.ok(201);
    // Many members on one network have a limit together.
    world.advance(60);
    for _ in 0..6 {
        let other = world.join(team.id, Role::Member).await.with_header("x-forwarded-for", "192.0.2.1");
        for _ in 0..5 {
            assert_eq!(typed(&other, "BCDF-GHJK").await.fields(422, "validation"), ["user_code"]);
        }
    }
    let neighbour = team.admin.with_header("x-forwarded-for", "192.0.2.1");
    typed(&neighbour, &device.user_code).await.problem(429, "rate-limited");
    typed(&team.admin.with_header("x-forwarded-for", "192.0.2.2"), &device.user_code).await.ok(201);
}

#[both(with = behind_a_proxy)]
async fn an_app_has_so_many_devices_that_wait(world: World) {
    let team = world.business().await;
    let public = app(&world, &team).await;
    for _ in 0..20 {
        begin(&public).await;
    }
    begin_with(&public, &[]).await.refused(429, "temporarily_unavailable");
    let app = app_with(&world, &team, json!({ "kind": "confidential" })).await;
    for turn in 0..1_000 {
        if turn == 600 {
            begin_with(&app, &[]).await.refused(429, "temporarily_unavailable");
            world.advance(60);
        }
        begin(&app).await;
    }
    world.advance(60);
    let refused = begin_with(&app, &[]).await;
    assert_eq!(refused.header("retry-after"), Some("60"));
    refused.refused(429, "temporarily_unavailable");
    // One that is answered, or over, makes room.
    world.advance(600);
    begin(&app).await;
}

#[both]
async fn a_member_of_two_workspaces_lets_it_act_where_they_are(world: World) {
    let publisher = world.business().await;
    let team = world.business().await;
    let fields = json!({ "distribution": "public", "publisher_name": "Acme Ltd" });
    let app = app_with(&world, &publisher, fields).await;
    team.admin.patch("/v1/app-policy", &json!({ "policy": "open" })).await.ok(200);
    world.add_to(team.id, &publisher.member, Role::Member).await;
    let body = json!({ "email": publisher.member.email, "password": PASSWORD, "workspace_id": team.id });
    let signed_in = world.anyone().post("/v1/session", &body).await;
    let cookie = signed_in.cookies()[0].split(';').next().unwrap().to_owned();
    let elsewhere = world.anyone().with_header("cookie", &cookie);
    let device = begin(&app).await;
    allow(&elsewhere, &device).await;
    let tokens = Tokens::of(&poll(&app, &device).await.ok(200));
    let session = world.bearer(&tokens.access).get("/v1/session").await.ok(200);
    assert_eq!(session["workspace"]["id"], team.id.as_str());
}
