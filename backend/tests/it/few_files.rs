//! A machine that has no file left: that is ours, and never the receiver's.

use std::{fs::File, process::Command};

use api_types::deliveries::{Category, DiagnosisCode};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use serde_json::json;
use tokio::net::TcpStream;

use crate::harness::{
    Behaviour, Kind, Receiver, a_ticket_event, eventually,
    name_server::{NameServer, Says},
    ports::free_address,
    process::Installation,
    sender::{
        FailureKind, History, Open, Outcome, Resolver, diagnose_outcome, loopback_allowed, outgoing,
        sender_by,
    },
    within,
};

/// Says to this program that it was started by the test below, to lose its files.
const ALONE: &str = "SAYLESS_TEST_WITHOUT_FILES";

/// Opens files until there are none left.
fn take_all_files() -> Vec<File> {
    let limit = Rlimit { current: Some(128), ..getrlimit(Resource::Nofile) };
    setrlimit(Resource::Nofile, limit).unwrap();
    std::iter::from_fn(|| File::open("/dev/null").ok()).collect()
}

#[tokio::test]
#[expect(clippy::disallowed_methods, reason = "the test calls itself in a process of its own")]
async fn a_sender_without_files_blames_nobody() {
    if std::env::var_os(ALONE).is_none() {
        let mut alone = Command::new(std::env::current_exe().unwrap());
        alone.args(["--exact", "few_files::a_sender_without_files_blames_nobody", "--nocapture"]);
        assert!(alone.env(ALONE, "1").status().unwrap().success());
        return;
    }
    let receiver = Receiver::http(Behaviour::Answer(200, "")).await;
    let server = NameServer::start(Says::Nothing).await;
    let sender = sender_by(loopback_allowed(), Resolver::at(server.address), Vec::new());
    let by_address = outgoing(&receiver.url("/"));
    let by_name = outgoing("http://receiver.example/");
    let files = take_all_files();
    for message in [&by_address, &by_name] {
        let Outcome::Failure(failure) = sender.send(message, &Open).await.unwrap().outcome else {
            panic!("sent without a file")
        };
        assert!(matches!(failure.kind, FailureKind::Exhausted { .. }), "{failure:?}");
        let history = History { last_success_at: Some(1), ..History::default() };
        let diagnosis = diagnose_outcome(&Outcome::Failure(failure), &history).unwrap();
        assert_eq!((diagnosis.code, diagnosis.category), (DiagnosisCode::SenderExhausted, Category::Ours));
    }
    drop(files);
    assert!(matches!(sender.send(&by_address, &Open).await.unwrap().outcome, Outcome::Response(_)));
}

#[actix_web::test]
async fn a_crowd_of_clients_leaves_a_node_with_few_files_enough_to_deliver() {
    let sayless = Installation::new(Kind::Sqlite);
    let address = free_address();
    let _server = sayless.serve_with_files(160, &address, &["--trusted-proxy", "127.0.0.0/8"]).await;
    let receiver = Receiver::http(Behaviour::Answer(200, "")).await;
    receiver.set_sequence(vec![Behaviour::Answer(503, ""), Behaviour::Answer(200, "")]);
    let admin = sayless.sign_in(&address).await;
    let webhook = json!({ "url": receiver.url("/"), "event_types": ["ticket.*"] });
    let webhook = admin.post("/v1/webhooks", &webhook).await.ok(201);
    admin.post("/v1/events", &a_ticket_event()).await.ok(202);
    receiver.wait_for(1).await;
    // Everybody comes, and says nothing.
    let mut crowd = Vec::new();
    for _ in 0..400 {
        crowd.extend(TcpStream::connect(&address).await.ok());
    }
    receiver.wait_for(2).await;
    within(90, "those who said nothing are gone", async || {
        TcpStream::connect(&address).await.is_ok() && sayless.answers(&address).await
    })
    .await;
    drop(crowd);
    let path = format!("/v1/deliveries?webhook_id={}", webhook["id"].as_str().unwrap());
    eventually("the delivery is known to have succeeded", async || {
        let delivery = admin.get(&path).await.ok(200)["data"][0].clone();
        delivery["status"] == "succeeded" && delivery["attempts"] == 2
    })
    .await;
}
