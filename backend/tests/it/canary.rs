//! Canary recoveries, and recoveries of what was missing or had succeeded.

use serde_json::{Value, json};

use crate::harness::{Behaviour, Integrator, NOWHERE, Receiver, World, a_ticket_event, both, eventually};

/// A recovery once it has this status, the clock moving on meanwhile.
async fn once(integrator: &Integrator, world: &World, path: &str, status: &str) -> Value {
    world
        .step_until(&format!("{path} is {status}"), async || {
            integrator.key.get(path).await.ok(200)["status"] == status
        })
        .await;
    integrator.key.get(path).await.ok(200)
}

#[both]
async fn many_refusals_cost_at_most_eleven_attempts(world: World) {
    let integrator = Integrator::new(&world).await;
    let receiver = Receiver::http(Behaviour::Answer(401, "")).await;
    let webhook = integrator.missed(&receiver.url("/"), 40).await;
    let _worker = world.start_worker();
    let _job = world.start_recoveries();
    let body = json!({ "webhook_id": webhook, "canary": true, "rate_per_second": 1000 });
    assert_eq!(
        integrator.count(body.clone()).await["canary"],
        json!({ "stage": 1, "size": 1, "started": 0 })
    );
    let path = integrator.recover(body).await;
    let stopped = once(&integrator, &world, &path, "stopped").await;
    assert_eq!(stopped["canary"], json!({ "stage": 1, "size": 1, "started": 1 }));
    let why = &stopped["stopped"];
    assert_eq!(
        (&why["diagnosis"]["code"], &why["failed"], &why["repeated"], &why["tried"]),
        (&json!("unauthorized"), &json!(1), &json!(0), &json!(1))
    );
    assert!(why["reason"].as_str().unwrap().contains("Not authorized"), "{why}");
    assert!(stopped["finished_at"].is_string());
    // Nothing more comes, whatever time goes by.
    for _ in 0..8 {
        world.advance(3600);
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    assert_eq!(receiver.requests().len(), 1);
    assert_eq!(integrator.list("status=canceled").await.len(), 40, "what failed stays as it was");

    integrator.key.post(&format!("{path}/continue"), &json!({})).await.ok(200);
    let stopped = once(&integrator, &world, &path, "stopped").await;
    assert_eq!(stopped["started"], 11);
    // The fifth failure ends the stage. The others were sent with it, and their answers are still to come.
    eventually("all eleven have failed", async || {
        integrator.key.get(&path).await.ok(200)["outcome"]["failed"] == 11
    })
    .await;
    assert_eq!(stopped["canary"], json!({ "stage": 2, "size": 10, "started": 10 }));
    assert!(stopped["stopped"]["failed"].as_u64().unwrap() >= 5);
    world.advance(3600);
    tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    assert!(receiver.requests().len() <= 11, "{}", receiver.requests().len());

    let canceled = integrator.key.post(&format!("{path}/cancel"), &json!({})).await.ok(200);
    assert_eq!(canceled["status"], "canceled");
    integrator.key.post(&format!("{path}/continue"), &json!({})).await.problem(409, "conflict");
    integrator.key.post(&format!("{path}/cancel"), &json!({})).await.problem(409, "conflict");
    assert_eq!(
        integrator.team.audited().await[..3],
        ["recovery.canceled", "recovery.continued", "recovery.started"]
    );
}

#[both]
async fn a_second_round_says_that_the_diagnosis_is_the_same(world: World) {
    let integrator = Integrator::new(&world).await;
    let receiver = Receiver::http(Behaviour::Answer(401, "")).await;
    let webhook = integrator.missed(&receiver.url("/"), 3).await;
    let _worker = world.start_worker();
    let _job = world.start_recoveries();
    let body = json!({ "webhook_id": webhook, "canary": true });
    for repeated in [0, 1] {
        let path = integrator.recover(body.clone()).await;
        let stopped = once(&integrator, &world, &path, "stopped").await["stopped"].clone();
        assert_eq!(stopped["repeated"], repeated, "{stopped}");
        assert_eq!(stopped["reason"].as_str().unwrap().contains("as before"), repeated == 1, "{stopped}");
        world.advance(1);
    }
}

#[both]
async fn a_receiver_that_is_back_gets_everything_stage_by_stage(world: World) {
    let integrator = Integrator::new(&world).await;
    let receiver = Receiver::http(Behaviour::Answer(200, "")).await;
    let webhook = integrator.missed(&receiver.url("/"), 130).await;
    let worker = world.start_worker();
    let _job = world.start_recoveries();
    let body = json!({ "webhook_id": webhook, "canary": true, "rate_per_second": 1000 });
    let path = integrator.recover(body).await;
    let done = once(&integrator, &world, &path, "done").await;
    assert_eq!((&done["started"], &done["passed_over"]), (&json!(130), &json!(0)));
    assert_eq!(done["canary"], json!({ "stage": 4, "size": null, "started": null }));
    assert_eq!(done["stopped"], Value::Null);
    world
        .step_until("all have come", async || {
            integrator.key.get(&path).await.ok(200)["outcome"]["succeeded"] == 130
        })
        .await;
    assert_eq!((receiver.requests().len(), receiver.event_ids().len()), (130, 130));
    worker.stop().await;
}

#[both]
async fn while_a_stage_runs_nothing_else_begins(world: World) {
    let integrator = Integrator::new(&world).await;
    let receiver = Receiver::http(Behaviour::Wait).await;
    let webhook = integrator.missed(&receiver.url("/"), 15).await;
    let _worker = world.start_worker();
    let _job = world.start_recoveries();
    let body = json!({ "webhook_id": webhook, "canary": true, "rate_per_second": 1000 });
    let path = integrator.recover(body.clone()).await;
    receiver.wait_for(1).await;
    for _ in 0..10 {
        world.advance_by(std::time::Duration::from_millis(200));
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    assert_eq!(receiver.requests().len(), 1);
    let running = integrator.key.get(&path).await.ok(200);
    assert_eq!((&running["status"], &running["outcome"]["waiting"]), (&json!("running"), &json!(1)));
    integrator.key.post("/v1/recoveries", &body).await.problem(409, "conflict");
    integrator.key.post(&format!("{path}/continue"), &json!({})).await.problem(409, "conflict");
    receiver.let_go();
    let done = once(&integrator, &world, &path, "done").await;
    assert_eq!(done["started"], 15);
}

#[both]
async fn what_was_missing_gets_a_delivery_once(world: World) {
    let integrator = Integrator::new(&world).await;
    let receiver = Receiver::http(Behaviour::Answer(200, "")).await;
    let mut events = Vec::new();
    for _ in 0..3 {
        events.push(integrator.publish().await);
        world.advance(60);
    }
    let from = world.now();
    events.push(integrator.publish().await);
    let closed = json!({ "type": "ticket.closed", "data": a_ticket_event()["data"] });
    integrator.key.post("/v1/events", &closed).await.ok(202);
    let webhook = integrator.webhook(&receiver.url("/"), &["ticket.created", "webhook.*"]).await;
    // An event about the webhook itself never goes to it.
    integrator.disable(&webhook).await;
    integrator.enable(&webhook).await;
    let missing = json!({ "webhook_id": webhook, "include": ["missing"] });
    let counted = integrator.count(missing.clone()).await;
    assert_eq!((&counted["total"], &counted["matched"]["missing"]), (&json!(4), &json!(4)), "{counted}");
    assert_eq!(counted["include"], json!(["missing"]));
    let mut later = missing.clone();
    later["since"] = json!(from);
    assert_eq!(integrator.count(later).await["total"], 1);
    assert_eq!(integrator.count(json!({ "webhook_id": webhook })).await["total"], 0);

    let _worker = world.start_worker();
    let _job = world.start_recoveries();
    let path = integrator.recover(missing.clone()).await;
    let done = integrator.once_done(&world, &path).await;
    assert_eq!((&done["started"], &done["passed_over"]), (&json!(4), &json!(0)));
    let arrived = receiver.wait_for(4).await;
    let ids: Vec<_> = arrived.iter().map(|it| it.header("webhook-id").unwrap().to_owned()).collect();
    assert_eq!(ids.len(), 4);
    assert_eq!(receiver.event_ids(), events.iter().cloned().collect());
    let delivery = integrator.delivery_to(&webhook, &events[0]).await;
    let delivery = integrator.after(&delivery, 1).await;
    let event = integrator.key.get(&format!("/v1/events/{}", events[0])).await.ok(200);
    assert_eq!(
        (&delivery["status"], &delivery["created_at"], &delivery["cancel_reason"]),
        (&json!("succeeded"), &event["created_at"], &Value::Null)
    );
    assert_eq!(integrator.count(missing).await["total"], 0, "nothing is missing any more");
}

#[both]
async fn what_is_missing_waits_as_canceled_where_a_canary_stops(world: World) {
    let integrator = Integrator::new(&world).await;
    let receiver = Receiver::http(Behaviour::Answer(404, "")).await;
    for _ in 0..5 {
        integrator.publish().await;
    }
    let webhook = integrator.webhook(&receiver.url("/"), &["ticket.*"]).await;
    let _worker = world.start_worker();
    let _job = world.start_recoveries();
    let missing = json!({ "webhook_id": webhook, "include": ["missing"], "canary": true });
    let path = integrator.recover(missing.clone()).await;
    once(&integrator, &world, &path, "stopped").await;
    let waiting = integrator.list("status=canceled").await;
    assert_eq!((waiting.len(), &waiting[0]["cancel_reason"]), (5, &json!("missed")));
    assert_eq!(integrator.count(missing).await["matched"]["missing"], 5);
    assert_eq!(receiver.requests().len(), 1);
}

#[both]
async fn what_succeeded_is_sent_once_more(world: World) {
    let integrator = Integrator::new(&world).await;
    let receiver = Receiver::http(Behaviour::Answer(200, "")).await;
    let webhook = integrator.webhook(&receiver.url("/"), &["ticket.*"]).await;
    let _worker = world.start_worker();
    for _ in 0..3 {
        let delivery = integrator.delivery_of(&integrator.publish().await).await;
        integrator.after(&delivery, 1).await;
    }
    world.advance(60);
    let again = json!({ "webhook_id": webhook, "include": ["succeeded"] });
    assert_eq!(integrator.count(again.clone()).await["matched"]["succeeded"], 3);
    let _job = world.start_recoveries();
    let path = integrator.recover(again).await;
    let done = integrator.once_done(&world, &path).await;
    assert_eq!(done["started"], 3);
    receiver.wait_for(6).await;
    assert_eq!(receiver.event_ids().len(), 3, "under the same ids");
    // A lease that ran out before its answer was written would be taken again.
    eventually("all three are finished", async || {
        integrator.key.get(&path).await.ok(200)["outcome"]["succeeded"] == 3
    })
    .await;
    world.advance(60);
    tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    assert_eq!(receiver.requests().len(), 6);
}

#[both]
async fn what_to_include_is_checked(world: World) {
    let integrator = Integrator::new(&world).await;
    let webhook = integrator.missed(NOWHERE, 2).await;
    let refused =
        async |body: Value| integrator.key.post("/v1/recoveries", &body).await.fields(422, "validation");
    for include in [json!(["missing"]), json!(["failed", "succeeded"]), json!([])] {
        assert_eq!(refused(json!({ "include": include })).await, ["include"], "{include}");
    }
    assert_eq!(refused(json!({ "include": ["failed", "lost"] })).await, ["include/1"]);
    for (include, total) in
        [(json!(["failed"]), 0), (json!(["canceled"]), 2), (json!(["canceled", "failed"]), 2)]
    {
        assert_eq!(integrator.count(json!({ "include": include })).await["total"], total, "{include}");
    }
    let all = json!(["failed", "canceled", "missing", "succeeded"]);
    let counted = integrator.count(json!({ "webhook_id": webhook, "include": all })).await;
    assert_eq!((&counted["total"], &counted["include"]), (&json!(2), &all));
}
