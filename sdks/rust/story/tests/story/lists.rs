//! Lists, page by page.

use crate::world::{env, sayless, unique};
use futures_util::TryStreamExt as _;
use sayless::models::{EventType, NewTicket, TicketId, TicketStatus};
use std::collections::HashSet;

#[tokio::test]
async fn every_ticket_comes_once() {
    let expected: usize = env("SAYLESS_TICKETS").parse().unwrap();
    let tickets = sayless().tickets().list().limit(200).stream();
    let ids: Vec<TicketId> = tickets.map_ok(|ticket| ticket.id).try_collect().await.unwrap();
    let different: HashSet<&TicketId> = ids.iter().collect();
    // Other tests create tickets meanwhile.
    assert!(ids.len() >= expected, "{} of {expected}", ids.len());
    assert_eq!(different.len(), ids.len());
}

#[tokio::test]
async fn a_page_leads_to_the_next_one() {
    let list = || sayless().tickets().list().limit(3).status([TicketStatus::Open]);
    let first = list().page().await.unwrap();
    let second = list().cursor(first.next_cursor.clone().unwrap()).page().await.unwrap();
    assert_eq!((first.data.len(), second.data.len()), (3, 3));
    assert!(first.data.iter().all(|ticket| ticket.status == TicketStatus::Open));
    assert!(first.data.iter().all(|ticket| second.data.iter().all(|other| other.id != ticket.id)));
}

#[tokio::test]
async fn a_list_of_one_page_ends() {
    let mut types = sayless().event_types().list().stream();
    let mut names = Vec::new();
    while let Some(info) = types.next().await {
        names.push(info.unwrap().type_);
    }
    assert!(names.contains(&EventType::TicketCreated), "{names:?}");
}

#[tokio::test]
async fn the_log_is_read_to_its_end_or_on_and_on() {
    let sayless = sayless();
    let before = sayless.events().list().after("latest").page().await.unwrap().next_cursor.unwrap();
    let made = sayless.tickets().create(&NewTicket::new(unique("Logged"))).await.unwrap();
    let log = || {
        sayless.events().list().after(&before).type_([EventType::TicketCreated]).object_id(made.id.as_str())
    };
    let events: Vec<_> = log().stream().try_collect().await.unwrap();
    assert_eq!(events.len(), 1);
    assert_eq!(events[0].object_id.as_deref(), Some(made.id.as_str()));

    let latest = sayless.events().list().after("latest").page().await.unwrap().next_cursor.unwrap();
    let mut tail = sayless.events().list().after(latest).wait(2).stream();
    let title = unique("Tailed");
    let create = NewTicket::new(&title);
    let publish = async {
        tokio::time::sleep(std::time::Duration::from_millis(2_500)).await;
        sayless.tickets().create(&create).await.unwrap()
    };
    let find = async {
        while let Some(event) = tail.next().await {
            let event = event.unwrap();
            if event.payload.as_ref().is_some_and(|payload| payload["data"]["title"] == title.as_str()) {
                return event;
            }
        }
        panic!("the log ended");
    };
    let (made, event) = tokio::join!(publish, find);
    assert_eq!(event.object_id.as_deref(), Some(made.id.as_str()));
}
