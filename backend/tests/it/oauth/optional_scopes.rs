//! Scopes that a member may leave out of a consent: what is left out is not given, and not asked for again.

use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{
    Client, Reply, Team, World, both,
    oauth::{ThirdPartyApp, Tokens, approve, parameter},
};

/// An app that needs to read tickets, and would like to do more.
async fn app(world: &World, team: &Team) -> ThirdPartyApp {
    let fields = json!({ "scopes": ["tickets:read", "tickets:write", "broadcasts:read"],
        "optional_scopes": ["tickets:write", "broadcasts:read"] });
    ThirdPartyApp::with(world, team, fields).await
}

async fn shown(member: &Client, id: &str) -> Value {
    member.get(&format!("/v1/authorization-requests/{id}")).await.ok(200)
}

async fn allow(member: &Client, id: &str, declined: &[&str]) -> Reply {
    let path = format!("/v1/authorization-requests/{id}/approve");
    member.post(&path, &json!({ "declined_scopes": declined })).await
}

async fn given(app: &ThirdPartyApp, answered: Reply) -> Value {
    let location = answered.ok(200)["redirect_to"].as_str().unwrap().to_owned();
    app.redeem(&parameter(&location, "code").unwrap()).await.ok(200)
}

/// A question's scopes, each with the member's choice, and whether it was allowed before.
fn said(question: &Value) -> Vec<(String, String, bool)> {
    let word = |scope: &Value, field: &str| scope[field].as_str().unwrap().to_owned();
    let scopes = question["scopes"].as_array().unwrap().iter();
    let said = |scope: &Value| {
        (word(scope, "scope"), word(scope, "choice"), scope["granted_before"].as_bool().unwrap())
    };
    scopes.map(said).collect()
}

fn is(scope: &str, choice: &str, granted_before: bool) -> (String, String, bool) {
    (scope.to_owned(), choice.to_owned(), granted_before)
}

#[both]
async fn what_a_member_leaves_out_is_not_given_and_not_asked_for_again(world: World) {
    let team = world.business().await;
    let app = app(&world, &team).await;
    let id = app.question(&team.member).await;
    assert_eq!(
        said(&shown(&team.member, &id).await),
        [
            is("tickets:read", "required", false),
            is("tickets:write", "optional", false),
            is("broadcasts:read", "optional", false),
        ]
    );
    let tokens = given(&app, allow(&team.member, &id, &["tickets:write"]).await).await;
    assert_eq!(tokens["scope"], "tickets:read broadcasts:read");
    let refreshed = app.refresh(&Tokens::of(&tokens).refresh).await.ok(200);
    assert_eq!(refreshed["scope"], "tickets:read broadcasts:read");
    // It is remembered, whatever the app asks for of the same.
    for scope in ["", "tickets:read tickets:write"] {
        let again = app.authorize(&team.member, &[("scope", scope)]).await;
        let code = parameter(again.header("location").unwrap(), "code").unwrap();
        let scopes = app.redeem(&code).await.ok(200)["scope"].as_str().unwrap().to_owned();
        assert!(!scopes.contains("tickets:write"), "{scopes}");
    }
    // Where nothing else is asked for, the member is.
    app.question_with(&team.member, &[("scope", "tickets:write")]).await;
    // Another member answers for themselves, and whoever says nothing of it allows all.
    let location = approve(&team.admin, &app.question(&team.admin).await).await;
    let all = app.redeem(&parameter(&location, "code").unwrap()).await.ok(200);
    assert_eq!(all["scope"], "tickets:read tickets:write broadcasts:read");
}

#[both]
async fn an_answer_may_be_changed_where_the_app_asks_again(world: World) {
    let team = world.business().await;
    let app = app(&world, &team).await;
    let first = app.question(&team.member).await;
    let tokens = Tokens::of(&given(&app, allow(&team.member, &first, &["tickets:write"]).await).await);
    let id = app.question_with(&team.member, &[("prompt", "consent")]).await;
    assert_eq!(
        said(&shown(&team.member, &id).await)[1..],
        [is("tickets:write", "declined", false), is("broadcasts:read", "optional", true)]
    );
    let changed = given(&app, allow(&team.member, &id, &["broadcasts:read"]).await).await;
    assert_eq!(changed["scope"], "tickets:read tickets:write");
    // Tokens of before lose what the member took back, and gain nothing.
    world.bearer(&tokens.access).get("/v1/broadcasts").await.problem(403, "insufficient-scope");
    assert_eq!(app.refresh(&tokens.refresh).await.ok(200)["scope"], "tickets:read");
    let mine = team.member.get("/v1/authorizations").await.ok(200);
    assert_eq!(mine["data"][0]["scopes"], json!(["tickets:read", "tickets:write"]));
}

#[both]
async fn only_optional_scopes_can_be_left_out_and_not_all_there_is(world: World) {
    let team = world.business().await;
    let app = app(&world, &team).await;
    let id = app.question_with(&team.member, &[("scope", "tickets:read tickets:write")]).await;
    for needed in [&["tickets:read"][..], &["broadcasts:read"], &["tickets:write", "webhooks:read"]] {
        assert_eq!(allow(&team.member, &id, needed).await.fields(422, "validation"), ["declined_scopes"]);
    }
    let path = format!("/v1/authorization-requests/{id}/approve");
    let unknown = team.member.post(&path, &json!({ "declined_scopes": ["everything"] })).await;
    assert!(unknown.fields(422, "validation").contains(&"declined_scopes/0".to_owned()));
    let id = app.question_with(&team.member, &[("scope", "tickets:write")]).await;
    let nothing = allow(&team.member, &id, &["tickets:write"]).await;
    assert_eq!(nothing.fields(422, "validation"), ["declined_scopes"]);
    // Nothing was allowed so far.
    assert_eq!(team.member.get("/v1/authorizations").await.ok(200)["data"], json!([]));
    team.member.send(Method::POST, &format!("/v1/authorization-requests/{id}/deny"), "", "").await.ok(200);
}

#[both]
async fn an_app_says_which_scopes_are_optional(world: World) {
    let team = world.business().await;
    let app = app(&world, &team).await;
    let optional = async || team.admin.get(&app.path).await.ok(200)["optional_scopes"].clone();
    assert_eq!(optional().await, json!(["tickets:write", "broadcasts:read"]));
    let change = async |changes: Value| team.admin.patch(&app.path, &changes).await;
    let wrong = change(json!({ "optional_scopes": ["webhooks:read"] })).await;
    assert_eq!(wrong.fields(422, "validation"), ["optional_scopes"]);
    // A scope that the app gives up is not optional any more.
    change(json!({ "scopes": ["tickets:read", "broadcasts:read"] })).await.ok(200);
    assert_eq!(optional().await, json!(["broadcasts:read"]));
    // What has become necessary is asked for, although the member left it out.
    let id = app.question(&team.member).await;
    given(&app, allow(&team.member, &id, &["broadcasts:read"]).await).await;
    change(json!({ "optional_scopes": [] })).await.ok(200);
    assert_eq!(optional().await, json!([]));
    let id = app.question(&team.member).await;
    assert_eq!(said(&shown(&team.member, &id).await)[1], is("broadcasts:read", "required", false));
    let made = ThirdPartyApp::new(&world, &team, &["tickets:read"]).await;
    assert_eq!(team.admin.get(&made.path).await.ok(200)["optional_scopes"], json!([]));
}
