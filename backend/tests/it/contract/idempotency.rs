//! `Idempotency-Key` on every operation that is a POST: the same key and body get the first answer again.

use std::collections::BTreeSet;

use reqwest::Method;

use crate::harness::{Fixture, Operation, Reply, World, both, operations};

/// Operations whose answer holds a secret: it is kept for ten minutes alone.
const SECRET: &[&str] = &[
    "approveAuthorizationRequest",
    "createApiKey",
    "createOAuthApp",
    "createWebhook",
    "rotateOAuthAppSecret",
    "rotateOwnApiKey",
    "rotateWebhookSecret",
    "rotateWebhookSecretAtOldPath",
    "signIn",
];

fn posts() -> Vec<Operation> {
    operations().into_iter().filter(|operation| operation.method == Method::POST).collect()
}

/// What a caller can tell of an answer.
fn seen(reply: &Reply) -> (u16, String, [Option<String>; 3]) {
    let headers = ["location", "etag", "set-cookie"];
    (reply.status, reply.text.clone(), headers.map(|name| reply.header(name).map(str::to_owned)))
}

#[both]
async fn the_same_key_and_body_get_the_first_answer_again(world: World) {
    for operation in &posts() {
        assert!(operation.takes("Idempotency-Key"), "{} takes no Idempotency-Key", operation.id);
        let fixture = Fixture::make(&world).await;
        let client = fixture.client(&world, operation).with_header("idempotency-key", "the-same");
        let first = fixture.call(operation, &client).await;
        assert!((200..300).contains(&first.status), "{}: {}", operation.id, first.text);
        assert_eq!(first.header("idempotent-replayed"), None, "{}", operation.id);
        let audited = fixture.team.audited().await;
        let again = fixture.call(operation, &client).await;
        assert_eq!(seen(&again), seen(&first), "{}", operation.id);
        assert_eq!(again.header("idempotent-replayed"), Some("true"), "{}", operation.id);
        assert_eq!(fixture.team.audited().await, audited, "{} happened twice", operation.id);
        if operation.has_body() {
            let other = format!("{} ", fixture.body(operation));
            let path = fixture.path(operation);
            let reply = client.send(Method::POST, &path, "application/json", other).await;
            reply.problem(422, "idempotency-mismatch");
        }
        let long = "x".repeat(256);
        for bad in ["", &long] {
            let client = fixture.client(&world, operation).with_header("idempotency-key", bad);
            let named = fixture.call(operation, &client).await.fields(400, "bad-request");
            assert_eq!(named, ["Idempotency-Key"], "{}", operation.id);
        }
    }
}

#[both]
async fn an_answer_that_holds_a_secret_is_kept_sealed_and_for_ten_minutes(world: World) {
    let mut expiring = BTreeSet::new();
    for operation in &posts() {
        let fixture = Fixture::make(&world).await;
        let client = fixture.client(&world, operation).with_header("idempotency-key", "lost");
        let first = fixture.call(operation, &client).await;
        world.advance(9 * 60);
        assert_eq!(seen(&fixture.call(operation, &client).await), seen(&first), "{}", operation.id);
        world.advance(2 * 60);
        let late = fixture.call(operation, &client).await;
        if late.status == first.status {
            assert_eq!(seen(&late), seen(&first), "{}", operation.id);
            continue;
        }
        let detail = late.problem(409, "idempotency-expired")["detail"].as_str().unwrap().to_owned();
        assert!(
            detail.contains('_') || operation.id.contains("Authorization"),
            "it names no object: {detail}"
        );
        expiring.insert(operation.id.clone());
    }
    assert_eq!(expiring.iter().map(String::as_str).collect::<Vec<_>>(), SECRET);
}

#[both]
async fn no_secret_of_a_kept_answer_can_be_read_in_the_database(world: World) {
    let fixture = Fixture::make(&world).await;
    let client = fixture.team.admin.with_header("idempotency-key", "once");
    for id in ["createApiKey", "createOAuthApp", "createWebhook"] {
        let operation = posts().into_iter().find(|operation| operation.id == id).unwrap();
        fixture.call(&operation, &client).await.ok(201);
    }
    let kept = "(SELECT count(*) FROM idempotency_keys WHERE sealed_until IS NOT NULL AND body <> '')";
    let bare = "(SELECT count(*) FROM idempotency_keys \
        WHERE body LIKE '%slk!_%' ESCAPE '!' OR body LIKE '%sls!_%' ESCAPE '!' OR body LIKE '%whsec!_%' ESCAPE '!')";
    assert_eq!((world.number(kept).await, world.number(bare).await), (3, 0));
    world.advance(10 * 60);
    world.remove_expired().await;
    assert_eq!(world.number(kept).await, 0);
}

#[both]
async fn a_test_that_failed_may_be_tried_again_under_its_key(world: World) {
    let fixture = Fixture::make(&world).await;
    let test = posts().into_iter().find(|operation| operation.id == "testWebhook").unwrap();
    let client = fixture.team.admin.with_header("idempotency-key", "again");
    let refused = client.with_header("if-match", "\"not-this\"");
    fixture.call(&test, &refused).await.problem(412, "precondition-failed");
    let first = fixture.call(&test, &client).await;
    assert_eq!((first.status, first.header("idempotent-replayed")), (200, None));
}
