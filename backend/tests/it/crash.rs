//! The real binary, killed in the middle of a delivery and started again.

use std::{
    io::Write,
    net::TcpListener,
    process::{Child, Command, Stdio},
};

use serde_json::json;

use crate::{
    harness::{Client, PASSWORD},
    receiver::{Behaviour, Receiver, eventually},
};

const EMAIL: &str = "admin@example.com";

/// A `sayless serve` that is killed when dropped.
struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

fn sayless(folder: &std::path::Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sayless"));
    command
        .env_clear()
        .env("SAYLESS_DATABASE_URL", format!("sqlite:{}", folder.join("sayless.db").display()));
    command
}

fn output(command: &mut Command, stdin: &str) -> String {
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(stdin.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success());
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

async fn serve(folder: &std::path::Path, port: u16) -> Server {
    let child = sayless(folder)
        .args(["serve", "--listen", &format!("127.0.0.1:{port}"), "--allow-destination", "127.0.0.0/8"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let server = Server(child);
    eventually("the server listens", async || {
        tokio::net::TcpStream::connect(("127.0.0.1", port)).await.is_ok()
    })
    .await;
    server
}

#[actix_web::test]
async fn a_server_killed_in_the_middle_of_a_delivery_delivers_after_its_restart() {
    let folder = tempfile::tempdir().unwrap();
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let workspace = output(
        sayless(folder.path()).args(["workspace", "create", "--name", "Acme", "--plan", "business"]),
        "",
    );
    let add =
        ["member", "add", "--workspace", &workspace, "--email", EMAIL, "--role", "admin", "--password-stdin"];
    output(sayless(folder.path()).args(add), PASSWORD);
    let receiver = Receiver::http(Behaviour::Hang).await;

    let killed = serve(folder.path(), port).await;
    let base = format!("http://127.0.0.1:{port}");
    let anyone = Client::new(&base).with_header("origin", &base);
    let reply = anyone.post("/v1/session", &json!({ "email": EMAIL, "password": PASSWORD })).await;
    let cookie = reply.header("set-cookie").unwrap().split(';').next().unwrap().to_owned();
    reply.ok(200);
    let admin = anyone.with_header("cookie", &cookie);
    let webhook = json!({ "url": receiver.url("/"), "event_types": ["ticket.*"] });
    admin.post("/v1/webhooks", &webhook).await.ok(201);
    let event = json!({ "type": "ticket.created", "data": crate::engine::ticket() });
    let id = admin.post("/v1/events", &event).await.ok(202)["id"].as_str().unwrap().to_owned();
    receiver.wait_for(1).await;
    drop(killed);

    receiver.set(Behaviour::Answer(200, ""));
    let _server = serve(folder.path(), port).await;
    let requests = receiver.wait_for(2).await;
    assert!(requests.iter().all(|request| request.header("webhook-id") == Some(&id)));
    assert_eq!(requests[0].body, requests[1].body);
    eventually("the delivery is known to have succeeded", async || {
        let page = admin.get(&format!("/v1/deliveries?event_id={id}")).await.ok(200);
        page["data"][0]["status"] == "succeeded" && page["data"][0]["attempts"] == 2
    })
    .await;
}
