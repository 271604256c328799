//! Hostile requests to the OAuth server: no answer is a 500, no browser is sent where no app is, and no secret is where
//! it can be read.

use reqwest::Method;
use serde_json::json;

use crate::harness::{
    Client, Reply, World, both,
    oauth::{ThirdPartyApp, Tokens, VERIFIER, approve, basic, challenge, parameter, post},
};

const FORM: &str = "application/x-www-form-urlencoded";

async fn send(client: &Client, path: &str, body: Vec<u8>) -> Reply {
    let reply = client.send(Method::POST, path, FORM, body).await;
    assert!(reply.status < 500, "{path}: {} {}", reply.status, reply.text);
    reply
}

#[both]
async fn nothing_that_is_sent_breaks_anything(world: World) {
    let team = world.business().await;
    let app = ThirdPartyApp::new(&world, &team, &["tickets:read"]).await;
    let as_app = world.anyone().with_header("authorization", &basic(&app.id, app.secret.as_ref().unwrap()));
    let long = "x".repeat(100 * 1024);
    let names = [
        "grant_type",
        "code",
        "code_verifier",
        "redirect_uri",
        "refresh_token",
        "scope",
        "resource",
        "token",
        "client_id",
        "client_secret",
        "request_uri",
        "response_type",
        "state",
        "code_challenge",
        "unknown",
    ];
    for path in ["/oauth/token", "/oauth/revoke", "/oauth/introspect", "/oauth/par", "/oauth/authorize"] {
        for name in names {
            for value in [
                long.as_str(),
                "%FF%FE",
                "%00",
                "%",
                "%zz",
                "+%2B",
                "\u{1F980}",
                "a&a",
                "[]",
                "'; DROP TABLE--",
            ] {
                let grant = if name == "grant_type" { "" } else { "grant_type=refresh_token&" };
                let reply = send(&as_app, path, format!("{grant}{name}={value}").into_bytes()).await;
                // Revocation and introspection answer about a token that does not exist.
                let answers = name == "token" && matches!(path, "/oauth/revoke" | "/oauth/introspect");
                assert!(reply.status >= 400 || answers, "{path} {name}: {}", reply.status);
                assert_eq!(reply.header("location"), None, "{path} {name}");
                assert!(reply.text.len() < 4_096, "{path} {name}");
            }
        }
        send(&as_app, path, vec![0xff; 10_000]).await;
        send(&as_app, path, b"&&&&===&=&".to_vec()).await;
        let big = send(&as_app, path, vec![b'a'; 300 * 1024]).await;
        assert!(matches!(big.status, 400 | 413), "{path}: {}", big.status);
    }
    for query in ["%FF", "client_id=%FF", "a=%00", &long[..15_000]] {
        team.member.get(&format!("/oauth/authorize?{query}")).await.shows_page("invalid_request");
    }
    let too_long = team.member.get(&format!("/oauth/authorize?{}", &long[..60_000])).await;
    too_long.problem(414, "uri-too-long");
}

#[both]
async fn a_header_that_comes_twice_is_refused(world: World) {
    let team = world.business().await;
    let app = ThirdPartyApp::new(&world, &team, &["tickets:read"]).await;
    let tokens = app.tokens(&team.member).await;
    let credential = basic(&app.id, app.secret.as_ref().unwrap());
    let address = world.url.strip_prefix("http://").unwrap();
    let twice = |request: &str, value: &str, body: &str| {
        format!(
            "{request} HTTP/1.1\r\nhost: {address}\r\nauthorization: {value}\r\nauthorization: {value}\r\n\
            content-type: {FORM}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
            body.len()
        )
    };
    let answer =
        exchange(address, twice("POST /oauth/token", &credential, "grant_type=client_credentials")).await;
    assert!(answer.starts_with("HTTP/1.1 400 ") && answer.contains("invalid_request"), "{answer}");
    let answer = exchange(address, twice("GET /v1/tickets", &format!("Bearer {}", tokens.access), "")).await;
    assert!(answer.starts_with("HTTP/1.1 401 "), "{answer}");
}

#[both]
async fn nobody_asks_too_often(world: World) {
    let team = world.business().await;
    let app = ThirdPartyApp::new(&world, &team, &["tickets:read"]).await;
    let url = app.authorize_url(&[("scope", "rubbish")]);
    for _ in 0..300 {
        assert_eq!(team.member.get(&url).await.status, 303);
    }
    let reply = team.member.get(&url).await;
    assert!(reply.header("retry-after").is_some());
    assert_eq!((reply.status, reply.header("location")), (429, None));
}

#[both]
async fn no_secret_is_stored_or_told(world: World) {
    let team = world.business().await;
    let app = ThirdPartyApp::new(&world, &team, &["tickets:read"]).await;
    let code = app.code(&team.member).await;
    let tokens = Tokens::of(&app.redeem(&code).await.ok(200));
    let next = Tokens::of(&app.refresh(&tokens.refresh).await.ok(200));
    let own = app.own_token().await;
    let pushed = app
        .call(
            "/oauth/par",
            &[
                ("response_type", "code"),
                ("code_challenge_method", "S256"),
                ("code_challenge", &challenge(VERIFIER)),
                ("client_secret", ""),
            ],
        )
        .await
        .ok(201);
    let pushed = pushed["request_uri"].as_str().unwrap().rsplit(':').next().unwrap().to_owned();
    let everything = world.oauth_rows().await;
    assert!(everything.contains(&app.id));
    let log = team.admin.get("/v1/audit-log?limit=200").await.text;
    for secret in [
        &code,
        &tokens.access,
        &tokens.refresh,
        &next.access,
        &next.refresh,
        &own,
        &pushed,
        app.secret.as_ref().unwrap(),
    ] {
        // The last characters of a secret are its hint.
        let telling = &secret[8..secret.len() - 8];
        assert!(!everything.contains(telling) && !log.contains(telling));
    }
    // An error repeats nothing.
    let wrong = app.token(&[("grant_type", "refresh_token"), ("refresh_token", "slr_my-secret")]).await;
    assert!(!wrong.text.contains("my-secret"));
    assert_eq!(wrong.refused(400, "invalid_grant")["error"], json!("invalid_grant"));
    let page = app.authorize(&team.member, &[("redirect_uri", "https://evil.example/<b>")]).await;
    assert!(!page.text.contains("evil.example") && !page.text.contains("<b>"));
    let spoiled =
        post(&world.anyone(), "/oauth/token", &[("client_id", &app.id), ("client_secret", "sls_my-secret")])
            .await;
    assert!(!spoiled.text.contains("my-secret"));
}

#[both]
async fn an_app_that_is_deleted_at_any_step_stops_there(world: World) {
    let team = world.business().await;
    for step in 0..4 {
        let app = ThirdPartyApp::new(&world, &team, &["tickets:read"]).await;
        let question = app.question(&team.member).await;
        let location = if step > 0 { approve(&team.member, &question).await } else { String::new() };
        let code = if step > 0 { parameter(&location, "code") } else { None };
        let tokens =
            if step > 1 { Some(Tokens::of(&app.redeem(code.as_ref().unwrap()).await.ok(200))) } else { None };
        team.admin.delete(&app.path).await.ok(204);
        match (step, tokens) {
            (0, _) => {
                let path = format!("/v1/authorization-requests/{question}/approve");
                team.member.send(Method::POST, &path, "", "").await.problem(409, "conflict");
            }
            (1, _) => drop(app.redeem(code.as_ref().unwrap()).await.refused(401, "invalid_client")),
            (2, Some(tokens)) => drop(app.refresh(&tokens.refresh).await.refused(401, "invalid_client")),
            (_, tokens) => {
                let token = tokens.unwrap().access;
                world.bearer(&token).get("/v1/tickets").await.problem(401, "invalid-credential");
            }
        }
    }
}

/// Sends a request byte for byte, and reads the answer to its end.
async fn exchange(address: &str, request: String) -> String {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}
