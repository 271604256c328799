//! `sayless receive`: prints and verifies what our own sender sends.

use std::{
    io::{BufRead, BufReader},
    net::TcpListener,
    process::{Child, ChildStdout, Command, Stdio},
};

use bytes::Bytes;
use sayless::{
    clock::Clock,
    delivery::{
        address::{AddressPolicy, WebhookUrl},
        send::{
            Limits, Sender, SenderConfig,
            exchange::{Outcome, Outgoing},
            resolve::{FixedNames, Resolver},
        },
        signature::SigningSecret,
    },
};

struct Running {
    child: Child,
    output: BufReader<ChildStdout>,
    url: String,
}

impl Drop for Running {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Running {
    fn start(args: &[&str]) -> Self {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port().to_string();
        let mut child = Command::new(env!("CARGO_BIN_EXE_sayless"))
            .args(["receive", "--port", &port])
            .args(args)
            .env_clear()
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let output = BufReader::new(child.stdout.take().unwrap());
        let mut running = Self { child, output, url: format!("http://127.0.0.1:{port}/hook") };
        assert!(running.line().starts_with(&format!("Receiving at http://127.0.0.1:{port}/")));
        running
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        self.output.read_line(&mut line).unwrap();
        line
    }

    /// The status that a message signed with `secret` is answered with.
    async fn status(&self, secret: &SigningSecret) -> u16 {
        let sender = Sender::new(SenderConfig {
            policy: AddressPolicy::new(vec!["127.0.0.0/8".parse().unwrap()]),
            limits: Limits::default(),
            resolver: Resolver::Fixed(FixedNames::default()),
            user_agent: "Sayless-Webhooks/1".to_owned(),
            extra_roots: Vec::new(),
        })
        .unwrap();
        let (id, timestamp) = ("evt_1".to_owned(), Clock::wall().now().as_secs());
        let body = Bytes::from_static(b"{\"type\":\"ticket.created\",\"bell\":\"\x07\"}");
        let signature = secret.sign(&id, timestamp, &body);
        let url = WebhookUrl::stored(&self.url).unwrap();
        match sender.send(&Outgoing { url, id, timestamp, signature, body }).await.outcome {
            Outcome::Answer(answer) => answer.status,
            Outcome::Failure(failure) => panic!("{failure:?}"),
        }
    }
}

#[tokio::test]
async fn messages_are_verified_printed_and_answered_as_told() {
    let secret = SigningSecret::v1([4; 32]);
    let mut receive = Running::start(&["--secret", secret.expose().as_str(), "--status", "503"]);
    assert_eq!(receive.status(&secret).await, 503);
    let line = receive.line();
    assert!(line.contains(" POST /hook evt_1 verified -> 503"), "{line}");
    let body = receive.line();
    assert!(body.contains("ticket.created") && !body.contains('\u{7}'), "{body}");

    assert_eq!(receive.status(&SigningSecret::v1([5; 32])).await, 401);
    assert!(receive.line().contains("REFUSED: no signature"));
}

#[tokio::test]
async fn a_public_key_verifies_too_and_without_one_nothing_does() {
    let secret = SigningSecret::v1a([4; 32]);
    let receive = Running::start(&["--secret", &secret.public_key().unwrap()]);
    assert_eq!(receive.status(&secret).await, 200);
    assert_eq!(receive.status(&SigningSecret::v1([4; 32])).await, 401);
    let mut trusting = Running::start(&[]);
    assert_eq!(trusting.status(&secret).await, 200);
    assert!(trusting.line().contains("not verified"));
}
