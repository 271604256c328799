//! `sayless receive`: prints and verifies what our own sender sends.

use crate::harness::{command::ReceiveCommand, secrets::SigningSecret};

#[tokio::test]
async fn messages_are_verified_printed_and_answered_as_told() {
    let secret = SigningSecret::v1([4; 32]);
    let mut receive = ReceiveCommand::start(&["--secret", secret.expose().as_str(), "--status", "503"]);
    assert_eq!(receive.status(&secret).await, 503);
    let line = receive.line();
    assert!(line.contains(" POST /hook evt_1 verified -> 503"), "{line}");
    let body = receive.line();
    assert!(body.contains("ticket.created") && !body.contains('\u{7}'), "{body}");

    assert_eq!(receive.status(&SigningSecret::v1([5; 32])).await, 401);
    assert!(receive.line().contains("REFUSED: no signature"));
}

#[tokio::test]
async fn a_public_key_verifies_too_and_without_one_nothing_does() {
    let secret = SigningSecret::v1a([4; 32]);
    let receive = ReceiveCommand::start(&["--secret", &secret.public_key().unwrap()]);
    assert_eq!(receive.status(&secret).await, 200);
    assert_eq!(receive.status(&SigningSecret::v1([4; 32])).await, 401);
    let mut trusting = ReceiveCommand::start(&[]);
    assert_eq!(trusting.status(&secret).await, 200);
    assert!(trusting.line().contains("not verified"));
}
