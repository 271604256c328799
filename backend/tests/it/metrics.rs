//! The metrics that an operator watches, on a listener of their own.

use serde_json::json;

use crate::harness::{Behaviour, Client, Integrator, Receiver, World, both};

/// Asks as Prometheus does.
async fn figures(prometheus: &Client) -> String {
    let reply = prometheus.get("/metrics").await;
    assert_eq!(reply.status, 200);
    assert!(reply.header("content-type").unwrap().starts_with("application/openmetrics-text"));
    reply.text
}

#[both]
async fn figures_are_shown_on_a_listener_of_their_own(world: World) {
    let (prometheus, handle) = world.serve_metrics();

    let integrator = Integrator::new(&world).await;
    let receiver = Receiver::http(Behaviour::Answer(200, "")).await;
    let webhook = integrator.webhook(&receiver.url("/"), &["*"]).await;
    receiver.set_sequence([Behaviour::Answer(200, ""), Behaviour::Answer(503, "")]);
    // The due delivery waits for the worker.
    let first = integrator.delivery_of(&integrator.publish().await).await;
    world.advance(7);
    let text = figures(&prometheus).await;
    for line in ["sayless_events_accepted_total 1", "sayless_due_age_seconds 7.0", "sayless_database_up 1"] {
        assert!(text.lines().any(|known| known == line), "{line}: {text}");
    }
    let _worker = world.start_worker();
    integrator.after(&first, 1).await;
    let second = integrator.delivery_of(&integrator.publish().await).await;
    integrator.after(&second, 1).await;
    world.anyone().get("/v1/session").await.problem(401, "unauthenticated");
    let _stream = integrator.team.admin.stream().await;

    let text = figures(&prometheus).await;
    for line in [
        "sayless_events_accepted_total 2",
        "sayless_attempts_total{outcome=\"succeeded\",category=\"none\"} 1",
        "sayless_attempts_total{outcome=\"failed\",category=\"outage\"} 1",
        "sayless_attempt_seconds_count 2",
        "sayless_late_results_total 0",
        "sayless_leases_expired_total 0",
        "sayless_attempts_under_way 0",
        "sayless_ingest_waiting 0",
        "sayless_due_age_seconds 0.0",
        "sayless_streams 1",
        "sayless_requests_total{method=\"POST\",route=\"/v1/events\",status=\"2xx\"} 2",
        "sayless_requests_total{method=\"GET\",route=\"/v1/session\",status=\"4xx\"} 1",
        "# EOF",
    ] {
        assert!(text.lines().any(|known| known == line), "{line}: {text}");
    }
    assert!(text.contains("sayless_database_connections "), "{text}");
    assert!(text.contains("route=\"/v1/deliveries/{id}\""), "{text}");
    // No metric names a workspace, a person or a secret.
    let named = [
        webhook.as_str(),
        &first,
        &second,
        integrator.team.id.as_str(),
        &integrator.team.admin.email,
        &receiver.url("/"),
    ];
    for named in named.into_iter().chain(["slk_", "whsec_", "evt_", "key_", "@"]) {
        assert!(!text.contains(named), "{named}: {text}");
    }
    // The server's own listener has no metrics, and theirs has nothing else.
    assert_ne!(
        world.anyone().get("/metrics").await.header("content-type"),
        Some("application/openmetrics-text; version=1.0.0; charset=utf-8")
    );
    assert_eq!(prometheus.get("/healthz").await.status, 404);
    assert_eq!(prometheus.post("/metrics", &json!({})).await.status, 404);
    handle.stop(false).await;
}
