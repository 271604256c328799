//! Requests that fail on their way: behind the proxy.

use crate::world::{Flaky, sayless, unique};
use sayless::models::{NewTicket, TicketChanges};
use sayless::{Error, ErrorKind};
use serde_json::Value;
use std::time::Duration;

fn keys(seen: &[Value]) -> Vec<&str> {
    seen.iter().map(|request| request["idempotency_key"].as_str().unwrap()).collect()
}

/// How many of the newest tickets have this title.
async fn count(title: &str) -> usize {
    let newest = sayless().tickets().list().limit(200).page().await.unwrap();
    newest.data.iter().filter(|ticket| ticket.title == title).count()
}

#[tokio::test]
async fn a_post_is_repeated_under_one_key_and_happens_once() {
    let flaky = Flaky::with(&["503", "lost", "reset"]).await;
    let title = unique("Once");
    let create = Flaky::sayless().tickets().create(&NewTicket::new(&title)).with_response().await;
    let created = create.unwrap();
    assert!(created.replayed && created.title == title);
    let seen = flaky.seen().await;
    let statuses: Vec<Option<u64>> = seen.iter().map(|request| request["status"].as_u64()).collect();
    assert_eq!(statuses, [Some(503), Some(201), None, Some(201)]);
    let keys = keys(&seen);
    assert!(keys.iter().all(|key| *key == keys[0]), "{keys:?}");
    let agent = seen[0]["user_agent"].as_str().unwrap();
    assert!(agent.starts_with(concat!("sayless-rust/", "0.1.0 (")), "{agent}");
    assert_eq!(count(&title).await, 1);
}

#[tokio::test]
async fn a_limit_is_waited_for() {
    let flaky = Flaky::with(&["429", "500", "502"]).await;
    let before = std::time::Instant::now();
    let title = unique("Patient");
    Flaky::sayless().tickets().create(&NewTicket::new(&title)).await.unwrap();
    // Each of the three asked for a second. A slow machine only waits longer.
    assert!(before.elapsed() >= Duration::from_secs(3));
    assert_eq!(flaky.seen().await.len(), 4);
    assert_eq!(count(&title).await, 1);
}

#[tokio::test]
async fn who_does_not_want_to_wait_is_told_when_to_come_back() {
    let flaky = Flaky::with(&["429", "503"]).await;
    let sayless = Flaky::sayless();
    let limited = sayless.session().get().max_retries(0).await.unwrap_err();
    let limited = limited.api().unwrap();
    assert_eq!((limited.kind, limited.retry_after), (ErrorKind::RateLimit, Some(Duration::from_secs(1))));
    let failed = sayless.session().get().max_retries(0).await.unwrap_err();
    assert_eq!(failed.kind(), Some(ErrorKind::Server));
    assert_eq!(flaky.seen().await.len(), 2);
}

#[tokio::test]
async fn a_server_that_hangs_is_left_after_the_timeout() {
    let flaky = Flaky::with(&["hang", "hang"]).await;
    let sayless = Flaky::sayless();
    let title = unique("Slow");
    let error = sayless.session().get().timeout(Duration::from_millis(300)).max_retries(0).await.unwrap_err();
    assert!(matches!(error, Error::Timeout), "{error:?}");
    sayless.tickets().create(&NewTicket::new(&title)).timeout(Duration::from_secs(2)).await.unwrap();
    let seen = flaky.seen().await;
    assert_eq!(seen.len(), 3);
    assert_eq!(keys(&seen[1..])[0], keys(&seen[1..])[1]);
    assert_eq!(count(&title).await, 1);
}

#[tokio::test]
async fn a_dropped_call_is_canceled_and_not_sent_again() {
    let flaky = Flaky::with(&["hang"]).await;
    let sayless = Flaky::sayless();
    let call = sayless.tickets().create(&NewTicket::new("Never")).send();
    assert!(tokio::time::timeout(Duration::from_millis(300), call).await.is_err());
    sayless.session().get().await.unwrap();
    let paths: Vec<Value> = flaky.seen().await.into_iter().map(|request| request["path"].clone()).collect();
    assert_eq!(paths, ["/v1/tickets", "/v1/session"]);
}

#[tokio::test]
async fn a_change_is_repeated_only_where_it_names_a_version() {
    let direct = sayless();
    let made = direct.tickets().create(&NewTicket::new(unique("Change"))).await.unwrap();
    let etag = direct.tickets().get(&made.id).with_response().await.unwrap().etag.unwrap();
    let flaky = Flaky::with(&["reset", "reset"]).await;
    let sayless = Flaky::sayless();
    let change = TicketChanges::new().title("Changed").clear_body();
    let error = sayless.tickets().update(&made.id, &change).await.unwrap_err();
    assert!(matches!(error, Error::Connection(_)), "{error:?}");
    assert_eq!(flaky.seen().await.len(), 1);
    let changed = sayless.tickets().update(&made.id, &change).if_match(&etag).await.unwrap();
    assert_eq!((changed.title.as_str(), flaky.seen().await.len()), ("Changed", 2));
}

#[tokio::test]
async fn retries_end() {
    let flaky = Flaky::with(&["reset", "reset", "reset", "reset", "pass"]).await;
    let error = Flaky::sayless().session().get().await.unwrap_err();
    assert!(matches!(error, Error::Connection(_)), "{error:?}");
    assert_eq!(flaky.seen().await.len(), 4);
    flaky.plan(&[]).await;
}
