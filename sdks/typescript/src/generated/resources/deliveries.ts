// Generated from openapi/openapi.json by `cargo xtask sdk`. Do not edit.

import type { Call } from "../../call.js";
import type { List } from "../../list.js";
import type { OneOrMany, PostOptions, RequestOptions } from "../../options.js";
import { Resource, segment } from "../../resource.js";
import type {
  AcceptedRetry,
  Attempt,
  Delivery,
  DeliveryDetail,
  DeliveryId,
  EventId,
  Timestamp,
  WebhookId,
} from "../schemas.js";

/** What `deliveries.list` may be asked for. */
export interface ListDeliveriesQuery {
  /** How many results to give: 1 to 200, 50 where absent. */
  limit?: number;
  /** Where to go on: the `next_cursor` of the page before. */
  cursor?: string;
  /**
   * Only deliveries in one of these states; several by repeating the parameter or separated by commas. The failures
   * are `retrying,failed`.
   */
  status?: OneOrMany<"pending" | "retrying" | "succeeded" | "failed" | "canceled">;
  /** Only of this webhook. */
  webhook_id?: WebhookId;
  /** Only events of one of these types; several by repeating the parameter or separated by commas. */
  event_type?: OneOrMany<
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
  /** Only of this event. */
  event_id?: EventId;
  /**
   * Only where the last failure is of one of these categories; several by repeating the parameter or separated by
   * commas.
   */
  category?: OneOrMany<"configuration" | "outage" | "throttling" | "ours">;
  /** Created at or after this time (RFC 3339). */
  since?: Timestamp;
  /** Created before this time (RFC 3339). */
  until?: Timestamp;
}

/** What `deliveries.listAttempts` may be asked for. */
export interface ListDeliveryAttemptsQuery {
  /** How many results to give: 1 to 200, 50 where absent. */
  limit?: number;
  /** Where to go on: the `next_cursor` of the page before. */
  cursor?: string;
}

/** The operations of `sayless.deliveries`. */
export class DeliveriesResource extends Resource {
  /**
   * Show a delivery.
   *
   * With its event, the last diagnosis, and the last 20 attempts: what was sent, what came back, how long each phase took. The
   * payload, the requests and the answers are shown to those who may read the event's type (`note.created` takes
   * `tickets:read`); others are told by `hidden` what they lack.
   *
   * **Permission:** an admin's session, or a key or token with the scope `deliveries:read`
   */
  get(id: DeliveryId, options?: RequestOptions): Call<DeliveryDetail> {
    return this.sendRequest({ method: "GET", path: `/v1/deliveries/${segment(id)}` }, options);
  }

  /**
   * List deliveries.
   *
   * Newest first. `status=retrying,failed` are the failures. A key or token is shown those of its own webhooks; another's are not found.
   *
   * **Permission:** an admin's session, or a key or token with the scope `deliveries:read`
   */
  list(query?: ListDeliveriesQuery, options?: RequestOptions): List<Delivery> {
    return this.listPages("/v1/deliveries", query, options, "cursor");
  }

  /**
   * List a delivery's attempts.
   *
   * Every attempt, newest first. All of them sent the `payload` of the delivery's event. The requests and the answers are shown
   * to those who may read the event's type.
   *
   * **Permission:** an admin's session, or a key or token with the scope `deliveries:read`
   */
  listAttempts(id: DeliveryId, query?: ListDeliveryAttemptsQuery, options?: RequestOptions): List<Attempt> {
    return this.listPages(`/v1/deliveries/${segment(id)}/attempts`, query, options, "cursor");
  }

  /**
   * Retry a delivery.
   *
   * One attempt now, beside the schedule: success ends the schedule, failure changes nothing. Retry only once the receiver
   * is mended; the same message can fail again. A delivery can be retried by hand 30 times an hour.
   *
   * **Permission:** an admin's session, or a key or token with the scope `deliveries:retry`
   */
  retry(id: DeliveryId, options?: PostOptions): Call<AcceptedRetry> {
    return this.sendRequest({ method: "POST", path: `/v1/deliveries/${segment(id)}/retry`, idempotent: true }, options);
  }

  /**
   * Skip a delivery.
   *
   * It is canceled with the reason `skipped`, and nothing more is sent of it. In an ordered webhook the deliveries behind it go on.
   * It can still be recovered.
   *
   * **Permission:** an admin's session, or a key or token with the scope `deliveries:retry`
   */
  skip(id: DeliveryId, options?: PostOptions): Call<Delivery> {
    return this.sendRequest({ method: "POST", path: `/v1/deliveries/${segment(id)}/skip`, idempotent: true }, options);
  }
}
