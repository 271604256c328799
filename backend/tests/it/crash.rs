//! The real binary: killed in the middle of a delivery, stopped in good order, and several processes on one database.

use std::{collections::BTreeSet, time::Duration};

use serde_json::{Value, json};

use crate::harness::{
    Behaviour, Client, Kind, Receiver, a_ticket_event, eventually, ports::free_address,
    process::Installation, within,
};

async fn publish(client: &Client) -> String {
    let event = a_ticket_event();
    client.post("/v1/events", &event).await.ok(202)["id"].as_str().unwrap().to_owned()
}

async fn make_webhook(admin: &Client, receiver: &Receiver) {
    let webhook = json!({ "url": receiver.url("/"), "event_types": ["ticket.*"] });
    admin.post("/v1/webhooks", &webhook).await.ok(201);
}

/// The one delivery of an event.
async fn delivery(admin: &Client, event: &str) -> Value {
    admin.get(&format!("/v1/deliveries?event_id={event}")).await.ok(200)["data"][0].clone()
}

#[actix_web::test]
async fn a_server_killed_in_the_middle_of_a_delivery_delivers_after_its_restart() {
    let sayless = Installation::new(Kind::Sqlite);
    let address = free_address();
    let receiver = Receiver::http(Behaviour::Hang).await;
    let killed = sayless.serve(&address, &[]).await;
    let admin = sayless.sign_in(&address).await;
    make_webhook(&admin, &receiver).await;
    let id = publish(&admin).await;
    receiver.wait_for(1).await;
    drop(killed);

    receiver.set(Behaviour::Answer(200, ""));
    let _server = sayless.serve(&address, &[]).await;
    let requests = receiver.wait_for(2).await;
    assert!(requests.iter().all(|request| request.header("webhook-id") == Some(&id)));
    assert_eq!(requests[0].body, requests[1].body);
    eventually("the delivery is known to have succeeded", async || {
        let delivery = delivery(&admin, &id).await;
        delivery["status"] == "succeeded" && delivery["attempts"] == 2
    })
    .await;
}

#[actix_web::test]
async fn a_server_that_is_asked_to_stop_ends_its_streams_and_finishes_what_is_under_way() {
    let sayless = Installation::new(Kind::Sqlite);
    let address = free_address();
    let receiver = Receiver::http(Behaviour::Wait).await;
    let server = sayless.serve(&address, &[]).await;
    let admin = sayless.sign_in(&address).await;
    make_webhook(&admin, &receiver).await;
    let mut events = admin.stream().await;
    let id = publish(&admin).await;
    receiver.wait_for(1).await;
    server.signal("TERM");
    // The stream ends well, though the attempt still goes on.
    while events.next().await.is_some() {}
    receiver.let_go();
    server.ends_in_order().await;

    let _server = sayless.serve(&address, &["--no-worker"]).await;
    let delivery = delivery(&admin, &id).await;
    assert_eq!((&delivery["status"], &delivery["attempts"]), (&json!("succeeded"), &json!(1)));
}

#[actix_web::test]
async fn two_api_nodes_and_two_workers_lose_nothing_when_a_worker_is_killed() {
    let sayless = Installation::new(Kind::Postgres);
    let one = free_address();
    let two = free_address();
    // Nodes that stand for one another have one public URL, by which they also know a session's cookie.
    let public_url = format!("http://{one}");
    let options = ["--no-worker", "--public-url", &public_url];
    let _nodes = [sayless.serve(&one, &options).await, sayless.serve(&two, &options).await];
    let admin = sayless.sign_in(&one).await;
    let elsewhere = admin.at(&format!("http://{two}"));
    // The first attempts hang: each worker has some of them under way.
    let receiver = Receiver::http(Behaviour::Answer(200, "")).await;
    receiver.set_sequence([vec![Behaviour::Hang; 8], vec![Behaviour::Answer(200, "")]].concat());
    make_webhook(&admin, &receiver).await;
    let killed = sayless.start(&["worker"]);
    let _worker = sayless.start(&["worker"]);
    let mut accepted = BTreeSet::new();
    for round in 0..100 {
        accepted.insert(publish(if round % 2 == 0 { &admin } else { &elsewhere }).await);
        if round == 50 {
            receiver.wait_for(8).await;
            killed.signal("KILL");
        }
    }
    // Deliveries of the killed worker are sent again when its leases have run out, half a minute later.
    within(90, "everything accepted has been delivered", async || {
        let done = elsewhere.get("/v1/deliveries?status=succeeded&limit=200").await.ok(200);
        tokio::time::sleep(Duration::from_millis(200)).await;
        done["data"].as_array().unwrap().len() == accepted.len()
    })
    .await;
    assert_eq!(receiver.event_ids(), accepted);
}
