//! The clock is set back by an hour under a running server: nothing waits for the time to come again.

use sayless::base::Settings;
use serde_json::{Value, json};

use crate::harness::{
    Behaviour, Integrator, PASSWORD, Receiver, World, a_ticket_event, both, oauth::ThirdPartyApp,
};

const HOUR: u64 = 3_600;

fn three_a_second(settings: &mut Settings) {
    settings.publish_limit = Some(3);
}

#[both(with = three_a_second)]
async fn credentials_in_use_go_on_working(world: World) {
    let team = world.business().await;
    let key = world.key(&team, &["tickets:read", "events:write"]).await;
    let use_all = async || {
        key.get("/v1/tickets").await.ok(200);
        team.admin.get("/v1/api-keys").await.ok(200);
        for _ in 0..3 {
            key.post("/v1/events", &a_ticket_event()).await.ok(202);
        }
        key.post("/v1/events", &a_ticket_event()).await.problem(429, "rate-limited");
    };
    use_all().await;
    for _ in 0..3 {
        world.set_back(HOUR);
        world.advance(1);
        use_all().await;
    }
    for _ in 0..10 {
        let wrong = json!({ "email": team.member.email, "password": "a wrong guess" });
        world.anyone().post("/v1/session", &wrong).await.problem(401, "invalid-sign-in");
    }
    world.set_back(HOUR);
    let right = json!({ "email": team.member.email, "password": PASSWORD });
    assert_eq!(world.anyone().post("/v1/session", &right).await.header("retry-after"), Some("90"));
    world.advance(91);
    world.anyone().post("/v1/session", &right).await.ok(200);
}

#[both]
async fn what_a_credential_lost_is_lost_within_a_second(world: World) {
    let team = world.business().await;
    let made = team.create_key(&["tickets:read"]).await;
    let key = world.bearer(made["key"].as_str().unwrap());
    key.get("/v1/tickets").await.ok(200);
    world.set_back(HOUR);
    // Behind the node's back, as on another node.
    let id = made["id"].as_str().unwrap().to_owned();
    world.execute(format!("UPDATE api_keys SET revoked_at = 1 WHERE id = '{id}'")).await.unwrap();
    key.get("/v1/tickets").await.ok(200);
    world.advance(1);
    key.get("/v1/tickets").await.problem(401, "key-revoked");
}

#[both]
async fn what_was_made_meanwhile_is_found_by_its_time(world: World) {
    let team = world.business().await;
    world.advance(10);
    let before = team.admin.post("/v1/tickets", &json!({ "title": "Printer" })).await.ok(201);
    world.set_back(HOUR);
    world.advance(10);
    let after = team.admin.post("/v1/tickets", &json!({ "title": "Printer" })).await.ok(201);
    // On PostgreSQL the database's time counts, which nobody has set back.
    let went_back = after["created_at"].as_str() < before["created_at"].as_str();
    assert_eq!(went_back, world.is_embedded());
    let [early, late] = if went_back { [after, before] } else { [before, after] };
    assert!(early["id"].as_str() < late["id"].as_str());
    let opened = async |query: &str| -> Vec<Value> {
        let path = format!("/v1/audit-log?action=ticket.created&{query}");
        let log = team.admin.get(&path).await.ok(200);
        log["data"].as_array().unwrap().iter().map(|entry| entry["object_id"].clone()).collect()
    };
    let (first, last) = (&early["created_at"].as_str().unwrap(), &late["created_at"].as_str().unwrap());
    assert_eq!(opened(&format!("since={first}&until={last}")).await, [early["id"].clone()]);
    assert_eq!(opened(&format!("since={last}")).await, [late["id"].clone()]);
    assert_eq!(opened(&format!("since={first}")).await, [late["id"].clone(), early["id"].clone()]);
}

#[both]
async fn a_webhook_with_a_rate_limit_goes_on(world: World) {
    let integrator = Integrator::new(&world).await;
    let receiver = Receiver::http(Behaviour::Answer(200, "")).await;
    let body = json!({ "url": receiver.url("/"), "event_types": ["ticket.*"], "rate_limit": 1 });
    integrator.make_webhook(&body).await;
    let _worker = world.start_worker();
    for come in [3, 6] {
        for _ in 0..3 {
            integrator.publish().await;
        }
        world.step_until("all have come", async || receiver.requests().len() == come).await;
        world.set_back(HOUR);
    }
}

#[both]
async fn a_parked_webhook_is_probed(world: World) {
    let integrator = Integrator::new(&world).await;
    let receiver = Receiver::http(Behaviour::Answer(503, "")).await;
    let webhook = integrator.webhook(&receiver.url("/"), &["ticket.*"]).await;
    let _worker = world.start_worker();
    integrator.park(&webhook).await;
    world.set_back(HOUR);
    let before = receiver.requests().len();
    world.step_until("a probe came", async || receiver.requests().len() > before).await;
    receiver.set(Behaviour::Answer(200, ""));
    let active = async || integrator.show_webhook(&webhook).await["status"] == "active";
    world.step_until("the receiver is back", active).await;
}

#[both]
async fn leases_that_ran_out_are_found(world: World) {
    let integrator = Integrator::new(&world).await;
    let receiver = Receiver::http(Behaviour::Hang).await;
    integrator.webhook(&receiver.url("/"), &["ticket.*"]).await;
    let worker = world.start_worker();
    world.set_back(HOUR);
    let crashing = world.start_worker();
    let delivery = integrator.delivery_of(&integrator.publish().await).await;
    receiver.wait_for(1).await;
    drop((worker, crashing));
    receiver.set(Behaviour::Answer(200, ""));
    let _worker = world.start_worker();
    let done = async || integrator.show(&delivery).await["status"] == "succeeded";
    world.step_until("it is sent again", done).await;
}

#[both]
async fn a_new_server_gives_tokens(world: World) {
    let team = world.business().await;
    let app = ThirdPartyApp::new(&world, &team, &["tickets:read"]).await;
    app.own_token().await;
    world.set_back(HOUR);
    let token = app.own_token().await;
    world.bearer(&token).get("/v1/tickets").await.ok(200);
}
