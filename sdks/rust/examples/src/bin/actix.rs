//! A receiver with actix-web: `SAYLESS_SIGNING_SECRETS="whsec_… whpk_…" cargo run --bin actix`. It listens on `PORT`, 9000
//! where that is not set.

use actix_web::web::{self, Bytes, Data};
use actix_web::{App, HttpRequest, HttpResponse, HttpServer};
use sayless::webhook::{Event, ReplayGuard, Verifier};
use std::error::Error;

/// What every request needs.
struct Receiver {
    verifier: Verifier,
    guard: ReplayGuard,
}

#[actix_web::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let secrets = std::env::var("SAYLESS_SIGNING_SECRETS")?;
    let verifier = Verifier::new(secrets.split_whitespace())?;
    let receiver = Data::new(Receiver { verifier, guard: ReplayGuard::new() });
    let port: u16 = std::env::var("PORT").map_or(Ok(9000), |port| port.parse())?;
    let app = move || {
        let size = web::PayloadConfig::new(1 << 20);
        App::new().app_data(receiver.clone()).app_data(size).route("/", web::post().to(receive))
    };
    let server = HttpServer::new(app).workers(2).bind(("127.0.0.1", port))?;
    for address in server.addrs() {
        println!("listening on {address}");
    }
    server.run().await?;
    Ok(())
}

async fn receive(request: HttpRequest, body: Bytes, receiver: Data<Receiver>) -> HttpResponse {
    // The body exactly as it arrived: verify first, read afterwards.
    let event = match receiver.verifier.verify(request.headers(), &body) {
        Ok(event) => event,
        Err(error) => {
            println!("refused: {error}");
            return HttpResponse::Unauthorized().finish();
        }
    };
    // The same event may arrive twice: it is answered alike, and handled once.
    if receiver.guard.is_new(event.id()) {
        handle(&event);
    }
    HttpResponse::NoContent().finish()
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
