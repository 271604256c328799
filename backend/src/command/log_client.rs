//! Reads a server's log of events over HTTP, as any client does: one request a connection, the key in a header alone.

use std::time::Duration;

use api_types::{Problem, ids::EventId};
use bytes::Bytes;
use http_body_util::{BodyExt, Empty, Limited};
use hyper::{
    Request, StatusCode,
    client::conn::http1,
    header::{ACCEPT, AUTHORIZATION, HOST, HeaderValue, RETRY_AFTER, USER_AGENT},
};
use hyper_util::rt::TokioIo;
use serde::Deserialize;
use serde_json::value::RawValue;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
    time::timeout,
};

use crate::delivery::{address::WebhookUrl, send::Tls};

/// The longest that connecting may take.
const CONNECT: Duration = Duration::from_secs(10);
/// The longest that an answer may take: the server's wait, and some time for the answer itself.
const ANSWER: Duration = Duration::from_mins(1);
/// The largest answer that is read, in bytes.
const LARGEST: usize = 64 * 1024 * 1024;

/// A page of the log. Types that this version does not know are passed on like all others.
#[derive(Debug, Deserialize)]
pub(super) struct LogPage {
    pub(super) data: Vec<LogEvent>,
    pub(super) next_cursor: String,
}

/// An event of the log.
#[derive(Debug, Deserialize)]
pub(super) struct LogEvent {
    pub(super) id: EventId,
    #[serde(rename = "type")]
    pub(super) kind: String,
    /// The exact body; `None` where the key may not read it.
    pub(super) payload: Option<Box<RawValue>>,
}

/// The log was not read.
#[derive(Debug, thiserror::Error)]
pub(super) enum LogError {
    /// The server cannot be reached, or answers with something else.
    #[error("{0}")]
    Unreachable(String),
    /// The server refuses, and says why.
    #[error("{0}")]
    Refused(String),
    /// The server cannot answer now.
    #[error("{detail}")]
    Busy { detail: String, retry_after: Option<Duration> },
    /// The place in the log is too old.
    #[error("{0}")]
    Expired(String),
}

/// A client of one server, with one key.
pub(super) struct LogClient {
    server: WebhookUrl,
    authorization: HeaderValue,
    tls: Tls,
}

impl LogClient {
    /// A client of `server`. Fails where the key cannot stand in a header.
    pub(super) fn new(server: WebhookUrl, key: &str, tls: Tls) -> Option<Self> {
        let mut authorization = HeaderValue::try_from(format!("Bearer {key}")).ok()?;
        authorization.set_sensitive(true);
        Some(Self { server, authorization, tls })
    }

    /// The page of events after a place.
    pub(super) async fn after(&self, query: &str) -> Result<LogPage, LogError> {
        let unreachable = |what: &str| LogError::Unreachable(format!("{} {what}", self.server.authority()));
        let host = self.server.host().to_string();
        let host = host.trim_start_matches('[').trim_end_matches(']');
        let stream = timeout(CONNECT, TcpStream::connect((host, self.server.port()))).await;
        let stream = stream.map_err(|_| unreachable("does not answer"))?;
        let stream = stream.map_err(|error| unreachable(&format!("cannot be reached: {error}")))?;
        if !self.server.is_https() {
            return self.ask(stream, query).await;
        }
        let secured = timeout(CONNECT, self.tls.connect(self.server.host(), stream)).await;
        let secured = secured.map_err(|_| unreachable("does not shake hands"))?;
        let secured =
            secured.map_err(|failure| unreachable(&format!("cannot be reached over TLS: {failure:?}")))?;
        self.ask(secured, query).await
    }

    async fn ask<S>(&self, stream: S, query: &str) -> Result<LogPage, LogError>
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let broken =
            |error: &dyn std::fmt::Display| LogError::Unreachable(format!("the connection broke: {error}"));
        let answer = async {
            let (mut sender, driver) =
                http1::handshake(TokioIo::new(stream)).await.map_err(|e| broken(&e))?;
            tokio::spawn(driver);
            let response = sender.send_request(self.request(query)).await.map_err(|e| broken(&e))?;
            let (head, body) = response.into_parts();
            let body = Limited::new(body, LARGEST).collect().await.map_err(|e| broken(&e))?;
            Ok::<_, LogError>((head, body.to_bytes()))
        };
        let answer = timeout(ANSWER, answer).await;
        let (head, body) =
            answer.map_err(|_| LogError::Unreachable("the server does not answer".to_owned()))??;
        let retry_after = head.headers.get(RETRY_AFTER).and_then(|value| value.to_str().ok()?.parse().ok());
        read(head.status, &body, retry_after.map(Duration::from_secs))
    }

    fn request(&self, query: &str) -> Request<Empty<Bytes>> {
        let mut request = Request::new(Empty::new());
        let path = self.server.path_and_query().path().trim_end_matches('/');
        *request.uri_mut() = format!("{path}/v1/events?{query}").parse().unwrap_or_default();
        let headers = request.headers_mut();
        let authority = self.server.authority();
        headers.insert(HOST, HeaderValue::try_from(authority).unwrap_or(HeaderValue::from_static("")));
        headers.insert(AUTHORIZATION, self.authorization.clone());
        headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
        headers.insert(USER_AGENT, HeaderValue::from_static("Sayless-Listen/1"));
        request
    }
}

fn read(status: StatusCode, body: &[u8], retry_after: Option<Duration>) -> Result<LogPage, LogError> {
    if status == StatusCode::OK {
        let read = serde_json::from_slice(body);
        return read.map_err(|_| LogError::Unreachable("the answer is no log of events".to_owned()));
    }
    let problem = serde_json::from_slice::<Problem>(body);
    let detail = problem.map_or_else(|_| format!("the server answers {status}"), |problem| problem.detail);
    Err(match status {
        StatusCode::GONE => LogError::Expired(detail),
        StatusCode::TOO_MANY_REQUESTS | StatusCode::REQUEST_TIMEOUT => LogError::Busy { detail, retry_after },
        _ if status.is_server_error() => LogError::Busy { detail, retry_after },
        _ => LogError::Refused(detail),
    })
}
