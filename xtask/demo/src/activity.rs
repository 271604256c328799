//! The activity of the demo, for as long as it runs: tickets come, are answered and are closed.

use crate::api::Api;
use crate::fill::id;
use anyhow::Result;
use serde_json::json;
use std::thread;
use std::time::Duration;

/// The time between one step of a ticket and the next.
pub const PAUSE: Duration = Duration::from_secs(20);

const TITLES: &[&str] = &[
    "Where is order {}?",
    "Order {} arrived damaged",
    "Return label for order {}",
    "Wrong colour in order {}",
    "Thank you for order {}",
];

/// Goes on for ever. A call that fails is told and followed by the next: the workspace may have lost its plan, or the
/// key may have been revoked to see what happens.
pub fn run(api: &Api) -> ! {
    for number in 10_500.. {
        if let Err(error) = one_ticket(api, number) {
            eprintln!("demo: {error:#}");
        }
        thread::sleep(PAUSE);
    }
    unreachable!("the numbers do not end")
}

fn one_ticket(api: &Api, number: usize) -> Result<()> {
    let title = TITLES[number % TITLES.len()].replace("{}", &number.to_string());
    let body = json!({ "title": title, "body": "Written by the demo." });
    let ticket = api.post("/v1/tickets", &body)?;
    let ticket = id(&ticket)?;
    thread::sleep(PAUSE);
    let comment = json!({ "body": "We are looking into it." });
    api.post(&format!("/v1/tickets/{ticket}/comments"), &comment)?;
    thread::sleep(PAUSE);
    api.patch(&format!("/v1/tickets/{ticket}"), &json!({ "status": "closed" }))?;
    Ok(())
}
