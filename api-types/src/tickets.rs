//! Tickets with their comments and notes.

use serde::{Deserialize, Serialize};

use crate::{
    Timestamp,
    ids::{CommentId, NoteId, TicketId},
    merge_patch::{always, clearable},
    words::words,
};

words! {
    /// The state of a ticket.
    TicketStatus {
        /// Somebody still has to act.
        Open = "open",
        /// Done.
        Closed = "closed",
    }
}

/// Create a ticket.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(
    feature = "openapi",
    schema(example = json!({
        "title": "Printer on fire", "body": "Third floor, next to the plants.",
        "assignee": "sam@acme.example"
    }))
)]
#[serde(deny_unknown_fields)]
pub struct NewTicket {
    /// 1 to 200 characters.
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 200))]
    pub title: String,
    /// At most 20,000 characters.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(max_length = 20000, required = false))]
    pub body: String,
    /// Who works on it: an e-mail address or a name, at most 200 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(max_length = 200))]
    pub assignee: Option<String>,
}

/// Change a ticket by a merge patch: absent fields stay, `null` clears.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(example = json!({"status": "closed", "assignee": null})))]
#[serde(deny_unknown_fields)]
pub struct TicketChanges {
    /// 1 to 200 characters.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "always")]
    #[cfg_attr(feature = "openapi", schema(value_type = String, required = false, min_length = 1, max_length = 200))]
    pub title: Option<String>,
    /// At most 20,000 characters; `null` empties it.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "clearable")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, max_length = 20000))]
    pub body: Option<Option<String>>,
    /// `open` or `closed`; closing publishes `ticket.closed`.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "always")]
    #[cfg_attr(feature = "openapi", schema(value_type = TicketStatus, required = false))]
    pub status: Option<String>,
    /// Who works on it; `null` or an empty text means nobody.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "clearable")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, max_length = 200))]
    pub assignee: Option<Option<String>>,
}

/// A ticket.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Ticket {
    /// The ticket's id.
    pub id: TicketId,
    /// What it is about.
    pub title: String,
    /// The whole story.
    pub body: String,
    /// Where it stands.
    pub status: TicketStatus,
    /// Who works on it.
    pub assignee: Option<String>,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// When it was closed.
    pub closed_at: Option<Timestamp>,
}

/// Write a comment or a note.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(example = json!({"body": "The extinguisher is empty."})))]
#[serde(deny_unknown_fields)]
pub struct NewRemark {
    /// 1 to 20,000 characters.
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 20000))]
    pub body: String,
}

/// A comment on a ticket, which everyone sees.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Comment {
    /// The comment's id.
    pub id: CommentId,
    /// The ticket it is on.
    pub ticket_id: TicketId,
    /// What it says.
    pub body: String,
    /// When it was written.
    pub created_at: Timestamp,
}

/// A note on a ticket, which only the team sees.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Note {
    /// The note's id.
    pub id: NoteId,
    /// The ticket it is on.
    pub ticket_id: TicketId,
    /// What it says.
    pub body: String,
    /// When it was written.
    pub created_at: Timestamp,
}
