// Generated from openapi/openapi.json by `cargo xtask sdk`. Do not edit.

import type { Call } from "../../call.js";
import type { List } from "../../list.js";
import type { ChangingPostOptions, OneOrMany, PostOptions, RequestOptions } from "../../options.js";
import { Resource, segment } from "../../resource.js";
import type {
  NewRecovery,
  Recovery,
  RecoveryId,
  WebhookId,
} from "../schemas.js";

/** What `recoveries.list` may be asked for. */
export interface ListRecoveriesQuery {
  /** How many results to give: 1 to 200, 50 where absent. */
  limit?: number;
  /** Where to go on: the `next_cursor` of the page before. */
  cursor?: string;
  /** Only those that were asked for of this webhook. */
  webhook_id?: WebhookId;
  /** Only recoveries in one of these states; several by repeating the parameter or separated by commas. */
  status?: OneOrMany<"counted" | "running" | "done" | "stopped" | "canceled">;
}

/** The operations of `sayless.recoveries`. */
export class RecoveriesResource extends Resource {
  /**
   * Cancel a recovery.
   *
   * It sets nothing more going. What it has set going goes on.
   *
   * **Permission:** an admin's session, or a key or token with the scope `deliveries:retry`
   */
  cancel(id: RecoveryId, options?: ChangingPostOptions): Call<Recovery> {
    return this.sendRequest({ method: "POST", path: `/v1/recoveries/${segment(id)}/cancel`, idempotent: true }, options);
  }

  /**
   * Continue a recovery.
   *
   * A canary that has stopped goes on with its next stage, whatever the last one brought.
   *
   * **Permission:** an admin's session, or a key or token with the scope `deliveries:retry`
   */
  continue(id: RecoveryId, options?: ChangingPostOptions): Call<Recovery> {
    return this.sendRequest({ method: "POST", path: `/v1/recoveries/${segment(id)}/continue`, idempotent: true }, options);
  }

  /**
   * Recover many deliveries.
   *
   * A job sets them going again, oldest first, so many per second: those that failed or were canceled start their schedule
   * anew, and those that are retrying get one attempt now, whose failure leaves their schedule as it is. Deliveries of disabled
   * and deleted webhooks are passed over; to recover those of a webhook that is disabled, enable it first. At most one recovery
   * runs for a webhook at a time, so that the receiver can rely on the pace; one without a webhook is for all of them.
   *
   * `include` may also name what is `missing`, events that the webhook wants now and had no delivery for, and what `succeeded`. With
   * `canary` a few go first: 1, then 10, then 100, each with a single attempt. Where half of such a stage fails, the recovery is
   * `stopped` and says why, until it is continued or canceled.
   *
   * A key or token recovers deliveries of its own webhooks alone.
   *
   * With `dry_run` it only counts, and nothing changes. The answer is the recovery as it would begin: it has no id, its status
   * is `counted`, and `passed_over` is what it would pass over. Where nothing matches, nothing is stored either: the answer has no id,
   * and its status is `done`.
   *
   * **Permission:** an admin's session, or a key or token with the scope `deliveries:retry`
   */
  create(body?: NewRecovery, options?: PostOptions): Call<Recovery> {
    return this.sendRequest({ method: "POST", path: "/v1/recoveries", body, idempotent: true }, options);
  }

  /**
   * Show a recovery.
   *
   * With how far it is, and what became of the deliveries that it set going (counted up to 100,000 of each).
   *
   * **Permission:** an admin's session, or a key or token with the scope `deliveries:read`
   */
  get(id: RecoveryId, options?: RequestOptions): Call<Recovery> {
    return this.sendRequest({ method: "GET", path: `/v1/recoveries/${segment(id)}` }, options);
  }

  /**
   * List recoveries.
   *
   * Newest first, each with how far it is.
   *
   * **Permission:** an admin's session, or a key or token with the scope `deliveries:read`
   */
  list(query?: ListRecoveriesQuery, options?: RequestOptions): List<Recovery> {
    return this.listPages("/v1/recoveries", query, options, "cursor");
  }
}
