// Generated from openapi/openapi.json by `cargo xtask sdk`. Do not edit.

import type { Call } from "../../call.js";
import type { List } from "../../list.js";
import type { OneOrMany, PostOptions, RequestOptions } from "../../options.js";
import { Resource, segment } from "../../resource.js";
import type {
  AcceptedEvent,
  AcceptedSend,
  Event,
  EventId,
  NewEvent,
  NewSend,
} from "../schemas.js";

/** What `events.list` may be asked for. */
export interface ListEventsQuery {
  /**
   * The place to go on after: the `next_cursor` of the answer before, an event's id, or `latest` for what is published from now
   * on. Absent, the list begins at its beginning.
   */
  after?: string;
  /** Only events of one of these types; several by repeating the parameter or separated by commas. */
  type?: OneOrMany<
    | "ticket.created"
    | "ticket.updated"
    | "ticket.closed"
    | "comment.created"
    | "note.created"
    | "broadcast.created"
    | "broadcast.sent"
    | "webhook.disabled"
    | "webhook.recovered"
    | "delivery.exhausted"
    | "api_key.created"
    | "api_key.revoked"
    | "oauth_app.secret_rotated"
    | "webhook.test"
  >;
  /**
   * Only events about the object with this id: their `data.id`. Events from before 28 November 2026 are not found by it.
   */
  object_id?: string;
  /** The order: `oldest` first is the log, `newest` first is for looking at. */
  order?: "oldest" | "newest";
  /** How many events to give at most: 1 to 200, 50 where absent. A page holds 4 MiB at most. */
  limit?: number;
  /** Seconds to wait for an event where there is none yet: 1 to 30. Not at all where absent. */
  wait?: number;
}

/** The operations of `sayless.events`. */
export class EventsResource extends Resource {
  /**
   * Show an event.
   *
   * Parsed, and as the exact body that webhooks receive and that is signed, for those who may read the event's type. Others are told by
   * `hidden` what they lack.
   *
   * **Permission:** an admin's session, or a key or token with the scope `deliveries:read`
   */
  get(id: EventId, options?: RequestOptions): Call<Event> {
    return this.sendRequest({ method: "GET", path: `/v1/events/${segment(id)}` }, options);
  }

  /**
   * List events.
   *
   * The workspace's events as a log, oldest first: in an order that never changes and without gaps, so that whoever goes on after
   * `next_cursor` misses nothing. `next_cursor` is always there; where nothing more has happened yet, `wait` has the answer come with
   * the next event, or empty after that time. At most 50 requests of a workspace wait at once. Events are kept for 30 days, unless the
   * operator chose otherwise: a place of which later events are gone is answered with `events-expired`. With `order=newest` the list
   * is for looking at, and its last page has no `next_cursor`.
   *
   * **Permission:** an admin's session, or a key or token with the scope `deliveries:read`
   */
  list(query?: ListEventsQuery, options?: RequestOptions): List<Event> {
    return this.listPages("/v1/events", query, options, "after");
  }

  /**
   * Publish an event.
   *
   * For internal systems. Answered once the event is durable; it is then on its way to every webhook that wants it. `data` is
   * checked against the type's schema and sent byte for byte as it came, every digit, escape and blank: it is not searched for
   * pasted credentials, so leave them out.
   *
   * **Permission:** an admin's session, or a key or token with the scope `events:write`
   */
  publish(body: NewEvent, options?: PostOptions): Call<AcceptedEvent> {
    return this.sendRequest({ method: "POST", path: "/v1/events", body, idempotent: true }, options);
  }

  /**
   * Send an event to a webhook.
   *
   * A new delivery of this event to that webhook, whatever it subscribes to: for what it missed, or to try a receiver with something
   * real. The message is the event's own, byte for byte, under the same `webhook-id`. The credential must be allowed to read events
   * of the type. An event can be sent to the same webhook 30 times an hour, and not while a delivery of it is on its way there.
   *
   * **Permission:** an admin's session, or a key or token with the scope `deliveries:retry`
   */
  send(id: EventId, body: NewSend, options?: PostOptions): Call<AcceptedSend> {
    return this.sendRequest({ method: "POST", path: `/v1/events/${segment(id)}/send`, body, idempotent: true }, options);
  }
}
