// Generated from openapi/openapi.json by `cargo xtask sdk`. Do not edit.

import type { List } from "../../list.js";
import type { OneOrMany, RequestOptions } from "../../options.js";
import { Resource } from "../../resource.js";
import type {
  AuditEntry,
  AuditId,
  Timestamp,
} from "../schemas.js";

/** What `auditLog.list` may be asked for. */
export interface ListAuditEntriesQuery {
  /** How many results to give: 1 to 200, 50 where absent. */
  limit?: number;
  /** Where to go on: the `next_cursor` of the page before. */
  cursor?: string;
  /** Only these actions, such as `api_key.revoked`; several by repeating the parameter or separated by commas. */
  action?: OneOrMany<
    | "session.created"
    | "session.ended"
    | "session.switched"
    | "workspace.created"
    | "workspace.plan_changed"
    | "member.added"
    | "member.role_changed"
    | "member.password_changed"
    | "member.removed"
    | "api_key.created"
    | "api_key.updated"
    | "api_key.revoked"
    | "api_key.rotated"
    | "api_key.replaced"
    | "oauth_app.created"
    | "oauth_app.updated"
    | "oauth_app.suspended"
    | "oauth_app.resumed"
    | "oauth_app.secret_rotated"
    | "oauth_app.secret_dropped"
    | "oauth_app.deleted"
    | "oauth_app.domain_checked"
    | "oauth_app.domain_verified"
    | "oauth_app.domain_lost"
    | "app_install.requested"
    | "app_install.approved"
    | "app_install.refused"
    | "app_install.paused"
    | "app_install.resumed"
    | "app_install.removed"
    | "app_policy.changed"
    | "authorization.granted"
    | "authorization.denied"
    | "authorization.withdrawn"
    | "oauth_token.revoked"
    | "oauth_token.reused"
    | "oauth_token.ended"
    | "oauth_incident.acknowledged"
    | "webhook.created"
    | "webhook.updated"
    | "webhook.secret_rotated"
    | "webhook.secret_dropped"
    | "webhook.enabled"
    | "webhook.disabled"
    | "webhook.paused"
    | "webhook.resumed"
    | "webhook.adopted"
    | "webhook.deleted"
    | "webhook.tested"
    | "webhook.checked"
    | "delivery.retried"
    | "delivery.skipped"
    | "event.sent"
    | "recovery.started"
    | "recovery.continued"
    | "recovery.canceled"
    | "secret.paste_refused"
    | "ticket.created"
    | "ticket.updated"
    | "comment.created"
    | "note.created"
    | "broadcast.created"
    | "broadcast.sent"
  >;
  /** Only changes by this member, key or app: its id. */
  actor?: string;
  /** Only changes to this object: its id. */
  object?: string;
  /** Not before this time (RFC 3339). */
  since?: Timestamp;
  /** Before this time (RFC 3339). */
  until?: Timestamp;
  /** Only entries that are newer than this one: an entry's id. The oldest come first then. */
  after?: AuditId;
  /**
   * `newest` or `oldest` first; `newest` where absent and `after` is, too. Oldest first gives no entry of the last 30
   * seconds, so that none can come before one that was given already.
   */
  order?: "newest" | "oldest";
}

/** The operations of `sayless.auditLog`. */
export class AuditLogResource extends Resource {
  /**
   * List audit entries.
   *
   * Who changed what in Settings > API, newest first.
   *
   * To copy the log elsewhere, ask with `order=oldest`, go on with the cursor to the last page, and later ask for what is new
   * with `after` and the id of the last entry that you have. With `Accept: application/jsonl` (or `application/x-ndjson`) the
   * answer is JSON lines, one entry a line; the next page is then in the `Link` header, as it is for JSON, too.
   *
   * **Permission:** an admin's session, or a key or token with the scope `audit:read`
   */
  list(query?: ListAuditEntriesQuery, options?: RequestOptions): List<AuditEntry> {
    return this.listPages("/v1/audit-log", query, options, "cursor");
  }
}
