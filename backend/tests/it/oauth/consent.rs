//! The consent that a member is asked for: to whom the question is shown, its text, and when it is not asked again.

use api_types::account::{Plan, Role};
use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{
    Client, Reply, World, both,
    oauth::{ThirdPartyApp, approve, parameter},
};

async fn shown(member: &Client, id: &str) -> Value {
    member.get(&format!("/v1/authorization-requests/{id}")).await.ok(200)
}

async fn answer(member: &Client, id: &str, how: &str) -> Reply {
    member.send(Method::POST, &format!("/v1/authorization-requests/{id}/{how}"), "", "").await
}

/// The cookie that a reply sets, as a browser sends it back.
fn cookie(reply: &Reply) -> String {
    reply.header("set-cookie").unwrap().split(';').next().unwrap().to_owned()
}

#[both]
async fn it_says_who_asks_for_what_and_where_one_is_sent(world: World) {
    let team = world.business().await;
    let fields = json!({ "name": "<b>Acme</b>", "description": "Charts", "homepage_url": "https://acme.example",
        "scopes": ["tickets:read", "webhooks:read"], "redirect_uris": ["https://login.acme.example/cb?x=y"] });
    let app = ThirdPartyApp::with(&world, &team, fields).await;
    let id = app.question(&team.member).await;
    let question = shown(&team.member, &id).await;
    assert_eq!(question["app"]["name"], "<b>Acme</b>");
    assert_eq!(question["app"]["homepage_url"], "https://acme.example");
    assert_eq!(question["workspace"]["name"], "Acme");
    assert_eq!(question["member"]["email"], team.member.email);
    assert_eq!(question["redirect_host"], "login.acme.example");
    assert_eq!(question["remembered"], false);
    assert_eq!(
        question["scopes"],
        json!([
            { "scope": "tickets:read", "description": "Read tickets, their comments and notes", "available": true,
                "granted_before": false, "choice": "required" },
            // Only admins read webhooks: a member cannot hand that right on.
            { "scope": "webhooks:read", "description": "Read webhooks and the event catalogue", "available": false,
                "granted_before": false, "choice": "required" },
        ])
    );
    let location = approve(&team.member, &id).await;
    let given = app.redeem(&parameter(&location, "code").unwrap()).await.ok(200);
    assert_eq!(given["scope"], "tickets:read");
    assert_eq!(shown(&team.admin, &app.question(&team.admin).await).await["scopes"][1]["available"], true);
}

#[both]
async fn it_is_answered_once_in_the_browser_in_which_it_was_asked(world: World) {
    let team = world.business().await;
    let app = ThirdPartyApp::new(&world, &team, &["tickets:read"]).await;
    let id = app.question(&team.member).await;
    let path = format!("/v1/authorization-requests/{id}");
    world.anyone().get(&path).await.problem(401, "unauthenticated");
    team.admin.get(&path).await.problem(404, "not-found");
    answer(&team.admin, &id, "approve").await.problem(404, "not-found");
    // Row 13: a change that rides on a cookie comes from our own pages alone.
    for (header, value) in
        [("sec-fetch-site", "cross-site"), ("origin", "https://evil.example"), ("origin", "null")]
    {
        let elsewhere = team.member.with_header(header, value);
        answer(&elsewhere, &id, "approve").await.problem(403, "cross-origin");
        answer(&elsewhere, &id, "deny").await.problem(403, "cross-origin");
    }
    answer(&team.member, &id, "approve").await.ok(200);
    answer(&team.member, &id, "approve").await.problem(404, "not-found");
    answer(&team.member, &id, "deny").await.problem(404, "not-found");
    // A question can be answered for ten minutes.
    let id = ThirdPartyApp::new(&world, &team, &["tickets:read"]).await.question(&team.member).await;
    world.advance(600);
    answer(&team.member, &id, "approve").await.problem(404, "not-found");
}

#[both]
async fn whoever_is_not_signed_in_signs_in_first_and_answers_then(world: World) {
    let team = world.business().await;
    let app = ThirdPartyApp::new(&world, &team, &["tickets:read"]).await;
    let asked = app.authorize(&world.anyone(), &[]).await;
    let id = asked.header("location").unwrap().strip_prefix("/oauth/consent/").unwrap().to_owned();
    let set = asked.header("set-cookie").unwrap().to_owned();
    assert!(set.contains("HttpOnly") && set.contains("SameSite=Lax") && set.contains("Path=/"), "{set}");
    // The session of another browser cannot answer, not even the right member's.
    answer(&team.member, &id, "approve").await.problem(404, "not-found");
    let signed_in = world
        .anyone()
        .post(
            "/v1/session",
            &json!({ "email": team.member.email,
        "password": crate::harness::PASSWORD }),
        )
        .await;
    let both = format!("{}; {}", cookie(&signed_in), cookie(&asked));
    let member = world.anyone().with_header("cookie", &both);
    assert_eq!(shown(&member, &id).await["member"]["email"], team.member.email);
    approve(&member, &id).await;
}

#[both]
async fn nobody_answers_for_whoever_has_signed_in_since(world: World) {
    let team = world.business().await;
    let app = ThirdPartyApp::new(&world, &team, &["tickets:read"]).await;
    let browser = world.browser("the-same");
    let signed_in = async |email: &str| {
        let client = world.anyone();
        let body = json!({ "email": email, "password": crate::harness::PASSWORD });
        let session = cookie(&client.post("/v1/session", &body).await);
        client.with_header("cookie", &format!("{session}; {browser}"))
    };
    let first = signed_in(&team.member.email).await;
    let second = signed_in(&team.admin.email).await;
    let id = app.question(&first).await;
    shown(&first, &id).await;
    answer(&second, &id, "approve").await.problem(409, "conflict");
    answer(&second, &id, "deny").await.problem(409, "conflict");
    // The member who looks at the question may answer it, and then the other may not.
    assert_eq!(shown(&second, &id).await["member"]["email"], team.admin.email);
    answer(&first, &id, "approve").await.problem(409, "conflict");
    approve(&second, &id).await;
    assert_eq!(first.get("/v1/authorizations").await.ok(200)["data"], json!([]));
}

#[both]
async fn somebody_of_another_workspace_is_told_whom_it_takes(world: World) {
    let team = world.business().await;
    let others = world.business().await;
    let app = ThirdPartyApp::new(&world, &team, &["tickets:read"]).await;
    let id = app.question(&others.member).await;
    let path = format!("/v1/authorization-requests/{id}");
    let problem = others.member.get(&path).await.problem(403, "not-a-member");
    assert!(problem["detail"].as_str().unwrap().contains(&others.member.email));
    answer(&others.member, &id, "approve").await.problem(403, "not-a-member");
    assert_eq!(team.admin.get(&format!("{}/authorizations", app.path)).await.ok(200)["data"], json!([]));
}

#[both]
async fn a_session_in_another_workspace_of_the_member_answers_all_the_same(world: World) {
    let team = world.business().await;
    let free = world.team(Plan::Free).await;
    let app = ThirdPartyApp::new(&world, &team, &["tickets:read"]).await;
    world.add_to(team.id, &free.member, Role::Member).await;
    let tokens = app.tokens(&free.member).await;
    let session = world.bearer(&tokens.access).get("/v1/session").await.ok(200);
    assert_eq!(session["workspace"]["id"], team.id.as_str());
}

#[both]
async fn it_is_remembered_until_the_app_wants_more(world: World) {
    let team = world.business().await;
    let app = ThirdPartyApp::new(&world, &team, &["tickets:read", "tickets:write", "broadcasts:read"]).await;
    app.consent_with(&team.member, &[("scope", "tickets:read")]).await;
    let again = app.authorize(&team.member, &[("scope", "tickets:read")]).await;
    let location = again.header("location").unwrap();
    assert!(parameter(location, "code").is_some() && parameter(location, "state").is_some(), "{location}");
    app.redeem(&parameter(location, "code").unwrap()).await.ok(200);
    let more = app.question_with(&team.member, &[("scope", "tickets:write tickets:read")]).await;
    let question = shown(&team.member, &more).await;
    assert_eq!(question["scopes"][0]["granted_before"], true);
    assert_eq!(question["scopes"][1]["granted_before"], false);
    approve(&team.member, &more).await;
    // Both consents come together in one authorization.
    let mine = team.member.get("/v1/authorizations").await.ok(200);
    assert_eq!(mine["data"].as_array().unwrap().len(), 1);
    assert_eq!(mine["data"][0]["scopes"], json!(["tickets:read", "tickets:write"]));
    // Another member is asked, too; and a member who withdrew is asked anew.
    app.question_with(&team.admin, &[("scope", "tickets:read")]).await;
    let id = mine["data"][0]["id"].as_str().unwrap();
    team.member.delete(&format!("/v1/authorizations/{id}")).await.ok(204);
    app.question_with(&team.member, &[("scope", "tickets:read")]).await;
    // A consent that was given in another tab is not asked for again.
    let asked = world.anyone().with_header("cookie", &world.browser("x"));
    let asked = app.authorize(&asked, &[("scope", "tickets:read")]).await;
    let id = asked.header("location").unwrap().strip_prefix("/oauth/consent/").unwrap().to_owned();
    app.consent_with(&team.member, &[("scope", "tickets:read")]).await;
    let session = world
        .anyone()
        .post(
            "/v1/session",
            &json!({ "email": team.member.email,
        "password": crate::harness::PASSWORD }),
        )
        .await;
    let member =
        world.anyone().with_header("cookie", &format!("{}; {}", cookie(&session), world.browser("x")));
    assert_eq!(shown(&member, &id).await["remembered"], true);
}

#[both]
async fn an_app_that_any_program_could_pass_for_is_asked_about_each_time(world: World) {
    let team = world.business().await;
    let fields = json!({ "kind": "public", "grants": ["authorization_code"],
        "redirect_uris": ["com.example.app:/cb", "http://127.0.0.1/cb"] });
    let app = ThirdPartyApp::with(&world, &team, fields).await;
    for uri in ["com.example.app:/cb", "http://127.0.0.1:5000/cb"] {
        let location = app.consent_with(&team.member, &[("redirect_uri", uri)]).await;
        assert!(location.starts_with(&format!("{uri}?code=")), "{location}");
        let id = app.question_with(&team.member, &[("redirect_uri", uri)]).await;
        assert_eq!(shown(&team.member, &id).await["remembered"], false);
    }
}

#[both]
async fn what_changes_while_a_member_thinks_counts(world: World) {
    let team = world.business().await;
    let app = ThirdPartyApp::new(&world, &team, &["tickets:read", "tickets:write"]).await;
    let id = app.question(&team.member).await;
    // A scope that the app lost meanwhile is not given.
    team.admin.patch(&app.path, &json!({ "scopes": ["tickets:read"] })).await.ok(200);
    let location = approve(&team.member, &id).await;
    let given = app.redeem(&parameter(&location, "code").unwrap()).await.ok(200);
    assert_eq!(given["scope"], "tickets:read");
    // The redirect URI is no longer registered: nobody is sent there.
    let id = app.question(&team.admin).await;
    team.admin.patch(&app.path, &json!({ "redirect_uris": ["https://acme.example/new"] })).await.ok(200);
    answer(&team.admin, &id, "approve").await.problem(409, "conflict");
    answer(&team.admin, &id, "deny").await.problem(409, "conflict");
    // The app was suspended, or deleted.
    let app = ThirdPartyApp::new(&world, &team, &["tickets:read"]).await;
    let first = app.question(&team.member).await;
    let second = app.question(&team.member).await;
    team.admin.post(&format!("{}/suspend", app.path), &json!({})).await.ok(200);
    team.member.get(&format!("/v1/authorization-requests/{first}")).await.problem(409, "conflict");
    answer(&team.member, &first, "approve").await.problem(409, "conflict");
    team.admin.delete(&app.path).await.ok(204);
    answer(&team.member, &second, "approve").await.problem(409, "conflict");
    team.member.get(&format!("/v1/authorization-requests/{second}")).await.problem(409, "conflict");
}

#[both]
async fn who_may_do_none_of_it_cannot_allow_it(world: World) {
    let team = world.business().await;
    let app = ThirdPartyApp::new(&world, &team, &["webhooks:read"]).await;
    let id = app.question(&team.member).await;
    answer(&team.member, &id, "approve").await.problem(409, "conflict");
    answer(&team.member, &id, "deny").await.ok(200);
}

#[both]
async fn two_answers_at_once_are_one(world: World) {
    let team = world.business().await;
    let app = ThirdPartyApp::new(&world, &team, &["tickets:read"]).await;
    let id = app.question(&team.member).await;
    let answers = futures_util::future::join_all((0..8).map(|_| answer(&team.member, &id, "approve"))).await;
    let yes = answers.iter().filter(|answer| answer.status == 200).count();
    assert_eq!(yes, 1, "{answers:?}");
    assert!(answers.iter().all(|answer| matches!(answer.status, 200 | 404 | 409)), "{answers:?}");
}

#[both]
async fn consents_to_the_same_app_at_once_are_one_authorization(world: World) {
    let team = world.business().await;
    let app = ThirdPartyApp::new(&world, &team, &["tickets:read", "tickets:write"]).await;
    let mut asked = Vec::new();
    for scope in ["tickets:read", "tickets:write"].into_iter().cycle().take(8) {
        asked.push(app.question_with(&team.member, &[("scope", scope)]).await);
    }
    let answers =
        futures_util::future::join_all(asked.iter().map(|id| answer(&team.member, id, "approve"))).await;
    assert!(answers.iter().all(|answer| answer.status == 200), "{answers:?}");
    let mine = team.member.get("/v1/authorizations").await.ok(200);
    assert_eq!(mine["data"].as_array().unwrap().len(), 1);
    assert_eq!(mine["data"][0]["scopes"], json!(["tickets:read", "tickets:write"]));
}

#[both]
async fn who_left_and_came_back_is_asked_again(world: World) {
    let team = world.business().await;
    let app = ThirdPartyApp::new(&world, &team, &["tickets:read"]).await;
    let tokens = app.tokens(&team.member).await;
    world.remove_from(team.id, &team.member).await;
    world.bearer(&tokens.access).get("/v1/tickets").await.problem(401, "invalid-credential");
    app.refresh(&tokens.refresh).await.refused(400, "invalid_grant");
    world.add_to(team.id, &team.member, Role::Member).await;
    world.bearer(&tokens.access).get("/v1/tickets").await.problem(401, "invalid-credential");
    let again = world.sign_in(&team.member.email).await;
    app.question(&again).await;
}
