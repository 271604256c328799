//! The check of a receiver: each defect is found, and nothing of it counts for the webhook.

use std::{
    collections::HashSet,
    sync::{Arc, Mutex},
    time::Duration,
};

use serde_json::{Value, json};

use crate::harness::{
    Behaviour, Integrator, Received, Receiver, World, both,
    secrets::{SignatureVerifier, SignedHeaders},
};

/// What a receiver does wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Defect {
    None,
    /// It takes everything.
    Blind,
    /// It looks at the signature and at no clock.
    Timeless,
    /// It breaks on a wrong signature.
    Crashes,
    /// It refuses a message that it has seen.
    OnlyOnce,
    Slow,
    /// It refuses everything.
    Stubborn,
}

/// A receiver that knows this secret, or public key, and has this defect.
fn knowing(secret: &str, now: i64, defect: Defect) -> Behaviour {
    let secret = secret.to_owned();
    let seen = Arc::new(Mutex::new(HashSet::new()));
    Behaviour::decide(move |request: &Received| {
        let header = |name| request.header(name).unwrap().to_owned();
        let (id, timestamp, signature) =
            (header("webhook-id"), header("webhook-timestamp"), header("webhook-signature"));
        let headers = SignedHeaders { id: &id, timestamp: &timestamp, signature: &signature };
        let clock = if defect == Defect::Timeless { timestamp.parse().unwrap() } else { now };
        let good = SignatureVerifier::parse(&secret).unwrap().verify(headers, &request.body, clock).is_ok();
        let first = seen.lock().unwrap().insert(id.clone());
        match defect {
            Defect::Blind => Behaviour::Answer(200, ""),
            Defect::Stubborn => Behaviour::Answer(403, ""),
            Defect::Crashes if !good => Behaviour::Answer(500, ""),
            Defect::OnlyOnce if good && !first => Behaviour::Answer(409, ""),
            Defect::Slow if good => Behaviour::After(Duration::from_millis(1_200), 204),
            _ if good => Behaviour::Answer(204, ""),
            _ => Behaviour::Answer(401, ""),
        }
    })
}

/// The verdict on each property.
fn verdicts(report: &Value) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let findings = report["findings"].as_array().unwrap();
    for finding in findings {
        assert!(text(&finding["summary"]).ends_with('.'), "{finding}");
        let bad = matches!(finding["verdict"].as_str(), Some("failed" | "warning"));
        assert_eq!(finding["advice"].is_string(), bad, "{finding}");
    }
    findings.iter().map(|finding| (text(&finding["property"]), text(&finding["verdict"]))).collect()
}

/// The verdict of everything as a receiver without a defect has it, but for these.
fn but(different: &[(&str, &str)]) -> Vec<(String, String)> {
    ["verifies", "rejects_forgeries", "rejects_replays", "takes_repeats", "answers_in_time", "rotation_ready"]
        .into_iter()
        .map(|property| {
            let usual = if property == "rotation_ready" { "unknown" } else { "passed" };
            let other = different.iter().find(|(name, _)| *name == property);
            (property.to_owned(), other.map_or(usual, |(_, verdict)| verdict).to_owned())
        })
        .collect()
}

#[both]
async fn each_defect_is_classified_rightly(world: World) {
    let integrator = Integrator::new(&world).await;
    let receiver = Receiver::http(Behaviour::Answer(200, "")).await;
    let unknown = ["rejects_forgeries", "rejects_replays", "takes_repeats", "answers_in_time"];
    let stubborn: Vec<_> =
        [("verifies", "failed")].into_iter().chain(unknown.map(|property| (property, "unknown"))).collect();
    for signature in ["v1", "v1a"] {
        let body = json!({ "url": receiver.url("/"), "event_types": ["ticket.*"], "signature": signature });
        let made = integrator.make_webhook(&body).await;
        let key = made["signing_secret"].as_str().or(made["public_key"].as_str()).unwrap();
        let path = format!("/v1/webhooks/{}/check", made["id"].as_str().unwrap());
        for (defect, different, steps) in [
            (Defect::None, &[][..], 4),
            (Defect::Blind, &[("rejects_forgeries", "failed"), ("rejects_replays", "failed")], 4),
            (Defect::Timeless, &[("rejects_replays", "failed")], 4),
            (Defect::Crashes, &[("rejects_forgeries", "warning"), ("rejects_replays", "warning")], 4),
            (Defect::OnlyOnce, &[("takes_repeats", "failed")], 4),
            (Defect::Slow, &[("answers_in_time", "failed")], 4),
            (Defect::Stubborn, &stubborn, 1),
        ] {
            world.advance(61);
            let session = world.sign_in(&integrator.team.admin.email).await;
            receiver.set(knowing(key, world.now().as_secs(), defect));
            let before = receiver.requests().len();
            let report = session.post(&path, &json!({})).await.ok(200);
            assert_eq!(verdicts(&report), but(different), "{defect:?}: {report}");
            assert_eq!(report["passed"], defect == Defect::None, "{defect:?}");
            assert_eq!(receiver.requests().len() - before, steps, "{defect:?}");
            assert_eq!(report["steps"].as_array().unwrap().len(), steps);
        }
        let webhook = integrator.show_webhook(made["id"].as_str().unwrap()).await;
        let health = &webhook["health"];
        assert_eq!(
            (&webhook["status"], &health["last_success_at"], &health["last_failure_at"], &health["failures"]),
            (&json!("active"), &Value::Null, &Value::Null, &json!(0)),
            "a check counts for nothing"
        );
    }
    assert!(integrator.list("").await.is_empty());
}

#[both]
async fn during_a_rotation_it_tells_whether_the_new_secret_is_known(world: World) {
    let integrator = Integrator::new(&world).await;
    let receiver = Receiver::http(Behaviour::Answer(200, "")).await;
    let body = json!({ "url": receiver.url("/"), "event_types": ["ticket.*"] });
    let made = integrator.make_webhook(&body).await;
    let path = format!("/v1/webhooks/{}", made["id"].as_str().unwrap());
    let admin = &integrator.team.admin;
    let rotated = admin.post(&format!("{path}/secrets"), &json!({ "overlap": "24h" })).await.ok(201);
    let [old, new] = [&made, &rotated].map(|made| made["signing_secret"].as_str().unwrap());
    for (secret, defect, different) in [
        (old, Defect::None, &[("rotation_ready", "failed")][..]),
        (new, Defect::None, &[("rotation_ready", "passed")]),
        (new, Defect::Blind, &[("rejects_forgeries", "failed"), ("rejects_replays", "failed")]),
    ] {
        receiver.set(knowing(secret, world.now().as_secs(), defect));
        let before = receiver.requests().len();
        let report = admin.post(&format!("{path}/check"), &json!({})).await.ok(200);
        assert_eq!(verdicts(&report), but(different), "{report}");
        let requests = receiver.requests();
        let sent: Vec<_> =
            requests[before..].iter().map(|it| it.header("webhook-signature").unwrap()).collect();
        assert_eq!(sent.iter().map(|one| one.split(' ').count()).collect::<Vec<_>>(), [2, 1, 2, 2, 1]);
        let ids: Vec<_> = requests[before..].iter().map(|it| it.header("webhook-id").unwrap()).collect();
        assert_eq!(ids[0], ids[3], "the fourth is the first once more");
        assert_eq!(ids.iter().collect::<HashSet<_>>().len(), 4);
        world.advance(61);
    }
}

#[both]
async fn a_receiver_is_checked_once_a_minute_at_most(world: World) {
    let integrator = Integrator::new(&world).await;
    let receiver = Receiver::http(Behaviour::Close).await;
    let webhook = integrator.webhook(&receiver.url("/"), &["ticket.*"]).await;
    let path = format!("/v1/webhooks/{webhook}/check");
    let admin = &integrator.team.admin;
    let report = admin.post(&path, &json!({})).await.ok(200);
    assert_eq!(report["steps"][0]["attempt"]["diagnosis"]["code"], "connection_reset", "{report}");
    assert_eq!((&report["passed"], report["steps"].as_array().unwrap().len()), (&json!(false), 1));
    assert_eq!(integrator.team.audited().await[0], "webhook.checked");
    world.advance(20);
    let early = admin.post(&path, &json!({})).await;
    assert_eq!(early.header("retry-after"), Some("41"));
    early.problem(429, "rate-limited");
    assert_eq!(integrator.team.audited().await[0..2], ["webhook.checked", "webhook.created"]);
    world.advance(40);
    admin.post(&path, &json!({})).await.ok(200);
    // Another webhook has its own minute.
    let other = integrator.webhook(&receiver.url("/"), &["ticket.*"]).await;
    admin.post(&format!("/v1/webhooks/{other}/check"), &json!({})).await.ok(200);
}
