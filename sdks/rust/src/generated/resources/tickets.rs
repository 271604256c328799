// Generated from openapi/openapi.json by `cargo xtask sdk`: do not edit.

//! The operations of tickets.

use crate::call::Call;
use crate::client::Client;
use crate::generated::models::{
    Comment, NewRemark, NewTicket, Note, Ticket, TicketChanges, TicketId, TicketStatus,
};
use crate::list::{Kind, List, Pages};
use crate::request::Request;
use reqwest::Method;

/// The operations of tickets.
#[derive(Debug, Clone)]
pub struct Tickets<C> {
    client: C,
}

impl<C: Client> Tickets<C> {
    pub(crate) fn of(client: &C) -> Self {
        Self { client: client.clone() }
    }

    /// Create a ticket.
    ///
    /// Publishes `ticket.created`.
    ///
    /// **Permission:** any member's session, or a key or token with the scope `tickets:write`
    pub fn create(&self, body: &NewTicket) -> Call<C, Ticket> {
        Call::new(&self.client, Request::new(Method::POST, &["v1", "tickets"]).keyed().body(body))
    }

    /// Comment on a ticket.
    ///
    /// Publishes `comment.created`.
    ///
    /// **Permission:** any member's session, or a key or token with the scope `tickets:write`
    pub fn create_comment(&self, id: impl Into<TicketId>, body: &NewRemark) -> Call<C, Comment> {
        let id: TicketId = id.into();
        Call::new(
            &self.client,
            Request::new(Method::POST, &["v1", "tickets", id.as_str(), "comments"]).keyed().body(body),
        )
    }

    /// Write an internal note on a ticket.
    ///
    /// Publishes `note.created`.
    ///
    /// **Permission:** any member's session, or a key or token with the scope `tickets:write`
    pub fn create_note(&self, id: impl Into<TicketId>, body: &NewRemark) -> Call<C, Note> {
        let id: TicketId = id.into();
        Call::new(
            &self.client,
            Request::new(Method::POST, &["v1", "tickets", id.as_str(), "notes"]).keyed().body(body),
        )
    }

    /// Show a ticket.
    ///
    /// **Permission:** any member's session, or a key or token with the scope `tickets:read`
    pub fn get(&self, id: impl Into<TicketId>) -> Call<C, Ticket> {
        let id: TicketId = id.into();
        Call::new(&self.client, Request::new(Method::GET, &["v1", "tickets", id.as_str()]))
    }

    /// List tickets.
    ///
    /// Newest first.
    ///
    /// **Permission:** any member's session, or a key or token with the scope `tickets:read`
    pub fn list(&self) -> List<C, ListTickets> {
        List::new(&self.client, Request::new(Method::GET, &["v1", "tickets"]))
    }

    /// List a ticket's comments.
    ///
    /// Newest first.
    ///
    /// **Permission:** any member's session, or a key or token with the scope `tickets:read`
    pub fn list_comments(&self, id: impl Into<TicketId>) -> List<C, ListTicketComments> {
        let id: TicketId = id.into();
        List::new(&self.client, Request::new(Method::GET, &["v1", "tickets", id.as_str(), "comments"]))
    }

    /// List a ticket's notes.
    ///
    /// Newest first.
    ///
    /// **Permission:** any member's session, or a key or token with the scope `tickets:read`
    pub fn list_notes(&self, id: impl Into<TicketId>) -> List<C, ListTicketNotes> {
        let id: TicketId = id.into();
        List::new(&self.client, Request::new(Method::GET, &["v1", "tickets", id.as_str(), "notes"]))
    }

    /// Change a ticket.
    ///
    /// A JSON merge patch (RFC 7396): absent fields stay, `null` clears. `{"status": "closed"}` closes it and publishes `ticket.closed`; any other change, opening it again included,
    /// publishes `ticket.updated`; both, where both happen. A change that changes nothing publishes nothing.
    ///
    /// **Permission:** any member's session, or a key or token with the scope `tickets:write`
    pub fn update(&self, id: impl Into<TicketId>, body: &TicketChanges) -> Call<C, Ticket> {
        let id: TicketId = id.into();
        Call::new(
            &self.client,
            Request::new(Method::PATCH, &["v1", "tickets", id.as_str()]).conditional().body(body),
        )
    }
}

/// The list that [`Tickets::list`] gives.
#[derive(Debug)]
pub enum ListTickets {}

impl Kind for ListTickets {
    type Item = Ticket;
    const PAGES: Pages = Pages::Cursor;
}

impl<C: Client> List<C, ListTickets> {
    /// How many results to give: 1 to 200, 50 where absent.
    pub fn limit(self, limit: u32) -> Self {
        self.with("limit", limit.to_string())
    }

    /// Where to go on: the `next_cursor` of the page before.
    pub fn cursor(self, cursor: impl Into<String>) -> Self {
        self.with("cursor", cursor.into().as_str())
    }

    /// Only tickets in one of these states; several by repeating the parameter or separated by commas.
    pub fn status(self, status: impl IntoIterator<Item = TicketStatus>) -> Self {
        self.with_all("status", status)
    }

    /// Only tickets that this person works on, written as on the ticket.
    pub fn assignee(self, assignee: impl Into<String>) -> Self {
        self.with("assignee", assignee.into().as_str())
    }
}

/// The list that [`Tickets::list_comments`] gives.
#[derive(Debug)]
pub enum ListTicketComments {}

impl Kind for ListTicketComments {
    type Item = Comment;
    const PAGES: Pages = Pages::Cursor;
}

impl<C: Client> List<C, ListTicketComments> {
    /// How many results to give: 1 to 200, 50 where absent.
    pub fn limit(self, limit: u32) -> Self {
        self.with("limit", limit.to_string())
    }

    /// Where to go on: the `next_cursor` of the page before.
    pub fn cursor(self, cursor: impl Into<String>) -> Self {
        self.with("cursor", cursor.into().as_str())
    }
}

/// The list that [`Tickets::list_notes`] gives.
#[derive(Debug)]
pub enum ListTicketNotes {}

impl Kind for ListTicketNotes {
    type Item = Note;
    const PAGES: Pages = Pages::Cursor;
}

impl<C: Client> List<C, ListTicketNotes> {
    /// How many results to give: 1 to 200, 50 where absent.
    pub fn limit(self, limit: u32) -> Self {
        self.with("limit", limit.to_string())
    }

    /// Where to go on: the `next_cursor` of the page before.
    pub fn cursor(self, cursor: impl Into<String>) -> Self {
        self.with("cursor", cursor.into().as_str())
    }
}
