//! Fetches of a document: as few as HTTP allows.

use std::time::Duration;

use serde_json::json;

use super::{Documented, team};
use crate::harness::{Behaviour, Client, World, both, oauth::ThirdPartyApp};

/// Sends a member to the question, which needs the document.
async fn ask(robot: &Documented, member: &Client) {
    robot.app.question_with(member, &[("prompt", "consent")]).await;
}

#[both]
async fn a_document_is_fetched_again_when_its_time_is_over(world: World) {
    let team = team(&world, "open").await;
    let robot = Documented::new(&world).await;
    // The headers, how long that is believed, in seconds.
    for (headers, seconds) in [
        ("cache-control: max-age=3600\r\n", 3_600),
        ("cache-control: max-age=1\r\n", 60),
        ("cache-control: no-store\r\n", 60),
        ("", 600),
    ] {
        robot.serve(&json!({}), headers);
        world.advance(3_601);
        let before = robot.fetches();
        ask(&robot, &team.member).await;
        assert_eq!(robot.fetches(), before + 1, "{headers}");
        world.advance(seconds - 1);
        ask(&robot, &team.member).await;
        assert_eq!(robot.fetches(), before + 1, "{headers}");
        world.advance(1);
        ask(&robot, &team.member).await;
        assert_eq!(robot.fetches(), before + 2, "{headers}");
    }
}

#[both]
async fn a_document_that_has_not_changed_is_not_sent_again(world: World) {
    let team = team(&world, "open").await;
    let robot = Documented::new(&world).await;
    robot.serve(
        &json!({}),
        "cache-control: max-age=120\r\netag: \"one\"\r\nlast-modified: Mon, 23 Nov 2026 07:00:00 GMT\r\n",
    );
    ask(&robot, &team.member).await;
    robot.server.set(Behaviour::Raw("HTTP/1.1 304 Not Modified\r\n\r\n".to_owned()));
    for fetches in [2, 3] {
        world.advance(121);
        ask(&robot, &team.member).await;
        ask(&robot, &team.member).await;
        let requests = robot.server.requests();
        assert_eq!(requests.len(), fetches);
        let last = requests.last().unwrap();
        assert_eq!(last.header("if-none-match"), Some("\"one\""));
        assert_eq!(last.header("if-modified-since"), Some("Mon, 23 Nov 2026 07:00:00 GMT"));
    }
    // A new one takes its place.
    robot.serve(&json!({ "client_name": "Renamed" }), "etag: \"two\"\r\n");
    world.advance(121);
    ask(&robot, &team.member).await;
    // Who was never asked says nothing by a 304.
    let other = Documented::new(&world).await;
    other.server.set(Behaviour::Raw("HTTP/1.1 304 Not Modified\r\n\r\n".to_owned()));
    other.app.authorize(&team.member, &[]).await.shows_page("invalid_client");
}

#[both]
async fn a_url_that_fails_is_left_alone_for_a_while_and_not_kept(world: World) {
    let team = team(&world, "open").await;
    let robot = Documented::new(&world).await;
    robot.server.set(Behaviour::Answer(500, "oops"));
    for _ in 0..2 {
        robot.app.authorize(&team.member, &[]).await.shows_page("invalid_client");
        assert_eq!(robot.fetches(), 1);
        world.advance(14);
    }
    robot.serve(&json!({}), "");
    world.advance(3);
    ask(&robot, &team.member).await;
    assert_eq!(robot.fetches(), 2);
}

#[both]
async fn one_document_is_fetched_once_at_a_time(world: World) {
    let team = team(&world, "open").await;
    let robot = Documented::new(&world).await;
    robot.server.set(Behaviour::Wait);
    let let_go = async {
        robot.server.wait_for(1).await;
        tokio::time::sleep(Duration::from_millis(100)).await;
        robot.server.let_go();
    };
    let (one, two, three, ()) = tokio::join!(
        robot.app.authorize(&team.member, &[]),
        robot.app.authorize(&team.admin, &[]),
        robot.app.authorize(&team.member, &[]),
        let_go
    );
    for page in [one, two, three] {
        page.shows_page("invalid_client");
    }
    assert_eq!(robot.fetches(), 1);
}

#[both]
async fn a_member_has_only_so_many_documents_fetched_in_a_minute(world: World) {
    let team = team(&world, "open").await;
    let robot = Documented::new(&world).await;
    for turn in 0..30 {
        let url = robot.server.url(&format!("/client-{turn}.json"));
        let other = ThirdPartyApp::by_document(&world, &url);
        other.authorize(&team.member, &[]).await.shows_page("invalid_client");
    }
    let refused = robot.app.authorize(&team.member, &[]).await;
    assert_eq!(refused.status, 429, "{}", refused.text);
    assert!(refused.header("retry-after").is_some());
    assert_eq!(robot.fetches(), 30);
    world.advance(60);
    ask(&robot, &team.member).await;
    // What is known needs no fetch.
    for _ in 0..40 {
        ask(&robot, &team.member).await;
    }
}
