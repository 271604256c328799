// Generated from openapi/openapi.json by `cargo xtask sdk`. Do not edit.

import type { Call } from "../../call.js";
import type { List } from "../../list.js";
import type { ChangeOptions, ChangingPostOptions, OneOrMany, PostOptions, RequestOptions } from "../../options.js";
import { Resource, segment } from "../../resource.js";
import type {
  ApiKey,
  ApiKeyChanges,
  ApiKeyId,
  CreatedApiKey,
  NewApiKey,
  RevokeApiKey,
} from "../schemas.js";

/** What `apiKeys.list` may be asked for. */
export interface ListApiKeysQuery {
  /** How many results to give: 1 to 200, 50 where absent. */
  limit?: number;
  /** Where to go on: the `next_cursor` of the page before. */
  cursor?: string;
  /** Only keys in one of these states; several by repeating the parameter or separated by commas. */
  status?: OneOrMany<"active" | "expired" | "replaced" | "revoked">;
}

/** The operations of `sayless.apiKeys`. */
export class ApiKeysResource extends Resource {
  /**
   * Create an API key.
   *
   * The answer holds the secret, this once: it is stored only as a digest.
   *
   * **Permission:** an admin's session
   */
  create(body: NewApiKey, options?: PostOptions): Call<CreatedApiKey> {
    return this.sendRequest({ method: "POST", path: "/v1/api-keys", body, idempotent: true }, options);
  }

  /**
   * Show an API key.
   *
   * **Permission:** an admin's session
   */
  get(id: ApiKeyId, options?: RequestOptions): Call<ApiKey> {
    return this.sendRequest({ method: "GET", path: `/v1/api-keys/${segment(id)}` }, options);
  }

  /**
   * List API keys.
   *
   * Newest first, without the secrets.
   *
   * **Permission:** an admin's session
   */
  list(query?: ListApiKeysQuery, options?: RequestOptions): List<ApiKey> {
    return this.listPages("/v1/api-keys", query, options, "cursor");
  }

  /**
   * Revoke an API key.
   *
   * It stops working with the next request, for good, and its webhooks are disabled, unless a key that replaces it has them. Revoking
   * a revoked key changes nothing and answers with it. A key that was made to replace it goes on working: if the key leaked, look at
   * `replaced_by` and revoke that one, too.
   *
   * **Permission:** an admin's session
   */
  revoke(id: ApiKeyId, body?: RevokeApiKey, options?: ChangingPostOptions): Call<ApiKey> {
    return this.sendRequest({ method: "POST", path: `/v1/api-keys/${segment(id)}/revoke`, body, idempotent: true }, options);
  }

  /**
   * Rotate the key that calls.
   *
   * The answer holds a new key, this once, with the same name, scopes, addresses and end, and rotatable like the old one. The old
   * key, which calls, ends at the new one's first use, and after 24 hours at the latest. Until then it makes no second key: calling
   * again is 409, and names the new key. So send an `Idempotency-Key`, with which a repeated call gets a lost answer again.
   *
   * Revoking either key leaves the other one as it is. A new key that was revoked before its first use can be made again.
   *
   * **Permission:** an API key that an admin marked rotatable
   */
  rotateOwn(options?: PostOptions): Call<CreatedApiKey> {
    return this.sendRequest({ method: "POST", path: "/v1/api-keys/self/rotate", idempotent: true }, options);
  }

  /**
   * Change an API key.
   *
   * A JSON merge patch (RFC 7396) of its name, of the addresses it may be used from, or of whether it may replace itself. What it may
   * do and when it expires cannot be changed: replace it.
   *
   * **Permission:** an admin's session
   */
  update(id: ApiKeyId, body: ApiKeyChanges, options?: ChangeOptions): Call<ApiKey> {
    return this.sendRequest({ method: "PATCH", path: `/v1/api-keys/${segment(id)}`, body }, options);
  }
}
