//! Receivers that are odd, not wrong: what the head of their answer said counts, and a pause that they ask for is kept.

use serde_json::{Value, json};

use crate::harness::{Behaviour, Integrator, Receiver, World, both};

fn raw(text: &str) -> Behaviour {
    Behaviour::RawThenClose(text.to_owned())
}

/// The attempt of a delivery that has had one.
fn only_attempt(delivery: &Value) -> &Value {
    let attempts = delivery["attempt_history"].as_array().unwrap();
    assert_eq!(attempts.len(), 1, "{delivery}");
    &attempts[0]
}

#[both]
async fn what_was_taken_is_not_sent_again_however_the_body_ends(world: World) {
    let integrator = Integrator::new(&world).await;
    let cut = "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf";
    let receiver = Receiver::http(raw(cut)).await;
    let webhook = integrator.webhook(&receiver.url("/"), &["ticket.*"]).await;
    let _worker = world.start_worker();
    let mut seen = 0;
    for (behaviour, words) in [
        (raw(cut), "in the middle of the answer's body"),
        (raw("HTTP/1.1 202 OK\r\ntransfer-encoding: chunked\r\n\r\nZZ\r\n"), "not framed as HTTP/1.1"),
        (Behaviour::DripBody, "did not end within 2 s"),
        (raw(cut), "The status counts all the same."),
        (raw(cut), "The status counts all the same."),
        (raw(cut), "The status counts all the same."),
    ] {
        receiver.set(behaviour.clone());
        let id = integrator.delivery_of(&integrator.publish().await).await;
        let delivery = integrator.after(&id, 1).await;
        let attempt = only_attempt(&delivery);
        assert_eq!((&delivery["status"], &attempt["outcome"]), (&json!("succeeded"), &json!("succeeded")));
        assert!(attempt["response"]["remark"].as_str().unwrap().contains(words), "{behaviour:?}: {attempt}");
        assert_eq!((&attempt["diagnosis"], &attempt["reused_connection"]), (&Value::Null, &json!(false)));
        seen += 1;
    }
    assert_eq!(receiver.connections(), seen);
    world.advance(6);
    receiver.set(Behaviour::Answer(200, "whole"));
    let id = integrator.delivery_of(&integrator.publish().await).await;
    assert_eq!(only_attempt(&integrator.after(&id, 1).await)["response"].get("remark"), None);
    assert_eq!(receiver.requests().len(), seen + 1, "nothing came twice");
    let webhook = integrator.show_webhook(&webhook).await;
    assert_eq!((&webhook["status"], &webhook["health"]["failing_since"]), (&json!("active"), &Value::Null));
}

#[both]
async fn what_the_head_said_stays_true_for_every_status(world: World) {
    let integrator = Integrator::new(&world).await;
    let receiver = Receiver::http(Behaviour::Answer(200, "")).await;
    integrator.webhook(&receiver.url("/"), &["ticket.*"]).await;
    let _worker = world.start_worker();
    for (status, code, waits) in
        [(413, "payload_rejected", false), (500, "server_error", false), (429, "throttled", true)]
    {
        let asks = if waits { "retry-after: 3600.5\r\n" } else { "" };
        receiver.set(raw(&format!("HTTP/1.1 {status} No\r\n{asks}content-length: 9\r\n\r\nhalf")));
        let id = integrator.delivery_of(&integrator.publish().await).await;
        let delivery = integrator.after(&id, 1).await;
        let diagnosis = &delivery["last_diagnosis"];
        assert_eq!(
            (&diagnosis["code"], &delivery["last_response_status"]),
            (&json!(code), &json!(status)),
            "{delivery}"
        );
        assert_eq!(only_attempt(&delivery)["response"]["body"], "half");
        let later = waits.then(|| world.now() + 3_601_000);
        assert_eq!(diagnosis.get("wait_until"), later.map(|later| json!(later)).as_ref());
        if let Some(later) = later {
            assert_eq!(delivery["next_attempt_at"], json!(later), "the schedule keeps the pause");
        }
    }
}

#[both]
async fn a_pause_that_the_receiver_asks_for_is_kept_by_probes_and_shown(world: World) {
    const HOUR: u64 = 3_600;
    let integrator = Integrator::new(&world).await;
    let receiver = Receiver::http(Behaviour::with_header(503, "retry-after: 7200")).await;
    let webhook = integrator.webhook(&receiver.url("/"), &["ticket.*"]).await;
    let _worker = world.start_worker();
    integrator.park(&webhook).await;
    let until = json!(world.now() + 7_200_000);
    let shown = integrator.show_webhook(&webhook).await;
    assert_eq!((&shown["health"]["wait_until"], &shown["parked"]["next_probe_at"]), (&until, &until));
    for _ in 0..6 {
        world.advance(HOUR / 4);
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    assert_eq!(receiver.requests().len(), 5, "no probe before its time");
    receiver.set(Behaviour::Answer(200, ""));
    world.advance(HOUR / 2 - 1);
    let active = async || integrator.show_webhook(&webhook).await["status"] == "active";
    world.step_until("the receiver is back", active).await;
    assert_eq!(integrator.show_webhook(&webhook).await["health"]["wait_until"], Value::Null);
    world.step_until("all have come", async || receiver.event_ids().len() == 5).await;
}
