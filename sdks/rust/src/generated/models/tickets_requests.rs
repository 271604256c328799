// Generated from openapi/openapi.json by `cargo xtask sdk`: do not edit.

//! What callers send: tickets.

use super::shared_words::TicketStatus;
use crate::patch::Patch;

/// Write a comment or a note.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
#[non_exhaustive]
pub struct NewRemark {
    /// 1 to 20,000 characters.
    pub body: String,
}

impl NewRemark {
    /// With what is required.
    pub fn new(body: impl Into<String>) -> Self {
        Self { body: body.into() }
    }
}

/// Create a ticket.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
#[non_exhaustive]
pub struct NewTicket {
    /// 1 to 200 characters.
    pub title: String,
    /// Who works on it: an e-mail address or a name, at most 200 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub assignee: Option<String>,
    /// At most 20,000 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
}

impl NewTicket {
    /// With what is required.
    pub fn new(title: impl Into<String>) -> Self {
        Self { title: title.into(), assignee: None, body: None }
    }

    /// Who works on it: an e-mail address or a name, at most 200 characters.
    #[must_use]
    pub fn assignee(mut self, assignee: impl Into<String>) -> Self {
        self.assignee = Some(assignee.into());
        self
    }

    /// At most 20,000 characters.
    #[must_use]
    pub fn body(mut self, body: impl Into<String>) -> Self {
        self.body = Some(body.into());
        self
    }
}

/// Change a ticket by a merge patch: absent fields stay, `null` clears.
#[derive(Debug, Clone, PartialEq, serde::Serialize, Default)]
#[non_exhaustive]
pub struct TicketChanges {
    /// Who works on it; `null` or an empty text means nobody.
    #[serde(skip_serializing_if = "Patch::is_absent")]
    pub assignee: Patch<String>,
    /// At most 20,000 characters; `null` empties it.
    #[serde(skip_serializing_if = "Patch::is_absent")]
    pub body: Patch<String>,
    /// `open` or `closed`; closing publishes `ticket.closed`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<TicketStatus>,
    /// 1 to 200 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
}

impl TicketChanges {
    /// With nothing said.
    pub fn new() -> Self {
        Self::default()
    }

    /// Who works on it; `null` or an empty text means nobody.
    #[must_use]
    pub fn assignee(mut self, assignee: impl Into<String>) -> Self {
        self.assignee = Patch::Value(assignee.into());
        self
    }

    /// Clears `assignee`.
    #[must_use]
    pub fn clear_assignee(mut self) -> Self {
        self.assignee = Patch::Null;
        self
    }

    /// At most 20,000 characters; `null` empties it.
    #[must_use]
    pub fn body(mut self, body: impl Into<String>) -> Self {
        self.body = Patch::Value(body.into());
        self
    }

    /// Clears `body`.
    #[must_use]
    pub fn clear_body(mut self) -> Self {
        self.body = Patch::Null;
        self
    }

    /// `open` or `closed`; closing publishes `ticket.closed`.
    #[must_use]
    pub fn status(mut self, status: impl Into<TicketStatus>) -> Self {
        self.status = Some(status.into());
        self
    }

    /// 1 to 200 characters.
    #[must_use]
    pub fn title(mut self, title: impl Into<String>) -> Self {
        self.title = Some(title.into());
        self
    }
}
