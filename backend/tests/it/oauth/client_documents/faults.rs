//! Documents and URLs that are not as they must be: a page says why, and nothing is stored.

use std::time::Duration;

use serde_json::json;

use super::{Documented, answer, team};
use crate::harness::{Behaviour, Client, Settings, World, both, oauth::ThirdPartyApp, sender::FixedNames};

/// Makes sure that the member sees a page with these words.
async fn refused(app: &ThirdPartyApp, member: &Client, words: &str) {
    let page = app.authorize(member, &[]).await;
    assert!(page.text.contains(words), "{words}: {}", page.text);
    page.shows_page("invalid_client");
}

#[both]
async fn each_fault_of_a_document_is_named(world: World) {
    let team = team(&world, "open").await;
    let robot = Documented::new(&world).await;
    let many: Vec<String> = (0..21).map(|number| format!("https://acme.example/{number}")).collect();
    for (changed, words) in [
        (json!({ "client_id": null }), "does not have that URL as its client_id"),
        (json!({ "client_id": format!("{}/", robot.app.id) }), "does not have that URL as its client_id"),
        (json!({ "client_id": 7 }), "client_id in the document"),
        (json!({ "client_secret": "hush-hush" }), "client_secret in the document"),
        (json!({ "client_secret_expires_at": 0 }), "client_secret in the document"),
        (json!({ "token_endpoint_auth_method": "client_secret_basic" }), "Only none is possible"),
        (json!({ "token_endpoint_auth_method": "client_secret_jwt" }), "Only none is possible"),
        (json!({ "token_endpoint_auth_method": "private_key_jwt" }), "private_key_jwt is not supported"),
        (json!({ "redirect_uris": null }), "At least one is needed"),
        (json!({ "redirect_uris": [] }), "At least one is needed"),
        (json!({ "redirect_uris": "https://acme.example/callback" }), "It must be a list of strings"),
        (json!({ "redirect_uris": [7] }), "It must be a list of strings"),
        (json!({ "redirect_uris": many }), "more than 20 entries"),
        (json!({ "redirect_uris": ["http://acme.example/cb"] }), "Plain http is possible only on a loopback"),
        (json!({ "redirect_uris": ["javascript:alert(1)"] }), "redirect_uris in the document"),
        (json!({ "redirect_uris": ["https://*.acme.example/cb"] }), "must not contain a wildcard"),
        (json!({ "client_name": "a".repeat(101) }), "more than 100 characters"),
        (json!({ "client_name": "Sayless\u{202e}" }), "U+202E"),
        (json!({ "client_name": ["Robot"] }), "client_name in the document"),
        (json!({ "client_uri": "javascript:alert(1)" }), "It must be an https URL"),
        (json!({ "client_uri": "http://robot.example" }), "It must be an https URL"),
        (json!({ "scope": "openid offline_access" }), "It names no scope of this server"),
        (json!({ "grant_types": ["refresh_token"] }), "It must have authorization_code"),
        (json!({ "grant_types": ["client_credentials"] }), "It must have authorization_code"),
        (json!({ "response_types": ["token"] }), "It must have code"),
    ] {
        world.advance(31);
        robot.serve(&changed, "");
        refused(&robot.app, &team.member, words).await;
    }
    let page = robot.app.authorize(&team.member, &[]).await.text;
    assert!(!page.contains("hush-hush"), "{page}");
    assert_eq!(world.rows_of("oauth_apps").await, 0);
}

#[both]
async fn each_fault_of_an_answer_is_named(world: World) {
    let team = team(&world, "open").await;
    let robot = Documented::new(&world).await;
    let document = robot.document(&json!({})).to_string();
    let large = format!("{document}{}", " ".repeat(5 * 1024 + 1 - document.len()));
    let typed = |kind: &str| {
        let length = document.len();
        Behaviour::Raw(format!("HTTP/1.1 200 OK\r\n{kind}content-length: {length}\r\n\r\n{document}"))
    };
    for (behaviour, words) in [
        (Behaviour::Answer(404, "not here"), "status 404"),
        (Behaviour::Answer(500, "oops"), "status 500"),
        (Behaviour::Answer(204, ""), "status 204"),
        (Behaviour::with_header(302, "location: https://elsewhere.example/client.json"), "redirects"),
        (Behaviour::with_header(308, "location: /other.json"), "redirects"),
        (typed("content-type: text/html\r\n"), "not sent as application/json"),
        (typed("content-type: application/jsonp\r\n"), "not sent as application/json"),
        (typed(""), "not sent as application/json"),
        (answer("{", ""), "not a JSON object"),
        (answer("[]", ""), "not a JSON object"),
        (answer(&large, ""), "larger than the 5 KiB"),
        (
            Behaviour::RawThenClose(
                "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 900\r\n\r\n{".into(),
            ),
            "broke off",
        ),
        (Behaviour::Close, "could not be reached, or did not answer in time"),
    ] {
        world.advance(31);
        robot.server.set(behaviour);
        refused(&robot.app, &team.member, words).await;
    }
    assert_eq!(world.rows_of("oauth_apps").await, 0);
    // Another JSON type will do, and 5 KiB are not too large.
    world.advance(31);
    let full = &large[..large.len() - 1];
    assert_eq!(full.len(), 5 * 1024);
    robot.server.set(answer(full, ""));
    robot.app.question(&team.member).await;
    world.advance(601);
    robot.server.set(typed("content-type: application/client+json; charset=utf-8\r\n"));
    robot.app.question(&team.member).await;
}

fn hurried(settings: &mut Settings) {
    settings.delivery_timeout = Duration::from_millis(400);
    settings.connect_timeout = Duration::from_millis(400);
}

#[both(with = hurried)]
async fn a_server_that_takes_its_time_is_not_waited_for(world: World) {
    let team = team(&world, "open").await;
    let robot = Documented::new(&world).await;
    for (behaviour, words) in [
        (Behaviour::Hang, "did not answer in time"),
        (Behaviour::DripHead, "did not answer in time"),
        (Behaviour::DripBody, "did not end in time"),
    ] {
        world.advance(31);
        robot.server.set(behaviour);
        refused(&robot.app, &team.member, words).await;
    }
}

#[both]
async fn each_fault_of_a_url_is_named_and_nothing_fetched(world: World) {
    let team = team(&world, "open").await;
    let robot = Documented::new(&world).await;
    let origin = robot.server.url("");
    let with_user = origin.replace("http://", "http://user@");
    let long = format!("{origin}/{}", "a".repeat(2_048));
    for (url, words) in [
        (origin.clone(), "must have a path"),
        (format!("{origin}/"), "must have a path"),
        (format!("{origin}/a/../client.json"), "as browsers show it"),
        (format!("{origin}/%2E/client.json"), "as browsers show it"),
        (format!("{origin}/client.json#part"), "fragment"),
        (format!("{with_user}/client.json"), "user name or password"),
        (origin.replace("127.0.0.1", "2130706433") + "/client.json", "as browsers show it"),
        ("https://APP.example/client.json".to_owned(), "as browsers show it"),
        ("https://app.example:443/client.json".to_owned(), "as browsers show it"),
        ("https://app example/client.json".to_owned(), "not a complete URL"),
        (long, "at most 2,048 characters"),
        ("http://8.8.8.8/client.json".to_owned(), "must begin with https"),
    ] {
        refused(&ThirdPartyApp::by_document(&world, &url), &team.member, words).await;
    }
    assert_eq!((robot.fetches(), robot.server.connections()), (0, 0));
    assert_eq!(world.rows_of("oauth_apps").await, 0);
}

fn strict(settings: &mut Settings) {
    settings.allowed_destinations = Vec::new();
    let names = FixedNames::default();
    names.set("inside.example", vec!["10.1.2.3".parse().unwrap()]);
    names.set("metadata.example", vec!["169.254.169.254".parse().unwrap()]);
    settings.names = Some(names);
}

#[both(with = strict)]
async fn a_document_within_the_operators_network_is_not_fetched(world: World) {
    let team = team(&world, "open").await;
    let robot = Documented::new(&world).await;
    for (url, words) in [
        ("https://10.1.2.3/client.json".to_owned(), "a private network address"),
        ("https://127.0.0.1/client.json".to_owned(), "a loopback address"),
        ("https://localhost/client.json".to_owned(), "a loopback address"),
        ("https://inside.example/client.json".to_owned(), "a private network address"),
        ("https://metadata.example/client.json".to_owned(), "a cloud metadata service address"),
        (robot.app.id.clone(), "a loopback address"),
    ] {
        let app = ThirdPartyApp::by_document(&world, &url);
        let page = app.authorize(&team.member, &[]).await.text;
        assert!(!page.contains("10.1.2.3") && !page.contains("169.254"), "{page}");
        refused(&app, &team.member, words).await;
    }
    // A name that nobody has reads like a server that is silent.
    let nowhere = ThirdPartyApp::by_document(&world, "https://nowhere.example/client.json");
    refused(&nowhere, &team.member, "could not be reached, or did not answer in time").await;
    assert_eq!(robot.server.connections(), 0);
}
