//! Recoveries, which retry many deliveries at a steady rate: counted, started, watched, canceled, and carried on after a
//! crash.

use std::time::Duration;

use api_types::account::Plan;
use serde_json::{Value, json};

use crate::harness::{Behaviour, Integrator, NOWHERE, Receiver, World, both, eventually};

fn ids(deliveries: &[Value]) -> Vec<&str> {
    deliveries.iter().map(|delivery| delivery["id"].as_str().unwrap()).collect()
}

#[both]
async fn counting_is_exact_and_changes_nothing(world: World) {
    let integrator = Integrator::new(&world).await;
    let receiver = Receiver::http(Behaviour::Answer(500, "")).await;
    let missed = integrator.missed(NOWHERE, 3).await;
    integrator.disable(&missed).await;
    let failing = integrator.webhook(&receiver.url("/"), &["*"]).await;
    let worker = world.start_worker();
    world.advance(60);
    let later = world.now();
    for _ in 0..2 {
        let id = integrator.delivery_to(&failing, &integrator.publish().await).await;
        integrator.after(&id, 1).await;
    }
    worker.stop().await;
    let before = integrator.list("").await;
    let audited = integrator.team.audited().await;
    // Three events were missed before the webhook was disabled again, and two since.
    for (filter, total, failed, canceled, retrying, passed_over) in [
        (json!({}), 7, 0, 5, 2, 5),
        (json!({ "webhook_id": missed }), 5, 0, 5, 0, 5),
        (json!({ "webhook_id": failing }), 2, 0, 0, 2, 0),
        (json!({ "event_type": "ticket.created" }), 7, 0, 5, 2, 5),
        (json!({ "event_type": "ticket.closed" }), 0, 0, 0, 0, 0),
        (json!({ "category": "outage" }), 2, 0, 0, 2, 0),
        (json!({ "category": "ours" }), 0, 0, 0, 0, 0),
        (json!({ "since": later }), 4, 0, 2, 2, 2),
        (json!({ "until": later }), 3, 0, 3, 0, 3),
        (json!({ "since": later, "webhook_id": missed }), 2, 0, 2, 0, 2),
        (json!({ "since": "2026-11-01T00:00:00Z", "until": "2030-01-01T00:00:00Z" }), 7, 0, 5, 2, 5),
    ] {
        let counted = integrator.count(filter.clone()).await;
        assert_eq!((&counted["id"], &counted["status"]), (&Value::Null, &json!("counted")));
        assert_eq!(
            (&counted["total"], &counted["passed_over"]),
            (&json!(total), &json!(passed_over)),
            "{filter}"
        );
        let matched = json!({ "failed": failed, "canceled": canceled, "retrying": retrying, "succeeded": 0, "missing": 0 });
        assert_eq!(counted["matched"], matched, "{filter}");
    }
    let keyed = integrator.key.with_header("idempotency-key", "one");
    keyed.post("/v1/recoveries", &json!({ "dry_run": true })).await.ok(200);
    keyed.post("/v1/recoveries", &json!({ "dry_run": true })).await.ok(200);
    assert_eq!((integrator.list("").await, integrator.team.audited().await), (before, audited));
    assert_eq!(integrator.key.get("/v1/recoveries").await.ok(200)["data"], json!([]));
}

#[both]
async fn a_pace_is_kept_oldest_first_with_progress(world: World) {
    let integrator = Integrator::new(&world).await;
    let webhook = integrator.missed(NOWHERE, 7).await;
    let all = integrator.list("").await;
    let made = integrator.key.post("/v1/recoveries", &json!({ "webhook_id": webhook })).await.ok(202);
    assert_eq!(
        (&made["status"], &made["total"], &made["started"]),
        (&json!("running"), &json!(7), &json!(0))
    );
    assert_eq!((&made["rate_per_second"], &made["created_by"]["type"]), (&json!(20), &json!("api_key")));
    assert_eq!(
        made["matched"],
        json!({ "failed": 0, "canceled": 7, "retrying": 0, "succeeded": 0, "missing": 0 })
    );
    let path = format!("/v1/recoveries/{}", made["id"].as_str().unwrap());
    let _job = world.start_recoveries();
    for started in [2, 4, 6] {
        let recovery = integrator.once_started(&path, started).await;
        assert_eq!((&recovery["status"], &recovery["finished_at"]), (&json!("running"), &Value::Null));
        // Until the clock moves, nothing more is set going.
        tokio::time::sleep(Duration::from_millis(60)).await;
        let going = integrator.list("status=pending").await;
        assert_eq!(ids(&going), ids(&all)[7 - usize::try_from(started).unwrap()..], "the oldest go first");
        world.advance_by(Duration::from_millis(100));
    }
    let recovery = integrator.once_started(&path, 7).await;
    assert_eq!((&recovery["status"], &recovery["passed_over"]), (&json!("done"), &json!(0)));
    assert_eq!(recovery["finished_at"], json!(world.now()));
    assert_eq!(recovery["outcome"], json!({ "succeeded": 0, "waiting": 7, "failed": 0, "failed_again": 0 }));
    let going = integrator.show(ids(&all)[0]).await;
    assert_eq!((&going["cancel_reason"], &going["finished_at"]), (&Value::Null, &Value::Null));
    assert_eq!(integrator.team.audited().await[0], "recovery.started");
}

#[both]
async fn what_failed_for_good_starts_its_schedule_anew(world: World) {
    let integrator = Integrator::new(&world).await;
    let receiver = Receiver::http(Behaviour::Answer(404, "")).await;
    integrator.webhook(&receiver.url("/"), &["ticket.*"]).await;
    let _worker = world.start_worker();
    let id = integrator.delivery_of(&integrator.publish().await).await;
    for (index, minutes) in [1, 6, 33, 132, 330, 660, 924, 1320, 1584].into_iter().enumerate() {
        integrator.after(&id, index as u64 + 1).await;
        world.advance(minutes * 60);
    }
    assert_eq!(integrator.after(&id, 10).await["status"], "failed");
    assert_eq!(integrator.count(json!({})).await["matched"]["failed"], 1);
    let _job = world.start_recoveries();
    let path = integrator.recover(json!({ "category": "configuration" })).await;
    let delivery = integrator.after(&id, 11).await;
    assert_eq!((&delivery["status"], &delivery["finished_at"]), (&json!("retrying"), &Value::Null));
    assert_eq!(delivery["attempt_history"][0]["trigger"], "automatic");
    assert_eq!(integrator.key.get(&path).await.ok(200)["outcome"]["waiting"], 1);
    receiver.set(Behaviour::Answer(200, ""));
    // The first pause of the schedule.
    world.advance(6);
    assert_eq!(integrator.after(&id, 12).await["status"], "succeeded");
    let recovery = integrator.once_done(&world, &path).await;
    assert_eq!(recovery["outcome"], json!({ "succeeded": 1, "waiting": 0, "failed": 0, "failed_again": 0 }));
}

#[both]
async fn what_is_retrying_gets_an_attempt_whose_failure_leaves_the_schedule(world: World) {
    let integrator = Integrator::new(&world).await;
    let receiver = Receiver::http(Behaviour::Answer(500, "")).await;
    integrator.webhook(&receiver.url("/"), &["ticket.*"]).await;
    let _worker = world.start_worker();
    let id = integrator.delivery_of(&integrator.publish().await).await;
    let before = integrator.after(&id, 1).await;
    let _job = world.start_recoveries();
    integrator.recover(json!({})).await;
    let after = integrator.after(&id, 2).await;
    for field in ["status", "next_attempt_at", "finished_at"] {
        assert_eq!(after[field], before[field], "{field}");
    }
    assert_eq!(after["attempt_history"][0]["trigger"], "manual");
    receiver.set(Behaviour::Answer(200, ""));
    let path = integrator.recover(json!({ "category": "outage" })).await;
    assert_eq!(integrator.after(&id, 3).await["status"], "succeeded");
    let recovery = integrator.once_done(&world, &path).await;
    assert_eq!(recovery["outcome"], json!({ "succeeded": 1, "waiting": 0, "failed": 0, "failed_again": 0 }));
}

#[both]
async fn canceling_stops_it_and_what_it_set_going_goes_on(world: World) {
    let integrator = Integrator::new(&world).await;
    let receiver = Receiver::http(Behaviour::Answer(200, "")).await;
    integrator.missed(&receiver.url("/"), 10).await;
    let path = integrator.recover(json!({})).await;
    let job = world.start_recoveries();
    integrator.once_started(&path, 2).await;
    let cancel = format!("{path}/cancel");
    let canceled = integrator.key.post(&cancel, &json!({})).await.ok(200);
    assert_eq!((&canceled["status"], &canceled["started"]), (&json!("canceled"), &json!(2)));
    assert_eq!(canceled["finished_at"], json!(world.now()));
    integrator.key.post(&cancel, &json!({})).await.problem(409, "conflict");
    let _worker = world.start_worker();
    receiver.wait_for(2).await;
    world.advance(10);
    drop(job);
    let _job = world.start_recoveries();
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert_eq!((integrator.list("status=canceled").await.len(), receiver.requests().len()), (8, 2));
    assert_eq!(integrator.team.audited().await[..2], ["recovery.canceled", "recovery.started"]);
    // The rest can still be recovered.
    assert_eq!(integrator.count(json!({})).await["total"], 8);
}

#[both]
async fn it_is_carried_on_by_whoever_comes_next_and_each_delivery_goes_once(world: World) {
    let integrator = Integrator::new(&world).await;
    let receiver = Receiver::http(Behaviour::Answer(200, "")).await;
    integrator.missed(&receiver.url("/"), 40).await;
    let _worker = world.start_worker();
    let path = integrator.recover(json!({ "rate_per_second": 50 })).await;
    let crashing = world.start_recoveries();
    integrator.once_started(&path, 5).await;
    drop(crashing);
    eventually("the first have arrived", async || {
        integrator.key.get(&path).await.ok(200)["outcome"]["succeeded"] == 5
    })
    .await;
    world.advance(60);
    tokio::time::sleep(Duration::from_millis(60)).await;
    integrator.once_started(&path, 5).await;
    // From here on, two nodes carry the recovery out at once.
    let _jobs = [world.start_recoveries(), world.start_recoveries()];
    let recovery = integrator.once_done(&world, &path).await;
    assert_eq!((&recovery["started"], &recovery["passed_over"]), (&json!(40), &json!(0)));
    let all = json!({ "succeeded": 40, "waiting": 0, "failed": 0, "failed_again": 0 });
    eventually("all are delivered", async || integrator.key.get(&path).await.ok(200)["outcome"] == all).await;
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert_eq!(receiver.requests().len(), 40);
}

#[both]
async fn a_disabled_or_deleted_webhook_is_refused_by_name_and_passed_over_otherwise(world: World) {
    let integrator = Integrator::new(&world).await;
    let disabled = integrator.missed(NOWHERE, 2).await;
    integrator.disable(&disabled).await;
    let refused = integrator.key.post("/v1/recoveries", &json!({ "webhook_id": disabled })).await;
    let problem = refused.problem(409, "conflict");
    assert!(problem["detail"].as_str().unwrap().contains("Enable it first"), "{problem}");
    assert_eq!(integrator.count(json!({ "webhook_id": disabled })).await["total"], 2);
    integrator.team.admin.delete(&format!("/v1/webhooks/{disabled}")).await.ok(204);
    let refused = integrator.key.post("/v1/recoveries", &json!({ "webhook_id": disabled })).await;
    assert!(refused.problem(409, "conflict")["detail"].as_str().unwrap().contains("deleted"));

    integrator.missed(NOWHERE, 1).await;
    let path = integrator.recover(json!({ "rate_per_second": 1000 })).await;
    let _job = world.start_recoveries();
    let recovery = integrator.once_done(&world, &path).await;
    assert_eq!(
        (&recovery["total"], &recovery["started"], &recovery["passed_over"]),
        (&json!(3), &json!(1), &json!(2))
    );
}

#[both]
async fn a_webhook_or_plan_that_ends_meanwhile_does_not_hold_it_up(world: World) {
    let integrator = Integrator::new(&world).await;
    let webhook = integrator.missed(NOWHERE, 5).await;
    let path = integrator.recover(json!({ "rate_per_second": 1 })).await;
    let _job = world.start_recoveries();
    integrator.once_started(&path, 1).await;
    integrator.disable(&webhook).await;
    let recovery = integrator.once_done(&world, &path).await;
    assert_eq!((&recovery["started"], &recovery["passed_over"]), (&json!(1), &json!(4)));
    assert_eq!(recovery["outcome"]["failed"], 1, "disabling canceled it again");

    integrator.enable(&webhook).await;
    let path = integrator.recover(json!({ "rate_per_second": 1 })).await;
    integrator.once_started(&path, 1).await;
    let workspace = integrator.team.id;
    let set_plan = async |plan: Plan| {
        world.move_quietly_to(workspace, plan).await;
        world.advance(2);
    };
    set_plan(Plan::Free).await;
    let running = "(SELECT count(*) FROM recoveries WHERE finished_at IS NULL)";
    eventually("the recovery is over", async || world.number(running).await == 0).await;
    set_plan(Plan::Business).await;
    let recovery = integrator.once_done(&world, &path).await;
    assert_eq!((&recovery["started"], &recovery["passed_over"]), (&json!(1), &json!(4)));
}

#[both]
async fn one_runs_for_a_webhook_at_a_time(world: World) {
    let integrator = Integrator::new(&world).await;
    let one = integrator.missed(NOWHERE, 1).await;
    let other = integrator.missed(NOWHERE, 1).await;
    let path = integrator.recover(json!({ "webhook_id": one })).await;
    for filter in [json!({ "webhook_id": one, "event_type": "ticket.created" }), json!({})] {
        let problem = integrator.key.post("/v1/recoveries", &filter).await.problem(409, "conflict");
        let detail = problem["detail"].as_str().unwrap();
        assert!(detail.contains(path.rsplit('/').next().unwrap()), "{detail}");
    }
    // A recovery that finds nothing to do is done at once, and not kept.
    let nothing = json!({ "webhook_id": one, "event_type": "ticket.closed" });
    let done = integrator.key.post("/v1/recoveries", &nothing).await.ok(200);
    assert_eq!((&done["status"], &done["total"]), (&json!("done"), &json!(0)));
    assert_eq!(done["id"], json!(null));
    integrator.recover(json!({ "webhook_id": other })).await;
    let list = async |filter: &str| {
        integrator.key.get(&format!("/v1/recoveries?{filter}")).await.ok(200)["data"]
            .as_array()
            .unwrap()
            .len()
    };
    assert_eq!((list("").await, list("status=running").await, list("status=done,canceled").await), (2, 2, 0));
    assert_eq!((list(&format!("webhook_id={one}")).await, list("status=canceled").await), (1, 0));
    let newest = integrator.key.get("/v1/recoveries?limit=1").await.ok(200);
    assert_eq!(newest["data"][0]["webhook_id"], json!(other));
    assert!(newest["next_cursor"].is_string());
    integrator.key.get("/v1/recoveries?status=over").await.problem(400, "bad-request");
}

#[both]
async fn bad_input_names_its_fields(world: World) {
    let integrator = Integrator::new(&world).await;
    let elsewhere = Integrator::new(&world).await.missed(NOWHERE, 1).await;
    for (body, named) in [
        (json!({ "webhook_id": "whk_1" }), "webhook_id"),
        (json!({ "webhook_id": "whk_01JDBN5X7W3Q9K2M4E6R8T0VYZ" }), "webhook_id"),
        (json!({ "webhook_id": elsewhere }), "webhook_id"),
        (json!({ "event_type": "ticket.exploded" }), "event_type"),
        (json!({ "category": "mine" }), "category"),
        (json!({ "since": "yesterday" }), "since"),
        (json!({ "until": "2026-11-23" }), "until"),
        (json!({ "since": "2026-11-23T08:00:00Z", "until": "2026-11-23T08:00:00Z" }), "since"),
        (json!({ "rate_per_second": 0 }), "rate_per_second"),
        (json!({ "rate_per_second": 1001 }), "rate_per_second"),
    ] {
        for dry_run in [true, false] {
            let mut body = body.clone();
            body["dry_run"] = json!(dry_run);
            let reply = integrator.key.post("/v1/recoveries", &body).await;
            assert_eq!(reply.fields(422, "validation"), [named], "{body}");
        }
    }
    assert_eq!(integrator.key.get("/v1/recoveries").await.ok(200)["data"], json!([]));
}

#[both]
async fn while_a_webhook_is_parked_they_wait_for_its_receiver(world: World) {
    let integrator = Integrator::new(&world).await;
    let receiver = Receiver::http(Behaviour::Answer(500, "")).await;
    let webhook = integrator.missed(&receiver.url("/"), 3).await;
    let _worker = world.start_worker();
    let path = format!("/v1/webhooks/{webhook}");
    for _ in 0..5 {
        integrator.publish().await;
    }
    eventually("the webhook is parked", async || {
        integrator.key.get(&path).await.ok(200)["status"] == "parked"
    })
    .await;
    let before = receiver.requests().len();
    let recovery = integrator.recover(json!({ "webhook_id": webhook, "rate_per_second": 1000 })).await;
    let _job = world.start_recoveries();
    let done = integrator.once_started(&recovery, 8).await;
    assert_eq!((&done["status"], &done["total"]), (&json!("done"), &json!(8)));
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert_eq!(receiver.requests().len(), before, "it is spared until a probe finds it well");
    receiver.set(Behaviour::Answer(200, ""));
    eventually("all have arrived", async || {
        world.advance_by(Duration::from_millis(200));
        integrator.key.get(&recovery).await.ok(200)["outcome"]["succeeded"] == 8
    })
    .await;
    assert_eq!(receiver.requests().len(), before + 8);
}

#[both]
async fn under_a_rate_limit_they_join_the_webhooks_own_line(world: World) {
    let integrator = Integrator::new(&world).await;
    let webhook = integrator.missed(NOWHERE, 3).await;
    let path = format!("/v1/webhooks/{webhook}");
    integrator.team.admin.patch(&path, &json!({ "rate_limit": 5 })).await.ok(200);
    let recovery = integrator.recover(json!({ "webhook_id": webhook })).await;
    let _job = world.start_recoveries();
    integrator.once_done(&world, &recovery).await;
    assert_eq!(integrator.key.get(&path).await.ok(200)["health"]["held"], 3);
}
