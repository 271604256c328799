// Generated from openapi/openapi.json by `cargo xtask sdk`: do not edit.

//! Models: tickets.

use super::ids::{CommentId, NoteId, TicketId};
use super::shared_words::TicketStatus;
use crate::timestamp::Timestamp;

/// A comment on a ticket, which everyone sees.
#[derive(Debug, Clone, PartialEq, serde::Deserialize)]
#[non_exhaustive]
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
#[derive(Debug, Clone, PartialEq, serde::Deserialize)]
#[non_exhaustive]
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

/// A ticket.
#[derive(Debug, Clone, PartialEq, serde::Deserialize)]
#[non_exhaustive]
pub struct Ticket {
    /// The ticket's id.
    pub id: TicketId,
    /// What it is about.
    pub title: String,
    /// The whole story.
    pub body: String,
    /// Where it stands.
    pub status: TicketStatus,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// Who works on it.
    pub assignee: Option<String>,
    /// When it was closed.
    pub closed_at: Option<Timestamp>,
}
