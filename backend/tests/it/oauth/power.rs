//! The power of an access token: never more than the app, the member's consent and the member may right now.

use std::collections::BTreeMap;

use api_types::{
    Scope,
    account::{Plan, Role},
};
use serde_json::json;

use crate::harness::{
    Fixture, World, both,
    oauth::{ThirdPartyApp, Tokens, approve, parameter},
    operations,
};

/// Every operation, with a token that holds its scope and one that holds all others.
#[both]
async fn each_operation_wants_its_scope_of_tokens_as_of_keys(world: World) {
    let fixture = Fixture::make(&world).await;
    let all: Vec<&str> = Scope::ALL.iter().map(|scope| scope.as_str()).collect();
    let app = ThirdPartyApp::new(&world, &fixture.team, &all).await;
    let token = async |scope: &[&str]| {
        let location = app.consent_with(&fixture.team.admin, &[("scope", &scope.join(" "))]).await;
        let given = app.redeem(&parameter(&location, "code").unwrap()).await.ok(200);
        world.bearer(&Tokens::of(&given).access)
    };
    let mut tokens = BTreeMap::new();
    for &scope in &all {
        let others: Vec<&str> = all.iter().copied().filter(|other| *other != scope).collect();
        // Webhooks are for events that the token may read: here, tickets'.
        tokens.insert(scope, (token(&others).await, token(&[scope, "tickets:read"]).await));
    }
    let everything = token(&all).await;
    for operation in operations().iter().filter(|operation| !operation.is_open()) {
        match operation.bearer.as_deref() {
            None => drop(fixture.call(operation, &everything).await.problem(403, "session-required")),
            Some([]) => drop(fixture.call(operation, &everything).await.ok(200)),
            Some(_) if operation.is_of_key_itself() => {
                fixture.call(operation, &everything).await.problem(403, "not-rotatable");
            }
            Some([scope]) => {
                let (without, with) = &tokens[scope.as_str()];
                let problem = fixture.call(operation, without).await.problem(403, "insufficient-scope");
                assert!(problem["detail"].as_str().unwrap().contains(scope.as_str()), "{}", operation.id);
                let reply = fixture.call(operation, with).await;
                assert!(reply.status != 401 && reply.status != 403, "{}: {}", operation.id, reply.text);
            }
            Some(several) => panic!("{} needs {several:?} at once", operation.id),
        }
    }
}

#[both]
async fn a_member_who_loses_their_role_takes_their_tokens_power_along(world: World) {
    let team = world.business().await;
    let app = ThirdPartyApp::new(&world, &team, &["tickets:read", "webhooks:read"]).await;
    let admin = world.join(team.id, Role::Admin).await;
    let tokens = app.tokens(&admin).await;
    let as_app = world.bearer(&tokens.access);
    as_app.get("/v1/webhooks").await.ok(200);
    world.set_role(team.id, &admin, Role::Member).await;
    let problem = as_app.get("/v1/webhooks").await.problem(403, "insufficient-scope");
    let detail = problem["detail"].as_str().unwrap();
    assert!(detail.contains("webhooks:read") && detail.contains("no longer"), "{detail}");
    as_app.get("/v1/tickets").await.ok(200);
    assert_eq!(as_app.get("/v1/session").await.ok(200)["scopes"], json!(["tickets:read"]));
    assert_eq!(app.introspect(&tokens.access).await["scope"], "tickets:read");
    world.set_role(team.id, &admin, Role::Admin).await;
    as_app.get("/v1/webhooks").await.ok(200);
}

#[both]
async fn an_app_that_loses_a_scope_loses_it_in_its_tokens(world: World) {
    let team = world.business().await;
    let app = ThirdPartyApp::new(&world, &team, &["tickets:read", "tickets:write"]).await;
    let mine = app.tokens(&team.member).await.access;
    let own = app.own_token().await;
    team.admin.patch(&app.path, &json!({ "scopes": ["tickets:read"] })).await.ok(200);
    for token in [&mine, &own] {
        world.bearer(token).get("/v1/tickets").await.ok(200);
        let refused = world.bearer(token).post("/v1/tickets", &json!({ "title": "A" })).await;
        refused.problem(403, "insufficient-scope");
    }
}

/// Row 37 of the OAuth requirements.
#[both]
async fn whoever_withdraws_suspends_or_deletes_ends_all_tokens_at_once(world: World) {
    let team = world.business().await;
    let app = ThirdPartyApp::new(&world, &team, &["tickets:read"]).await;
    let works = async |token: &str| world.bearer(token).get("/v1/tickets").await.status == 200;
    let first = app.tokens(&team.member).await;
    let second = app.tokens(&team.member).await;
    let admins = app.tokens(&team.admin).await;
    let own = app.own_token().await;
    for token in [&first.access, &second.access, &admins.access, &own] {
        assert!(works(token).await);
    }
    // The member withdraws the authorization.
    let mine = team.member.get("/v1/authorizations").await.ok(200);
    assert_eq!(mine["data"].as_array().unwrap().len(), 1);
    assert_eq!(mine["data"][0]["app"]["name"], "Acme Dashboards");
    let id = mine["data"][0]["id"].as_str().unwrap();
    team.admin.delete(&format!("/v1/authorizations/{id}")).await.problem(404, "not-found");
    team.member.delete(&format!("/v1/authorizations/{id}")).await.ok(204);
    team.member.delete(&format!("/v1/authorizations/{id}")).await.problem(404, "not-found");
    assert!(!works(&first.access).await && !works(&second.access).await);
    assert!(works(&admins.access).await && works(&own).await);
    app.refresh(&first.refresh).await.refused(400, "invalid_grant");
    assert_eq!(app.introspect(&second.refresh).await, json!({ "active": false }));
    // An admin suspends the app, and resumes it.
    team.admin.post(&format!("{}/suspend", app.path), &json!({})).await.ok(200);
    assert!(!works(&admins.access).await && !works(&own).await);
    team.admin.post(&format!("{}/resume", app.path), &json!({})).await.ok(200);
    assert!(works(&admins.access).await && works(&own).await);
    assert!(!works(&first.access).await);
    // An admin withdraws one authorization, or all.
    let member = app.tokens(&team.member).await;
    let path = format!("{}/authorizations", app.path);
    let listed = team.admin.get(&path).await.ok(200);
    assert_eq!(listed["data"].as_array().unwrap().len(), 2);
    assert_eq!(listed["data"][0]["member"]["email"], team.member.email);
    let id = listed["data"][0]["id"].as_str().unwrap();
    let other = ThirdPartyApp::new(&world, &team, &["tickets:read"]).await;
    team.admin.delete(&format!("{}/authorizations/{id}", other.path)).await.problem(404, "not-found");
    team.admin.delete(&format!("{path}/{id}")).await.ok(204);
    assert!(!works(&member.access).await && works(&admins.access).await);
    let again = app.tokens(&team.member).await;
    assert_eq!(team.admin.delete(&path).await.ok(200), json!({ "withdrawn": 2 }));
    assert!(!works(&again.access).await && !works(&admins.access).await && works(&own).await);
    assert_eq!(team.admin.delete(&path).await.ok(200), json!({ "withdrawn": 0 }));
    // An admin deletes the app.
    let last = app.tokens(&team.member).await;
    let code = app.code(&team.member).await;
    team.admin.delete(&app.path).await.ok(204);
    assert!(!works(&last.access).await && !works(&own).await);
    app.redeem(&code).await.refused(401, "invalid_client");
    app.refresh(&last.refresh).await.refused(401, "invalid_client");
    assert_eq!(team.member.get("/v1/authorizations").await.ok(200)["data"], json!([]));
}

#[both]
async fn an_authorization_says_when_it_was_last_used_and_what_is_alive_is_counted(world: World) {
    let team = world.business().await;
    let app = ThirdPartyApp::new(&world, &team, &["tickets:read"]).await;
    let tokens = app.tokens(&team.member).await;
    app.tokens(&team.member).await;
    assert_eq!(team.member.get("/v1/authorizations").await.ok(200)["data"][0]["last_used_at"], json!(null));
    world.advance(60);
    world.bearer(&tokens.access).get("/v1/tickets").await.ok(200);
    world.flush_usage().await;
    let mine = team.member.get("/v1/authorizations").await.ok(200);
    assert_eq!(mine["data"][0]["last_used_at"], "2026-11-23T08:01:00.000Z");
    assert_eq!(mine["data"][0]["last_used_ip"], "127.0.0.1");
    assert_eq!(team.admin.get(&format!("{}/authorizations", app.path)).await.ok(200), mine);
    let activity = async || team.admin.get(&format!("{}/activity", app.path)).await.ok(200);
    assert_eq!(
        activity().await,
        json!({ "authorizations": 1, "access_tokens": 2, "refresh_tokens": 2,
        "client_credentials_tokens": 0, "revoked_tokens": 0, "incidents": [] })
    );
    app.call("/oauth/revoke", &[("token", &tokens.access)]).await.ok(200);
    assert_eq!(activity().await["access_tokens"], 1);
    world.advance(600);
    assert_eq!(activity().await["access_tokens"], 0);
    assert_eq!(activity().await["refresh_tokens"], 2);
    team.admin.delete(&format!("{}/authorizations", app.path)).await.ok(200);
    assert_eq!(activity().await["refresh_tokens"], 0);
}

#[both]
async fn who_looks_at_an_app_is_told_that_something_changed(world: World) {
    let team = world.business().await;
    let app = ThirdPartyApp::new(&world, &team, &["tickets:read"]).await;
    let mut events = team.admin.stream().await;
    let code = app.code(&team.member).await;
    assert_eq!(events.change().await["topics"], json!(["oauth_apps"]));
    world.advance(1);
    app.redeem(&code).await.ok(200);
    assert_eq!(events.change().await["topics"], json!(["oauth_apps"]));
    world.advance(1);
    // A code that is redeemed twice was copied.
    app.redeem(&code).await.refused(400, "invalid_grant");
    assert_eq!(events.change().await["topics"], json!(["oauth_apps"]));
}

#[both]
async fn a_logo_is_sent_to_the_member_who_looks_for_it_and_not_with_each_row_of_an_apps_members(
    world: World,
) {
    let team = world.business().await;
    let logo = "data:image/png;base64,iVBORw0KGgo=";
    let app = ThirdPartyApp::with(
        &world,
        &team,
        json!({ "logo": logo, "description": "Charts",
        "homepage_url": "https://acme.example" }),
    )
    .await;
    app.code(&team.member).await;
    let mine = team.member.get("/v1/authorizations").await.ok(200)["data"][0]["app"].clone();
    assert_eq!((&mine["logo"], &mine["description"]), (&json!(logo), &json!("Charts")));
    assert_eq!((&mine["homepage_url"], &mine["id"]), (&json!("https://acme.example"), &json!(app.id)));
    let listed =
        team.admin.get(&format!("{}/authorizations", app.path)).await.ok(200)["data"][0]["app"].clone();
    assert_eq!((&listed["logo"], &listed["name"]), (&json!(""), &json!("Acme Dashboards")));
}

#[both]
async fn the_free_plan_refuses_tokens_and_uses_nothing_up(world: World) {
    let team = world.business().await;
    let app = ThirdPartyApp::new(&world, &team, &["tickets:read"]).await;
    let tokens = app.tokens(&team.member).await;
    let code = app.code(&team.member).await;
    let question = app.question(&team.admin).await;
    world.move_to(team.id, Plan::Free).await;
    world.bearer(&tokens.access).get("/v1/tickets").await.problem(403, "plan-required");
    app.refresh(&tokens.refresh).await.refused(400, "unauthorized_client");
    app.redeem(&code).await.refused(400, "unauthorized_client");
    for how in ["approve", "deny"] {
        let path = format!("/v1/authorization-requests/{question}/{how}");
        team.admin.send(reqwest::Method::POST, &path, "", "").await.problem(403, "plan-required");
    }
    app.call("/oauth/par", &[("response_type", "code")]).await.refused(400, "unauthorized_client");
    assert_eq!(app.introspect(&tokens.access).await, json!({ "active": false }));
    world.move_to(team.id, Plan::Startup).await;
    world.bearer(&tokens.access).get("/v1/tickets").await.ok(200);
    app.refresh(&tokens.refresh).await.ok(200);
    app.redeem(&code).await.ok(200);
    approve(&team.admin, &question).await;
}

#[both]
async fn what_a_token_changes_is_the_apps_deed_for_its_member(world: World) {
    let team = world.business().await;
    let app = ThirdPartyApp::new(&world, &team, &["tickets:read", "tickets:write", "webhooks:write"]).await;
    let as_app = world.bearer(&app.tokens(&team.admin).await.access);
    as_app.post("/v1/tickets", &json!({ "title": "A" })).await.ok(201);
    let entry = team.admin.get("/v1/audit-log").await.ok(200)["data"][0].clone();
    assert_eq!((&entry["action"], &entry["actor"]["type"]), (&json!("ticket.created"), &json!("oauth_app")));
    assert_eq!(entry["actor"]["name"], format!("Acme Dashboards for {}", team.admin.email));
    assert_eq!(entry["actor"]["id"], app.id);
    // A webhook wants events only that the token may read.
    let hook = |types: &str| json!({ "url": "http://127.0.0.1:1/", "event_types": [types] });
    as_app.post("/v1/webhooks", &hook("ticket.*")).await.ok(201);
    as_app.post("/v1/webhooks", &hook("broadcast.*")).await.problem(403, "insufficient-scope");
    as_app.post("/v1/webhooks", &hook("*")).await.problem(403, "session-required");
    let own = world.bearer(&app.own_token().await);
    own.post("/v1/tickets", &json!({ "title": "A" })).await.ok(201);
    assert_eq!(team.admin.get("/v1/audit-log").await.ok(200)["data"][0]["actor"]["name"], "Acme Dashboards");
}

#[both]
async fn one_workspaces_token_sees_nothing_of_anothers(world: World) {
    let team = world.business().await;
    let others = world.business().await;
    let app = ThirdPartyApp::new(&world, &team, &["tickets:read"]).await;
    let ticket = others.admin.post("/v1/tickets", &json!({ "title": "Theirs" })).await.ok(201);
    let as_app = world.bearer(&app.tokens(&team.member).await.access);
    as_app.get(&format!("/v1/tickets/{}", ticket["id"].as_str().unwrap())).await.problem(404, "not-found");
    assert_eq!(as_app.get("/v1/tickets").await.ok(200)["data"], json!([]));
    for path in ["activity", "authorizations"] {
        others.admin.get(&format!("{}/{path}", app.path)).await.problem(404, "not-found");
    }
    others.admin.delete(&format!("{}/authorizations", app.path)).await.problem(404, "not-found");
}
