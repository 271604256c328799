//! An app's wishes for the question (`prompt`, `max_age`, `login_hint`), and members who can say nothing but no.

use api_types::account::Plan;
use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{
    Client, PASSWORD, Reply, World, both,
    oauth::{CALLBACK, ThirdPartyApp, approve, parameter},
};

async fn shown(member: &Client, id: &str) -> Value {
    member.get(&format!("/v1/authorization-requests/{id}")).await.ok(200)
}

async fn answer(member: &Client, id: &str, how: &str) -> Reply {
    member.send(Method::POST, &format!("/v1/authorization-requests/{id}/{how}"), "", "").await
}

/// Has a member say no, and gives what the app is told.
async fn denied(world: &World, member: &Client, id: &str) -> String {
    let location = answer(member, id, "deny").await.ok(200)["redirect_to"].as_str().unwrap().to_owned();
    assert!(location.starts_with(CALLBACK), "{location}");
    assert_eq!(parameter(&location, "error").as_deref(), Some("access_denied"));
    assert_eq!(parameter(&location, "state").as_deref(), Some("xyz &=ü"));
    assert_eq!(parameter(&location, "iss").as_deref(), Some(world.url.as_str()));
    parameter(&location, "error_description").unwrap()
}

/// A browser in which somebody signs in: the cookie that binds requests to it, and then the session.
async fn sign_in_at(world: &World, browser: &str, email: &str) -> Client {
    let body = json!({ "email": email, "password": PASSWORD });
    let signed_in = world.anyone().post("/v1/session", &body).await;
    let session = signed_in.header("set-cookie").unwrap().split(';').next().unwrap().to_owned();
    world.anyone().with_header("cookie", &format!("{session}; {}", world.browser(browser))).of(email)
}

#[both]
async fn nothing_is_shown_where_the_app_wants_nothing_shown(world: World) {
    let team = world.business().await;
    let others = world.business().await;
    let app = ThirdPartyApp::new(&world, &team, &["tickets:read", "webhooks:read"]).await;
    let none = [("prompt", "none")];
    let ask = async |member: &Client, changed: &[(&str, &str)]| app.authorize(member, changed).await;
    ask(&world.anyone(), &none).await.sent_back(&app, "login_required");
    ask(&team.member, &none).await.sent_back(&app, "consent_required");
    ask(&others.member, &none).await.sent_back(&app, "access_denied");
    ask(&team.member, &[("prompt", "none"), ("scope", "webhooks:read")])
        .await
        .sent_back(&app, "access_denied");
    app.consent(&team.member).await;
    let again = ask(&team.member, &none).await;
    let code = parameter(again.header("location").unwrap(), "code").unwrap();
    app.redeem(&code).await.ok(200);
    // Not by this member, nor by one who signed in too long ago.
    let hint = [("prompt", "none"), ("login_hint", team.admin.email.as_str())];
    ask(&team.member, &hint).await.sent_back(&app, "login_required");
    let hint = [("prompt", "none"), ("login_hint", team.member.email.as_str())];
    assert!(parameter(ask(&team.member, &hint).await.header("location").unwrap(), "code").is_some());
    world.advance(61);
    let age = [("prompt", "none"), ("max_age", "60")];
    ask(&team.member, &age).await.sent_back(&app, "login_required");
    for wrong in [
        [("prompt", "none login"), ("scope", "")],
        [("max_age", "soon"), ("scope", "")],
        [("max_age", "-1"), ("scope", "")],
    ] {
        ask(&team.member, &wrong).await.sent_back(&app, "invalid_request");
    }
    world.move_to(team.id, Plan::Free).await;
    ask(&team.member, &none).await.sent_back(&app, "access_denied");
}

#[both]
async fn an_app_may_have_the_member_asked_again(world: World) {
    let team = world.business().await;
    let app = ThirdPartyApp::new(&world, &team, &["tickets:read"]).await;
    app.consent(&team.member).await;
    for prompt in ["consent", "select_account", "consent create"] {
        let id = app.question_with(&team.member, &[("prompt", prompt)]).await;
        let question = shown(&team.member, &id).await;
        assert_eq!((&question["remembered"], &question["sign_in_again"]), (&json!(false), &json!(false)));
        approve(&team.member, &id).await;
    }
    // A word that is not known asks for nothing.
    let again = app.authorize(&team.member, &[("prompt", "create")]).await;
    assert!(parameter(again.header("location").unwrap(), "code").is_some());
}

#[both]
async fn an_app_may_have_the_member_sign_in_again(world: World) {
    let team = world.business().await;
    let app = ThirdPartyApp::new(&world, &team, &["tickets:read"]).await;
    let email = &team.member.email;
    let first = sign_in_at(&world, "b", email).await;
    app.consent(&first).await;
    world.advance(30);
    let recent = app.authorize(&first, &[("max_age", "30")]).await;
    assert!(parameter(recent.header("location").unwrap(), "code").is_some());
    for wish in [("prompt", "login"), ("max_age", "29"), ("max_age", "0")] {
        let id = app.question_with(&first, &[wish]).await;
        let question = shown(&first, &id).await;
        assert_eq!(
            (&question["sign_in_again"], &question["remembered"]),
            (&json!(true), &json!(false)),
            "{wish:?}"
        );
        answer(&first, &id, "approve").await.problem(409, "conflict");
        // In the same browser, with a new session: nothing more is asked.
        let second = sign_in_at(&world, "b", email).await;
        let question = shown(&second, &id).await;
        assert_eq!((&question["sign_in_again"], &question["remembered"]), (&json!(false), &json!(true)));
        let code = parameter(&approve(&second, &id).await, "code").unwrap();
        app.redeem(&code).await.ok(200);
    }
    // Who must sign in anyway does so once; and who will not can still go back.
    let id = app
        .question_with(&world.anyone().with_header("cookie", &world.browser("c")), &[("prompt", "login")])
        .await;
    let late = sign_in_at(&world, "c", email).await;
    assert_eq!(shown(&late, &id).await["sign_in_again"], false);
    let id = app.question_with(&first, &[("prompt", "login")]).await;
    assert_eq!(denied(&world, &first, &id).await, "The member did not allow it.");
}

#[both]
async fn an_app_may_say_whom_it_expects(world: World) {
    let team = world.business().await;
    let app = ThirdPartyApp::new(&world, &team, &["tickets:read"]).await;
    let hint = [("login_hint", "someone+else@acme.example")];
    let reply = app.authorize(&world.anyone(), &hint).await;
    let location = reply.header("location").unwrap();
    assert!(location.ends_with("?login_hint=someone%2Belse%40acme.example"), "{location}");
    let id = app.question_with(&team.member, &hint).await;
    assert_eq!(shown(&team.member, &id).await["login_hint"], "someone+else@acme.example");
    approve(&team.member, &id).await;
    // A consent that is remembered does not hide that somebody else is expected.
    let id = app.question_with(&team.member, &hint).await;
    assert_eq!(shown(&team.member, &id).await["remembered"], false);
    let id = app.question_with(&team.admin, &[("login_hint", "a name of the app's own")]).await;
    assert_eq!(shown(&team.admin, &id).await["login_hint"], json!(null));
}

#[both]
async fn who_cannot_let_the_app_in_is_told_and_so_is_the_app(world: World) {
    let team = world.business().await;
    let others = world.business().await;
    let app = ThirdPartyApp::new(&world, &team, &["webhooks:read", "tickets:read"]).await;
    // A member of another workspace.
    let id = app.question(&others.member).await;
    let path = format!("/v1/authorization-requests/{id}");
    let told = others.member.get(&path).await.problem(403, "not-a-member");
    assert!(told["detail"].as_str().unwrap().contains("ask an admin"), "{told}");
    let before = team.audited().await;
    let why = denied(&world, &others.member, &id).await;
    assert!(why.contains("does not belong to the workspace"), "{why}");
    others.member.get(&path).await.problem(404, "not-found");
    assert_eq!(team.audited().await, before, "a stranger writes nothing into the workspace's log");
    // A member who may do nothing of it.
    let id = app.question_with(&team.member, &[("scope", "webhooks:read")]).await;
    assert_eq!(shown(&team.member, &id).await["scopes"][0]["available"], false);
    let why = denied(&world, &team.member, &id).await;
    assert!(why.contains("An admin of the workspace may"), "{why}");
    assert_eq!(team.audited().await[0], "authorization.denied");
    // A plan without the API; also for one who allowed all of it before.
    app.consent(&team.admin).await;
    let id = app.question(&team.member).await;
    world.move_to(team.id, Plan::Free).await;
    for member in [&team.member, &team.admin, &world.anyone()] {
        let page = app.authorize(member, &[]).await;
        assert_eq!((page.status, page.header("location")), (403, None));
        assert!(page.text.contains("Ask an admin of that workspace to change the plan"), "{}", page.text);
        let (_, link) = page.text.split_once("<a href=\"").unwrap();
        let back = link.split_once('"').unwrap().0.replace("&amp;", "&");
        assert!(back.starts_with(CALLBACK), "{back}");
        assert_eq!(parameter(&back, "error").as_deref(), Some("access_denied"));
        assert!(parameter(&back, "error_description").unwrap().contains("plan"), "{back}");
        assert_eq!(parameter(&back, "state").as_deref(), Some("xyz &=ü"));
    }
    // A question that was asked before waits for a plan.
    let told =
        team.member.get(&format!("/v1/authorization-requests/{id}")).await.problem(403, "plan-required");
    assert!(told["detail"].as_str().unwrap().contains("change the plan"), "{told}");
}

/// Where somebody else signs in, the tab that is open already shows that, and allows nothing in their name before.
#[both]
async fn a_tab_answers_for_the_member_whom_it_shows(world: World) {
    let team = world.business().await;
    let others = world.business().await;
    let app = ThirdPartyApp::new(&world, &team, &["tickets:read"]).await;
    let first = sign_in_at(&world, "b", &team.member.email).await;
    let id = app.question(&first).await;
    let member = shown(&first, &id).await["member"]["id"].as_str().unwrap().to_owned();
    let second = sign_in_at(&world, "b", &team.admin.email).await;
    // The screen fetches again and the button is pressed at the same time.
    let new = shown(&second, &id).await["member"].clone();
    assert_eq!(new["email"], team.admin.email);
    for how in ["approve", "deny"] {
        answer(&second, &id, &format!("{how}?member={member}")).await.problem(409, "conflict");
        answer(&second, &id, &format!("{how}?member=rubbish")).await.problem(400, "bad-request");
    }
    let stranger = sign_in_at(&world, "b", &others.member.email).await;
    stranger.get(&format!("/v1/authorization-requests/{id}")).await.problem(403, "not-a-member");
    answer(&stranger, &id, "approve").await.problem(403, "not-a-member");
    let member = new["id"].as_str().unwrap();
    answer(&second, &id, &format!("approve?member={member}")).await.ok(200);
}
