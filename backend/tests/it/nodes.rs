//! Several nodes on one PostgreSQL. The clock stands still unless a test moves it: no node looks into the database by itself
//! meanwhile, so whatever it knows it was told.

use std::collections::BTreeSet;

use serde_json::json;

use crate::harness::{Behaviour, Integrator, Kind, Node, Receiver, World, a_ticket_event, eventually};

#[actix_web::test]
async fn a_change_on_one_node_reaches_a_stream_on_the_other() {
    let world = World::start(Kind::Postgres);
    let team = world.business().await;
    let _link = world.link().await;
    let other = world.linked_node().await;
    let mut events = other.serves(&team.admin).stream().await;
    let body = json!({ "url": "http://127.0.0.1:1/", "event_types": ["*"] });
    let made = team.admin.post("/v1/webhooks", &body).await.ok(201);
    assert_eq!(events.change().await, json!({ "topics": ["webhooks"], "webhook_ids": [made["id"]] }));
}

#[actix_web::test]
async fn a_key_revoked_on_one_node_is_refused_by_the_other_before_a_second_has_passed() {
    let world = World::start(Kind::Postgres);
    let team = world.business().await;
    let linked = world.linked_node().await;
    let alone = world.lone_node();
    let _link = world.link().await;
    for told in [true, false] {
        let made = team.create_key(&["tickets:read"]).await;
        let key = world.bearer(made["key"].as_str().unwrap());
        let by_linked = linked.serves(&key);
        let by_alone = alone.serves(&key);
        for client in [&key, &by_linked, &by_alone] {
            client.get("/v1/tickets").await.ok(200);
        }
        let revoke = format!("/v1/api-keys/{}/revoke", made["id"].as_str().unwrap());
        team.admin.post(&revoke, &json!({})).await.ok(200);
        key.get("/v1/tickets").await.problem(401, "key-revoked");
        if told {
            // A linked node is told, and the clock need not move at all.
            eventually("the other node refuses the key", async || {
                by_linked.get("/v1/tickets").await.status == 401
            })
            .await;
        } else {
            // A node by itself is not told, and its memory lasts a second.
            by_alone.get("/v1/tickets").await.ok(200);
            world.advance(1);
            by_alone.get("/v1/tickets").await.problem(401, "key-revoked");
        }
    }
}

#[actix_web::test]
async fn a_session_that_ends_on_one_node_ends_its_streams_on_the_other() {
    let world = World::start(Kind::Postgres);
    let team = world.business().await;
    let _link = world.link().await;
    let other = world.linked_node().await;
    let session = world.sign_in(&team.admin.email).await;
    let mut events = other.serves(&session).stream().await;
    session.delete("/v1/session").await.ok(204);
    assert_eq!(events.next().await, None);
}

#[actix_web::test]
async fn what_an_operators_command_changes_running_nodes_hear_of() {
    let world = World::start(Kind::Postgres);
    let team = world.business().await;
    let _link = world.link().await;
    let mut events = team.admin.stream().await;
    world.remove_from_elsewhere(team.id, &team.admin).await;
    assert_eq!(events.next().await, None);
}

#[actix_web::test]
async fn a_webhook_made_on_one_node_is_not_missed_by_an_event_accepted_on_the_other() {
    let world = World::start(Kind::Postgres);
    let integrator = Integrator::new(&world).await;
    let other = world.lone_node();
    let there = other.serves(&integrator.key);
    let event = a_ticket_event();
    there.post("/v1/events", &event).await.ok(202);
    for webhooks in 1..=10 {
        integrator.webhook("http://127.0.0.1:1/", &["ticket.*"]).await;
        let id = there.post("/v1/events", &event).await.ok(202)["id"].as_str().unwrap().to_owned();
        assert_eq!(integrator.list(&format!("event_id={id}")).await.len(), webhooks);
    }
}

#[actix_web::test]
async fn what_an_api_node_accepts_wakes_the_workers_of_others() {
    let world = World::start(Kind::Postgres);
    let integrator = Integrator::new(&world).await;
    let receiver = Receiver::http(Behaviour::Answer(200, "")).await;
    integrator.webhook(&receiver.url("/"), &["*"]).await;
    let _link = world.link().await;
    let other = world.linked_node().await;
    let workers = [world.linked_node().await, world.linked_node().await];
    let _working = workers.each_ref().map(Node::start_worker);
    let there = other.serves(&integrator.key);
    let event = a_ticket_event();
    let mut accepted = BTreeSet::new();
    for _ in 0..20 {
        accepted.insert(integrator.publish().await);
        accepted.insert(there.post("/v1/events", &event).await.ok(202)["id"].as_str().unwrap().to_owned());
    }
    eventually("all are delivered though no clock has moved", async || receiver.event_ids() == accepted)
        .await;
}

#[actix_web::test]
async fn what_a_worker_had_under_way_when_it_died_the_other_delivers() {
    let world = World::start(Kind::Postgres);
    let integrator = Integrator::new(&world).await;
    let receiver = Receiver::http(Behaviour::Hang).await;
    integrator.webhook(&receiver.url("/"), &["*"]).await;
    let _link = world.link().await;
    let other = world.linked_node().await;
    let dying = world.linked_node().await;
    let worker = dying.start_worker();
    let mut accepted = BTreeSet::new();
    for _ in 0..5 {
        accepted.insert(integrator.publish().await);
    }
    receiver.wait_for(5).await;
    drop((worker, dying));
    receiver.set(Behaviour::Answer(200, ""));
    let _worker = other.start_worker();
    // The leases of the dead worker run out.
    eventually("the other worker has delivered everything", async || {
        world.advance(5);
        let done = integrator.list("status=succeeded").await.len();
        done == accepted.len()
    })
    .await;
    assert_eq!(receiver.event_ids(), accepted);
}

#[actix_web::test]
async fn a_breaker_closed_on_one_node_holds_nothing_up_on_the_one_that_opened_it() {
    let world = World::start(Kind::Postgres);
    let integrator = Integrator::new(&world).await;
    let other = world.lone_node();
    let broken = Receiver::http(Behaviour::Answer(503, "")).await;
    let mended = Receiver::http(Behaviour::Answer(200, "")).await;
    let id = integrator.webhook(&broken.url("/"), &["ticket.*"]).await;
    let _worker = world.start_worker();
    let parked = integrator.park(&id).await.len();
    world.advance(1);
    let path = format!("/v1/webhooks/{id}");
    let moved = json!({ "url": mended.url("/") });
    other.serves(&integrator.team.admin).patch(&path, &moved).await.ok(200);
    world.step_until("what was held is there", async || mended.requests().len() == parked).await;
    world
        .step_until("the drain ends", async || integrator.show_webhook(&id).await["draining"].is_null())
        .await;
    integrator.publish().await;
    mended.wait_for(parked + 1).await;
}
