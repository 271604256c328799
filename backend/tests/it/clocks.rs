//! Machines whose clocks are wrong: on PostgreSQL all nodes go by the database's time.

use std::time::Duration;

use serde_json::json;

use crate::harness::{Behaviour, Integrator, Kind, Receiver, World, eventually};

#[actix_web::test]
async fn a_node_whose_clock_is_ahead_takes_no_lease_that_is_alive() {
    let world = World::start(Kind::Postgres);
    let integrator = Integrator::new(&world).await;
    let receiver = Receiver::http(Behaviour::Wait).await;
    integrator.webhook(&receiver.url("/"), &["*"]).await;
    let _worker = world.start_worker();
    for _ in 0..5 {
        integrator.publish().await;
    }
    receiver.wait_for(5).await;
    let ahead = world.node_ahead(Duration::from_secs(35));
    let _other = ahead.start_worker();
    eventually("the other worker has looked", async || ahead.is_working()).await;
    receiver.let_go();
    let done = "(SELECT count(*) FROM deliveries WHERE status = 'succeeded' AND attempts = 1)";
    eventually("each is delivered", async || world.number(done).await == 5).await;
    assert_eq!(world.number("(SELECT count(*) FROM attempts)").await, 5, "nothing was taken for interrupted");
    assert_eq!(receiver.requests().len(), 5);
}

#[actix_web::test]
async fn nodes_with_different_clocks_write_the_same_times() {
    let world = World::start(Kind::Postgres);
    let team = world.business().await;
    let ahead = world.node_ahead(Duration::from_hours(1));
    let there = ahead.serves(&team.admin);
    for minute in 0..3 {
        let ticket = json!({ "title": format!("Ticket {minute}") });
        let here = team.admin.post("/v1/tickets", &ticket).await.ok(201);
        let written_there = there.post("/v1/tickets", &ticket).await.ok(201);
        assert_eq!(here["created_at"], written_there["created_at"]);
        world.advance(60);
        ahead.follow_time().await;
    }
    assert_eq!(there.get("/readyz").await.text, "ready\nclock_offset_ms -3600000");
    assert_eq!(team.admin.get("/readyz").await.text, "ready\nclock_offset_ms 0");
    let (prometheus, _server) = world.serve_metrics();
    let figures = prometheus.get("/metrics").await.text;
    assert!(figures.contains("sayless_clock_offset_seconds 0"), "{figures}");
}
