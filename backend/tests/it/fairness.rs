//! Fairness: a workspace whose receivers hang or that floods the server takes its share and no more.

use futures_util::future::join_all;

use crate::harness::{Behaviour, Integrator, Receiver, Settings, World, a_ticket_event, both, eventually};

/// The webhooks of a workspace that hang. Each may have 64 requests under way, and so all together every turn of a node.
const HANGING: usize = 8;
/// Three quarters of a node's turns, which a workspace has that is alone.
const ALONE: usize = 384;

/// Has a workspace use up all the turns that it can get.
async fn hang(integrator: &Integrator, receiver: &Receiver) {
    for _ in 0..HANGING {
        integrator.webhook(&receiver.url("/"), &["ticket.*"]).await;
    }
    for _ in 0..90 {
        integrator.publish().await;
    }
    receiver.wait_for(ALONE / 2).await;
}

#[both]
async fn a_workspace_whose_receivers_hang_leaves_turns_to_another(world: World) {
    let hostile = Integrator::new(&world).await;
    let other = Integrator::new(&world).await;
    let hanging = Receiver::http(Behaviour::Hang).await;
    let prompt = Receiver::http(Behaviour::Answer(200, "")).await;
    other.webhook(&prompt.url("/"), &["ticket.*"]).await;
    let _worker = world.start_worker();
    hang(&hostile, &hanging).await;
    for _ in 0..30 {
        other.publish().await;
    }
    prompt.wait_for(30).await;
    assert!(hanging.requests().len() <= ALONE, "{}", hanging.requests().len());
}

#[both]
async fn webhooks_that_hang_leave_turns_to_another_of_the_same_workspace(world: World) {
    let integrator = Integrator::new(&world).await;
    let hanging = Receiver::http(Behaviour::Hang).await;
    let prompt = Receiver::http(Behaviour::Answer(200, "")).await;
    let _worker = world.start_worker();
    hang(&integrator, &hanging).await;
    integrator.webhook(&prompt.url("/"), &["ticket.*"]).await;
    for _ in 0..30 {
        integrator.publish().await;
    }
    prompt.wait_for(30).await;
}

#[both]
async fn three_greedy_workspaces_leave_slots_and_turns_to_a_fourth(world: World) {
    let hanging = Receiver::http(Behaviour::Hang).await;
    let _worker = world.start_worker();
    for _ in 0..3 {
        let greedy = Integrator::new(&world).await;
        for _ in 0..HANGING {
            greedy.webhook(&hanging.url("/"), &["ticket.*"]).await;
        }
        let before = hanging.requests().len();
        for _ in 0..150 {
            greedy.publish().await;
        }
        eventually("it has turns", async || hanging.requests().len() > before).await;
    }
    let other = Integrator::new(&world).await;
    let prompt = Receiver::http(Behaviour::Answer(200, "")).await;
    other.webhook(&prompt.url("/"), &["ticket.*"]).await;
    for _ in 0..30 {
        other.publish().await;
    }
    prompt.wait_for(30).await;
}

#[both(with = eight_places)]
async fn a_flood_of_one_workspace_leaves_places_in_the_queue_to_another(world: World) {
    let flooding = Integrator::new(&world).await;
    let other = Integrator::new(&world).await;
    flooding.publish().await;
    let held = world.hold_writes().await;
    let publish = |integrator: &Integrator, many: usize| {
        let clients: Vec<_> = (0..many).map(|_| integrator.key.clone()).collect();
        let calls = clients
            .into_iter()
            .map(|key| async move { key.post("/v1/events", &a_ticket_event()).await.status });
        tokio::task::spawn_local(join_all(calls))
    };
    let flood = publish(&flooding, 30);
    eventually("its places are taken", async || world.waiting_events() >= 4).await;
    let mut others = Vec::new();
    for waiting in 5..=6 {
        others.push(publish(&other, 1));
        eventually("the other's event waits", async || world.waiting_events() >= waiting).await;
    }
    drop(held);
    for other in others {
        assert_eq!(other.await.unwrap(), [202]);
    }
    assert!(flood.await.unwrap().contains(&503));
}

/// Eight events may wait to be stored.
fn eight_places(settings: &mut Settings) {
    settings.ingest_queue = 8;
}
