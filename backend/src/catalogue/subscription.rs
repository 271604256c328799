//! Subscriptions of a webhook: one event type, a group of types such as `ticket.*`, or all of them, `*`.

use std::{fmt, str::FromStr};

use api_types::{Scope, events::EventType};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::access::scope_for_reading;

/// One word of a webhook's `event_types`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Subscription {
    /// `*`: every type, also those to come.
    All,
    /// `ticket.*`: every type of a group.
    Group(Group),
    /// `ticket.created`: that type.
    Type(EventType),
}

/// A group of event types: the part of the type before the dot.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Group(&'static str);

impl fmt::Debug for Group {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl Group {
    fn types(self) -> impl Iterator<Item = EventType> {
        EventType::ALL.iter().copied().filter(move |kind| kind.group() == self.0.trim_end_matches(".*"))
    }
}

const GROUPS: &[&str] = &[
    "ticket.*",
    "comment.*",
    "note.*",
    "broadcast.*",
    "webhook.*",
    "delivery.*",
    "api_key.*",
    "oauth_app.*",
];

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an event type, a group such as ticket.*, or *")]
pub struct UnknownSubscription;

impl Subscription {
    /// Every word that can be subscribed to, for messages: `*`, the groups, the types.
    pub fn known() -> Vec<&'static str> {
        let types = EventType::ALL.iter().map(|kind| kind.as_str());
        ["*"].into_iter().chain(GROUPS.iter().copied()).chain(types).collect()
    }

    /// The subscription's word, on the wire and in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::All => "*",
            Self::Group(group) => group.0,
            Self::Type(kind) => kind.as_str(),
        }
    }

    /// `true` if events of the type are wanted. A test message is sent by hand to one webhook and never by
    /// subscription.
    pub fn matches(self, kind: EventType) -> bool {
        kind != EventType::WebhookTest
            && match self {
                Self::All => true,
                Self::Group(group) => group.0.trim_end_matches(".*") == kind.group(),
                Self::Type(wanted) => wanted == kind,
            }
    }

    /// The scope that a key or token needs to subscribe to this: the one scope for reading all of the types.
    /// `None` where only an admin's session may: `*`, and types about keys, apps, webhooks and deliveries.
    pub fn scope_for_reading(self) -> Option<Scope> {
        match self {
            Self::All => None,
            Self::Type(kind) => scope_for_reading(kind),
            Self::Group(group) => {
                let mut scopes = group.types().map(scope_for_reading);
                let first = scopes.next().flatten();
                first.filter(|_| scopes.all(|scope| scope == first))
            }
        }
    }
}

impl FromStr for Subscription {
    type Err = UnknownSubscription;

    fn from_str(word: &str) -> Result<Self, UnknownSubscription> {
        if word == "*" {
            return Ok(Self::All);
        }
        if let Some(&group) = GROUPS.iter().find(|&&group| group == word) {
            return Ok(Self::Group(Group(group)));
        }
        word.parse().map(Self::Type).map_err(|_| UnknownSubscription)
    }
}

impl fmt::Display for Subscription {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for Subscription {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Subscription {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let word = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        word.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(word: &str) -> Subscription {
        word.parse().expect("known")
    }

    #[test]
    fn every_known_word_reads_back_and_nothing_else_is_read() {
        for word in Subscription::known() {
            assert_eq!(parse(word).as_str(), word);
        }
        for bad in ["", "**", "ticket", "ticket.", "ticket.*.*", "*.created", "Ticket.*", "tickets.*", " *"] {
            assert_eq!(bad.parse::<Subscription>(), Err(UnknownSubscription), "{bad}");
        }
    }

    #[test]
    fn every_type_is_in_a_group_that_can_be_subscribed_to() {
        for &kind in EventType::ALL {
            let group = format!("{}.*", kind.group());
            assert!(GROUPS.contains(&group.as_str()), "{group}");
        }
    }

    #[test]
    fn a_word_brings_what_it_says_and_tests_come_by_hand_alone() {
        assert!(parse("*").matches(EventType::ApiKeyRevoked));
        assert!(parse("ticket.*").matches(EventType::TicketClosed));
        assert!(!parse("ticket.*").matches(EventType::CommentCreated));
        assert!(parse("note.created").matches(EventType::NoteCreated));
        assert!(!parse("ticket.created").matches(EventType::TicketClosed));
        for word in ["*", "webhook.*", "webhook.test"] {
            assert!(!parse(word).matches(EventType::WebhookTest), "{word}");
        }
    }

    #[test]
    fn nobody_subscribes_to_what_they_may_not_read() {
        for (word, scope) in [
            ("*", None),
            ("ticket.*", Some(Scope::TicketsRead)),
            ("note.created", Some(Scope::TicketsRead)),
            ("broadcast.*", Some(Scope::BroadcastsRead)),
            ("webhook.*", None),
            ("api_key.created", None),
        ] {
            assert_eq!(parse(word).scope_for_reading(), scope, "{word}");
        }
    }
}
