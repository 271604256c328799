//! Request headers of a webhook owner's own: sent with every message, shown to nobody, changed without being known.

use serde_json::{Value, json};

use crate::harness::{Behaviour, Integrator, NOWHERE, Receiver, World, both};

const VALUE: &str = "k-7Qm2-very-secret";

/// A webhook for tickets with these headers.
async fn with_headers(integrator: &Integrator, url: &str, headers: Value) -> Value {
    let body = json!({ "url": url, "event_types": ["ticket.*"], "headers": headers });
    integrator.make_webhook(&body).await
}

fn path(webhook: &Value) -> String {
    format!("/v1/webhooks/{}", webhook["id"].as_str().unwrap())
}

#[both]
async fn own_headers_are_sent_and_never_shown_again(world: World) {
    let integrator = Integrator::new(&world).await;
    let receiver = Receiver::http(Behaviour::Answer(200, "")).await;
    let headers = json!([{ "name": "X-Gateway-Key", "value": VALUE }, { "name": "authorization", "value": " Bearer t " }]);
    let webhook = with_headers(&integrator, &receiver.url("/"), headers).await;
    assert_eq!(webhook["headers"], json!([{ "name": "x-gateway-key" }, { "name": "authorization" }]));
    let _worker = world.start_worker();
    let delivery = integrator.delivery_of(&integrator.publish().await).await;
    let sent = &receiver.wait_for(1).await[0];
    assert_eq!((sent.header("x-gateway-key"), sent.header("authorization")), (Some(VALUE), Some("Bearer t")));
    assert!(sent.header("webhook-signature").is_some());

    let shown = integrator.after(&delivery, 1).await;
    let headers = shown["attempt_history"][0]["request"]["headers"].as_array().unwrap();
    let value = |name: &str| headers.iter().find(|header| header["name"] == name).unwrap()["value"].clone();
    assert_eq!((value("x-gateway-key"), value("authorization")), (json!("[redacted]"), json!("[redacted]")));
    let test = integrator.team.admin.post(&format!("{}/test", path(&webhook)), &json!({})).await.ok(200);
    assert_eq!(receiver.requests()[1].header("x-gateway-key"), Some(VALUE));
    let audit = integrator.team.admin.get("/v1/audit-log").await.ok(200);
    let found = integrator.team.admin.get(&path(&webhook)).await.ok(200);
    for text in
        [webhook.to_string(), shown.to_string(), test.to_string(), audit.to_string(), found.to_string()]
    {
        assert!(!text.contains(VALUE), "{text}");
    }
    assert!(audit.to_string().contains("x-gateway-key"), "{audit}");
    // In the database the value is sealed.
    let open = world.number("(SELECT count(*) FROM webhooks WHERE headers LIKE '%7Qm2%')").await;
    let kept = world.number("(SELECT count(*) FROM webhooks WHERE headers LIKE '1.%')").await;
    assert_eq!((open, kept), (0, 1));
}

#[both]
async fn a_header_keeps_its_value_where_none_is_given(world: World) {
    let integrator = Integrator::new(&world).await;
    let receiver = Receiver::http(Behaviour::Answer(200, "")).await;
    let both = json!([{ "name": "x-one", "value": "first" }, { "name": "x-two", "value": "second" }]);
    let webhook = with_headers(&integrator, &receiver.url("/"), both).await;
    let admin = &integrator.team.admin;
    let change = json!({ "headers": [{ "name": "X-One" }, { "name": "x-three", "value": "third" }] });
    let changed = admin.patch(&path(&webhook), &change).await.ok(200);
    assert_eq!(changed["headers"], json!([{ "name": "x-one" }, { "name": "x-three" }]));
    admin.post(&format!("{}/test", path(&webhook)), &json!({})).await.ok(200);
    let sent = receiver.requests().pop().unwrap();
    let values = ["x-one", "x-two", "x-three"].map(|name| sent.header(name).map(str::to_owned));
    assert_eq!(values, [Some("first".to_owned()), None, Some("third".to_owned())]);

    // A change of something else leaves them, and what was read can be sent back.
    admin.patch(&path(&webhook), &json!({ "description": "Mirror" })).await.ok(200);
    admin.patch(&path(&webhook), &json!({ "headers": changed["headers"] })).await.ok(200);
    admin.post(&format!("{}/test", path(&webhook)), &json!({})).await.ok(200);
    assert_eq!(receiver.requests().pop().unwrap().header("x-three"), Some("third"));
    let refused = admin.patch(&path(&webhook), &json!({ "headers": [{ "name": "x-new" }] })).await;
    assert_eq!(refused.fields(422, "validation"), ["headers/0/value"]);
    assert_eq!(admin.patch(&path(&webhook), &json!({ "headers": null })).await.ok(200)["headers"], json!([]));
    admin.post(&format!("{}/test", path(&webhook)), &json!({})).await.ok(200);
    assert_eq!(receiver.requests().pop().unwrap().header("x-one"), None);
}

#[both]
async fn a_url_on_another_server_gets_no_header_that_was_meant_for_the_old_one(world: World) {
    let integrator = Integrator::new(&world).await;
    let receiver = Receiver::http(Behaviour::Answer(200, "")).await;
    let other = Receiver::http(Behaviour::Answer(200, "")).await;
    let headers = json!([{ "name": "x-key", "value": VALUE }]);
    let webhook = with_headers(&integrator, &receiver.url("/"), headers).await;
    let admin = &integrator.team.admin;
    let refused = admin.patch(&path(&webhook), &json!({ "url": other.url("/") })).await;
    assert_eq!(refused.fields(422, "validation"), ["headers"]);
    let kept = json!({ "url": other.url("/"), "headers": [{ "name": "x-key" }] });
    assert_eq!(admin.patch(&path(&webhook), &kept).await.fields(422, "validation"), ["headers/0/value"]);
    // Another path on the same server is no other receiver.
    admin.patch(&path(&webhook), &json!({ "url": receiver.url("/hooks") })).await.ok(200);
    let anew = json!({ "url": other.url("/"), "headers": [{ "name": "x-key", "value": "for the other" }] });
    admin.patch(&path(&webhook), &anew).await.ok(200);
    admin.post(&format!("{}/test", path(&webhook)), &json!({})).await.ok(200);
    assert_eq!(other.requests()[0].header("x-key"), Some("for the other"));
}

#[both]
async fn headers_that_are_not_the_owners_are_refused_by_their_place(world: World) {
    let integrator = Integrator::new(&world).await;
    let long = "v".repeat(2_100);
    let eleven: Vec<Value> = (0..11).map(|n| json!({ "name": format!("x-{n}"), "value": "v" })).collect();
    let one = |name: &str, value: &str| json!([{ "name": "x-good", "value": "v" }, { "name": name, "value": value }]);
    let mut cases = vec![
        (json!(eleven), "headers"),
        (json!([{ "name": "x-a", "value": long }, { "name": "x-b", "value": long }]), "headers"),
        (one("X-Good", "w"), "headers/1/name"),
        (one("", "w"), "headers/1/name"),
        (one(&"n".repeat(101), "w"), "headers/1/name"),
        (json!([{ "name": "x-good" }]), "headers/0/value"),
    ];
    for name in [
        "webhook-id",
        "Webhook-Anything",
        "host",
        "Content-Length",
        "content-type",
        "Transfer-Encoding",
        "connection",
        "keep-alive",
        "te",
        "trailer",
        "upgrade",
        "proxy-authorization",
        "expect",
        "user-agent",
        "accept-encoding",
        "x key",
        "x:key",
        "x\r\ny",
        "schlüssel",
    ] {
        cases.push((one(name, "w"), "headers/1/name"));
    }
    for value in ["", "  ", "a\r\nx-evil: 1", "a\nb", "a\0b", "käse", "a\u{7f}"] {
        cases.push((one("x-other", value), "headers/1/value"));
    }
    for (headers, field) in cases {
        let body = json!({ "url": NOWHERE, "event_types": ["ticket.*"], "headers": headers });
        let refused = integrator.team.admin.post("/v1/webhooks", &body).await;
        assert!(!refused.text.contains("x-evil"), "{}", refused.text);
        assert_eq!(refused.fields(422, "validation"), [field], "{headers}");
    }
    assert!(integrator.team.admin.get("/v1/webhooks").await.ok(200)["data"].as_array().unwrap().is_empty());
}
