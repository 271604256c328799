//! The same without an async runtime of one's own.

use crate::world::{Flaky, env, unique};
use sayless::models::{NewTicket, TicketStatus};
use sayless::{Error, ErrorKind, blocking};
use std::time::Duration;

#[test]
fn a_ticket_is_created_read_and_found() {
    let sayless = blocking::Sayless::from_env().unwrap();
    let made = sayless.tickets().create(&NewTicket::new(unique("Blocking"))).with_response().send().unwrap();
    assert!(made.status == 201 && made.etag.is_some());
    assert_eq!(sayless.tickets().get(&made.id).send().unwrap().title, made.title);
    let open = sayless.tickets().list().status([TicketStatus::Open]).limit(50);
    let found = open.iter().take(300).find(|ticket| ticket.as_ref().is_ok_and(|ticket| ticket.id == made.id));
    assert!(found.is_some());
    let error = sayless.tickets().create(&NewTicket::new("")).send().unwrap_err();
    assert_eq!((error.kind(), error.fields().len()), (Some(ErrorKind::Validation), 1));
    let app =
        blocking::Sayless::builder().client_credentials(env("SAYLESS_APP_ID"), env("SAYLESS_APP_SECRET"));
    app.build_blocking().unwrap().session().get().send().unwrap();
}

#[test]
fn several_threads_share_a_client() {
    let sayless = blocking::Sayless::from_env().unwrap();
    let titles: Vec<String> = (0..4).map(|_| unique("Thread")).collect();
    let made: Vec<String> = std::thread::scope(|scope| {
        let create = |title| {
            let sayless = sayless.clone();
            scope.spawn(move || sayless.tickets().create(&NewTicket::new(title)).send().unwrap().title)
        };
        let threads: Vec<_> = titles.iter().map(create).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert_eq!(made, titles);
}

#[test]
fn retries_and_timeouts_are_the_same() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let flaky = runtime.block_on(Flaky::with(&["reset", "pass", "hang"]));
    let sayless = blocking::Sayless::builder().base_url(Flaky::url()).build_blocking().unwrap();
    sayless.session().get().send().unwrap();
    let error =
        sayless.session().get().timeout(Duration::from_millis(300)).max_retries(0).send().unwrap_err();
    assert!(matches!(error, Error::Timeout), "{error:?}");
    assert_eq!(runtime.block_on(flaky.seen()).len(), 3);
}
