//! A receiver with axum: `SAYLESS_SIGNING_SECRETS="whsec_… whpk_…" cargo run --bin axum`. It listens on `PORT`, 9000 where
//! that is not set.

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use sayless::webhook::{Event, ReplayGuard, Verifier};
use std::error::Error;
use std::sync::Arc;

/// What every request needs.
struct Receiver {
    verifier: Verifier,
    guard: ReplayGuard,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let secrets = std::env::var("SAYLESS_SIGNING_SECRETS")?;
    let verifier = Verifier::new(secrets.split_whitespace())?;
    let receiver = Arc::new(Receiver { verifier, guard: ReplayGuard::new() });
    let app = Router::new().route("/", post(receive)).with_state(receiver);
    let port: u16 = std::env::var("PORT").map_or(Ok(9000), |port| port.parse())?;
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", port)).await?;
    println!("listening on {}", listener.local_addr()?);
    axum::serve(listener, app).await?;
    Ok(())
}

async fn receive(State(receiver): State<Arc<Receiver>>, headers: HeaderMap, body: Bytes) -> StatusCode {
    // The body exactly as it arrived: verify first, read afterwards.
    let event = match receiver.verifier.verify(&headers, &body) {
        Ok(event) => event,
        Err(error) => {
            println!("refused: {error}");
            return StatusCode::UNAUTHORIZED;
        }
    };
    // The same event may arrive twice: it is answered alike, and handled once.
    if receiver.guard.is_new(event.id()) {
        handle(&event);
    }
    StatusCode::NO_CONTENT
}

/// Where your program begins. Store the event and work afterwards: Sayless waits for 15 seconds.
fn handle(event: &Event) {
    match event {
        Event::TicketCreated(message) => {
            println!("ticket.created: {}", message.data.title.as_deref().unwrap_or_default());
        }
        other => println!("{}", other.event_type()),
    }
}
