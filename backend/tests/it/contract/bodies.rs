//! Bodies as programs really send them: after a byte order mark, compressed, with parameters in their type, or not at all.

use std::io::Write;

use flate2::{
    Compression,
    write::{GzEncoder, ZlibEncoder},
};
use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{Client, Fixture, Operation, World, both, operations};

/// A body that the operation would accept but for one field, so that it is read and nothing happens.
fn almost(fixture: &Fixture, operation: &Operation) -> Value {
    let mut body = fixture.body(operation);
    body["surprise"] = json!(1);
    body
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn deflate(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

#[both]
async fn a_body_is_read_however_it_is_wrapped(world: World) {
    let fixture = Fixture::make(&world).await;
    for operation in operations().iter().filter(|operation| operation.has_body()) {
        let path = fixture.path(operation);
        let body = almost(&fixture, operation).to_string();
        let client = if operation.is_open() { world.anyone() } else { fixture.team.admin.clone() };
        let send = async |client: &Client, kind: &str, bytes: Vec<u8>| {
            client.send(operation.method.clone(), &path, kind, bytes).await
        };
        let plain = body.clone().into_bytes();
        let marked = format!("\u{feff}{body}").into_bytes();
        let kinds =
            ["application/json", "Application/JSON; charset=utf-8", "application/json;charset=\"UTF-8\""];
        for kind in kinds {
            let named = send(&client, kind, plain.clone()).await.fields(422, "validation");
            assert_eq!(named, ["surprise"], "{} {kind}", operation.id);
        }
        let named = send(&client, "application/json", marked).await.fields(422, "validation");
        assert_eq!(named, ["surprise"], "{}", operation.id);
        for (coding, bytes) in [
            ("gzip", gzip(&plain)),
            ("X-GZIP", gzip(&plain)),
            ("deflate", deflate(&plain)),
            ("identity", plain.clone()),
            ("identity, gzip", gzip(&plain)),
        ] {
            let coded = client.with_header("content-encoding", coding);
            let named = send(&coded, "application/json", bytes).await.fields(422, "validation");
            assert_eq!(named, ["surprise"], "{} {coding}", operation.id);
        }
        for coding in ["br", "zstd", "compress", "gzip, gzip", "nonsense"] {
            let coded = client.with_header("content-encoding", coding);
            let reply = send(&coded, "application/json", plain.clone()).await;
            assert_eq!(reply.header("accept-encoding"), Some("gzip, deflate"), "{} {coding}", operation.id);
            reply.problem(415, "unsupported-media-type");
        }
        let coded = client.with_header("content-encoding", "gzip");
        send(&coded, "application/json", plain.clone()).await.problem(400, "bad-request");
        // A quarter of a megabyte is read and not a byte more, however small it came.
        let bomb = gzip(&vec![b' '; 64 * 1024 * 1024]);
        assert!(bomb.len() < 256 * 1024);
        send(&coded, "application/json", bomb).await.problem(413, "body-too-large");
        for kind in
            ["application/json; charset=iso-8859-1", "application/json; charset=utf-16", "application/xml"]
        {
            send(&client, kind, plain.clone()).await.problem(415, "unsupported-media-type");
        }
        let merged = send(&client, "application/merge-patch+json", plain).await;
        if operation.method == Method::PATCH {
            assert_eq!(merged.fields(422, "validation"), ["surprise"], "{}", operation.id);
        } else {
            merged.problem(415, "unsupported-media-type");
        }
    }
}

/// Cancels what recovers: one recovery runs for all of a workspace at a time.
async fn stop_recoveries(admin: &Client) {
    let running = admin.get("/v1/recoveries?status=running").await.ok(200);
    for recovery in running["data"].as_array().unwrap() {
        let path = format!("/v1/recoveries/{}/cancel", recovery["id"].as_str().unwrap());
        admin.send(Method::POST, &path, "", "").await.ok(200);
    }
}

#[both]
async fn a_body_without_required_fields_may_be_left_out(world: World) {
    // Some things can be done once, so each way has a workspace of its own.
    let (untyped, typed) = (Fixture::make(&world).await, Fixture::make(&world).await);
    let mut optional = Vec::new();
    for operation in operations().iter().filter(|operation| operation.has_body()) {
        for (fixture, content_type) in [(&untyped, ""), (&typed, "application/json")] {
            let client = if operation.is_open() { world.anyone() } else { fixture.team.admin.clone() };
            stop_recoveries(&fixture.team.admin).await;
            let none =
                client.send(operation.method.clone(), &fixture.path(operation), content_type, "").await;
            if operation.described["requestBody"]["required"] == false {
                assert!((200..300).contains(&none.status), "{}: {}", operation.id, none.text);
                optional.push(operation.id.clone());
            } else if content_type.is_empty() {
                none.problem(415, "unsupported-media-type");
            }
        }
    }
    assert!(optional.contains(&"revokeApiKey".to_owned()), "{optional:?}");
}

#[both]
async fn forms_of_the_oauth_endpoints_come_in_the_same_encodings(world: World) {
    let form = "application/x-www-form-urlencoded";
    let send = async |coding: &str, bytes: Vec<u8>| {
        let client = world.anyone().with_header("content-encoding", coding);
        client.send(Method::POST, "/oauth/token", form, bytes).await
    };
    let body = b"grant_type=nothing&client_id=nobody".to_vec();
    assert_eq!(send("gzip", gzip(&body)).await.status, 401);
    let refused = send("br", body.clone()).await;
    assert_eq!(refused.header("accept-encoding"), Some("gzip, deflate"));
    assert_eq!(refused.ok(415)["error"], "invalid_request");
    assert_eq!(send("gzip", body).await.ok(400)["error"], "invalid_request");
    let bomb = gzip(&vec![b'a'; 16 * 1024 * 1024]);
    assert_eq!(send("gzip", bomb).await.ok(413)["error"], "invalid_request");
}
