//! Fields of changes that can be cleared.

use serde::{Serialize, Serializer};

/// A field of a change: left as it is, cleared, or set.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Patch<T> {
    /// The field is not sent: it stays as it is.
    #[default]
    Absent,
    /// `null` is sent: the field is cleared.
    Null,
    /// The value is sent.
    Value(T),
}

impl<T> Patch<T> {
    /// True if the field is not sent.
    pub const fn is_absent(&self) -> bool {
        matches!(self, Self::Absent)
    }
}

impl<T> From<T> for Patch<T> {
    fn from(value: T) -> Self {
        Self::Value(value)
    }
}

impl<T: Serialize> Serialize for Patch<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Absent | Self::Null => serializer.serialize_none(),
            Self::Value(value) => value.serialize(serializer),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::models::TicketChanges;

    #[test]
    fn absent_null_and_a_value_are_three_things() {
        let changes = TicketChanges::new().title("Smoke").clear_assignee();
        let sent = serde_json::json!({ "title": "Smoke", "assignee": null });
        assert_eq!(serde_json::to_value(&changes).unwrap(), sent);
        assert!(changes.body.is_absent());
    }
}
