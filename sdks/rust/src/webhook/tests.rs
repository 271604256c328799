//! Messages that were signed here, under both schemes.

use super::*;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::signature::{Ed25519KeyPair, KeyPair as _};
use ring::{hmac, rand};
use serde_json::json;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

const SENT: u64 = 1_795_417_923;

fn now(offset: i64) -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(SENT.checked_add_signed(offset).unwrap())
}

fn body(event_type: &str, data: &serde_json::Value) -> String {
    json!({ "id": "evt_1", "type": event_type, "timestamp": "2026-11-23T07:12:03.400Z", "workspace_id": "wsp_1",
        "actor": { "type": "api_key", "id": "key_1", "name": "Sync" }, "data": data, "later": true })
    .to_string()
}

fn secret(text: &str) -> String {
    format!("whsec_{}", STANDARD.encode(text))
}

fn sign(text: &str, body: &str) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, text.as_bytes());
    let tag = hmac::sign(&key, format!("evt_1.{SENT}.{body}").as_bytes());
    format!("v1,{}", STANDARD.encode(tag))
}

fn headers(signature: &str) -> [(&'static str, String); 3] {
    [
        ("Webhook-Id", "evt_1".to_owned()),
        ("webhook-timestamp", SENT.to_string()),
        ("webhook-signature", signature.to_owned()),
    ]
}

#[test]
fn the_signature_of_any_secret_will_do() {
    let body = body("ticket.created", &json!({ "id": "tkt_1", "title": "Printer on fire", "floor": 3 }));
    let verifier = Verifier::new([secret("old"), secret("new")]).unwrap();
    for signature in [sign("old", &body), sign("new", &body), format!("v1,AAAA v9,x {}", sign("new", &body))]
    {
        let event = verifier.verify_at(now(0), headers(&signature), &body).unwrap();
        let Event::TicketCreated(message) = &event else { panic!("{event:?}") };
        assert_eq!(message.data.title.as_deref(), Some("Printer on fire"));
        assert_eq!(message.data.extra["floor"], 3);
        assert_eq!(event.id(), &crate::models::EventId::from("evt_1"));
    }
    let other = Verifier::new([secret("other")]).unwrap();
    assert_eq!(other.verify_at(now(0), headers(&sign("old", &body)), &body), Err(VerifyError::NoMatch));
    let changed = body.replace("fire", "ice");
    let refused = verifier.verify_at(now(0), headers(&sign("old", &body)), changed);
    assert_eq!(refused, Err(VerifyError::NoMatch));
}

#[test]
fn a_public_key_verifies_v1a_and_nothing_else() {
    let document = Ed25519KeyPair::generate_pkcs8(&rand::SystemRandom::new()).unwrap();
    let pair = Ed25519KeyPair::from_pkcs8(document.as_ref()).unwrap();
    let public = format!("whpk_{}", STANDARD.encode(pair.public_key()));
    let body = body("webhook.test", &json!({ "message": "Hello" }));
    let signature = STANDARD.encode(pair.sign(format!("evt_1.{SENT}.{body}").as_bytes()));
    let verifier = Verifier::new([&public]).unwrap();
    let event = verifier.verify_at(now(0), headers(&format!("v1a,{signature}")), &body).unwrap();
    assert!(matches!(event, Event::WebhookTest(_)));
    for wrong in [format!("v1,{signature}"), sign("x", &body)] {
        assert_eq!(verifier.verify_at(now(0), headers(&wrong), &body), Err(VerifyError::NoMatch));
    }
}

#[test]
fn the_reason_of_a_refusal_is_told() {
    let body = body("webhook.test", &json!({ "message": "Hello" }));
    let verifier = Verifier::new([secret("s")]).unwrap();
    let signed = headers(&sign("s", &body));
    assert!(verifier.verify_at(now(300), signed.clone(), &body).is_ok());
    assert!(verifier.verify_at(now(-300), signed.clone(), &body).is_ok());
    assert_eq!(verifier.verify_at(now(301), signed.clone(), &body), Err(VerifyError::TooOld));
    assert_eq!(verifier.verify_at(now(-301), signed.clone(), &body), Err(VerifyError::TooNew));
    let longer = verifier.clone().tolerance(Duration::from_secs(600));
    assert!(longer.verify_at(now(301), signed.clone(), &body).is_ok());
    for missing in ["webhook-id", "webhook-timestamp", "webhook-signature"] {
        let rest = signed.clone().into_iter().filter(|(name, _)| name.to_lowercase() != missing);
        assert_eq!(verifier.verify_at(now(0), rest, &body), Err(VerifyError::MissingHeader(missing)));
    }
    let mut late = signed;
    late[1].1 = "yesterday".to_owned();
    assert_eq!(verifier.verify_at(now(0), late, &body), Err(VerifyError::BadTimestamp));
    let signature = headers(&sign("s", "[]"));
    assert_eq!(verifier.verify_at(now(0), signature, "[]"), Err(VerifyError::BadBody));
}

#[test]
fn a_secret_that_is_none_is_refused_and_none_is_printed() {
    for secrets in [vec!["whsec_"], vec!["slk_abc"], vec!["whpk_AAAA"], vec!["whsec_!"], vec![]] {
        assert_eq!(Verifier::new(&secrets).unwrap_err(), VerifyError::BadSecret, "{secrets:?}");
    }
    let printed = format!("{:?}", Verifier::new([secret("hidden")]).unwrap());
    assert!(!printed.contains(&secret("hidden")), "{printed}");
}

#[test]
fn an_unknown_type_and_unknown_words_are_taken() {
    let unknown = body("invoice.paid", &json!({ "amount": 12 }));
    let verifier = Verifier::new([secret("s")]).unwrap();
    let event = verifier.verify_at(now(0), headers(&sign("s", &unknown)), &unknown).unwrap();
    assert_eq!(event.event_type(), "invoice.paid");
    assert!(matches!(&event, Event::Unknown(message) if message.data["amount"] == 12));
    let snoozed = body("ticket.updated", &json!({ "id": "tkt_1", "status": "snoozed" }));
    let event = verifier.verify_at(now(0), headers(&sign("s", &snoozed)), &snoozed).unwrap();
    let Event::TicketUpdated(message) = event else { panic!("{event:?}") };
    assert_eq!(message.data.status, Some(crate::models::TicketStatus::Other("snoozed".to_owned())));
}
