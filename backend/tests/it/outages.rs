//! PostgreSQL goes away under load and comes back: clear refusals meanwhile, nothing that was accepted is lost, and the
//! server recovers by itself.

use std::{cell::Cell, collections::BTreeSet};

use serde_json::json;

use crate::harness::{
    Behaviour, Integrator, Proxy, Receiver, World, a_ticket_event, database_behind_proxy,
    oauth::ThirdPartyApp, within,
};

/// A world whose database is reached through a proxy.
fn behind_a_proxy() -> (World, Proxy) {
    let (database, proxy) = database_behind_proxy();
    (World::start_on(database, |_| {}), proxy)
}

#[actix_web::test]
async fn what_was_accepted_before_during_and_after_an_outage_is_delivered() {
    let (world, proxy) = behind_a_proxy();
    let integrator = Integrator::new(&world).await;
    let receiver = Receiver::http(Behaviour::Answer(200, "")).await;
    integrator.webhook(&receiver.url("/"), &["*"]).await;
    let _worker = world.start_worker();
    let event = a_ticket_event();
    let refused = Cell::new(0);
    let stop = Cell::new(false);
    let publisher = async || {
        let mut accepted = Vec::new();
        while !stop.get() {
            let reply = integrator.key.post("/v1/events", &event).await;
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
        proxy.shut();
        within(20, "publishers are refused", async || refused.get() >= 8).await;
        for path in ["/readyz", "/v1/deliveries"] {
            let reply = world.anyone().with_header("authorization", "Bearer x").get(path).await;
            assert!(matches!(reply.status, 401 | 503), "{path}: {}", reply.text);
        }
        assert_eq!(world.anyone().get("/healthz").await.status, 200);
        proxy.open();
        let before = receiver.requests().len();
        within(30, "events are accepted and delivered again", async || {
            receiver.requests().len() > before + 20
        })
        .await;
        stop.set(true);
    };
    let (a, b, c, d, ()) = tokio::join!(publisher(), publisher(), publisher(), publisher(), outage);
    let accepted: BTreeSet<String> = [a, b, c, d].into_iter().flatten().collect();
    // Deliveries that were leased when the database went away are sent again when their leases have run out.
    within(30, "everything accepted is delivered", async || {
        world.advance(1);
        let got: BTreeSet<String> = receiver.event_ids();
        accepted.is_subset(&got)
    })
    .await;
}

#[actix_web::test]
async fn a_result_that_was_ready_while_the_database_was_away_is_written_afterwards() {
    let (world, proxy) = behind_a_proxy();
    let integrator = Integrator::new(&world).await;
    let receiver = Receiver::http(Behaviour::Wait).await;
    integrator.webhook(&receiver.url("/"), &["*"]).await;
    let _worker = world.start_worker();
    let id = integrator.delivery_of(&integrator.publish().await).await;
    receiver.wait_for(1).await;
    proxy.shut();
    receiver.let_go();
    within(20, "the database is missed", async || integrator.key.get("/v1/deliveries").await.status == 503)
        .await;
    proxy.open();
    within(20, "the database is back", async || integrator.key.get("/v1/deliveries").await.status == 200)
        .await;
    let delivery = integrator.after(&id, 1).await;
    assert_eq!((&delivery["status"], &delivery["attempts"]), (&json!("succeeded"), &json!(1)));
    assert_eq!(receiver.requests().len(), 1);
}

#[actix_web::test]
async fn nodes_find_each_other_again() {
    let (world, proxy) = behind_a_proxy();
    let team = world.business().await;
    let _link = world.link().await;
    let other = world.linked_node().await;
    proxy.shut();
    within(20, "the links are down", async || !world.is_linked() && !other.is_linked()).await;
    proxy.open();
    within(20, "the links are up", async || world.is_linked() && other.is_linked()).await;
    let mut events = other.serves(&team.admin).stream().await;
    let body = json!({ "url": "http://127.0.0.1:1/", "event_types": ["*"] });
    team.admin.post("/v1/webhooks", &body).await.ok(201);
    assert_eq!(events.change().await["topics"], json!(["webhooks"]));
}

#[actix_web::test]
async fn apps_are_told_to_come_back_and_their_tokens_are_not_used_up() {
    let (world, proxy) = behind_a_proxy();
    let team = world.business().await;
    let app = ThirdPartyApp::new(&world, &team, &["tickets:read"]).await;
    let tokens = app.tokens(&team.member).await;
    let code = app.code(&team.member).await;
    proxy.shut();
    // After two seconds the server has forgotten the sessions and apps that it remembers for one.
    world.advance(2);
    within(20, "the database is missed", async || team.admin.get("/v1/tickets").await.status == 503).await;
    for reply in [app.refresh(&tokens.refresh).await, app.redeem(&code).await] {
        assert!(reply.header("retry-after").is_some());
        reply.refused(503, "temporarily_unavailable");
    }
    let page = app.authorize(&team.member, &[]).await;
    assert_eq!((page.status, page.header("location")), (503, None));
    world.bearer(&tokens.access).get("/v1/tickets").await.problem(503, "unavailable");
    proxy.open();
    within(20, "the database is back", async || team.admin.get("/v1/tickets").await.status == 200).await;
    world.bearer(&tokens.access).get("/v1/tickets").await.ok(200);
    app.refresh(&tokens.refresh).await.ok(200);
    app.redeem(&code).await.ok(200);
}
