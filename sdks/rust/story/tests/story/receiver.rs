//! A receiver of webhooks that keeps what arrives, and answers as it is told.

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use sayless::webhook::{Event, VerifyError, verify};
use std::sync::Arc;
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::Duration;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

pub struct Receiver {
    pub url: String,
    arrivals: UnboundedReceiver<Arrival>,
    status: Arc<AtomicU16>,
}

/// A message as it arrived.
pub struct Arrival {
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Arrival {
    pub fn verify(&self, secrets: &[&str]) -> Result<Event, VerifyError> {
        verify(&self.headers, &self.body, secrets)
    }
}

type Shared = (UnboundedSender<Arrival>, Arc<AtomicU16>);

impl Receiver {
    pub async fn start() -> Self {
        let (sender, arrivals) = unbounded_channel();
        let status = Arc::new(AtomicU16::new(204));
        let app = Router::new().fallback(receive).with_state((sender, status.clone()));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/hook", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
        Self { url, arrivals, status }
    }

    /// The status of all answers from now on.
    pub fn answer(&self, status: u16) {
        self.status.store(status, Ordering::Relaxed);
    }

    /// The next message.
    pub async fn next(&mut self) -> Arrival {
        let arrival = tokio::time::timeout(Duration::from_secs(20), self.arrivals.recv()).await;
        arrival.expect("a message arrives").unwrap()
    }
}

async fn receive(State((sender, status)): State<Shared>, headers: HeaderMap, body: Bytes) -> StatusCode {
    sender.send(Arrival { headers, body }).unwrap();
    StatusCode::from_u16(status.load(Ordering::Relaxed)).unwrap()
}
