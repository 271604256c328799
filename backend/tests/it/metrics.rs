//! What an operator watches.

use std::net::TcpListener;

use sayless::{delivery::worker::Worker, metrics};
use serde_json::json;

use crate::{
    both,
    engine::Engine,
    harness::Client,
    receiver::{Behaviour, Receiver},
};

/// Asks as Prometheus does.
async fn figures(prometheus: &Client) -> String {
    let reply = prometheus.get("/metrics").await;
    assert_eq!(reply.status, 200);
    assert!(reply.header("content-type").unwrap().starts_with("application/openmetrics-text"));
    reply.text
}

both! {
    async fn figures_are_shown_on_a_listener_of_their_own(world) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let prometheus = Client::new(&format!("http://{}", listener.local_addr().unwrap()));
        let server = metrics::serve(world.app.clone(), listener).unwrap();
        let handle = server.handle();
        actix_web::rt::spawn(server);

        let engine = Engine::new(&world).await;
        let receiver = Receiver::http(Behaviour::Answer(200, "")).await;
        let webhook = engine.webhook(&receiver.url("/"), &["*"]).await;
        receiver.set_sequence([Behaviour::Answer(200, ""), Behaviour::Answer(503, "")]);
        // What is due waits for the worker.
        let first = engine.delivery_of(&engine.publish().await).await;
        world.advance(7);
        let text = figures(&prometheus).await;
        for line in ["sayless_events_accepted_total 1", "sayless_due_age_seconds 7.0", "sayless_database_up 1"] {
            assert!(text.lines().any(|known| known == line), "{line}: {text}");
        }
        let _worker = Worker::start(world.app.clone());
        engine.after(&first, 1).await;
        let second = engine.delivery_of(&engine.publish().await).await;
        engine.after(&second, 1).await;
        world.anyone().get("/v1/session").await.problem(401, "unauthenticated");
        let _stream = engine.team.admin.stream().await;

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
        // Nothing of it names anybody.
        let named = [webhook.as_str(), &first, &second, engine.team.id.as_str(), &engine.team.admin.email, &receiver.url("/")];
        for named in named.into_iter().chain(["slk_", "whsec_", "evt_", "key_", "@"]) {
            assert!(!text.contains(named), "{named}: {text}");
        }
        // They are nowhere else, and nothing else is there.
        assert_ne!(world.anyone().get("/metrics").await.header("content-type"), Some("application/openmetrics-text; version=1.0.0; charset=utf-8"));
        assert_eq!(prometheus.get("/healthz").await.status, 404);
        assert_eq!(prometheus.post("/metrics", &json!({})).await.status, 404);
        handle.stop(false).await;
    }
}
