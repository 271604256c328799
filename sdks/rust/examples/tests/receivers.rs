//! The example receivers, with messages that a real server sends. `load sandbox` starts it.

#![expect(clippy::unwrap_used, reason = "a test fails where it stands")]

use sayless::Sayless;
use sayless::models::{CheckVerdict, CheckedProperty, NewTest, NewWebhook, SignatureScheme, WebhookChanges};
use std::io::{BufRead as _, BufReader};
use std::process::{Child, ChildStdout, Command, Stdio};

/// An example that runs until the test ends.
struct Receiver {
    child: Child,
    /// Kept, so that the program can print.
    _output: BufReader<ChildStdout>,
    url: String,
}

impl Receiver {
    fn start(program: &str, secrets: &str) -> Self {
        let mut command = Command::new(program);
        command.env("SAYLESS_SIGNING_SECRETS", secrets).env("PORT", "0").stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut line = String::new();
        let mut output = BufReader::new(child.stdout.take().unwrap());
        output.read_line(&mut line).unwrap();
        let address = line.trim().strip_prefix("listening on ").unwrap().to_owned();
        Self { child, _output: output, url: format!("http://{address}/") }
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Has the server judge a receiver under both schemes: with messages that are right, forged, old and repeated.
async fn judge(program: &str) {
    let sayless = Sayless::from_env().unwrap();
    for scheme in [SignatureScheme::V1, SignatureScheme::V1a] {
        let new = NewWebhook::new("http://127.0.0.1:9/", ["ticket.*"]).signature(scheme.clone());
        let made = sayless.webhooks().create(&new).await.unwrap();
        let secret = made.signing_secret.as_ref().map(|secret| secret.expose().to_owned());
        let key = secret.or_else(|| made.public_key.clone()).unwrap();
        let receiver = Receiver::start(program, &key);
        sayless.webhooks().update(&made.id, &WebhookChanges::new().url(&receiver.url)).await.unwrap();
        let test = NewTest::new().event_type("ticket.created");
        assert!(sayless.webhooks().test(&made.id, &test).await.unwrap().succeeded, "{program} {scheme}");
        let check = sayless.webhooks().check(&made.id).await.unwrap();
        for property in [
            CheckedProperty::Verifies,
            CheckedProperty::RejectsForgeries,
            CheckedProperty::RejectsReplays,
            CheckedProperty::TakesRepeats,
        ] {
            let finding = check.findings.iter().find(|finding| finding.property == property).unwrap();
            assert_eq!(finding.verdict, CheckVerdict::Passed, "{program} {scheme}: {finding:?}");
        }
        sayless.webhooks().delete(&made.id).await.unwrap();
    }
}

#[tokio::test]
async fn the_receiver_with_axum_is_right() {
    judge(env!("CARGO_BIN_EXE_axum")).await;
}

#[tokio::test]
async fn the_receiver_with_actix_web_is_right() {
    judge(env!("CARGO_BIN_EXE_actix")).await;
}
