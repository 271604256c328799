// A receiver in Rust: cargo add actix-web base64 ring serde_json, then SAYLESS_SIGNING_KEY=whsec_… cargo run
use std::time::{SystemTime, UNIX_EPOCH};

use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use base64::{Engine, engine::general_purpose::STANDARD};
use ring::{hmac, signature};

/// `whsec_…` for v1, `whpk_…` for v1a.
#[derive(Clone)]
enum Key {
    Secret(hmac::Key),
    Public(Vec<u8>),
}

impl Key {
    fn parse(text: &str) -> Option<Self> {
        if let Some(public) = text.strip_prefix("whpk_") {
            return STANDARD.decode(public).ok().map(Self::Public);
        }
        let secret = STANDARD.decode(text.strip_prefix("whsec_")?).ok()?;
        Some(Self::Secret(hmac::Key::new(hmac::HMAC_SHA256, &secret)))
    }

    fn fits(&self, signed: &[u8], signature: &str) -> bool {
        let (version, text) = signature.split_once(',').unwrap_or_default();
        let Ok(signature) = STANDARD.decode(text) else { return false };
        match self {
            Self::Secret(key) => version == "v1" && hmac::verify(key, signed, &signature).is_ok(),
            Self::Public(key) => {
                let key = signature::UnparsedPublicKey::new(&signature::ED25519, key);
                version == "v1a" && key.verify(signed, &signature).is_ok()
            }
        }
    }
}

fn is_from_sayless(request: &HttpRequest, body: &[u8], key: &Key) -> Option<bool> {
    let header = |name: &str| request.headers().get(name)?.to_str().ok();
    let timestamp = header("webhook-timestamp")?;
    let now = SystemTime::now().duration_since(UNIX_EPOCH).ok()?.as_secs();
    if now.abs_diff(timestamp.parse().ok()?) > 300 {
        return Some(false);
    }
    let signed = [header("webhook-id")?.as_bytes(), b".", timestamp.as_bytes(), b".", body].concat();
    // While a secret is rotated there are several signatures, and the header may come in several lines: one that fits is enough.
    let lines = request.headers().get_all("webhook-signature").filter_map(|line| line.to_str().ok());
    let mut signatures = lines.flat_map(str::split_whitespace);
    Some(signatures.any(|signature| key.fits(&signed, signature.trim_end_matches(','))))
}

async fn receive(request: HttpRequest, body: web::Bytes, key: web::Data<Key>) -> HttpResponse {
    // The body exactly as it arrived: verify first, parse afterwards.
    if is_from_sayless(&request, &body, &key) != Some(true) {
        return HttpResponse::Unauthorized().finish();
    }
    let Ok(event) = serde_json::from_slice::<serde_json::Value>(&body) else {
        return HttpResponse::BadRequest().finish();
    };
    // The same event may arrive twice: skip a webhook-id that you have seen. Store it, answer, and work afterwards.
    println!("{}", event["type"]);
    HttpResponse::NoContent().finish()
}

#[actix_web::main]
async fn main() -> std::io::Result<()> {
    let key = Key::parse(&std::env::var("SAYLESS_SIGNING_KEY").unwrap_or_default());
    let key = web::Data::new(key.ok_or_else(|| std::io::Error::other("SAYLESS_SIGNING_KEY is no key"))?);
    let port = std::env::var("PORT").ok().and_then(|port| port.parse().ok()).unwrap_or(9000);
    HttpServer::new(move || {
        let size = web::PayloadConfig::new(1 << 20);
        App::new().app_data(key.clone()).app_data(size).default_service(web::to(receive))
    })
    .bind(("0.0.0.0", port))?
    .run()
    .await
}
