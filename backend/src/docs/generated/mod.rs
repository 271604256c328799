//! The pages that are made from what the server knows of itself, as Markdown: they cannot say anything else than it does.

pub mod diagnoses;
pub mod events;
pub mod problems;

use api_types::{ProblemType, events::EventType};

/// The names of the pages that are made here: `events/ticket.created`, `problems/validation`.
pub fn names() -> Vec<String> {
    let events = EventType::ALL.iter().map(|&kind| events::name(kind));
    events.chain(problems::in_order().into_iter().map(problems::name)).collect()
}

/// The Markdown of a page that is made here, for the server at `origin`.
pub fn markdown(name: &str, origin: &str) -> Option<String> {
    match name.split_once('/')? {
        ("events", kind) => kind.parse::<EventType>().ok().map(events::page),
        ("problems", code) => code.parse::<ProblemType>().ok().map(|kind| problems::page(kind, origin)),
        _ => None,
    }
}

/// The page to which a page that is made here belongs, and its name there.
pub fn place(name: &str) -> Option<(&str, &str)> {
    name.split_once('/').filter(|(parent, _)| matches!(*parent, "events" | "problems"))
}
