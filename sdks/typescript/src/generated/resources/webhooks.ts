// Generated from openapi/openapi.json by `cargo xtask sdk`. Do not edit.

import type { Call } from "../../call.js";
import type { List } from "../../list.js";
import type { ChangeOptions, ChangingPostOptions, OneOrMany, PostOptions, RequestOptions } from "../../options.js";
import { Resource, segment } from "../../resource.js";
import type {
  CreatedSigningSecret,
  CreatedWebhook,
  FilterPreview,
  NewTest,
  NewWebhook,
  PreviewFilter,
  ReceiverCheck,
  RotateSecret,
  SecretId,
  SigningSecret,
  TestResult,
  Webhook,
  WebhookChanges,
  WebhookId,
} from "../schemas.js";

/** What `webhooks.list` may be asked for. */
export interface ListWebhooksQuery {
  /** How many results to give: 1 to 200, 50 where absent. */
  limit?: number;
  /** Where to go on: the `next_cursor` of the page before. */
  cursor?: string;
  /** Only webhooks in one of these states; several by repeating the parameter or separated by commas. */
  status?: OneOrMany<"active" | "paused" | "parked" | "disabled">;
  /** Only those that this member, key or app owns. */
  owner_id?: string;
  /** `true`: only those that an app made for members, which are disabled with the app's last consent. */
  made_for_members?: boolean;
}

/** What `webhooks.listSecrets` may be asked for. */
export interface ListWebhookSecretsQuery {
  /** How many results to give: 1 to 200, 50 where absent. */
  limit?: number;
  /** Where to go on: the `next_cursor` of the page before. */
  cursor?: string;
}

/** The operations of `sayless.webhooks`. */
export class WebhooksResource extends Resource {
  /**
   * Adopt a webhook.
   *
   * It becomes the admin's, and its owner before sees it no more. A disabled webhook stays disabled: enable it, then recover what it
   * missed. Its signing secret stays known to the owner before: rotate it. Adopting one's own webhook changes nothing.
   *
   * **Permission:** an admin's session
   */
  adopt(id: WebhookId, options?: ChangingPostOptions): Call<Webhook> {
    return this.sendRequest({ method: "POST", path: `/v1/webhooks/${segment(id)}/adopt`, idempotent: true }, options);
  }

  /**
   * Check a receiver.
   *
   * Sends a few messages at once to this webhook alone, and says what its receiver makes of them: a valid one, a forged one, one that was
   * signed ten minutes ago, the valid one again, and, while the secret is rotated, one under the new secret alone. It enters no
   * failure list and does not count for the webhook's health. A webhook is checked once a minute at most.
   *
   * **Permission:** an admin's session, or a key or token with the scope `webhooks:write`
   */
  check(id: WebhookId, options?: ChangingPostOptions): Call<ReceiverCheck> {
    return this.sendRequest({ method: "POST", path: `/v1/webhooks/${segment(id)}/check`, idempotent: true }, options);
  }

  /**
   * Create a webhook.
   *
   * Under `v1` the answer holds the signing secret, this once; under `v1a` the public key can always be read. A key or
   * token needs the read scope of every event type it names. The webhook belongs to the caller, and is disabled when the caller ends.
   *
   * **Permission:** an admin's session, or a key or token with the scope `webhooks:write`
   */
  create(body: NewWebhook, options?: PostOptions): Call<CreatedWebhook> {
    return this.sendRequest({ method: "POST", path: "/v1/webhooks", body, idempotent: true }, options);
  }

  /**
   * Delete a webhook.
   *
   * It stops sending, and what waits is canceled. Its deliveries stay readable.
   *
   * **Permission:** an admin's session, or a key or token with the scope `webhooks:write`
   */
  delete(id: WebhookId, options?: ChangeOptions): Call<void> {
    return this.sendRequest({ method: "DELETE", path: `/v1/webhooks/${segment(id)}` }, options);
  }

  /**
   * Drop an old signing secret.
   *
   * One that was rotated out signs no more, at once instead of from the end of its overlap. The current one can only be
   * rotated.
   *
   * **Permission:** an admin's session, or a key or token with the scope `webhooks:write`
   */
  deleteSecret(id: WebhookId, secretId: SecretId, options?: ChangeOptions): Call<void> {
    return this.sendRequest({ method: "DELETE", path: `/v1/webhooks/${segment(id)}/secrets/${segment(secretId)}` }, options);
  }

  /**
   * Disable a webhook.
   *
   * It stops sending, and what waits is canceled: once this is answered, no request to it begins. Disabling a disabled
   * webhook changes nothing.
   *
   * **Permission:** an admin's session, or a key or token with the scope `webhooks:write`
   */
  disable(id: WebhookId, options?: ChangingPostOptions): Call<Webhook> {
    return this.sendRequest({ method: "POST", path: `/v1/webhooks/${segment(id)}/disable`, idempotent: true }, options);
  }

  /**
   * Enable a webhook.
   *
   * It sends again, with a clean slate; one that is paused too holds until it is resumed. Enabling an enabled webhook changes nothing. One whose owner has ended is adopted first. What waited when it was disabled stays
   * canceled: where that was much, it is canceled in steps, and until the last of them the answer is `conflict`.
   *
   * **Permission:** an admin's session, or a key or token with the scope `webhooks:write`
   */
  enable(id: WebhookId, options?: ChangingPostOptions): Call<Webhook> {
    return this.sendRequest({ method: "POST", path: `/v1/webhooks/${segment(id)}/enable`, idempotent: true }, options);
  }

  /**
   * Show a webhook.
   *
   * **Permission:** an admin's session, or a key or token with the scope `webhooks:read`
   */
  get(id: WebhookId, options?: RequestOptions): Call<Webhook> {
    return this.sendRequest({ method: "GET", path: `/v1/webhooks/${segment(id)}` }, options);
  }

  /**
   * List webhooks.
   *
   * Newest first, each with how it has been doing. A key or token is shown its own: those that it, or a key that it replaced, made; an
   * app those that it made, for whomever. Another's id is not found, here and in everything that is done to a webhook.
   *
   * **Permission:** an admin's session, or a key or token with the scope `webhooks:read`
   */
  list(query?: ListWebhooksQuery, options?: RequestOptions): List<Webhook> {
    return this.listPages("/v1/webhooks", query, options, "cursor");
  }

  /**
   * List a webhook's signing secrets.
   *
   * Those that still sign, newest first; never the secrets themselves.
   *
   * **Permission:** an admin's session, or a key or token with the scope `webhooks:read`
   */
  listSecrets(
    id: WebhookId,
    query?: ListWebhookSecretsQuery,
    options?: RequestOptions,
  ): List<SigningSecret> {
    return this.listPages(`/v1/webhooks/${segment(id)}/secrets`, query, options, "cursor");
  }

  /**
   * Pause a webhook.
   *
   * It sends nothing until it is resumed: once this is answered, no request to it begins but for tests. Nothing is canceled: what
   * waits and what comes is held in its line, however long, and spends no retries. A retry by hand is refused meanwhile. Pausing
   * a paused webhook changes nothing.
   *
   * **Permission:** an admin's session, or a key or token with the scope `webhooks:write`
   */
  pause(id: WebhookId, options?: ChangingPostOptions): Call<Webhook> {
    return this.sendRequest({ method: "POST", path: `/v1/webhooks/${segment(id)}/pause`, idempotent: true }, options);
  }

  /**
   * Preview a filter.
   *
   * Says how many events of the last 30 days it would have let through. At most the newest 5,000 of the event types are looked
   * at; `since` and `complete` say how far that went. A key or token needs the read scope of every event type it names.
   *
   * **Permission:** an admin's session, or a key or token with the scope `webhooks:write`
   */
  previewFilter(body: PreviewFilter, options?: PostOptions): Call<FilterPreview> {
    return this.sendRequest({ method: "POST", path: "/v1/webhook-filters/preview", body, idempotent: true }, options);
  }

  /**
   * Resume a webhook.
   *
   * What was held is sent, oldest first, at a pace that grows with every success; where the webhook is parked, once a probe
   * succeeds. The time of the pause does not count towards the five days of failures that disable a webhook. Resuming a webhook
   * that is not paused changes nothing.
   *
   * **Permission:** an admin's session, or a key or token with the scope `webhooks:write`
   */
  resume(id: WebhookId, options?: ChangingPostOptions): Call<Webhook> {
    return this.sendRequest({ method: "POST", path: `/v1/webhooks/${segment(id)}/resume`, idempotent: true }, options);
  }

  /**
   * Rotate a webhook's signing secret.
   *
   * The answer holds the new secret, this once. During the overlap every message carries a signature of each. At most three
   * sign at once: where three do, rotating is refused until one ends or is dropped, unless the overlap is `none`.
   *
   * **Permission:** an admin's session, or a key or token with the scope `webhooks:write`
   */
  rotateSecret(
    id: WebhookId,
    body: RotateSecret,
    options?: ChangingPostOptions,
  ): Call<CreatedSigningSecret> {
    return this.sendRequest({ method: "POST", path: `/v1/webhooks/${segment(id)}/secrets`, body, idempotent: true }, options);
  }

  /**
   * Send a test.
   *
   * Sends one message at once to this webhook alone, and answers with the whole attempt: `webhook.test`, the example of any type that
   * the webhook wants, or an event of the past. It enters no failure list.
   *
   * **Permission:** an admin's session, or a key or token with the scope `webhooks:write`
   */
  test(id: WebhookId, body?: NewTest, options?: ChangingPostOptions): Call<TestResult> {
    return this.sendRequest({ method: "POST", path: `/v1/webhooks/${segment(id)}/test`, body, idempotent: true }, options);
  }

  /**
   * Change a webhook.
   *
   * A JSON merge patch (RFC 7396): absent fields stay, `null` clears. A new URL resets the webhook's health and holds from the next
   * attempt on, and so do new headers: once this is answered, no request begins with the old ones.
   *
   * **Permission:** an admin's session, or a key or token with the scope `webhooks:write`
   */
  update(id: WebhookId, body: WebhookChanges, options?: ChangeOptions): Call<Webhook> {
    return this.sendRequest({ method: "PATCH", path: `/v1/webhooks/${segment(id)}`, body }, options);
  }
}
