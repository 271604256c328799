//! Checks of a ticket's fields, and the effect of a change: the ticket as it will be, and the events that tell of it. All pure.

use api_types::{
    Timestamp,
    events::EventType,
    tickets::{NewTicket, Ticket, TicketChanges, TicketStatus},
};

use crate::{
    http::{fields::Fields, problem::Answer},
    routes::texts::MAX_BODY,
};

const MAX_TITLE: usize = 200;
const MAX_ASSIGNEE: usize = 200;

/// Checks a new ticket.
pub fn check(input: &NewTicket) -> Answer<NewTicket> {
    let mut fields = Fields::new();
    let valid = NewTicket {
        title: fields.name("title", &input.title, MAX_TITLE),
        body: fields.text("body", &input.body, 0, MAX_BODY),
        assignee: input.assignee.as_deref().and_then(|assignee| check_assignee(&mut fields, assignee)),
    };
    fields.check(valid)
}

/// The assignee is a name or an e-mail address on one line, and nobody where the text is empty.
fn check_assignee(fields: &mut Fields, value: &str) -> Option<String> {
    Some(fields.line("assignee", value, MAX_ASSIGNEE)).filter(|name| !name.is_empty())
}

/// Changes to a ticket that passed; absent fields stay.
pub struct ValidTicketChanges {
    pub title: Option<String>,
    pub body: Option<String>,
    pub status: Option<TicketStatus>,
    /// A name; nobody where the text is empty.
    pub assignee: Option<String>,
}

/// Checks changes to a ticket.
pub fn check_changes(input: &TicketChanges) -> Answer<ValidTicketChanges> {
    let known: Vec<&str> = TicketStatus::ALL.iter().map(|status| status.as_str()).collect();
    let mut fields = Fields::new();
    let changes = ValidTicketChanges {
        title: input.title.as_deref().map(|title| fields.name("title", title, MAX_TITLE)),
        body: input
            .body
            .as_ref()
            .map(|body| fields.text("body", body.as_deref().unwrap_or_default(), 0, MAX_BODY)),
        status: input.status.as_deref().and_then(|status| fields.word("status", status, &known)),
        assignee: input.assignee.as_ref().map(|assignee| {
            let name = assignee.as_deref().unwrap_or_default();
            check_assignee(&mut fields, name).unwrap_or_default()
        }),
    };
    fields.check(changes)
}

/// A ticket after its changes.
pub struct ChangedTicket {
    pub ticket: Ticket,
    /// The names of the fields that differ from before.
    pub fields: Vec<&'static str>,
}

impl ValidTicketChanges {
    /// The ticket as it will be. Pure.
    pub fn apply(self, before: &Ticket, now: Timestamp) -> ChangedTicket {
        let mut ticket = before.clone();
        ticket.title = self.title.unwrap_or(ticket.title);
        ticket.body = self.body.unwrap_or(ticket.body);
        if let Some(assignee) = self.assignee {
            ticket.assignee = Some(assignee).filter(|name| !name.is_empty());
        }
        ticket.status = self.status.unwrap_or(ticket.status);
        let fields: Vec<&'static str> = [
            ("title", ticket.title != before.title),
            ("body", ticket.body != before.body),
            ("assignee", ticket.assignee != before.assignee),
            ("status", ticket.status != before.status),
        ]
        .into_iter()
        .filter_map(|(field, changed)| changed.then_some(field))
        .collect();
        if !fields.is_empty() {
            ticket.updated_at = now;
        }
        if ticket.status != before.status {
            ticket.closed_at = (ticket.status == TicketStatus::Closed).then_some(now);
        }
        ChangedTicket { ticket, fields }
    }
}

impl ChangedTicket {
    /// The events that tell of the changes, in order.
    pub fn events(&self) -> Vec<EventType> {
        let closed = self.fields.contains(&"status") && self.ticket.status == TicketStatus::Closed;
        let updated = !closed || self.fields.len() > 1;
        let mut events = Vec::new();
        if updated {
            events.push(EventType::TicketUpdated);
        }
        if closed {
            events.push(EventType::TicketClosed);
        }
        events
    }
}
