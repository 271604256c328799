//! `sayless listen`: events of a real server, forwarded to a real receiver as they come.

use serde_json::json;

use crate::harness::{
    Behaviour, Client, PASSWORD, Receiver, a_ticket_event,
    command::{CommandServer, DataFolder, ListenCommand},
    secrets::{SignatureVerifier, SignedHeaders},
    within,
};

const EMAIL: &str = "ada@example.com";

/// A workspace on a server of its own: the admin, and a key that reads the log and publishes.
struct Place {
    folder: DataFolder,
    server: CommandServer,
    admin: Client,
    key: String,
}

impl Place {
    async fn new() -> Self {
        let folder = DataFolder::new();
        let workspace = folder.ok(&["workspace", "create", "--name", "Acme", "--plan", "business"]);
        folder.add(&workspace, EMAIL, "admin");
        let server = folder.serve();
        let admin = server.sign_in(EMAIL, PASSWORD).await.unwrap();
        let scopes = ["deliveries:read", "events:write", "tickets:read", "broadcasts:read"];
        let made = admin.post("/v1/api-keys", &json!({ "name": "Listener", "scopes": scopes })).await.ok(201);
        Self { folder, server, admin, key: made["key"].as_str().unwrap().to_owned() }
    }

    async fn publish(&self) -> String {
        self.admin.post("/v1/events", &a_ticket_event()).await.ok(202)["id"].as_str().unwrap().to_owned()
    }
}

#[actix_web::test]
async fn events_are_forwarded_signed_as_they_come_and_shown_line_by_line() {
    let place = Place::new().await;
    let receiver = Receiver::http(Behaviour::Answer(204, "")).await;
    place.publish().await;
    let listen = ListenCommand::start(&place.server.url, &receiver.url("/hook"), &place.key, &[]);
    listen.says(&format!("to {}", receiver.url("/hook"))).await;
    let secret = listen.says("whsec_").await;
    let (_, secret) = secret.rsplit_once(' ').unwrap();
    let first = place.publish().await;
    let arrived = &receiver.wait_for(1).await[0];
    assert!(arrived.head.starts_with("POST /hook "));
    let headers = SignedHeaders {
        id: arrived.header("webhook-id").unwrap(),
        timestamp: arrived.header("webhook-timestamp").unwrap(),
        signature: arrived.header("webhook-signature").unwrap(),
    };
    let timestamp: i64 = headers.timestamp.parse().unwrap();
    SignatureVerifier::parse(secret).unwrap().verify(headers, &arrived.body, timestamp).unwrap();
    assert_eq!(headers.id, first, "what was published before is not forwarded");
    let body = place.admin.get(&format!("/v1/events/{first}")).await.ok(200)["body"].clone();
    assert_eq!(body.as_str().unwrap().as_bytes(), arrived.body);
    let line = listen.says(&format!(" ticket.created {first} 204 ")).await;
    assert!(line.ends_with(" ms"), "{line}");

    receiver.set(Behaviour::Answer(500, "oops"));
    let second = place.publish().await;
    listen.says(&format!("{second} 500 ")).await;
    receiver.set(Behaviour::Close);
    let third = place.publish().await;
    listen.says(&format!("{third} failed ")).await;
    let (code, output) = listen.signal("INT");
    assert_eq!(code, Some(0));
    assert!(!output.contains(&place.key), "the key is never shown");
}

#[actix_web::test]
async fn it_connects_again_and_misses_nothing_meanwhile() {
    let place = Place::new().await;
    let receiver = Receiver::http(Behaviour::Answer(204, "")).await;
    let types = ["--types", "ticket.*"];
    let listen = ListenCommand::start(&place.server.url, &receiver.url("/"), &place.key, &types);
    listen.says("Forwarding").await;
    let listening = place.server.url.strip_prefix("http://").unwrap().to_owned();
    let Place { folder, server, .. } = place;
    assert_eq!(server.terminate(), Some(0));
    listen.says("trying again").await;
    let server = folder.serve_at(&listening);
    let admin = server.sign_in(EMAIL, PASSWORD).await.unwrap();
    let broadcast = json!({ "type": "broadcast.sent", "data": { "id": "B-1" } });
    admin.post("/v1/events", &broadcast).await.ok(202);
    let event = admin.post("/v1/events", &a_ticket_event()).await.ok(202)["id"].as_str().unwrap().to_owned();
    // The pauses between its attempts to connect grow.
    within(30, "it is forwarded", async || receiver.event_ids().contains(&event)).await;
    assert_eq!(receiver.event_ids().len(), 1, "only what was asked for");
}

#[actix_web::test]
async fn what_cannot_work_is_said_in_a_sentence() {
    let place = Place::new().await;
    let url = place.server.url.as_str();
    let refused = |args: &[&str], key: &str| {
        let mut command = place.folder.command(&[&["listen"], args].concat());
        let output = command.env("SAYLESS_KEY", key).output().unwrap();
        assert_eq!(output.status.code(), Some(1), "{args:?}");
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(!said.contains(key), "{said}");
        said
    };
    let to = ["--forward-to", "http://127.0.0.1:1/"];
    let other = "slk_nobodys0000000000000000000000000000000";
    assert!(refused(&[&to[..], &["--url", url]].concat(), other).contains("key"));
    assert!(refused(&[&to[..], &["--url", "http://sayless.example"]].concat(), &place.key).contains("https"));
    assert!(refused(&["--forward-to", "nowhere", "--url", url], &place.key).contains("--forward-to"));
    let types = refused(&[&to[..], &["--url", url, "--types", "tickets"]].concat(), &place.key);
    assert!(types.contains("--types: tickets"), "{types}");
}
