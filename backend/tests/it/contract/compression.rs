//! Answers go out compressed where that is worthwhile, and never where they hold a secret.

use std::io::Read;

use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{Fixture, Reply, World, both, openapi::resolve, operations};

/// The body as it was before it was compressed.
fn unpacked(reply: &Reply) -> Vec<u8> {
    let mut plain = Vec::new();
    let read = match reply.header("content-encoding") {
        Some("gzip") => flate2::read::GzDecoder::new(&reply.bytes[..]).read_to_end(&mut plain),
        Some("br") => brotli::Decompressor::new(&reply.bytes[..], 4096).read_to_end(&mut plain),
        Some(other) => panic!("{other}"),
        None => (&reply.bytes[..]).read_to_end(&mut plain),
    };
    read.unwrap();
    plain
}

#[both]
async fn a_long_answer_is_compressed_as_the_caller_prefers(world: World) {
    let team = world.business().await;
    let body = "word ".repeat(1_000);
    let made = team.admin.post("/v1/tickets", &json!({ "title": "Long", "body": body })).await.ok(201);
    let path = format!("/v1/tickets/{}", made["id"].as_str().unwrap());
    let bare = team.admin.get(&path).await;
    assert_eq!((bare.header("content-encoding"), bare.header("vary")), (None, Some("accept-encoding")));
    for (accepted, coding) in [
        ("gzip", Some("gzip")),
        ("gzip, deflate, br", Some("br")),
        ("br;q=0.1, gzip;q=0.9", Some("gzip")),
        ("*;q=0.5", Some("br")),
        ("identity", None),
        ("gzip;q=0, br;q=0", None),
        ("zstd", None),
    ] {
        let client = team.admin.with_header("accept-encoding", accepted);
        let reply = client.get(&path).await;
        assert_eq!((reply.status, reply.header("content-encoding")), (200, coding), "{accepted}");
        assert_eq!(reply.header("vary"), Some("accept-encoding"), "{accepted}");
        assert_eq!(unpacked(&reply), bare.bytes, "{accepted}");
        assert_eq!(reply.header("content-length"), Some(reply.bytes.len().to_string().as_str()));
        if coding.is_some() {
            assert!(reply.bytes.len() < 500, "{accepted}: {}", reply.bytes.len());
            let head = client.send(Method::HEAD, &path, "", "").await;
            for name in ["content-encoding", "content-length", "vary"] {
                assert_eq!(head.header(name), reply.header(name), "{accepted} {name}");
            }
        }
    }
    let both = team.admin.with_header("accept-encoding", "gzip, br");
    for path in ["/v1/session", "/healthz", "/v1/stream"] {
        assert_eq!(both.get(path).await.header("content-encoding"), None, "{path}");
    }
}

/// True where a schema has a field of this kind anywhere.
fn has_secret(schema: &Value) -> bool {
    const SECRETS: [&str; 6] =
        ["key", "client_secret", "signing_secret", "secret", "redirect_to", "access_token"];
    let schema = resolve(schema);
    let own = schema["properties"].as_object().is_some_and(|fields| {
        fields.iter().any(|(name, field)| {
            SECRETS.contains(&name.as_str())
                || (field.get("items").is_some_and(has_secret))
                || (field.get("$ref").is_some() && has_secret(field))
        })
    });
    let parts = schema["allOf"].as_array().into_iter().flatten();
    own || parts.into_iter().any(has_secret)
}

#[both]
async fn an_answer_with_a_secret_is_never_compressed(world: World) {
    let mut with_secrets = Vec::new();
    for operation in operations() {
        let answers = operation.described["responses"].as_object().unwrap();
        let holds = answers.iter().filter(|(status, _)| status.starts_with('2')).any(|(_, answer)| {
            let contents = answer["content"].as_object().into_iter().flatten();
            contents.into_iter().any(|(_, content)| has_secret(&content["schema"]))
        });
        if !holds {
            continue;
        }
        with_secrets.push(operation.id.clone());
        assert_ne!(operation.method, Method::GET, "{} shows a secret again", operation.id);
        if operation.session.is_none() && !operation.is_open() {
            continue;
        }
        let fixture = Fixture::make(&world).await;
        let client = fixture.team.admin.with_header("accept-encoding", "gzip, br");
        let reply = fixture.call(&operation, &client).await;
        assert!((200..300).contains(&reply.status), "{}: {}", operation.id, reply.text);
        assert_eq!(
            (reply.header("content-encoding"), reply.header("vary")),
            (None, None),
            "{}",
            operation.id
        );
    }
    for known in ["createApiKey", "createOAuthApp", "createWebhook", "rotateOAuthAppSecret"] {
        assert!(with_secrets.iter().any(|id| id == known), "{known}: {with_secrets:?}");
    }
    // However long the answer is.
    let team = world.business().await;
    let both = team.admin.with_header("accept-encoding", "gzip, br");
    let ips: Vec<String> = (0..50).map(|at| format!("2001:db8:1111:2222:3333:4444:5555:{at}")).collect();
    let key = json!({ "name": "k", "scopes": ["tickets:read"], "allowed_ips": ips });
    let reply = both.post("/v1/api-keys", &key).await;
    assert!(reply.text.len() > 1_500 && reply.header("content-encoding").is_none(), "{}", reply.text.len());
}

/// True for a page of the documentation, its copies and its index.
fn is_prose(path: &str) -> bool {
    !path.starts_with("/openapi") && !path.starts_with("/docs/api/") && !path.starts_with("/docs/assets/")
}

#[both]
async fn the_document_and_its_page_are_sent_once(world: World) {
    for path in [
        "/openapi.json",
        "/openapi-3.0.json",
        "/docs/api",
        "/docs/api/swagger-ui-bundle.js",
        "/docs/api/swagger-ui.css",
        "/docs",
        "/docs/receivers",
        "/docs/receivers.md",
        "/docs/search.json",
        "/docs/assets/site.css",
        "/llms-full.txt",
    ] {
        let bare = world.anyone().get(path).await;
        assert_eq!(bare.status, 200, "{path}");
        let mut tags = vec![bare.header("etag").unwrap().to_owned()];
        for coding in ["gzip", "br"].iter().filter(|_| bare.text.len() > 1_024) {
            let client = world.anyone().with_header("accept-encoding", coding);
            let packed = client.get(path).await;
            assert_eq!(packed.header("content-encoding"), Some(*coding), "{path}");
            assert_eq!(packed.header("vary"), Some("accept-encoding"), "{path}");
            // A page of prose is short, and has fewer repeats than the document and its scripts.
            let factor = if is_prose(path) { 2 } else { 3 };
            assert!(packed.bytes.len() * factor < bare.text.len(), "{path}: {}", packed.bytes.len());
            assert_eq!(unpacked(&packed), bare.bytes, "{path}");
            let tag = packed.header("etag").unwrap().to_owned();
            let known = client.with_header("if-none-match", &format!("\"other\", W/{tag}")).get(path).await;
            assert_eq!((known.status, known.text.as_str()), (304, ""), "{path}");
            assert_eq!(known.header("etag"), Some(tag.as_str()));
            assert_eq!(known.header("vary"), Some("accept-encoding"), "{path}");
            tags.push(tag);
        }
        let own = tags.iter().collect::<std::collections::BTreeSet<_>>();
        assert_eq!(own.len(), tags.len(), "{path}: each coding has a tag of its own");
        let known = world.anyone().with_header("if-none-match", &tags[0]);
        assert_eq!(known.get(path).await.status, 304, "{path}");
        assert_eq!(known.send(Method::HEAD, path, "", "").await.status, 304, "{path}");
        let other = world.anyone().with_header("if-none-match", "\"other\"");
        assert_eq!(other.get(path).await.status, 200, "{path}");
    }
}
