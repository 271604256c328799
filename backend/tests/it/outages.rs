//! PostgreSQL goes away under load and comes back: clear refusals meanwhile, nothing that was accepted is lost, and nobody
//! has to lend a hand.

use std::{cell::Cell, collections::BTreeSet};

use sayless::{db::DatabaseUrl, delivery::worker::Worker};
use serde_json::json;

use crate::{
    engine::Engine,
    gate::Gate,
    harness::{Fresh, Kind, World},
    oauth::Third,
    receiver::{Behaviour, Receiver, within},
};

/// A world whose database is behind a door.
fn behind_a_gate() -> (World, Gate) {
    let mut database = Fresh::create(Kind::Postgres);
    let DatabaseUrl::Postgres(url) = &database.url else { panic!("no PostgreSQL") };
    let mut url: url::Url = url.parse().unwrap();
    let gate = Gate::to(format!("{}:{}", url.host_str().unwrap(), url.port().unwrap_or(5432)));
    url.set_host(Some("127.0.0.1")).unwrap();
    url.set_port(Some(gate.port)).unwrap();
    database.url = DatabaseUrl::Postgres(url.into());
    (World::start_on(database, |_| {}), gate)
}

#[actix_web::test]
async fn what_was_accepted_before_during_and_after_an_outage_is_delivered() {
    let (world, gate) = behind_a_gate();
    let engine = Engine::new(&world).await;
    let receiver = Receiver::http(Behaviour::Answer(200, "")).await;
    engine.webhook(&receiver.url("/"), &["*"]).await;
    let _worker = Worker::start(world.app.clone());
    let event = json!({ "type": "ticket.created", "data": crate::engine::ticket() });
    let (refused, stop) = (Cell::new(0), Cell::new(false));
    let publisher = async || {
        let mut accepted = Vec::new();
        while !stop.get() {
            let reply = engine.key.post("/v1/events", &event).await;
            if reply.status == 202 {
                accepted.push(reply.ok(202)["id"].as_str().unwrap().to_owned());
            } else {
                assert!(reply.header("retry-after").is_some());
                reply.problem(503, "unavailable");
                refused.set(refused.get() + 1);
            }
        }
        accepted
    };
    let outage = async {
        receiver.wait_for(20).await;
        gate.shut();
        within(20, "publishers are refused", async || refused.get() >= 8).await;
        for path in ["/readyz", "/v1/deliveries"] {
            let reply = world.anyone().with_header("authorization", "Bearer x").get(path).await;
            assert!(matches!(reply.status, 401 | 503), "{path}: {}", reply.text);
        }
        assert_eq!(world.anyone().get("/healthz").await.status, 200);
        gate.open();
        let before = receiver.requests().len();
        within(30, "events are accepted and delivered again", async || {
            receiver.requests().len() > before + 20
        })
        .await;
        stop.set(true);
    };
    let (a, b, c, d, ()) = tokio::join!(publisher(), publisher(), publisher(), publisher(), outage);
    let accepted: BTreeSet<String> = [a, b, c, d].into_iter().flatten().collect();
    // What was leased when the lights went out is sent again when its lease has run out.
    within(30, "everything accepted is delivered", async || {
        world.advance(1);
        let got: BTreeSet<String> =
            receiver.requests().iter().filter_map(|it| it.header("webhook-id").map(str::to_owned)).collect();
        accepted.is_subset(&got)
    })
    .await;
}

#[actix_web::test]
async fn a_result_that_was_ready_while_the_database_was_away_is_written_afterwards() {
    let (world, gate) = behind_a_gate();
    let engine = Engine::new(&world).await;
    let receiver = Receiver::http(Behaviour::Wait).await;
    engine.webhook(&receiver.url("/"), &["*"]).await;
    let _worker = Worker::start(world.app.clone());
    let id = engine.delivery_of(&engine.publish().await).await;
    receiver.wait_for(1).await;
    gate.shut();
    receiver.let_go();
    within(20, "the database is missed", async || engine.key.get("/v1/deliveries").await.status == 503).await;
    gate.open();
    within(20, "the database is back", async || engine.key.get("/v1/deliveries").await.status == 200).await;
    let delivery = engine.after(&id, 1).await;
    assert_eq!((&delivery["status"], &delivery["attempts"]), (&json!("succeeded"), &json!(1)));
    assert_eq!(receiver.requests().len(), 1);
}

#[actix_web::test]
async fn nodes_find_each_other_again() {
    let (world, gate) = behind_a_gate();
    let team = world.business().await;
    let (_link, other) = (world.link().await, world.another_node(true).await);
    gate.shut();
    within(20, "the links are down", async || {
        !world.app.wake.outbox.is_linked() && !other.app.wake.outbox.is_linked()
    })
    .await;
    gate.open();
    within(20, "the links are up", async || {
        world.app.wake.outbox.is_linked() && other.app.wake.outbox.is_linked()
    })
    .await;
    let mut events = other.serves(&team.admin).stream().await;
    let body = json!({ "url": "http://127.0.0.1:1/", "event_types": ["*"] });
    team.admin.post("/v1/webhooks", &body).await.ok(201);
    assert_eq!(events.change().await["topics"], json!(["webhooks"]));
}

#[actix_web::test]
async fn apps_are_told_to_come_back_and_their_tokens_are_not_used_up() {
    let (world, gate) = behind_a_gate();
    let team = world.business().await;
    let third = Third::new(&world, &team, &["tickets:read"]).await;
    let (tokens, code) = (third.tokens(&team.member).await, third.code(&team.member).await);
    gate.shut();
    // What is remembered for a second is forgotten.
    world.advance(2);
    within(20, "the database is missed", async || team.admin.get("/v1/tickets").await.status == 503).await;
    for reply in [third.refresh(&tokens.refresh).await, third.redeem(&code).await] {
        assert!(reply.header("retry-after").is_some());
        reply.refused(503, "temporarily_unavailable");
    }
    let page = third.authorize(&team.member, &[]).await;
    assert_eq!((page.status, page.header("location")), (503, None));
    world.bearer(&tokens.access).get("/v1/tickets").await.problem(503, "unavailable");
    gate.open();
    within(20, "the database is back", async || team.admin.get("/v1/tickets").await.status == 200).await;
    world.bearer(&tokens.access).get("/v1/tickets").await.ok(200);
    third.refresh(&tokens.refresh).await.ok(200);
    third.redeem(&code).await.ok(200);
}
