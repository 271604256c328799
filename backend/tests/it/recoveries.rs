//! Recoveries: counted, carried out by their pace, watched, canceled, and carried on by whoever comes next.

use std::time::Duration;

use api_types::account::Plan;
use sayless::{
    db::accounts,
    delivery::{recovery, worker::Worker},
    problem::Failure,
};
use serde_json::{Value, json};
use tokio::task::JoinHandle;

use crate::{
    both,
    engine::Engine,
    harness::World,
    receiver::{Behaviour, Receiver, eventually},
};

/// The job as a node runs it. Dropping it stops it like a crash.
struct Job(JoinHandle<()>);

impl Job {
    fn start(world: &World) -> Self {
        Self(tokio::spawn(recovery::keep(world.app.clone())))
    }
}

impl Drop for Job {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Where nobody asks: these webhooks are not sent to.
const NOWHERE: &str = "http://127.0.0.1:1/";

impl Engine {
    async fn switch(&self, webhook: &str, to: &str) {
        self.team.admin.post(&format!("/v1/webhooks/{webhook}/{to}"), &json!({})).await.ok(200);
    }

    /// A webhook that was disabled while so many events were published, so that it missed them.
    async fn missed(&self, url: &str, count: usize) -> String {
        let webhook = self.webhook(url, &["ticket.*"]).await;
        self.switch(&webhook, "disable").await;
        for _ in 0..count {
            self.publish().await;
        }
        self.switch(&webhook, "enable").await;
        webhook
    }

    /// The delivery of an event to one of several webhooks.
    async fn delivery_of_webhook(&self, event: &str, webhook: &str) -> String {
        let found = self.list(&format!("event_id={event}&webhook_id={webhook}")).await;
        found[0]["id"].as_str().unwrap().to_owned()
    }

    async fn count(&self, filter: Value) -> Value {
        let mut body = filter;
        body["dry_run"] = json!(true);
        self.key.post("/v1/recoveries", &body).await.ok(200)
    }

    /// Starts a recovery and gives its path.
    async fn recover(&self, body: Value) -> String {
        let made = self.key.post("/v1/recoveries", &body).await.ok(202);
        format!("/v1/recoveries/{}", made["id"].as_str().unwrap())
    }

    /// A recovery once it has looked at so many.
    async fn once_started(&self, path: &str, started: u64) -> Value {
        let mut last = Value::Null;
        eventually(&format!("{path} has started {started}"), async || {
            last = self.key.get(path).await.ok(200);
            last["started"].as_u64() >= Some(started)
        })
        .await;
        assert_eq!(last["started"], started, "{last}");
        last
    }

    /// A recovery once it is done, the clock moving on by a tenth of a second at a time.
    async fn once_done(&self, world: &World, path: &str) -> Value {
        let mut last = Value::Null;
        eventually(&format!("{path} is done"), async || {
            world.app.clock.advance(Duration::from_millis(100));
            last = self.key.get(path).await.ok(200);
            last["status"] == "done"
        })
        .await;
        last
    }
}

fn ids(deliveries: &[Value]) -> Vec<&str> {
    deliveries.iter().map(|delivery| delivery["id"].as_str().unwrap()).collect()
}

both! {
    async fn counting_is_exact_and_changes_nothing(world) {
        let engine = Engine::new(&world).await;
        let receiver = Receiver::http(Behaviour::Answer(500, "")).await;
        let missed = engine.missed(NOWHERE, 3).await;
        engine.switch(&missed, "disable").await;
        let failing = engine.webhook(&receiver.url("/"), &["*"]).await;
        let worker = Worker::start(world.app.clone());
        world.advance(60);
        let later = world.app.clock.now();
        for _ in 0..2 {
            let id = engine.delivery_of_webhook(&engine.publish().await, &failing).await;
            engine.after(&id, 1).await;
        }
        worker.stop().await;
        let (before, audited) = (engine.list("").await, engine.team.audited().await);
        // Three were missed before it was disabled again, and two since.
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
            let counted = json!({ "total": total, "failed": failed, "canceled": canceled, "retrying": retrying,
                "passed_over": passed_over });
            assert_eq!(engine.count(filter.clone()).await, counted, "{filter}");
        }
        let keyed = engine.key.with_header("idempotency-key", "one");
        keyed.post("/v1/recoveries", &json!({ "dry_run": true })).await.ok(200);
        keyed.post("/v1/recoveries", &json!({ "dry_run": true, "category": "ours" })).await.ok(200);
        assert_eq!((engine.list("").await, engine.team.audited().await), (before, audited));
        assert_eq!(engine.key.get("/v1/recoveries").await.ok(200)["data"], json!([]));
    }

    async fn a_pace_is_kept_oldest_first_with_progress(world) {
        let engine = Engine::new(&world).await;
        let webhook = engine.missed(NOWHERE, 7).await;
        let all = engine.list("").await;
        let made = engine.key.post("/v1/recoveries", &json!({ "webhook_id": webhook })).await.ok(202);
        assert_eq!((&made["status"], &made["total"], &made["started"]), (&json!("running"), &json!(7), &json!(0)));
        assert_eq!((&made["rate_per_second"], &made["created_by"]["kind"]), (&json!(20), &json!("api_key")));
        let path = format!("/v1/recoveries/{}", made["id"].as_str().unwrap());
        let _job = Job::start(&world);
        for started in [2, 4, 6] {
            let recovery = engine.once_started(&path, started).await;
            assert_eq!((&recovery["status"], &recovery["finished_at"]), (&json!("running"), &Value::Null));
            // Until the clock moves, nothing more is set going.
            tokio::time::sleep(Duration::from_millis(60)).await;
            let going = engine.list("status=pending").await;
            assert_eq!(ids(&going), ids(&all)[7 - usize::try_from(started).unwrap()..], "the oldest go first");
            world.app.clock.advance(Duration::from_millis(100));
        }
        let recovery = engine.once_started(&path, 7).await;
        assert_eq!((&recovery["status"], &recovery["passed_over"]), (&json!("done"), &json!(0)));
        assert_eq!(recovery["finished_at"], json!(world.app.clock.now()));
        assert_eq!(recovery["outcome"], json!({ "succeeded": 0, "waiting": 7, "failed": 0 }));
        let going = engine.show(ids(&all)[0]).await;
        assert_eq!((&going["cancel_reason"], &going["finished_at"]), (&Value::Null, &Value::Null));
        assert_eq!(engine.team.audited().await[0], "recovery.started");
    }

    async fn what_failed_for_good_starts_its_schedule_anew(world) {
        let engine = Engine::new(&world).await;
        let receiver = Receiver::http(Behaviour::Answer(404, "")).await;
        engine.webhook(&receiver.url("/"), &["ticket.*"]).await;
        let _worker = Worker::start(world.app.clone());
        let id = engine.delivery_of(&engine.publish().await).await;
        for (index, minutes) in [1, 6, 33, 132, 330, 660, 924, 1320, 1584].into_iter().enumerate() {
            engine.after(&id, index as u64 + 1).await;
            world.advance(minutes * 60);
        }
        assert_eq!(engine.after(&id, 10).await["status"], "failed");
        assert_eq!(engine.count(json!({})).await["failed"], 1);
        let _job = Job::start(&world);
        let path = engine.recover(json!({ "category": "configuration" })).await;
        let delivery = engine.after(&id, 11).await;
        assert_eq!((&delivery["status"], &delivery["finished_at"]), (&json!("retrying"), &Value::Null));
        assert_eq!(delivery["attempt_history"][0]["trigger"], "automatic");
        assert_eq!(engine.key.get(&path).await.ok(200)["outcome"]["waiting"], 1);
        receiver.set(Behaviour::Answer(200, ""));
        // The first pause of the schedule.
        world.advance(6);
        assert_eq!(engine.after(&id, 12).await["status"], "succeeded");
        let recovery = engine.once_done(&world, &path).await;
        assert_eq!(recovery["outcome"], json!({ "succeeded": 1, "waiting": 0, "failed": 0 }));
    }

    async fn what_is_retrying_gets_an_attempt_whose_failure_leaves_the_schedule(world) {
        let engine = Engine::new(&world).await;
        let receiver = Receiver::http(Behaviour::Answer(500, "")).await;
        engine.webhook(&receiver.url("/"), &["ticket.*"]).await;
        let _worker = Worker::start(world.app.clone());
        let id = engine.delivery_of(&engine.publish().await).await;
        let before = engine.after(&id, 1).await;
        let _job = Job::start(&world);
        engine.recover(json!({})).await;
        let after = engine.after(&id, 2).await;
        for field in ["status", "next_attempt_at", "finished_at"] {
            assert_eq!(after[field], before[field], "{field}");
        }
        assert_eq!(after["attempt_history"][0]["trigger"], "manual");
        receiver.set(Behaviour::Answer(200, ""));
        let path = engine.recover(json!({ "category": "outage" })).await;
        assert_eq!(engine.after(&id, 3).await["status"], "succeeded");
        let recovery = engine.once_done(&world, &path).await;
        assert_eq!(recovery["outcome"], json!({ "succeeded": 1, "waiting": 0, "failed": 0 }));
    }

    async fn canceling_stops_it_and_what_it_set_going_goes_on(world) {
        let engine = Engine::new(&world).await;
        let receiver = Receiver::http(Behaviour::Answer(200, "")).await;
        engine.missed(&receiver.url("/"), 10).await;
        let path = engine.recover(json!({})).await;
        let job = Job::start(&world);
        engine.once_started(&path, 2).await;
        let cancel = format!("{path}/cancel");
        let canceled = engine.key.post(&cancel, &json!({})).await.ok(200);
        assert_eq!((&canceled["status"], &canceled["started"]), (&json!("canceled"), &json!(2)));
        assert_eq!(canceled["finished_at"], json!(world.app.clock.now()));
        engine.key.post(&cancel, &json!({})).await.problem(409, "conflict");
        let _worker = Worker::start(world.app.clone());
        receiver.wait_for(2).await;
        world.advance(10);
        drop(job);
        let _job = Job::start(&world);
        tokio::time::sleep(Duration::from_millis(100)).await;
        assert_eq!((engine.list("status=canceled").await.len(), receiver.requests().len()), (8, 2));
        assert_eq!(engine.team.audited().await[..2], ["recovery.canceled", "recovery.started"]);
        // The rest can still be recovered.
        assert_eq!(engine.count(json!({})).await["total"], 8);
    }

    async fn it_is_carried_on_by_whoever_comes_next_and_each_delivery_goes_once(world) {
        let engine = Engine::new(&world).await;
        let receiver = Receiver::http(Behaviour::Answer(200, "")).await;
        engine.missed(&receiver.url("/"), 40).await;
        let _worker = Worker::start(world.app.clone());
        let path = engine.recover(json!({ "rate_per_second": 50 })).await;
        let crashing = Job::start(&world);
        engine.once_started(&path, 5).await;
        drop(crashing);
        eventually("the first have arrived", async || {
            engine.key.get(&path).await.ok(200)["outcome"]["succeeded"] == 5
        })
        .await;
        world.advance(60);
        tokio::time::sleep(Duration::from_millis(60)).await;
        engine.once_started(&path, 5).await;
        // Two nodes at once, from here on.
        let _jobs = [Job::start(&world), Job::start(&world)];
        let recovery = engine.once_done(&world, &path).await;
        assert_eq!((&recovery["started"], &recovery["passed_over"]), (&json!(40), &json!(0)));
        receiver.wait_for(40).await;
        tokio::time::sleep(Duration::from_millis(100)).await;
        assert_eq!(receiver.requests().len(), 40);
        let recovery = engine.key.get(&path).await.ok(200);
        assert_eq!(recovery["outcome"], json!({ "succeeded": 40, "waiting": 0, "failed": 0 }));
    }

    async fn a_disabled_or_deleted_webhook_is_refused_by_name_and_passed_over_otherwise(world) {
        let engine = Engine::new(&world).await;
        let disabled = engine.missed(NOWHERE, 2).await;
        engine.switch(&disabled, "disable").await;
        let refused = engine.key.post("/v1/recoveries", &json!({ "webhook_id": disabled })).await;
        let problem = refused.problem(409, "conflict");
        assert!(problem["detail"].as_str().unwrap().contains("Enable it first"), "{problem}");
        assert_eq!(engine.count(json!({ "webhook_id": disabled })).await["total"], 2);
        engine.team.admin.delete(&format!("/v1/webhooks/{disabled}")).await.ok(204);
        let refused = engine.key.post("/v1/recoveries", &json!({ "webhook_id": disabled })).await;
        assert!(refused.problem(409, "conflict")["detail"].as_str().unwrap().contains("deleted"));

        engine.missed(NOWHERE, 1).await;
        let path = engine.recover(json!({ "rate_per_second": 1000 })).await;
        let _job = Job::start(&world);
        let recovery = engine.once_done(&world, &path).await;
        assert_eq!(
            (&recovery["total"], &recovery["started"], &recovery["passed_over"]),
            (&json!(3), &json!(1), &json!(2))
        );
    }

    async fn a_webhook_or_plan_that_ends_meanwhile_does_not_hold_it_up(world) {
        let engine = Engine::new(&world).await;
        let webhook = engine.missed(NOWHERE, 5).await;
        let path = engine.recover(json!({ "rate_per_second": 1 })).await;
        let _job = Job::start(&world);
        engine.once_started(&path, 1).await;
        engine.switch(&webhook, "disable").await;
        let recovery = engine.once_done(&world, &path).await;
        assert_eq!((&recovery["started"], &recovery["passed_over"]), (&json!(1), &json!(4)));
        assert_eq!(recovery["outcome"]["failed"], 1, "disabling canceled it again");

        engine.switch(&webhook, "enable").await;
        let path = engine.recover(json!({ "rate_per_second": 1 })).await;
        engine.once_started(&path, 1).await;
        let workspace = engine.team.id;
        let set_plan = async |plan: Plan| {
            let set = world.app.db.write(move |tx| Ok::<_, Failure>(accounts::set_plan(tx, workspace, plan)?));
            set.await.unwrap();
            world.advance(2);
        };
        set_plan(Plan::Free).await;
        tokio::time::sleep(Duration::from_millis(200)).await;
        set_plan(Plan::Business).await;
        let recovery = engine.once_done(&world, &path).await;
        assert_eq!((&recovery["started"], &recovery["passed_over"]), (&json!(1), &json!(4)));
    }

    async fn one_runs_for_a_webhook_at_a_time(world) {
        let engine = Engine::new(&world).await;
        let (one, other) = (engine.missed(NOWHERE, 1).await, engine.missed(NOWHERE, 1).await);
        let path = engine.recover(json!({ "webhook_id": one })).await;
        for filter in [json!({ "webhook_id": one, "event_type": "ticket.created" }), json!({})] {
            let problem = engine.key.post("/v1/recoveries", &filter).await.problem(409, "conflict");
            let detail = problem["detail"].as_str().unwrap();
            assert!(detail.contains(path.rsplit('/').next().unwrap()), "{detail}");
        }
        // One that has nothing to do is done at once.
        let nothing = json!({ "webhook_id": one, "event_type": "ticket.closed" });
        let done = engine.key.post("/v1/recoveries", &nothing).await.ok(202);
        assert_eq!((&done["status"], &done["total"]), (&json!("done"), &json!(0)));
        engine.recover(json!({ "webhook_id": other })).await;
        let list = async |filter: &str| {
            engine.key.get(&format!("/v1/recoveries?{filter}")).await.ok(200)["data"].as_array().unwrap().len()
        };
        assert_eq!((list("").await, list("status=running").await, list("status=done,canceled").await), (3, 2, 1));
        assert_eq!((list(&format!("webhook_id={one}")).await, list("status=canceled").await), (2, 0));
        let newest = engine.key.get("/v1/recoveries?limit=1").await.ok(200);
        assert_eq!(newest["data"][0]["webhook_id"], json!(other));
        assert!(newest["next_cursor"].is_string());
        engine.key.get("/v1/recoveries?status=over").await.problem(400, "bad-request");
    }

    async fn bad_input_names_its_fields(world) {
        let engine = Engine::new(&world).await;
        let elsewhere = Engine::new(&world).await.missed(NOWHERE, 1).await;
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
                let reply = engine.key.post("/v1/recoveries", &body).await;
                assert_eq!(reply.fields(422, "validation"), [named], "{body}");
            }
        }
        assert_eq!(engine.key.get("/v1/recoveries").await.ok(200)["data"], json!([]));
    }

    async fn while_a_webhook_is_parked_they_wait_for_its_receiver(world) {
        let engine = Engine::new(&world).await;
        let receiver = Receiver::http(Behaviour::Answer(500, "")).await;
        let webhook = engine.missed(&receiver.url("/"), 3).await;
        let _worker = Worker::start(world.app.clone());
        let path = format!("/v1/webhooks/{webhook}");
        for _ in 0..5 {
            engine.publish().await;
        }
        eventually("the webhook is parked", async || {
            engine.key.get(&path).await.ok(200)["status"] == "parked"
        })
        .await;
        let before = receiver.requests().len();
        let recovery = engine.recover(json!({ "webhook_id": webhook, "rate_per_second": 1000 })).await;
        let _job = Job::start(&world);
        let done = engine.once_started(&recovery, 8).await;
        assert_eq!((&done["status"], &done["total"]), (&json!("done"), &json!(8)));
        tokio::time::sleep(Duration::from_millis(200)).await;
        assert_eq!(receiver.requests().len(), before, "it is spared until a probe finds it well");
        receiver.set(Behaviour::Answer(200, ""));
        eventually("all have arrived", async || {
            world.app.clock.advance(Duration::from_millis(200));
            engine.key.get(&recovery).await.ok(200)["outcome"]["succeeded"] == 8
        })
        .await;
        assert_eq!(receiver.requests().len(), before + 8);
    }

    async fn under_a_rate_limit_they_join_the_webhooks_own_line(world) {
        let engine = Engine::new(&world).await;
        let webhook = engine.missed(NOWHERE, 3).await;
        let path = format!("/v1/webhooks/{webhook}");
        engine.team.admin.patch(&path, &json!({ "rate_limit": 5 })).await.ok(200);
        let recovery = engine.recover(json!({ "webhook_id": webhook })).await;
        let _job = Job::start(&world);
        engine.once_done(&world, &recovery).await;
        assert_eq!(engine.key.get(&path).await.ok(200)["health"]["held"], 3);
    }
}
