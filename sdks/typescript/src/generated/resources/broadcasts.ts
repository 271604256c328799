// Generated from openapi/openapi.json by `cargo xtask sdk`. Do not edit.

import type { Call } from "../../call.js";
import type { List } from "../../list.js";
import type { ChangingPostOptions, OneOrMany, PostOptions, RequestOptions } from "../../options.js";
import { Resource, segment } from "../../resource.js";
import type {
  Broadcast,
  BroadcastId,
  NewBroadcast,
} from "../schemas.js";

/** What `broadcasts.list` may be asked for. */
export interface ListBroadcastsQuery {
  /** How many results to give: 1 to 200, 50 where absent. */
  limit?: number;
  /** Where to go on: the `next_cursor` of the page before. */
  cursor?: string;
  /** Only broadcasts in one of these states; several by repeating the parameter or separated by commas. */
  status?: OneOrMany<"draft" | "sent">;
}

/** The operations of `sayless.broadcasts`. */
export class BroadcastsResource extends Resource {
  /**
   * Draft a broadcast.
   *
   * Publishes `broadcast.created`. Nobody gets it before it is sent.
   *
   * **Permission:** any member's session, or a key or token with the scope `broadcasts:write`
   */
  create(body: NewBroadcast, options?: PostOptions): Call<Broadcast> {
    return this.sendRequest({ method: "POST", path: "/v1/broadcasts", body, idempotent: true }, options);
  }

  /**
   * Show a broadcast.
   *
   * **Permission:** any member's session, or a key or token with the scope `broadcasts:read`
   */
  get(id: BroadcastId, options?: RequestOptions): Call<Broadcast> {
    return this.sendRequest({ method: "GET", path: `/v1/broadcasts/${segment(id)}` }, options);
  }

  /**
   * List broadcasts.
   *
   * Newest first.
   *
   * **Permission:** any member's session, or a key or token with the scope `broadcasts:read`
   */
  list(query?: ListBroadcastsQuery, options?: RequestOptions): List<Broadcast> {
    return this.listPages("/v1/broadcasts", query, options, "cursor");
  }

  /**
   * Send a broadcast.
   *
   * Publishes `broadcast.sent`. It can be sent once; a second time answers 409, unless it repeats the first request's
   * `Idempotency-Key`. Takes no body.
   *
   * **Permission:** any member's session, or a key or token with the scope `broadcasts:write`
   */
  send(id: BroadcastId, options?: ChangingPostOptions): Call<Broadcast> {
    return this.sendRequest({ method: "POST", path: `/v1/broadcasts/${segment(id)}/send`, idempotent: true }, options);
  }
}
