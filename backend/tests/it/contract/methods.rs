//! HEAD wherever GET is, and a true answer to every method and path that does not exist.

use std::collections::{BTreeMap, BTreeSet};

use reqwest::Method;

use crate::harness::{Fixture, Reply, World, both, openapi::document, operations, raw};

/// The paths beside `/v1` that are read.
const READ: [&str; 17] = [
    "/healthz",
    "/readyz",
    "/openapi.json",
    "/openapi-3.0.json",
    "/docs",
    "/docs/",
    "/docs/api",
    "/docs/receivers",
    "/docs/receivers.md",
    "/docs/events/ticket.created",
    "/docs/search.json",
    "/llms.txt",
    "/.well-known/jwks.json",
    "/.well-known/oauth-authorization-server",
    "/.well-known/oauth-protected-resource",
    "/.well-known/oauth-protected-resource/v1",
    "/settings/api",
];

/// An answer's headers, but for those that no two answers share.
fn lasting(reply: &Reply) -> BTreeMap<String, String> {
    let own = ["date", "x-request-id", "ratelimit"];
    reply.headers().into_iter().filter(|(name, _)| !own.contains(&name.as_str())).collect()
}

#[both]
async fn head_answers_as_get_does_without_the_body(world: World) {
    let fixture = Fixture::make(&world).await;
    let admin = &fixture.team.admin;
    // A HEAD of the stream ends at once, and keeps no place among the open ones.
    for _ in 0..20 {
        let reply = admin.send(Method::HEAD, "/v1/stream", "", "").await;
        assert_eq!((reply.status, reply.header("content-type")), (200, Some("text/event-stream")));
    }
    assert_eq!(world.open_streams(), 0);
    let gets = operations().into_iter().filter(|operation| operation.method == Method::GET);
    let mut paths: Vec<String> = gets.map(|operation| fixture.path(&operation)).collect();
    paths.extend(READ.map(Into::into));
    paths.extend(["/v1/nothing", "/v1/tickets/x", "/nowhere", "/oauth/authorize"].map(Into::into));
    assert!(paths.len() > 30, "{}", paths.len());
    for path in &paths {
        let get = admin.get(path).await;
        let head = admin.send(Method::HEAD, path, "", "").await;
        assert_eq!((head.status, head.text.as_str()), (get.status, ""), "{path}");
        let mut expected = lasting(&get);
        if path == "/v1/stream" {
            expected.remove("transfer-encoding");
        } else {
            assert_eq!(get.header("content-length"), Some(get.text.len().to_string().as_str()), "{path}");
        }
        assert_eq!(lasting(&head), expected, "{path}");
    }
    let reply = world.anyone().send(Method::HEAD, "/v1/tickets", "", "").await;
    assert_eq!((reply.status, reply.text.as_str()), (401, ""));
    let reply = admin.send(Method::HEAD, "/v1/recoveries/x/cancel", "", "").await;
    assert_eq!((reply.status, reply.header("allow")), (405, Some("POST, OPTIONS")));
}

#[both]
async fn nothing_follows_the_headers_of_an_answer_to_head(world: World) {
    let head = "HEAD /healthz HTTP/1.1\r\nhost: x\r\n\r\n";
    let last = "GET /healthz HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";
    let text = raw(&world, &format!("{head}{last}")).await;
    let (first, second) = text.split_once("\r\n\r\n").unwrap();
    assert!(first.starts_with("HTTP/1.1 200") && first.contains("content-length: 2"), "{text}");
    assert!(second.starts_with("HTTP/1.1 200 OK\r\n") && second.ends_with("\r\n\r\nok"), "{text}");
    let lower = raw(&world, "head /healthz HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").await;
    assert!(lower.starts_with("HTTP/1.1 405") && lower.contains("\r\nallow: GET, HEAD\r\n"), "{lower}");
}

#[both]
async fn a_method_that_a_path_does_not_have_is_told_which_it_has(world: World) {
    let fixture = Fixture::make(&world).await;
    let mut known: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for operation in operations() {
        known.entry(fixture.path(&operation)).or_default().push(operation.method.to_string());
    }
    for (path, item) in
        document()["paths"].as_object().unwrap().iter().filter(|(path, _)| !path.contains('{'))
    {
        known
            .insert(path.clone(), item.as_object().unwrap().keys().map(|name| name.to_uppercase()).collect());
    }
    for path in READ.iter().filter(|path| !known.contains_key(**path)).copied().collect::<Vec<_>>() {
        known.insert(path.to_owned(), vec!["GET".to_owned()]);
    }
    for (path, methods) in &known {
        for other in ["GET", "POST", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND"] {
            if methods.iter().any(|has| has == other) {
                continue;
            }
            let method = Method::from_bytes(other.as_bytes()).unwrap();
            let reply = fixture.team.admin.send(method, path, "", "").await;
            let allowed: Vec<&str> = reply.header("allow").unwrap_or_default().split(", ").collect();
            for has in methods {
                assert!(allowed.contains(&has.as_str()), "{other} {path}: {allowed:?}");
            }
            let beside = allowed.iter().filter(|name| !methods.iter().any(|has| has == **name));
            let beside: Vec<&str> = beside.copied().filter(|name| *name != "OPTIONS").collect();
            let reads = methods.iter().any(|has| has == "GET");
            assert_eq!(beside, if reads { vec!["HEAD"] } else { vec![] }, "{other} {path}");
            refused_in_its_words(path, reply);
        }
    }
}

/// Endpoints of the OAuth protocol speak its words, all others answer with a problem.
fn refused_in_its_words(path: &str, reply: Reply) {
    if path.starts_with("/oauth/") {
        assert_eq!(reply.ok(405)["error"], "invalid_request", "{path}");
    } else {
        reply.problem(405, "method-not-allowed");
    }
}

#[both]
async fn options_that_is_no_preflight_names_the_methods(world: World) {
    let options = async |path: &str| world.anyone().send(Method::OPTIONS, path, "", "").await;
    for (path, allowed) in [
        ("/v1/tickets", "GET, HEAD, POST, OPTIONS"),
        ("/v1/session", "GET, HEAD, POST, PATCH, DELETE, OPTIONS"),
        ("/oauth/token", "POST, OPTIONS"),
        ("/openapi.json", "GET, HEAD, OPTIONS"),
    ] {
        let reply = options(path).await;
        let named: BTreeSet<&str> = reply.header("allow").unwrap().split(", ").collect();
        assert_eq!((reply.status, named), (204, allowed.split(", ").collect()), "{path}");
    }
    options("/v1/nothing").await.problem(404, "not-found");
    options("/healthz").await.problem(405, "method-not-allowed");
    options("/settings/api").await.problem(405, "method-not-allowed");
}

#[both]
async fn every_wrong_path_of_ours_is_answered_with_json(world: World) {
    let fixture = Fixture::make(&world).await;
    let admin = &fixture.team.admin;
    for path in [
        "/v1",
        "/v1/",
        "/v1/nothing",
        "/v1/tickets/",
        "/v1/tickets/x/y/z",
        "/v1//tickets",
        "//v1/tickets",
        "/V1/tickets",
        "/v1%2Ftickets",
        "/%761%2Ftickets",
        "/v1/tickets%2F",
        "/v1/tickets//comments",
        "/v1/deliveries//retry",
        "/oauth",
        "/oauth/",
        "/oauth/nothing",
        "/oauth/token/",
        "/oauth/consent",
        "/oauth/consent/",
        "/.well-known",
        "/.well-known/",
        "/.well-known/nothing",
        "/healthz/x",
        "/healthz/",
        "/readyz/x",
        "/openapi.json/",
        "/openapi.json/x",
        "/docs/nothing.js",
        "/docs/a/b",
    ] {
        for method in ["GET", "POST", "PUT", "DELETE", "PROPFIND"] {
            let method = Method::from_bytes(method.as_bytes()).unwrap();
            admin.send(method, path, "", "").await.problem(404, "not-found");
        }
        assert_eq!(admin.send(Method::HEAD, path, "", "").await.status, 404, "{path}");
    }
    for operation in operations().iter().filter(|operation| operation.path.contains('{')) {
        let path =
            operation.path.replace("{id}", "").replace("{authorization_id}", "").replace("{secret_id}", "");
        operation.send(admin, &path, &fixture.body(operation)).await.problem(404, "not-found");
    }
    for operation in operations() {
        let path = format!("{}/", fixture.path(&operation));
        operation.send(admin, &path, &fixture.body(&operation)).await.problem(404, "not-found");
    }
}

#[both]
async fn only_the_consoles_paths_have_pages_and_only_to_be_read(world: World) {
    for path in [
        "/",
        "/sign-in",
        "/settings/api",
        "/oauth/consent/req_1",
        "/oauth/device",
        "/nowhere",
        "/v1x",
        "/assets/nothing.js",
    ] {
        let reply = world.anyone().get(path).await;
        assert!(reply.header("content-type").unwrap().starts_with("text/"), "{path}");
    }
    for method in [Method::POST, Method::PUT, Method::DELETE, Method::TRACE] {
        let reply = world.anyone().send(method.clone(), "/settings/api", "", "").await;
        assert_eq!(reply.header("allow"), Some("GET, HEAD"));
        reply.problem(405, "method-not-allowed");
        world.anyone().send(method, "/nowhere", "", "").await.problem(404, "not-found");
    }
}

#[both]
async fn a_uri_that_is_too_long_is_refused_as_such(world: World) {
    let long = "x".repeat(17_000);
    for path in ["/v1/tickets?cursor=", "/oauth/token?a=", "/healthz?a=", "/nowhere/"] {
        world.anyone().get(&format!("{path}{long}")).await.problem(414, "uri-too-long");
    }
    assert_eq!(world.anyone().get(&format!("/healthz?a={}", "x".repeat(16_000))).await.status, 200);
}

#[both]
async fn what_is_no_request_is_told_so(world: World) {
    let long = "x".repeat(70_000);
    let many = "x-a: b\r\n".repeat(200);
    for (bytes, status, kind) in [
        (format!("GET /v1/tickets?a={long} HTTP/1.1\r\nhost: x\r\n\r\n"), 414, "uri-too-long"),
        (format!("POST /{long} HTTP/1.1\r\nhost: x\r\n\r\n"), 414, "uri-too-long"),
        (format!("GET /healthz HTTP/1.1\r\nhost: x\r\n{many}\r\n"), 431, "headers-too-large"),
        ("GET /healthz HTTP/1.1\r\n\r\n".into(), 400, "bad-request"),
        ("GET /healthz HTTP/9.9\r\nhost: x\r\n\r\n".into(), 400, "bad-request"),
        ("POST /v1/tickets HTTP/1.1\r\nhost: x\r\ncontent-length: x\r\n\r\n".into(), 400, "bad-request"),
        ("GET /healthz HTTP/1.1\r\nhost: x\r\nbad header: y\r\n\r\n".into(), 400, "bad-request"),
        ("rubbish\r\n\r\n".into(), 400, "bad-request"),
    ] {
        let start: String = bytes.chars().take(40).collect();
        let before = "GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n";
        for bytes in [bytes.clone(), format!("{before}{bytes}")] {
            let text = raw(&world, &bytes).await;
            let (head, body) = text[text.rfind("HTTP/1.1 ").unwrap()..].split_once("\r\n\r\n").unwrap();
            assert!(head.starts_with(&format!("HTTP/1.1 {status} ")), "{start}: {head}");
            assert!(head.contains("content-type: application/problem+json"), "{start}: {head}");
            let problem: serde_json::Value = serde_json::from_str(body).unwrap();
            assert_eq!((&problem["code"], &problem["status"]), (&kind.into(), &status.into()), "{start}");
            let id = format!("x-request-id: {}", problem["request_id"].as_str().unwrap());
            assert!(head.contains(&id), "{start}: {head}");
        }
    }
}
