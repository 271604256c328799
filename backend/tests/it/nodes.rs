//! Several nodes on one PostgreSQL. The clock stands still unless a test moves it: then no node looks by itself, and whatever
//! it knows it was told.

use std::collections::BTreeSet;

use sayless::{
    db::{accounts, sessions},
    delivery::worker::Worker,
    problem::Failure,
    wake::nodes,
};
use serde_json::json;

use crate::{
    engine::Engine,
    flow::{park, step_until, webhook},
    harness::{Kind, World},
    receiver::{Behaviour, Receiver, eventually},
};

/// The events that a receiver got, each once.
fn received(receiver: &Receiver) -> BTreeSet<String> {
    receiver.requests().iter().filter_map(|it| it.header("webhook-id").map(str::to_owned)).collect()
}

#[actix_web::test]
async fn a_change_on_one_node_reaches_a_stream_on_the_other() {
    let world = World::start(Kind::Postgres);
    let team = world.business().await;
    let (_link, other) = (world.link().await, world.another_node(true).await);
    let mut events = other.serves(&team.admin).stream().await;
    let body = json!({ "url": "http://127.0.0.1:1/", "event_types": ["*"] });
    let made = team.admin.post("/v1/webhooks", &body).await.ok(201);
    assert_eq!(events.change().await, json!({ "topics": ["webhooks"], "webhook_ids": [made["id"]] }));
}

#[actix_web::test]
async fn a_key_revoked_on_one_node_is_refused_by_the_other_before_a_second_has_passed() {
    let world = World::start(Kind::Postgres);
    let team = world.business().await;
    let (linked, alone) = (world.another_node(true).await, world.another_node(false).await);
    let _link = world.link().await;
    for told in [true, false] {
        let made = team.create_key(&["tickets:read"]).await;
        let key = world.bearer(made["key"].as_str().unwrap());
        let (by_linked, by_alone) = (linked.serves(&key), alone.serves(&key));
        for client in [&key, &by_linked, &by_alone] {
            client.get("/v1/tickets").await.ok(200);
        }
        let revoke = format!("/v1/api-keys/{}/revoke", made["id"].as_str().unwrap());
        team.admin.post(&revoke, &json!({})).await.ok(200);
        key.get("/v1/tickets").await.problem(401, "key-revoked");
        if told {
            // It is told, and the clock need not move at all.
            eventually("the other node refuses the key", async || {
                by_linked.get("/v1/tickets").await.status == 401
            })
            .await;
        } else {
            // Nobody tells it, and its memory lasts a second.
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
    let (_link, other) = (world.link().await, world.another_node(true).await);
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
    let (mut events, email, workspace) = (team.admin.stream().await, team.admin.email.clone(), team.id);
    // As the command does it, in a process of its own: nothing on this node knows of it.
    let removed = world.app.db.write(move |tx| {
        let (id, _) = accounts::member_by_email(tx, &email)?.unwrap();
        sessions::delete_of_member(tx, id, Some(workspace))?;
        Ok::<_, Failure>(accounts::delete_membership(tx, workspace, id)?)
    });
    removed.await.unwrap();
    nodes::tell_of_credentials(world.database_url()).await;
    assert_eq!(events.next().await, None);
}

#[actix_web::test]
async fn a_webhook_made_on_one_node_is_not_missed_by_an_event_accepted_on_the_other() {
    let world = World::start(Kind::Postgres);
    let engine = Engine::new(&world).await;
    let other = world.another_node(false).await;
    let (there, event) =
        (other.serves(&engine.key), json!({ "type": "ticket.created", "data": crate::engine::ticket() }));
    there.post("/v1/events", &event).await.ok(202);
    for webhooks in 1..=10 {
        engine.webhook("http://127.0.0.1:1/", &["ticket.*"]).await;
        let id = there.post("/v1/events", &event).await.ok(202)["id"].as_str().unwrap().to_owned();
        assert_eq!(engine.list(&format!("event_id={id}")).await.len(), webhooks);
    }
}

#[actix_web::test]
async fn what_an_api_node_accepts_wakes_the_workers_of_others() {
    let world = World::start(Kind::Postgres);
    let engine = Engine::new(&world).await;
    let receiver = Receiver::http(Behaviour::Answer(200, "")).await;
    engine.webhook(&receiver.url("/"), &["*"]).await;
    let (_link, other) = (world.link().await, world.another_node(true).await);
    let workers = [world.another_node(true).await, world.another_node(true).await];
    let _working = workers.each_ref().map(|node| Worker::start(node.app.clone()));
    let there = other.serves(&engine.key);
    let event = json!({ "type": "ticket.created", "data": crate::engine::ticket() });
    let mut accepted = BTreeSet::new();
    for _ in 0..20 {
        accepted.insert(engine.publish().await);
        accepted.insert(there.post("/v1/events", &event).await.ok(202)["id"].as_str().unwrap().to_owned());
    }
    eventually("all are delivered though no clock has moved", async || received(&receiver) == accepted).await;
}

#[actix_web::test]
async fn what_a_worker_had_under_way_when_it_died_the_other_delivers() {
    let world = World::start(Kind::Postgres);
    let engine = Engine::new(&world).await;
    let receiver = Receiver::http(Behaviour::Hang).await;
    engine.webhook(&receiver.url("/"), &["*"]).await;
    let (_link, other) = (world.link().await, world.another_node(true).await);
    let dying = world.another_node(true).await;
    let worker = Worker::start(dying.app.clone());
    let mut accepted = BTreeSet::new();
    for _ in 0..5 {
        accepted.insert(engine.publish().await);
    }
    receiver.wait_for(5).await;
    drop((worker, dying));
    receiver.set(Behaviour::Answer(200, ""));
    let _worker = Worker::start(other.app.clone());
    // The dead one's leases run out.
    eventually("the other worker has delivered everything", async || {
        world.advance(5);
        let done = engine.list("status=succeeded").await.len();
        done == accepted.len()
    })
    .await;
    assert_eq!(received(&receiver), accepted);
}

#[actix_web::test]
async fn a_breaker_closed_on_one_node_holds_nothing_up_on_the_one_that_opened_it() {
    let world = World::start(Kind::Postgres);
    let engine = Engine::new(&world).await;
    let other = world.another_node(false).await;
    let broken = Receiver::http(Behaviour::Answer(503, "")).await;
    let mended = Receiver::http(Behaviour::Answer(200, "")).await;
    let id = engine.webhook(&broken.url("/"), &["ticket.*"]).await;
    let _worker = Worker::start(world.app.clone());
    let parked = park(&engine, &id).await.len();
    world.advance(1);
    let path = format!("/v1/webhooks/{id}");
    let moved = json!({ "url": mended.url("/") });
    other.serves(&engine.team.admin).patch(&path, &moved).await.ok(200);
    step_until(&world, "what was held is there", async || mended.requests().len() == parked).await;
    step_until(&world, "the drain ends", async || webhook(&engine, &id).await["draining"].is_null()).await;
    engine.publish().await;
    mended.wait_for(parked + 1).await;
}
