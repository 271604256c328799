//! `sayless receive`: a webhook receiver for trying things out. Verifies what it is sent if it is given the secret, prints
//! it, and answers as it was told.

use std::net::Ipv4Addr;

use actix_web::{
    App as ActixApp, HttpRequest, HttpResponse, HttpServer,
    http::StatusCode,
    web::{self, Bytes, Data},
};

use super::{error::CommandError, stop::StopSignal};
use crate::{
    clock::Clock,
    config::Receive,
    delivery::signature::{SignatureVerifier, SignedHeaders},
};

/// The largest body that is taken, in bytes.
const LARGEST: usize = 4 * 1024 * 1024;

struct Receiver {
    verifier: Option<SignatureVerifier>,
    status: StatusCode,
    clock: Clock,
}

/// Receives webhooks and prints them until it is stopped.
pub fn receive(args: Receive) -> Result<(), CommandError> {
    let status = StatusCode::from_u16(args.status)
        .map_err(|_| CommandError::new(format!("--status {} is no HTTP status", args.status)))?;
    let verifier = args
        .secret
        .map(|secret| SignatureVerifier::parse(&secret.0))
        .transpose()
        .map_err(|error| CommandError::new(format!("--secret: {error}")))?;
    let receiver = Data::new(Receiver { verifier, status, clock: Clock::wall() });
    let server = HttpServer::new(move || {
        ActixApp::new()
            .app_data(receiver.clone())
            .app_data(web::PayloadConfig::new(LARGEST))
            .default_service(web::to(take))
    })
    .workers(1)
    .disable_signals()
    .bind((Ipv4Addr::LOCALHOST, args.port))
    .map_err(CommandError::of(format!(
        "cannot listen on port {}; stop what listens there, or choose another --port",
        args.port
    )))?;
    actix_web::rt::System::new().block_on(async {
        let stop = StopSignal::catch()?;
        for address in server.addrs() {
            println!("Receiving at http://{address}/ and answering {status}. Stop with Ctrl-C.");
        }
        let server = server.run();
        let handle = server.handle();
        actix_web::rt::spawn(async move {
            stop.wait().await;
            handle.stop(true).await;
        });
        server.await.map_err(CommandError::of("the receiver"))
    })
}

async fn take(receiver: Data<Receiver>, request: HttpRequest, body: Bytes) -> HttpResponse {
    let header =
        |name: &str| request.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let signatures: Vec<&str> =
        request.headers().get_all("webhook-signature").filter_map(|value| value.to_str().ok()).collect();
    let headers = SignedHeaders {
        id: header("webhook-id"),
        timestamp: header("webhook-timestamp"),
        signature: &signatures.join(" "),
    };
    let now = receiver.clock.now();
    let verdict = match &receiver.verifier {
        None => Ok("not verified: start with --secret to verify"),
        Some(verifier) => verifier
            .verify(headers, &body, now.as_secs())
            .map(|()| "verified")
            .map_err(|error| error.to_string()),
    };
    let answer = if verdict.is_ok() { receiver.status } else { StatusCode::UNAUTHORIZED };
    let verdict = verdict.map_or_else(|error| format!("REFUSED: {error}"), str::to_owned);
    println!(
        "{now} {} {} {} {verdict} -> {}",
        request.method(),
        printable(request.path()),
        printable(headers.id),
        answer.as_u16()
    );
    println!("    {}", printable(&String::from_utf8_lossy(&body)));
    HttpResponse::build(answer).finish()
}

/// A text that cannot play tricks on a terminal.
pub(super) fn printable(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}
