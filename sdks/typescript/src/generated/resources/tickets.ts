// Generated from openapi/openapi.json by `cargo xtask sdk`. Do not edit.

import type { Call } from "../../call.js";
import type { List } from "../../list.js";
import type { ChangeOptions, OneOrMany, PostOptions, RequestOptions } from "../../options.js";
import { Resource, segment } from "../../resource.js";
import type {
  Comment,
  NewRemark,
  NewTicket,
  Note,
  Ticket,
  TicketChanges,
  TicketId,
} from "../schemas.js";

/** What `tickets.list` may be asked for. */
export interface ListTicketsQuery {
  /** How many results to give: 1 to 200, 50 where absent. */
  limit?: number;
  /** Where to go on: the `next_cursor` of the page before. */
  cursor?: string;
  /** Only tickets in one of these states; several by repeating the parameter or separated by commas. */
  status?: OneOrMany<"open" | "closed">;
  /** Only tickets that this person works on, written as on the ticket. */
  assignee?: string;
}

/** What `tickets.listComments` may be asked for. */
export interface ListTicketCommentsQuery {
  /** How many results to give: 1 to 200, 50 where absent. */
  limit?: number;
  /** Where to go on: the `next_cursor` of the page before. */
  cursor?: string;
}

/** What `tickets.listNotes` may be asked for. */
export interface ListTicketNotesQuery {
  /** How many results to give: 1 to 200, 50 where absent. */
  limit?: number;
  /** Where to go on: the `next_cursor` of the page before. */
  cursor?: string;
}

/** The operations of `sayless.tickets`. */
export class TicketsResource extends Resource {
  /**
   * Create a ticket.
   *
   * Publishes `ticket.created`.
   *
   * **Permission:** any member's session, or a key or token with the scope `tickets:write`
   */
  create(body: NewTicket, options?: PostOptions): Call<Ticket> {
    return this.sendRequest({ method: "POST", path: "/v1/tickets", body, idempotent: true }, options);
  }

  /**
   * Comment on a ticket.
   *
   * Publishes `comment.created`.
   *
   * **Permission:** any member's session, or a key or token with the scope `tickets:write`
   */
  createComment(id: TicketId, body: NewRemark, options?: PostOptions): Call<Comment> {
    return this.sendRequest({ method: "POST", path: `/v1/tickets/${segment(id)}/comments`, body, idempotent: true }, options);
  }

  /**
   * Write an internal note on a ticket.
   *
   * Publishes `note.created`.
   *
   * **Permission:** any member's session, or a key or token with the scope `tickets:write`
   */
  createNote(id: TicketId, body: NewRemark, options?: PostOptions): Call<Note> {
    return this.sendRequest({ method: "POST", path: `/v1/tickets/${segment(id)}/notes`, body, idempotent: true }, options);
  }

  /**
   * Show a ticket.
   *
   * **Permission:** any member's session, or a key or token with the scope `tickets:read`
   */
  get(id: TicketId, options?: RequestOptions): Call<Ticket> {
    return this.sendRequest({ method: "GET", path: `/v1/tickets/${segment(id)}` }, options);
  }

  /**
   * List tickets.
   *
   * Newest first.
   *
   * **Permission:** any member's session, or a key or token with the scope `tickets:read`
   */
  list(query?: ListTicketsQuery, options?: RequestOptions): List<Ticket> {
    return this.listPages("/v1/tickets", query, options, "cursor");
  }

  /**
   * List a ticket's comments.
   *
   * Newest first.
   *
   * **Permission:** any member's session, or a key or token with the scope `tickets:read`
   */
  listComments(id: TicketId, query?: ListTicketCommentsQuery, options?: RequestOptions): List<Comment> {
    return this.listPages(`/v1/tickets/${segment(id)}/comments`, query, options, "cursor");
  }

  /**
   * List a ticket's notes.
   *
   * Newest first.
   *
   * **Permission:** any member's session, or a key or token with the scope `tickets:read`
   */
  listNotes(id: TicketId, query?: ListTicketNotesQuery, options?: RequestOptions): List<Note> {
    return this.listPages(`/v1/tickets/${segment(id)}/notes`, query, options, "cursor");
  }

  /**
   * Change a ticket.
   *
   * A JSON merge patch (RFC 7396): absent fields stay, `null` clears. `{"status": "closed"}` closes it and publishes `ticket.closed`; any other change, opening it again included,
   * publishes `ticket.updated`; both, where both happen. A change that changes nothing publishes nothing.
   *
   * **Permission:** any member's session, or a key or token with the scope `tickets:write`
   */
  update(id: TicketId, body: TicketChanges, options?: ChangeOptions): Call<Ticket> {
    return this.sendRequest({ method: "PATCH", path: `/v1/tickets/${segment(id)}`, body }, options);
  }
}
