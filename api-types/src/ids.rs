//! Typed ids: three letters, `_`, and a ULID, so that an id says what it names and sorts by when it was made.

use std::{fmt, str::FromStr};

use crate::words::text_column;

/// Length in bytes of every id's text: 3 letters, `_`, 26 characters of ULID.
pub const ID_LEN: usize = 30;

/// The text is not an id of the wanted kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InvalidId {
    /// The prefix that the id should have had, without the `_`.
    pub prefix: &'static str,
}

impl fmt::Display for InvalidId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "expected an id of the form {}_ and 26 characters", self.prefix)
    }
}

impl std::error::Error for InvalidId {}

/// The part that all ids have in common: each is made of a time and chance.
pub trait Id: Copy + fmt::Display {
    /// An id made at `unix_ms` with 80 bits of `chance`.
    fn from_parts(unix_ms: u64, chance: u128) -> Self;
}

fn assemble(prefix: &'static str, ulid: ulid::Ulid) -> [u8; ID_LEN] {
    let mut text = [b'_'; ID_LEN];
    text[..3].copy_from_slice(prefix.as_bytes());
    let mut buffer = [0; ulid::ULID_LEN];
    text[4..].copy_from_slice(ulid.array_to_str(&mut buffer).as_bytes());
    text
}

fn parse(prefix: &'static str, text: &str) -> Result<[u8; ID_LEN], InvalidId> {
    let rest =
        text.strip_prefix(prefix).and_then(|rest| rest.strip_prefix('_')).ok_or(InvalidId { prefix })?;
    let ulid = ulid::Ulid::from_string(rest).map_err(|_| InvalidId { prefix })?;
    let id = assemble(prefix, ulid);
    // Only the canonical spelling: one object has one id.
    if id == text.as_bytes() { Ok(id) } else { Err(InvalidId { prefix }) }
}

macro_rules! ids {
    ($($(#[$meta:meta])* $name:ident = $prefix:literal),+ $(,)?) => {$(
        $(#[$meta])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[cfg_attr(feature = "diesel", derive(diesel::expression::AsExpression, diesel::deserialize::FromSqlRow))]
        #[cfg_attr(feature = "diesel", diesel(sql_type = diesel::sql_types::Text))]
        pub struct $name([u8; ID_LEN]);

        impl $name {
            /// The three letters before the `_`.
            pub const PREFIX: &'static str = $prefix;

            /// An id made at `unix_ms` with 80 bits of `chance`.
            pub fn from_parts(unix_ms: u64, chance: u128) -> Self {
                Self(assemble($prefix, ulid::Ulid::from_parts(unix_ms, chance)))
            }

            /// The id's text.
            pub fn as_str(&self) -> &str {
                std::str::from_utf8(&self.0).unwrap_or_default()
            }
        }

        impl Id for $name {
            fn from_parts(unix_ms: u64, chance: u128) -> Self {
                Self::from_parts(unix_ms, chance)
            }
        }

        impl FromStr for $name {
            type Err = InvalidId;

            fn from_str(text: &str) -> Result<Self, InvalidId> {
                parse($prefix, text).map(Self)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }

        #[cfg(feature = "openapi")]
        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
                utoipa::openapi::ObjectBuilder::new()
                    .schema_type(utoipa::openapi::schema::Type::String)
                    .pattern(Some(concat!("^", $prefix, "_[0-7][0-9A-HJKMNP-TV-Z]{25}$")))
                    .examples([serde_json::json!(concat!($prefix, "_01JDBN5X7W3Q9K2M4E6R8T0VYZ"))])
                    .into()
            }
        }

        #[cfg(feature = "openapi")]
        impl utoipa::ToSchema for $name {}

        text_column!($name);
    )+};
}

ids! {
    /// A workspace.
    WorkspaceId = "wsp",
    /// A member: one e-mail address, in one or more workspaces.
    MemberId = "usr",
    /// An API key.
    ApiKeyId = "key",
    /// An OAuth app; it is also the app's `client_id`.
    OAuthAppId = "app",
    /// An app of another workspace in this one.
    AppInstallId = "ins",
    /// A failed request of an OAuth app.
    OAuthFailureId = "oaf",
    /// A client secret of an OAuth app, or a signing secret of a webhook.
    SecretId = "sec",
    /// A member's consent to an OAuth app.
    AuthorizationId = "atz",
    /// The refresh tokens that follow one another from one authorization code.
    TokenFamilyId = "fam",
    /// A webhook.
    WebhookId = "whk",
    /// An event; it is also the `webhook-id` of every message about it.
    EventId = "evt",
    /// One event for one webhook.
    DeliveryId = "dlv",
    /// One HTTP request of a delivery.
    AttemptId = "att",
    /// A bulk retry.
    RecoveryId = "rcv",
    /// An audit entry.
    AuditId = "aud",
    /// A ticket.
    TicketId = "tkt",
    /// A comment on a ticket.
    CommentId = "cmt",
    /// An internal note on a ticket.
    NoteId = "nte",
    /// A broadcast.
    BroadcastId = "brd",
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_reads_back_as_it_was_written_and_sorts_by_time() {
        let early = WebhookId::from_parts(1_000, 7);
        let late = WebhookId::from_parts(1_001, 0);
        assert_eq!(early.as_str().parse(), Ok(early));
        assert!(early < late && early.as_str() < late.as_str());
        assert!(early.as_str().starts_with("whk_") && early.as_str().len() == ID_LEN);
    }

    #[test]
    fn another_kind_a_lower_case_spelling_and_rubbish_are_refused() {
        let id = WebhookId::from_parts(1_000, 7);
        for bad in [
            id.as_str().replace("whk", "evt"),
            format!("whk_{}", id.as_str()[4..].to_lowercase().replace('0', "o")),
            "whk_".into(),
            String::new(),
        ] {
            assert_eq!(bad.parse::<WebhookId>(), Err(InvalidId { prefix: "whk" }), "{bad}");
        }
    }
}
