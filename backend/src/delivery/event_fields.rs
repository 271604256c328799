//! The fields of an event as filters ask for them: read from the body at most once, and only where a webhook has a filter.

use std::cell::OnceCell;

use serde_json::Value;

use crate::catalogue::filter::Filter;

/// The fields of one event.
pub struct EventFields<'a> {
    body: &'a str,
    read: OnceCell<Option<Value>>,
}

impl<'a> EventFields<'a> {
    /// The fields of the event that has this body.
    pub const fn of(body: &'a str) -> Self {
        Self { body, read: OnceCell::new() }
    }

    /// `true` if the event passes the filter.
    pub fn pass(&self, filter: &Filter) -> bool {
        let read = self.read.get_or_init(|| serde_json::from_str(self.body).ok());
        // Bodies are JSON. Were one not, it would rather be sent than lost.
        read.as_ref().is_none_or(|body| filter.matches(body))
    }
}
