//! Disabling a webhook for which much waits: it counts at once, and what waits is canceled in steps.

use futures_util::future::join;
use serde_json::json;

use crate::harness::{Behaviour, Integrator, Kind, NOWHERE, Receiver, World, both, eventually};

/// More than the steps for which somebody who enables the webhook waits.
const MANY: i64 = 5_000;

/// An integrator with a webhook for which many deliveries wait; with the webhook's id.
async fn with_a_backlog(world: &World) -> (Integrator, String) {
    let integrator = Integrator::new(world).await;
    let webhook = integrator.webhook(NOWHERE, &["*"]).await;
    integrator.publish().await;
    world.copy_delivery(MANY - 1).await;
    assert_eq!(waiting(world).await, MANY);
    (integrator, webhook)
}

async fn waiting(world: &World) -> i64 {
    world.number("(SELECT count(*) FROM deliveries WHERE status IN ('pending', 'retrying'))").await
}

async fn canceled(world: &World) -> i64 {
    let canceled = "(SELECT count(*) FROM deliveries WHERE status = 'canceled' \
        AND cancel_reason = 'webhook_disabled' AND due_at IS NULL AND finished_at IS NOT NULL)";
    world.number(canceled).await
}

#[both]
async fn a_webhook_for_which_much_waits_is_disabled_at_once_and_its_deliveries_in_steps(world: World) {
    let (integrator, webhook) = with_a_backlog(&world).await;
    assert_eq!(integrator.disable(&webhook).await["status"], "disabled");
    let first = canceled(&world).await;
    assert!(0 < first && first < MANY, "{first} in one transaction");
    // Nothing of it is sent meanwhile, though a worker runs: what is due it cancels, too.
    let _worker = world.start_worker();
    eventually("all is canceled", async || {
        world.cancel_due().await;
        canceled(&world).await == MANY
    })
    .await;
    assert_eq!(world.number("(SELECT count(*) FROM attempts)").await, 0);
    // The worker may have come to the last of them.
    world.cancel_due().await;
    assert_eq!(world.number("(SELECT count(*) FROM webhooks WHERE cancel_due)").await, 0);
}

#[both]
async fn a_webhook_is_enabled_once_what_waited_at_its_end_is_canceled(world: World) {
    let (integrator, webhook) = with_a_backlog(&world).await;
    integrator.disable(&webhook).await;
    let enable = format!("/v1/webhooks/{webhook}/enable");
    let refused = integrator.team.admin.post(&enable, &json!({})).await;
    assert!(refused.header("retry-after").is_some());
    refused.problem(409, "conflict");
    world.cancel_due().await;
    integrator.team.admin.post(&enable, &json!({})).await.ok(200);
    let new = integrator.delivery_of(&integrator.publish().await).await;
    world.cancel_due().await;
    assert_eq!(integrator.show(&new).await["status"], "pending");
    assert_eq!((canceled(&world).await, waiting(&world).await), (MANY, 1));
}

#[both]
async fn a_deleted_webhooks_deliveries_are_canceled_in_steps(world: World) {
    let (integrator, webhook) = with_a_backlog(&world).await;
    integrator.team.admin.delete(&format!("/v1/webhooks/{webhook}")).await.ok(204);
    assert!(waiting(&world).await > 0);
    world.cancel_due().await;
    assert_eq!(waiting(&world).await, 0);
}

#[actix_web::test]
async fn disabling_and_finishing_never_wait_for_each_other_in_a_circle() {
    let world = World::start(Kind::Postgres);
    let integrator = Integrator::new(&world).await;
    let receiver = Receiver::http(Behaviour::Answer(500, "")).await;
    let mut webhooks = Vec::new();
    for _ in 0..4 {
        webhooks.push(integrator.webhook(&receiver.url("/"), &["*"]).await);
    }
    let other = world.lone_node();
    let _workers = [world.start_worker(), other.start_worker()];
    for round in 0..15 {
        let published = async {
            for _ in 0..10 {
                integrator.publish().await;
            }
        };
        let switched = async {
            for webhook in &webhooks {
                integrator.disable(webhook).await;
                let enable = format!("/v1/webhooks/{webhook}/enable");
                // A delivery whose result is just being written is canceled a moment later.
                eventually("it is enabled", async || {
                    integrator.team.admin.post(&enable, &json!({})).await.status == 200
                })
                .await;
            }
        };
        join(published, switched).await;
        // Some succeed, so that all ways of finishing are taken.
        receiver.set(Behaviour::Answer(if round % 3 == 0 { 200 } else { 500 }, ""));
        world.advance(6);
    }
    // PostgreSQL counts with a delay.
    tokio::time::sleep(std::time::Duration::from_millis(1_500)).await;
    let deadlocks = "(SELECT deadlocks FROM pg_stat_database WHERE datname = current_database())";
    assert_eq!(world.number(deadlocks).await, 0);
}
