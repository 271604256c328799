//! The rule of what a reader is shown of an event: payloads, requests and answers only to those who may read the event's type. Every
//! place that shows some asks here, by a [`Sight`], which nobody else makes.

use api_types::{
    Scope,
    deliveries::Diagnosis,
    events::{EventType, ReadAccess},
};

use super::access::{needed_to_read, scope_for_reading};

/// The reader of events and deliveries: an admin, who sees all, or a credential, bound by its scopes.
#[derive(Clone, Debug)]
pub struct Reader {
    /// `None` for an admin in a session.
    scopes: Option<Vec<Scope>>,
}

impl Reader {
    /// An admin in a session.
    pub const fn admin() -> Self {
        Self { scopes: None }
    }

    /// A credential that holds these scopes.
    pub fn holding(scopes: &[Scope]) -> Self {
        Self { scopes: Some(scopes.to_vec()) }
    }

    /// The reader's sight of events of a type.
    pub fn sight(&self, kind: EventType) -> Sight {
        let holds =
            |scopes: &Vec<Scope>| scope_for_reading(kind).is_some_and(|scope| scopes.contains(&scope));
        Sight { lacks: needed_to_read(kind).filter(|_| !self.scopes.as_ref().is_none_or(holds)) }
    }
}

/// A reader's sight of one event: of its payload, of the requests that carried it, and of the answers.
#[derive(Clone, Copy, Debug)]
pub struct Sight {
    lacks: Option<ReadAccess>,
}

impl Sight {
    /// The sight of who sent the message, by hand and just now.
    pub const fn of_sender() -> Self {
        Self { lacks: None }
    }

    /// What the reader lacks; `None` where they are shown all.
    pub const fn hidden(self) -> Option<ReadAccess> {
        self.lacks
    }

    /// A part of the event as the reader is shown it.
    pub fn show<T>(self, part: T) -> Option<T> {
        self.lacks.is_none().then_some(part)
    }

    /// A diagnosis as the reader is shown it: the summary may repeat what the receiver said, and the receiver what it was sent.
    pub fn diagnosis(self, diagnosis: Diagnosis) -> Diagnosis {
        match self.lacks {
            None => diagnosis,
            Some(_) => Diagnosis { summary: format!("{}.", diagnosis.code.phrase()), ..diagnosis },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reader_sees_what_its_scopes_let_it_read_and_an_admin_sees_all() {
        let tickets = Reader::holding(&[Scope::TicketsRead, Scope::DeliveriesRead]);
        for (kind, lacks) in [
            (EventType::NoteCreated, None),
            (EventType::WebhookTest, None),
            (EventType::BroadcastSent, Some(ReadAccess::BroadcastsRead)),
            (EventType::ApiKeyCreated, Some(ReadAccess::Session)),
        ] {
            assert_eq!(tickets.sight(kind).hidden(), lacks, "{kind}");
            assert_eq!(tickets.sight(kind).show(1).is_some(), lacks.is_none(), "{kind}");
        }
        for &kind in EventType::ALL {
            assert_eq!(Reader::admin().sight(kind).hidden(), None, "{kind}");
        }
    }

    #[test]
    fn what_hides_an_event_is_called_what_its_scope_is_called() {
        for &kind in EventType::ALL {
            let needed = needed_to_read(kind).map(ReadAccess::as_str).filter(|word| *word != "session");
            assert_eq!(scope_for_reading(kind).map(Scope::as_str), needed, "{kind}");
        }
    }
}
