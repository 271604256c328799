//! Whatever bytes a receiver answers with, over a real connection: an exchange ends, and what is kept of it can be stored and shown.

use std::time::Duration;

use proptest::prelude::*;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
    runtime::{Builder, Runtime},
};

use super::{
    Limits, Open, Outcome, Outgoing, Sender, SenderConfig,
    exchange::{FailureKind, Response},
    resolve::Resolver,
};
use crate::{
    base::FixedNames,
    delivery::address::{AddressPolicy, WebhookUrl},
    properties::hold_for,
};

/// Each case opens connections.
const CASES: u32 = 200;
const LIMITS: Limits = Limits {
    total: Duration::from_secs(5),
    connect: Duration::from_secs(5),
    grace: Duration::from_secs(5),
    body: 1_000,
    idle: 4,
};

fn sender() -> Sender {
    Sender::new(SenderConfig {
        policy: AddressPolicy::new(vec!["127.0.0.0/8".parse().expect("range")]),
        limits: LIMITS,
        resolver: Resolver::Fixed(FixedNames::default()),
        user_agent: "Sayless-Webhooks/1".to_owned(),
        extra_roots: Vec::new(),
    })
    .expect("a sender")
}

/// The outcome of a message to a receiver that answers these bytes, in parts, and hangs up.
async fn outcome(sender: &Sender, answer: &[u8], part: usize) -> Outcome {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}/hooks", listener.local_addr().expect("an address"));
    let message = Outgoing {
        url: WebhookUrl::stored(&url).expect("a URL"),
        id: "evt_1".to_owned(),
        timestamp: 1,
        signature: "v1,AAAA".to_owned(),
        headers: Vec::new(),
        body: "{}".into(),
    };
    let receiving = async {
        let (mut stream, _) = listener.accept().await.expect("a connection");
        let mut request = Vec::new();
        while !request.ends_with(b"\r\n\r\n{}") {
            stream.read_buf(&mut request).await.expect("a request");
        }
        for part in answer.chunks(part) {
            // A sender that has read enough hangs up.
            if stream.write_all(part).await.is_err() {
                break;
            }
        }
        let _ = stream.shutdown().await;
        let mut rest = [0; 64];
        while stream.read(&mut rest).await.is_ok_and(|read| read > 0) {}
    };
    let (exchange, ()) = futures_util::future::join(
        async {
            let exchange = sender.send(&message, &Open).await;
            sender.0.pool.close();
            exchange
        },
        receiving,
    )
    .await;
    exchange.expect("sent").outcome
}

fn check(answer: &Response) {
    let is_text = |text: &str| !text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t'));
    assert!((100..1_000).contains(&answer.status), "{answer:?}");
    assert!(is_text(&answer.body) && answer.body.chars().count() <= LIMITS.body, "{answer:?}");
    assert!(
        answer.headers.iter().all(|header| is_text(&header.value) && !header.name.is_empty()),
        "{answer:?}"
    );
    assert!(answer.location.as_deref().is_none_or(is_text), "{answer:?}");
}

fn runtime() -> Runtime {
    Builder::new_current_thread().enable_all().build().expect("a runtime")
}

#[test]
fn a_well_formed_answer_is_kept_as_it_came() {
    let runtime = runtime();
    let sender = runtime.block_on(async { sender() });
    let answers = (200..600_u16, prop::collection::vec(0x20_u8..0x7f, 0..1_500), any::<bool>(), 1..400_usize);
    hold_for(CASES, &answers, |(status, body, chunked, part)| {
        // These statuses have no body.
        let body = if matches!(status, 204 | 304) { Vec::new() } else { body };
        let mut answer = format!("HTTP/1.1 {status} Said\r\nx-note: {part}\r\n").into_bytes();
        if matches!(status, 204 | 304) {
            answer.extend_from_slice(b"\r\n");
        } else if chunked {
            answer.extend_from_slice(b"transfer-encoding: chunked\r\n\r\n");
            for chunk in body.chunks(100) {
                answer.extend_from_slice(format!("{:x}\r\n", chunk.len()).as_bytes());
                answer.extend_from_slice(&[chunk, b"\r\n"].concat());
            }
            answer.extend_from_slice(b"0\r\n\r\n");
        } else {
            answer.extend_from_slice(format!("content-length: {}\r\n\r\n", body.len()).as_bytes());
            answer.extend_from_slice(&body);
        }
        let Outcome::Response(kept) = runtime.block_on(outcome(&sender, &answer, part)) else {
            panic!("no answer was found")
        };
        check(&kept);
        assert_eq!(kept.status, status);
        assert_eq!(kept.body.as_bytes(), &body[..body.len().min(LIMITS.body)]);
        assert_eq!(kept.truncated, body.len() > LIMITS.body);
        assert!(
            kept.headers.iter().any(|header| header.name == "x-note" && header.value == part.to_string())
        );
    });
}

#[test]
fn any_bytes_at_all_end_in_an_answer_or_a_reason() {
    let runtime = runtime();
    let sender = runtime.block_on(async { sender() });
    let raw = prop::collection::vec(any::<u8>(), 0..400);
    let line = "HTTP/[0-9.]{0,4} ?[0-9]{0,4} ?[ -~]{0,10}\r?\n";
    let header =
        "(content-length|transfer-encoding|location|retry-after|connection|[!-~]{0,8}): ?[ -~]{0,12}\r?\n";
    let answers = prop_oneof![
        raw.clone(),
        (line, prop::collection::vec(header, 0..6), raw).prop_map(|(line, headers, body)| {
            [line.as_bytes(), headers.concat().as_bytes(), b"\r\n", &body].concat()
        }),
    ];
    hold_for(CASES, &(answers, 1..400_usize), |(answer, part)| {
        match runtime.block_on(outcome(&sender, &answer, part)) {
            Outcome::Response(kept) => {
                check(&kept);
                assert!(answer.windows(7).any(|window| window == b"HTTP/1."), "{answer:?}");
            }
            Outcome::Failure(failure) => {
                let is_theirs = matches!(
                    failure.kind,
                    FailureKind::Malformed { .. }
                        | FailureKind::Reset { .. }
                        | FailureKind::ResponseTimeout { .. }
                );
                assert!(is_theirs, "{failure:?}");
            }
        }
    });
}
