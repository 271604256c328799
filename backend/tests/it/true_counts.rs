//! Counts that say what they seem to say: canceled deliveries among what did not arrive, and recoveries that failed again.

use serde_json::json;

use crate::harness::{Behaviour, Integrator, NOWHERE, Receiver, World, both};

#[both]
async fn canceled_deliveries_are_counted_until_they_are_recovered(world: World) {
    let integrator = Integrator::new(&world).await;
    let webhook = integrator.missed(NOWHERE, 3).await;
    let health = integrator.show_webhook(&webhook).await["health"].clone();
    assert_eq!(
        (&health["canceled"], &health["failures"], &health["counts_capped"]),
        (&json!(3), &json!(0), &json!(false))
    );
    assert_eq!(integrator.list("status=retrying,failed,canceled").await.len(), 3);
    let path = integrator.recover(json!({ "webhook_id": webhook, "rate_per_second": 1000 })).await;
    let _job = world.start_recoveries();
    integrator.once_done(&world, &path).await;
    assert_eq!(integrator.show_webhook(&webhook).await["health"]["canceled"], 0);
}

#[both]
async fn a_recovery_says_how_many_failed_again(world: World) {
    let integrator = Integrator::new(&world).await;
    let receiver = Receiver::http(Behaviour::Answer(401, "")).await;
    let webhook = integrator.missed(&receiver.url("/"), 3).await;
    let _job = world.start_recoveries();
    let recover = async || {
        let path = integrator.recover(json!({ "webhook_id": webhook, "rate_per_second": 1000 })).await;
        (integrator.once_done(&world, &path).await["outcome"].clone(), path)
    };
    let outcome = async |path: &str| integrator.key.get(path).await.ok(200)["outcome"].clone();
    let (nothing_yet, path) = recover().await;
    assert_eq!(nothing_yet, json!({ "succeeded": 0, "waiting": 3, "failed": 0, "failed_again": 0 }));
    let worker = world.start_worker();
    for delivery in integrator.list("").await {
        integrator.after(delivery["id"].as_str().unwrap(), 1).await;
    }
    worker.stop().await;
    assert_eq!(outcome(&path).await, json!({ "succeeded": 0, "waiting": 3, "failed": 0, "failed_again": 3 }));

    // What is retrying gets one attempt more: it has not failed again before that is over.
    let (nothing_yet, path) = recover().await;
    assert_eq!(nothing_yet, json!({ "succeeded": 0, "waiting": 3, "failed": 0, "failed_again": 0 }));
    let _worker = world.start_worker();
    for delivery in integrator.list("").await {
        integrator.after(delivery["id"].as_str().unwrap(), 2).await;
    }
    assert_eq!(outcome(&path).await["failed_again"], 3);
    receiver.set(Behaviour::Answer(200, ""));
    world.advance(6);
    world.step_until("all have come", async || outcome(&path).await["succeeded"] == 3).await;
    assert_eq!(outcome(&path).await["failed_again"], 0);
}
