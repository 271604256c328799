//! The proxy's listener.

use super::connection;
use super::faults::Ledger;
use super::upstream::Upstream;
use anyhow::Result;
use std::net::SocketAddr;
use tokio::net::TcpListener;

/// Starts a proxy before a server, on the runtime that calls; its address.
pub async fn start(upstream: Upstream) -> Result<SocketAddr> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    let ledger = Ledger::default();
    tokio::spawn(async move {
        // An error here is one client's, who hung up before it was taken.
        loop {
            if let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(connection::serve(stream, upstream.clone(), ledger.clone()));
            }
        }
    });
    Ok(address)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::Connection;
    use crate::sandbox::message::{Framing, Source};
    use serde_json::{Value, json};
    use tokio::io::AsyncWriteExt as _;
    use tokio::net::TcpStream;

    /// A server that answers a POST with its body in chunks, and anything else with its path.
    async fn echo() -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let mut source = Source::new(stream);
                let head = source.head().await.unwrap().unwrap();
                let body = source.body(head.framing().unwrap()).await.unwrap();
                let body = String::from_utf8(body).unwrap();
                let credentials = ["authorization", "cookie", "origin"].map(|name| head.get(name).is_some());
                let path = match head.word(1) {
                    "/credentials" => format!("{credentials:?}"),
                    path => path.to_owned(),
                };
                let answer = if head.word(0) == "POST" {
                    format!("transfer-encoding: chunked\r\n\r\n{:x}\r\n{body}\r\n0\r\n\r\n", body.len())
                } else {
                    format!("content-length: {}\r\n\r\n{path}", path.len())
                };
                source.stream.write_all(format!("HTTP/1.1 200 OK\r\n{answer}").as_bytes()).await.unwrap();
            }
        });
        address
    }

    async fn upstream() -> Upstream {
        Upstream { server: echo().await, session: None }
    }

    async fn proxied() -> (SocketAddr, Connection) {
        let address = start(upstream().await).await.unwrap();
        (address, Connection::open(address).await.unwrap())
    }

    fn post(path: &str, body: &str) -> Vec<u8> {
        let key = "authorization: Bearer slk_secret\r\nidempotency-key: k1\r\n";
        format!("POST {path} HTTP/1.1\r\n{key}content-length: {}\r\n\r\n{body}", body.len()).into_bytes()
    }

    async fn seen(connection: &mut Connection) -> Value {
        let answer = connection.exchange(b"GET /__seen HTTP/1.1\r\n\r\n").await.unwrap();
        serde_json::from_slice(answer.body).unwrap()
    }

    #[tokio::test]
    async fn a_connection_carries_one_request_after_the_other() {
        let (_, mut client) = proxied().await;
        for path in ["/one", "/two"] {
            let answer = client.exchange(format!("GET {path} HTTP/1.1\r\n\r\n").as_bytes()).await.unwrap();
            assert_eq!((answer.status, answer.body), (200, path.as_bytes()));
        }
        let seen = seen(&mut client).await;
        assert_eq!(seen[1]["path"], "/two");
        assert_eq!(seen[1]["status"], 200);
    }

    #[tokio::test]
    async fn an_answer_in_chunks_arrives_as_it_was_sent() {
        let address = start(upstream().await).await.unwrap();
        let mut source = Source::new(TcpStream::connect(address).await.unwrap());
        for _ in 0..2 {
            source.stream.write_all(&post("/", "hello")).await.unwrap();
            let head = source.head().await.unwrap().unwrap();
            let framing = head.framing_of_answer("POST").unwrap();
            assert_eq!(framing, Framing::Chunked);
            assert_eq!(source.body(framing).await.unwrap(), b"5\r\nhello\r\n0\r\n\r\n");
        }
    }

    #[tokio::test]
    async fn faults_strike_the_next_requests_and_leave_no_credential_in_the_record() {
        let (address, mut client) = proxied().await;
        let plan = post("/__faults", r#"["503", "429", "reset"]"#);
        assert_eq!(client.exchange(&plan).await.unwrap().status, 204);
        let answer = client.exchange(&post("/a", "x")).await.unwrap();
        assert_eq!((answer.status, answer.header("retry-after")), (503, Some("1")));
        assert_eq!(client.exchange(&post("/a", "x")).await.unwrap().status, 429);
        assert!(client.exchange(&post("/a", "x")).await.is_err());
        let mut client = Connection::open(address).await.unwrap();
        let seen = seen(&mut client).await;
        let statuses: Vec<&Value> =
            seen.as_array().unwrap().iter().map(|request| &request["status"]).collect();
        assert_eq!(statuses, [&json!(503), &json!(429), &json!(null)]);
        assert_eq!(
            (&seen[0]["idempotency_key"], &seen[0]["authorization_kind"]),
            (&json!("k1"), &json!("api_key"))
        );
        assert!(!seen.to_string().contains("slk_"));
    }

    #[tokio::test]
    async fn a_lost_answer_was_given_and_a_hanging_one_never_is() {
        let (address, mut client) = proxied().await;
        client.exchange(&post("/__faults", r#"["lost", "hang"]"#)).await.unwrap();
        assert!(client.exchange(&post("/lost", "x")).await.is_err());
        let hanging = tokio::spawn(async move {
            let mut client = Connection::open(address).await.unwrap();
            client.exchange(&post("/hang", "x")).await.map(|answer| answer.status)
        });
        let mut other = Connection::open(address).await.unwrap();
        let mut all = Vec::new();
        while all.len() < 2 {
            all.extend(seen(&mut other).await.as_array().unwrap().clone());
            tokio::task::yield_now().await;
        }
        assert_eq!((&all[0]["path"], &all[0]["status"]), (&json!("/lost"), &json!(200)));
        assert_eq!((&all[1]["path"], &all[1]["status"]), (&json!("/hang"), &json!(null)));
        assert!(!hanging.is_finished());
        hanging.abort();
    }

    #[tokio::test]
    async fn a_session_takes_the_place_of_a_credential() {
        let request = b"GET /credentials HTTP/1.1\r\nauthorization: Bearer slk_secret\r\n\r\n";
        for (session, expected) in [(None, "[true, false, false]"), (Some("s=1"), "[false, true, true]")] {
            let upstream = Upstream { session: session.map(str::to_owned), ..upstream().await };
            let address = start(upstream).await.unwrap();
            let mut client = Connection::open(address).await.unwrap();
            assert_eq!(client.exchange(request).await.unwrap().body, expected.as_bytes());
        }
    }

    #[tokio::test]
    async fn a_plan_that_is_none_is_told_so() {
        let (_, mut client) = proxied().await;
        let answer = client.exchange(&post("/__faults", r#"["404"]"#)).await.unwrap();
        assert_eq!((answer.status, answer.body), (400, &br#"there is no fault "404""#[..]));
    }
}
