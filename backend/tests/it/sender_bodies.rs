//! Answers whose bodies do not end as they should: what the head said counts, and the connection is not used again.

use std::net::Ipv4Addr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::harness::{
    Behaviour, Receiver,
    sender::{BodyFault, Exchange, Open, Outcome, Response, RetryAfter, Sender, limits, outgoing, sender},
};

async fn send(sender: &Sender, url: &str) -> Exchange {
    sender.send(&outgoing(url), &Open).await.unwrap()
}

fn answer(exchange: Exchange) -> Response {
    match exchange.outcome {
        Outcome::Response(answer) => answer,
        Outcome::Failure(failure) => panic!("{failure:?}"),
    }
}

#[tokio::test]
async fn the_head_counts_whatever_the_body_does_and_the_connection_is_not_used_again() {
    let raw = |text: &str| Behaviour::RawThenClose(text.to_owned());
    for status in [200, 413, 429, 500] {
        let head = format!("HTTP/1.1 {status} Because\r\nretry-after: 7\r\n");
        for (behaviour, body, fault) in [
            (raw(&format!("{head}content-length: 9\r\n\r\nhalf")), "half", BodyFault::Broken),
            (raw(&format!("{head}content-length: 9\r\n\r\n")), "", BodyFault::Broken),
            (
                raw(&format!("{head}transfer-encoding: chunked\r\n\r\n4\r\nhalf\r\n")),
                "half",
                BodyFault::Broken,
            ),
            (
                Behaviour::Raw(format!("{head}content-length: 9\r\n\r\nhalf")),
                "half",
                BodyFault::Endless { waited: limits().grace },
            ),
            (
                raw(&format!("{head}transfer-encoding: chunked\r\n\r\nZZ\r\n")),
                "",
                BodyFault::Malformed { detail: String::new() },
            ),
        ] {
            let receiver = Receiver::http(behaviour.clone()).await;
            let sender = sender();
            let answer = answer(send(&sender, &receiver.url("/")).await);
            assert_eq!((answer.status, answer.body.as_str()), (status, body), "{behaviour:?}");
            assert_eq!(answer.retry_after, Some(RetryAfter::Seconds(7)));
            let found = answer.body_fault.unwrap();
            assert_eq!(std::mem::discriminant(&found), std::mem::discriminant(&fault), "{found:?}");
            receiver.set(Behaviour::Answer(200, ""));
            assert!(!send(&sender, &receiver.url("/")).await.reused, "{behaviour:?}");
        }
    }
}

#[tokio::test]
async fn a_receiver_that_refuses_before_it_has_read_the_message_is_heard() {
    let listener = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            stream.read_exact(&mut [0; 64]).await.unwrap();
            let refusal = b"HTTP/1.1 413 Too Large\r\ncontent-length: 5\r\nconnection: close\r\n\r\nlarge";
            stream.write_all(refusal).await.unwrap();
            // What is unread makes the kernel break the connection.
        }
    });
    let mut message = outgoing(&url);
    message.body = vec![b' '; 8 << 20].into();
    let sender = sender();
    for _ in 0..20 {
        let answer = answer(sender.send(&message, &Open).await.unwrap());
        assert_eq!(answer.status, 413);
    }
}

#[tokio::test]
async fn a_body_that_drips_is_read_for_a_short_time_only() {
    let receiver = Receiver::http(Behaviour::DripBody).await;
    let exchange = send(&sender(), &receiver.url("/")).await;
    assert!(exchange.timings.total_ms < limits().total.as_secs_f64() * 1000.0, "{:?}", exchange.timings);
    let answer = answer(exchange);
    assert_eq!((answer.status, answer.truncated), (200, false));
    assert!(answer.body.starts_with('.'), "{answer:?}");
    let Some(BodyFault::Endless { waited }) = answer.body_fault else { panic!("{answer:?}") };
    assert!(waited >= limits().grace, "{waited:?}");
}
