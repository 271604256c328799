//! Changes of a document: they hold from its next fetch on; a consent does not hang on the document.

use serde_json::json;

use super::{Documented, give, installs, shown, status, team};
use crate::harness::{
    Behaviour, World, both,
    oauth::{CALLBACK, Tokens},
};

const DAY: u64 = 24 * 3_600;
const OTHER: &str = "https://acme.example/other";

#[both]
async fn a_redirect_uri_that_went_ends_its_codes_and_a_new_name_is_shown(world: World) {
    let team = team(&world, "open").await;
    let robot = Documented::new(&world).await;
    robot.serve(&json!({ "redirect_uris": [CALLBACK, OTHER] }), "cache-control: no-cache\r\n");
    robot.app.tokens(&team.member).await;
    world.advance(40);
    let code = robot.app.code(&team.member).await;
    robot.serve(&json!({ "redirect_uris": [OTHER], "client_name": "Renamed" }), "");
    world.advance(21);
    // The member comes back, and the document is read again.
    robot.app.authorize(&team.member, &[]).await.shows_page("invalid_request");
    assert_eq!(robot.fetches(), 2);
    robot.app.redeem(&code).await.refused(400, "invalid_grant");
    assert_eq!(installs(&team).await[0]["app"]["name"], "Renamed");
    assert_eq!(team.audited().await[0], "oauth_app.updated");
    let mut moved = robot.app.clone();
    OTHER.clone_into(&mut moved.redirect_uri);
    let asked = moved.question_with(&team.member, &[("prompt", "consent")]).await;
    assert_eq!(shown(&team.member, &asked).await["app"]["name"], "Renamed");
}

#[both]
async fn a_scope_that_went_is_lost_at_once(world: World) {
    let team = team(&world, "open").await;
    let robot = Documented::new(&world).await;
    robot.serve(&json!({ "scope": "tickets:read tickets:write" }), "cache-control: no-store\r\n");
    let tokens = robot.app.tokens(&team.member).await;
    let write =
        async || world.bearer(&tokens.access).post("/v1/tickets", &json!({ "title": "T" })).await.status;
    assert_eq!(write().await, 201);
    robot.serve(&json!({ "scope": "tickets:read" }), "");
    world.advance(61);
    robot.app.authorize(&team.member, &[]).await;
    assert_eq!(write().await, 403);
    world.bearer(&tokens.access).get("/v1/tickets").await.ok(200);
}

#[both]
async fn a_document_that_is_gone_ends_nothing(world: World) {
    let team = team(&world, "open").await;
    let robot = Documented::new(&world).await;
    let tokens = robot.app.tokens(&team.member).await;
    robot.server.set(Behaviour::Answer(404, ""));
    world.advance(3_600);
    let tokens = Tokens::of(&robot.app.refresh(&tokens.refresh).await.ok(200));
    assert_eq!(status(&world, &tokens.access).await, 200);
    assert_eq!(robot.fetches(), 1);
    let page = robot.app.authorize(&team.member, &[]).await;
    assert!(page.text.contains("status 404"), "{}", page.text);
    page.shows_page("invalid_client");
    assert_eq!(status(&world, &tokens.access).await, 200);
}

#[both]
async fn an_app_that_nobody_lets_in_is_forgotten_after_a_day(world: World) {
    let team = team(&world, "open").await;
    let (robot, passing) = (Documented::new(&world).await, Documented::new(&world).await);
    robot.app.tokens(&team.member).await;
    let id = passing.app.question(&team.member).await;
    assert_eq!(world.rows_of("oauth_apps").await, 2);
    // Nobody here is told of its failed requests, so that none is kept.
    give(&team.member, &id, "deny").await.ok(200);
    world.flush_usage().await;
    assert_eq!(world.rows_of("oauth_failures").await, 0);
    world.advance(DAY - 60);
    world.remove_expired().await;
    assert_eq!(world.rows_of("oauth_apps").await, 2);
    world.advance(120);
    world.remove_expired().await;
    assert_eq!(world.rows_of("oauth_apps").await, 1);
    assert_eq!(robot.app.refresh("slr_nothing").await.status, 400);
}
