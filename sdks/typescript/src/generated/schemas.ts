// Generated from openapi/openapi.json by `cargo xtask sdk`. Do not edit.

/** The event was stored and will be delivered. */
export interface AcceptedEvent {
  /** The event's id, which is the `webhook-id` of its messages. */
  id: EventId;
}

/** A retry was accepted: the attempt to follow. */
export interface AcceptedRetry {
  /** The id that the attempt will have. */
  attempt_id: AttemptId;
  /** The delivery. */
  delivery_id: DeliveryId;
}

/** The event is on its way to the webhook. */
export interface AcceptedSend {
  /** The new delivery. */
  delivery_id: DeliveryId;
}

/** Acknowledge an incident. */
export interface Acknowledgement {
  /** A note for the other admins, at most 500 characters; none where absent or empty. */
  note?: string | null;
}

/** The one who did something: a member, an API key, an app, the operator or the system. */
export interface Actor {
  /** The member's, key's or app's id; `null` for the operator and the system. */
  id?: string | null;
  /** The member's e-mail address, or the key's or app's name, at that time. */
  name: string;
  /** The kind of actor. */
  type: ActorKind;
}

/**
 * The kind of actor that made a change.
 *
 * - `member`: A member in a session.
 * - `api_key`: An API key.
 * - `oauth_app`: An OAuth app.
 * - `operator`: The operator, through the `sayless` command.
 * - `system`: The system itself.
 *
 * More words may be added.
 */
export type ActorKind = "member" | "api_key" | "oauth_app" | "operator" | "system" | (string & {});

/** An API key, without its secret. */
export interface ApiKey {
  /** Where it may be used from; anywhere where empty. */
  allowed_ips: string[];
  /** When it was created. */
  created_at: Timestamp;
  /** Who created it. */
  created_by: Actor;
  /**
   * When it stops because it is replaced: at the first use of the key that replaces it, and by this time at the latest.
   */
  ends_at?: Timestamp | null;
  /** When it stops working. */
  expires_at?: Timestamp | null;
  /** Its first 8 and last 4 characters, to recognise it by: `slk_AbCd…7xYz`. */
  hint: string;
  /** The key's id. */
  id: ApiKeyId;
  /** When it was last used, as far as written: at most a few seconds late. */
  last_used_at?: Timestamp | null;
  /** From which address it was last used. */
  last_used_ip?: string | null;
  /** What the key is for. */
  name: string;
  /** The key that replaces it. */
  replaced_by?: ApiKeyRef | null;
  /** The key that it replaces. */
  replaces?: ApiKeyRef | null;
  /** When it was revoked. */
  revoked_at?: Timestamp | null;
  /** Who revoked it. */
  revoked_by?: Actor | null;
  /** Why it was revoked. */
  revoked_reason?: string | null;
  /** `true` where the key may replace itself. */
  rotatable: boolean;
  /** What it may do. */
  scopes: Scope[];
  /** The key's state: it works, or why not. */
  status: ApiKeyStatus;
}

/** Change an API key by a merge patch: absent fields stay, `null` clears. */
export interface ApiKeyChanges {
  /** Addresses or CIDR ranges the key may be used from; an empty list or `null` allows any. */
  allowed_ips?: string[] | null;
  /** What the key is for: 1 to 100 characters. */
  name?: string;
  /** Whether the key may replace itself. */
  rotatable?: boolean;
}

/** Such as `key_01JDBN5X7W3Q9K2M4E6R8T0VYZ`. */
export type ApiKeyId = string;

/** An API key, as another one refers to it. */
export interface ApiKeyRef {
  /** Its first 8 and last 4 characters. */
  hint: string;
  /** The key's id. */
  id: ApiKeyId;
}

/**
 * The state of a key.
 *
 * - `active`: It works.
 * - `expired`: The key's expiry has passed.
 * - `replaced`: Its successor took its place.
 * - `revoked`: Somebody revoked it.
 *
 * More words may be added.
 */
export type ApiKeyStatus = "active" | "expired" | "replaced" | "revoked" | (string & {});

/** An app of another workspace in this one. */
export interface AppInstall {
  /** The app. */
  app: AppRef;
  /** The time at which the app was installed or asked for. */
  created_at: Timestamp;
  /** The time of the last decision about the app; `null` while there is none. */
  decided_at?: Timestamp | null;
  /** The install's id. */
  id: AppInstallId;
  /** The name of whoever publishes the app, in the app's own words. */
  publisher_name: string;
  /** The member who asked for it; `null` where an admin let it in without being asked. */
  requested_by?: MemberRef | null;
  /** The install's state: it acts here, or why not. */
  status: InstallStatus;
}

/** The authorizations and tokens that an app of another workspace has in this one. */
export interface AppInstallActivity {
  /** Access tokens that act for them now. */
  access_tokens: number;
  /** The number of this workspace's members who let it act for them. */
  authorizations: number;
  /** The newest incidents of the last 90 days: codes and refresh tokens that were used twice here. */
  incidents: Incident[];
  /** Refresh tokens that act for them now. */
  refresh_tokens: number;
}

/** Such as `ins_01JDBN5X7W3Q9K2M4E6R8T0VYZ`. */
export type AppInstallId = string;

/**
 * The workspace's policy: the apps of other workspaces that may come in.
 *
 * - `open`: Any: a member who lets it act for them installs it.
 * - `ask`: Those that an admin approves; members may ask for them.
 * - `list`: Those that an admin installs; members may not ask for others.
 *
 * More words may be added.
 */
export type AppPolicy = "open" | "ask" | "list" | (string & {});

/** Choose which apps of other workspaces may come in; what is absent stays as it is. */
export interface AppPolicyChange {
  /** `off` or `on`: whether apps that are known by a metadata document may ask. */
  client_documents?: KnownClientDocuments;
  /** `open`, `ask` or `list`. */
  policy?: KnownAppPolicy;
}

/** The workspace's policy for apps of other workspaces. */
export interface AppPolicySetting {
  /** The workspace's word on apps that are known by a metadata document. */
  client_documents: ClientDocuments;
  /** The policy. */
  policy: AppPolicy;
}

/** An app as members see it. */
export interface AppRef {
  /**
   * The `https` URL that is the app's `client_id`: the app is known by the document there, and nobody here has checked what the
   * document says. `null` for an app that an admin made.
   */
  client_id_url?: string | null;
  /** What the app does; empty where not said. */
  description: string;
  /** The app's homepage; empty where not said. */
  homepage_url: string;
  /** The app's id, which is its `client_id` unless `client_id_url` is. */
  id: OAuthAppId;
  /** The app's logo as a `data:` URL; empty where there is none. */
  logo: string;
  /** The app's name. */
  name: string;
  /** The domain that the app's publisher has proved to own; `null` where there is none. */
  verified_domain?: string | null;
}

/** One HTTP request of a delivery. */
export interface Attempt {
  /** The address used, `ip:port`. */
  address?: string | null;
  /** What went wrong, where it failed. */
  diagnosis?: Diagnosis | null;
  /** The scope or session that the reader lacks to be shown the request and the answer; `null` where they are shown. */
  hidden?: ReadAccess | null;
  /** The attempt's id. */
  id: AttemptId;
  /** Whether the result came after another worker had taken over; it changed nothing. */
  late_duplicate: boolean;
  /** The attempt's number within the delivery, from 1. */
  number: number;
  /** How it ended. */
  outcome: AttemptOutcome;
  /** The request as it was sent; `null` where it is hidden. */
  request?: AttemptRequest | null;
  /** The receiver's answer; `null` where it is hidden, and where none came. */
  response?: AttemptResponse | null;
  /** Whether an open connection was used again. */
  reused_connection: boolean;
  /** When it started. */
  started_at: Timestamp;
  /** How long it took. */
  timings: Timings;
  /** What made it happen. */
  trigger: Trigger;
}

/** Such as `att_01JDBN5X7W3Q9K2M4E6R8T0VYZ`. */
export type AttemptId = string;

/**
 * How an attempt ended.
 *
 * - `succeeded`: The receiver answered 2xx.
 * - `failed`: Anything else; the diagnosis says what.
 * - `interrupted`: Our process stopped in the middle; it counts against nobody.
 *
 * More words may be added.
 */
export type AttemptOutcome = "succeeded" | "failed" | "interrupted" | (string & {});

/** The request of an attempt. */
export interface AttemptRequest {
  /**
   * The request's body, byte for byte: only in the result of a test. Every attempt of a delivery sends the `payload` of
   * the delivery's event, which stands there once.
   */
  body?: string | null;
  /** The request's headers, the signature included. */
  headers: Header[];
  /** The URL it went to. */
  url: string;
}

/** The answer of an attempt. Hostile input: show as plain text. */
export interface AttemptResponse {
  /** The first 16 KiB of the body, with what is not UTF-8 replaced. */
  body: string;
  /** The first headers. */
  headers: Header[];
  /**
   * A fault of the body, as a sentence: the body did not end, broke off, or was not framed as HTTP has it. The status counts
   * all the same. Absent where nothing was odd.
   */
  remark?: string | null;
  /** The HTTP status. */
  status: number;
  /** Whether there was more of the body. */
  truncated: boolean;
}

/**
 * What was done.
 *
 * - `session.created`: A member signed in.
 * - `session.ended`: A member signed out.
 * - `session.switched`: A member moved to another workspace.
 * - `workspace.created`: A workspace was created.
 * - `workspace.plan_changed`: A workspace moved to another plan.
 * - `member.added`: A member was added.
 * - `member.role_changed`: A member's role changed.
 * - `member.password_changed`: A member's password changed.
 * - `member.removed`: A member was removed.
 * - `api_key.created`: An API key was created.
 * - `api_key.updated`: An API key was changed.
 * - `api_key.revoked`: An API key was revoked.
 * - `api_key.rotated`: An API key made its own successor.
 * - `api_key.replaced`: An API key ended with the first use of its successor.
 * - `oauth_app.created`: An OAuth app was created.
 * - `oauth_app.updated`: An OAuth app was changed.
 * - `oauth_app.suspended`: An OAuth app was suspended.
 * - `oauth_app.resumed`: A suspended OAuth app works again.
 * - `oauth_app.secret_rotated`: An OAuth app's client secret was rotated.
 * - `oauth_app.secret_dropped`: An OAuth app's old client secret was dropped before its time.
 * - `oauth_app.deleted`: An OAuth app was deleted.
 * - `oauth_app.domain_checked`: The domain of an OAuth app's publisher was checked, and is as verified as before.
 * - `oauth_app.domain_verified`: The domain of an OAuth app's publisher was verified.
 * - `oauth_app.domain_lost`: The domain of an OAuth app's publisher is not verified any more.
 * - `app_install.requested`: A member asked for an app of another workspace.
 * - `app_install.approved`: An app of another workspace was let in.
 * - `app_install.refused`: An app of another workspace was refused.
 * - `app_install.paused`: An app of another workspace was paused.
 * - `app_install.resumed`: A paused app of another workspace was resumed.
 * - `app_install.removed`: An app of another workspace was removed.
 * - `app_policy.changed`: It was changed which apps of other workspaces may come in.
 * - `authorization.granted`: A member let an OAuth app act for them, or let it do more.
 * - `authorization.denied`: A member refused an OAuth app.
 * - `authorization.withdrawn`: A member's consent to an OAuth app was withdrawn.
 * - `oauth_token.revoked`: An OAuth app gave a token back.
 * - `oauth_token.reused`: A refresh token or an authorization code was used again: every token that came from it was revoked.
 * - `oauth_token.ended`: An admin ended the tokens that an OAuth app got by one consent.
 * - `oauth_incident.acknowledged`: An admin acknowledged that a refresh token or an authorization code was used again.
 * - `webhook.created`: A webhook was created.
 * - `webhook.updated`: A webhook was changed.
 * - `webhook.secret_rotated`: A webhook's signing secret was rotated.
 * - `webhook.secret_dropped`: A webhook's old signing secret was dropped before its time.
 * - `webhook.enabled`: A webhook was enabled.
 * - `webhook.disabled`: A webhook was disabled.
 * - `webhook.paused`: A webhook was paused.
 * - `webhook.resumed`: A webhook was resumed.
 * - `webhook.adopted`: An admin took a webhook over.
 * - `webhook.deleted`: A webhook was deleted.
 * - `webhook.tested`: A test message was sent.
 * - `webhook.checked`: A receiver was checked.
 * - `delivery.retried`: A delivery was retried by hand.
 * - `delivery.skipped`: A delivery was skipped by hand.
 * - `event.sent`: An event was sent to a webhook by hand.
 * - `recovery.started`: Many deliveries were set going again.
 * - `recovery.continued`: A recovery that had stopped goes on.
 * - `recovery.canceled`: A recovery was canceled.
 * - `secret.paste_refused`: A live credential was pasted into a text, and the text refused.
 * - `ticket.created`: A ticket was created.
 * - `ticket.updated`: A ticket was changed.
 * - `comment.created`: A comment was written.
 * - `note.created`: A note was written.
 * - `broadcast.created`: A broadcast was drafted.
 * - `broadcast.sent`: A broadcast was sent.
 *
 * More words may be added.
 */
export type AuditAction =
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
  | (string & {});

/** One change. */
export interface AuditEntry {
  /** What was done. */
  action: AuditAction;
  /** Who. */
  actor: Actor;
  /** When. */
  created_at: Timestamp;
  /** What changed, without any secret: field names and values. */
  details: Record<string, unknown>;
  /** The entry's id. */
  id: AuditId;
  /** From which address. */
  ip?: string | null;
  /** The object's id, where there is one. */
  object_id?: string | null;
  /** The object's name or URL, as it was then. */
  object_name: string;
}

/** Such as `aud_01JDBN5X7W3Q9K2M4E6R8T0VYZ`. */
export type AuditId = string;

/** A member's consent to an app. */
export interface Authorization {
  /** The app. */
  app: AppRef;
  /** Since when. */
  created_at: Timestamp;
  /** The authorization's id. */
  id: AuthorizationId;
  /** When one of its tokens was last used. */
  last_used_at?: Timestamp | null;
  /** From which address it was last used. */
  last_used_ip?: string | null;
  /** The member who consented. */
  member: MemberRef;
  /** The scopes in which the app may act for the member. */
  scopes: Scope[];
}

/** Such as `atz_01JDBN5X7W3Q9K2M4E6R8T0VYZ`. */
export type AuthorizationId = string;

/** A broadcast. */
export interface Broadcast {
  /** The broadcast's text. */
  body: string;
  /** When it was drafted. */
  created_at: Timestamp;
  /** The broadcast's id. */
  id: BroadcastId;
  /** When it was sent. */
  sent_at?: Timestamp | null;
  /** Where it stands. */
  status: BroadcastStatus;
  /** The broadcast's subject. */
  subject: string;
}

/** Such as `brd_01JDBN5X7W3Q9K2M4E6R8T0VYZ`. */
export type BroadcastId = string;

/**
 * The state of a broadcast.
 *
 * - `draft`: Not sent yet.
 * - `sent`: Sent.
 *
 * More words may be added.
 */
export type BroadcastStatus = "draft" | "sent" | (string & {});

/** The stage at which a canary is. */
export interface Canary {
  /** How many deliveries the stage is for: 1, 10 or 100; `null` for the last, which is for all others. */
  size?: number | null;
  /** The stage, from 1 to 4. */
  stage: number;
  /** How many of them have been set going; `null` in the last stage. */
  started?: number | null;
}

/**
 * The reason for canceling a delivery.
 *
 * - `webhook_disabled`: The webhook was disabled.
 * - `webhook_deleted`: The webhook was deleted.
 * - `plan`: The workspace moved to a plan without the API.
 * - `skipped`: Somebody skipped it by hand.
 * - `missed`: The webhook was not there yet, or did not want this type; a recovery has made the delivery afterwards.
 *
 * More words may be added.
 */
export type CancelReason = "webhook_disabled" | "webhook_deleted" | "plan" | "skipped" | "missed" | (string & {});

/**
 * The party whose problem a failure is.
 *
 * - `configuration`: Something in the webhook or its receiver is set up wrongly: waiting will not help.
 * - `outage`: The receiver is down or broken for now: the schedule will try again.
 * - `throttling`: The receiver asks us to slow down.
 * - `ours`: The fault is on our side.
 *
 * More words may be added.
 */
export type Category = "configuration" | "outage" | "throttling" | "ours" | (string & {});

/** What a check found out about one property. */
export interface CheckFinding {
  /** What to do about it, as a sentence; `null` where there is nothing to do. */
  advice?: string | null;
  /** The property. */
  property: CheckedProperty;
  /** What was seen, as a sentence. */
  summary: string;
  /** Whether the receiver has it. */
  verdict: CheckVerdict;
}

/**
 * A message of a check.
 *
 * - `valid`: Signed as every message is.
 * - `forged`: Signed with a key that is not ours.
 * - `stale`: Signed as every message is, ten minutes ago.
 * - `repeated`: The valid message once more.
 * - `new_secret`: Signed with the new secret alone. Sent only while the secret is rotated.
 *
 * More words may be added.
 */
export type CheckMessage = "valid" | "forged" | "stale" | "repeated" | "new_secret" | (string & {});

/** One message of a check, and what came back. */
export interface CheckStep {
  /** Whether the receiver answered 2xx. */
  accepted: boolean;
  /** The whole attempt. It has no diagnosis where a refusal is what it should bring. */
  attempt: Attempt;
  /** The message. */
  message: CheckMessage;
}

/**
 * Whether a receiver has a property.
 *
 * - `passed`: The receiver has the property.
 * - `warning`: The receiver has the property, but in a way that will cause trouble.
 * - `failed`: The receiver lacks the property.
 * - `unknown`: The check could not tell.
 *
 * More words may be added.
 */
export type CheckVerdict = "passed" | "warning" | "failed" | "unknown" | (string & {});

/**
 * A property that a good receiver has.
 *
 * - `verifies`: The receiver takes a message that is signed as it should be.
 * - `rejects_forgeries`: The receiver refuses a message with a wrong signature.
 * - `rejects_replays`: The receiver refuses an old message that is sent again.
 * - `takes_repeats`: The receiver takes a message that comes a second time.
 * - `answers_in_time`: The receiver answers within a second.
 * - `rotation_ready`: The receiver takes a message that only the new secret signs.
 *
 * More words may be added.
 */
export type CheckedProperty =
  | "verifies"
  | "rejects_forgeries"
  | "rejects_replays"
  | "takes_repeats"
  | "answers_in_time"
  | "rotation_ready"
  | (string & {});

/**
 * The workspace's word on apps that are known by a metadata document: their `client_id` is an `https` URL.
 *
 * - `off`: No document is fetched, and no such app asks. Those that are installed keep what members allowed them.
 * - `on`: They may ask, and the policy says who lets them in.
 *
 * More words may be added.
 */
export type ClientDocuments = "off" | "on" | (string & {});

/**
 * The kind of client: one that can keep a secret, or one that cannot (RFC 6749, section 2.1).
 *
 * - `confidential`: It authenticates with a client secret.
 * - `public`: It runs where a secret cannot be kept, and has none.
 *
 * More words may be added.
 */
export type ClientKind = "confidential" | "public" | (string & {});

/** A client secret of an app, without the secret itself. */
export interface ClientSecret {
  /** When it was created. */
  created_at: Timestamp;
  /** When it stops working; `null` for the current one. */
  expires_at?: Timestamp | null;
  /** Its first 8 and last 4 characters. */
  hint: string;
  /** The secret's id. */
  id: SecretId;
  /** When it was last used. */
  last_used_at?: Timestamp | null;
  /** From which address it was last used. */
  last_used_ip?: string | null;
}

/** A comment on a ticket, which everyone sees. */
export interface Comment {
  /** What it says. */
  body: string;
  /** When it was written. */
  created_at: Timestamp;
  /** The comment's id. */
  id: CommentId;
  /** The ticket it is on. */
  ticket_id: TicketId;
}

/** Such as `cmt_01JDBN5X7W3Q9K2M4E6R8T0VYZ`. */
export type CommentId = string;

/** A new API key with its secret, which is shown this once. */
export interface CreatedApiKey extends ApiKey {
  /** The secret itself: `slk_`, 32 base62 characters, 6 of checksum. Never shown again. */
  key: string;
}

/** A new client secret, which is shown this once. */
export interface CreatedClientSecret extends ClientSecret {
  /** The client secret. Never shown again. */
  client_secret: string;
}

/** A new OAuth app with its client secret, which is shown this once. */
export interface CreatedOAuthApp extends OAuthApp {
  /** The client secret, for a confidential app. Never shown again. */
  client_secret?: string | null;
}

/** A new signing secret, which is shown this once. */
export interface CreatedSigningSecret extends SigningSecret {
  /**
   * The `whsec_` secret that receivers verify with; absent under `v1a`, where the public key serves. Never shown again.
   */
  signing_secret?: string | null;
}

/** A webhook with its new signing secret, which is shown this once. */
export interface CreatedWebhook extends Webhook {
  /**
   * The `whsec_` secret that receivers verify with; absent under `v1a`, where the public key serves. Never shown again.
   */
  signing_secret?: string | null;
}

/** One event for one webhook, as lists show it. */
export interface Delivery {
  /** How many attempts there were. */
  attempts: number;
  /** Why it was canceled. */
  cancel_reason?: CancelReason | null;
  /** When it was created. */
  created_at: Timestamp;
  /** The event that it carries. */
  event_id: EventId;
  /** The event's type. */
  event_type: EventType;
  /** When it succeeded, failed for good or was canceled. */
  finished_at?: Timestamp | null;
  /**
   * `true` while the delivery is held, whatever the schedule says: its webhook is paused, parked, ordered or draining, or has a
   * rate limit.
   */
  held: boolean;
  /**
   * The scope or session that the reader lacks to be shown the payload, the requests and the answers; `null` where they are shown. Where they
   * are hidden, a diagnosis does not repeat what the receiver said.
   */
  hidden?: ReadAccess | null;
  /** The delivery's id. */
  id: DeliveryId;
  /** When the last attempt ended. */
  last_attempt_at?: Timestamp | null;
  /** What went wrong last, where the last attempt failed. */
  last_diagnosis?: Diagnosis | null;
  /** The last answer's HTTP status. */
  last_response_status?: number | null;
  /** When the schedule tries next. */
  next_attempt_at?: Timestamp | null;
  /** The recovery that last set it going. */
  recovery_id?: RecoveryId | null;
  /** Where it stands. */
  status: DeliveryStatus;
  /** The webhook that it is for. */
  webhook: WebhookRef;
}

/** An address that deliveries come from, as the operator names it. */
export interface DeliveryAddress {
  /** An IP address, or a range of them in CIDR notation. */
  address: string;
}

/** A delivery with its event and its last attempts, newest first. */
export interface DeliveryDetail extends Delivery {
  /** The last 20 attempts, newest first. `GET /v1/deliveries/{id}/attempts` lists all of them. */
  attempt_history: Attempt[];
  /** The event with its payload. */
  event: Event;
  /**
   * `true` where the delivery failed and holds back the later ones of its ordered webhook, until it succeeds or is skipped.
   */
  holds_line: boolean;
  /** Whether an attempt is under way. */
  in_flight: boolean;
  /** Whether "Retry" would be accepted now. */
  retry: RetryAdvice;
}

/** Such as `dlv_01JDBN5X7W3Q9K2M4E6R8T0VYZ`. */
export type DeliveryId = string;

/**
 * The state of a delivery.
 *
 * - `pending`: Nothing failed yet.
 * - `retrying`: An attempt failed; more are due.
 * - `succeeded`: The receiver took it.
 * - `failed`: The retries are used up.
 * - `canceled`: The delivery will not be sent; the reason says why.
 *
 * More words may be added.
 */
export type DeliveryStatus = "pending" | "retrying" | "succeeded" | "failed" | "canceled" | (string & {});

/** What went wrong with an attempt, whose problem it is, and what to do. */
export interface Diagnosis {
  /** What to do about it, as a sentence. */
  advice: string;
  /** The side whose problem it is. */
  category: Category;
  /** The stable code. */
  code: DiagnosisCode;
  /** When a retry by hand makes sense. */
  retry_helps: RetryHelps;
  /** What happened, with the facts in it, as a sentence. */
  summary: string;
  /**
   * Until when the receiver asked to be left alone (`Retry-After`), as far as that is kept: 24 hours at most. Absent where it
   * asked for no pause.
   */
  wait_until?: Timestamp | null;
}

/**
 * The fault, as a stable code.
 *
 * - `dns_not_found`: The host's name does not exist.
 * - `dns_unavailable`: The name could not be looked up.
 * - `destination_blocked`: The address is one that webhooks may not reach.
 * - `connection_refused`: Nothing listens at the address.
 * - `connect_timeout`: No connection within the limit.
 * - `connection_reset`: The connection broke.
 * - `tls_certificate_expired`: The certificate is out of date.
 * - `tls_certificate_not_yet_valid`: The certificate is not valid yet.
 * - `tls_hostname_mismatch`: The certificate is for another name.
 * - `tls_untrusted_issuer`: The certificate's issuer is not trusted.
 * - `tls_handshake_failed`: TLS could not be agreed upon.
 * - `response_timeout`: The answer did not come in time.
 * - `response_malformed`: The answer was not HTTP.
 * - `redirected`: The receiver redirects, which is not followed.
 * - `unauthorized`: 401 or 403.
 * - `not_found`: 404 or 405.
 * - `gone`: 410.
 * - `payload_rejected`: 400, 413, 415 or 422.
 * - `throttled`: 429.
 * - `server_error`: 5xx.
 * - `unexpected_status`: Any other status.
 * - `sender_exhausted`: We had no file, port or memory left for a connection.
 * - `interrupted`: Our process stopped mid-attempt.
 *
 * More words may be added.
 */
export type DiagnosisCode =
  | "dns_not_found"
  | "dns_unavailable"
  | "destination_blocked"
  | "connection_refused"
  | "connect_timeout"
  | "connection_reset"
  | "tls_certificate_expired"
  | "tls_certificate_not_yet_valid"
  | "tls_hostname_mismatch"
  | "tls_untrusted_issuer"
  | "tls_handshake_failed"
  | "response_timeout"
  | "response_malformed"
  | "redirected"
  | "unauthorized"
  | "not_found"
  | "gone"
  | "payload_rejected"
  | "throttled"
  | "server_error"
  | "unexpected_status"
  | "sender_exhausted"
  | "interrupted"
  | (string & {});

/**
 * The reason why a webhook is disabled.
 *
 * - `manual`: An admin or a credential disabled it.
 * - `gone`: The receiver answered 410 Gone.
 * - `failing`: Five days of nothing but failures.
 * - `owner_ended`: The owner ended: the key was revoked or expired, the app deleted or suspended, the last consent withdrawn.
 *
 * More words may be added.
 */
export type DisabledReason = "manual" | "gone" | "failing" | "owner_ended" | (string & {});

/**
 * The workspaces in which an app may act.
 *
 * - `workspace`: The app's own alone.
 * - `public`: Each that installs it.
 *
 * More words may be added.
 */
export type Distribution = "workspace" | "public" | (string & {});

/** Held deliveries being let go, oldest first. */
export interface Draining {
  /** How many per second at present; it grows with every success. */
  per_second: number;
  /** Since when. */
  since: Timestamp;
}

/** An event. */
export interface Event {
  /**
   * The exact body that is sent and signed, as a text: `payload` before it was parsed. Only where one event is shown to who may read it.
   */
  body?: string | null;
  /** When it happened. */
  created_at: Timestamp;
  /** The scope or session that the reader lacks to be shown the payload; `null` where it is shown. */
  hidden?: ReadAccess | null;
  /** The event's id. */
  id: EventId;
  /** The id of the object that the event is about, where there is one: the event's `data.id`. */
  object_id?: string | null;
  /**
   * The body that is sent, parsed: `id`, `type`, `timestamp`, `workspace_id`, `actor`, `data`, and for updates `previous`. What was
   * published before 28 November 2026 has `type`, `timestamp` and `data` alone. `null` where it is hidden.
   */
  payload?: Record<string, unknown> | null;
  /** The event's type. */
  type: EventType;
}

/**
 * Conditions on an event's fields, under `all` or under `any`: 1 to 20. A field that an event does not have meets no condition
 * but `exists` with `false`; a list meets one that an element meets.
 */
export interface EventFilter {
  /** All of these must hold. */
  all?: FilterCondition[] | null;
  /** One of these must hold. */
  any?: FilterCondition[] | null;
}

/** Such as `evt_01JDBN5X7W3Q9K2M4E6R8T0VYZ`. */
export type EventId = string;

/**
 * A catalogued type of event.
 *
 * - `ticket.created`: A ticket was created.
 * - `ticket.updated`: A ticket's fields changed.
 * - `ticket.closed`: A ticket was closed.
 * - `comment.created`: A comment was written on a ticket.
 * - `note.created`: An internal note was written on a ticket.
 * - `broadcast.created`: A broadcast was drafted.
 * - `broadcast.sent`: A broadcast was sent.
 * - `webhook.disabled`: A webhook was disabled.
 * - `webhook.recovered`: A webhook that was failing works again.
 * - `delivery.exhausted`: A delivery used up its retries.
 * - `api_key.created`: An API key was created.
 * - `api_key.revoked`: An API key was revoked.
 * - `oauth_app.secret_rotated`: An OAuth app's client secret was rotated.
 * - `webhook.test`: Somebody pressed "Send test".
 *
 * More words may be added.
 */
export type EventType =
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
  | (string & {});

/** One entry of the catalogue. */
export interface EventTypeInfo {
  /** The occasion on which an event of this type is sent. */
  description: string;
  /** An example of `data`. */
  example: unknown;
  /** The part before the dot. */
  group: string;
  /** Whether `POST /v1/events` may publish it. */
  publishable: boolean;
  /** JSON Schema (2020-12) of `data`. */
  schema: unknown;
  /** The type. */
  type: EventType;
}

/**
 * The cause of a failed request. New words may come.
 *
 * - `form_unreadable`: The form or the query cannot be read: encoding, content type, size.
 * - `form_has_nul`: A parameter has a NUL character (`%00`).
 * - `method_not_allowed`: The request has another method than the endpoint takes.
 * - `parameter_missing`: A parameter that is needed is missing.
 * - `parameter_repeated`: A parameter is there more than once.
 * - `parameter_invalid`: A parameter has a value that is not answered.
 * - `parameters_too_large`: The parameters of a pushed request are larger than what is kept.
 * - `client_unknown`: No such client is registered; no app learns of it.
 * - `document_url_invalid`: The `client_id` is a URL, but not one that a document may have; no app learns of it.
 * - `document_unreachable`: No document can be fetched from the `client_id`; no app learns of it.
 * - `document_invalid`: The document at the `client_id` has a member that is wrong; no app learns of it.
 * - `documents_not_taken`: The workspace takes no apps that are known by a document; no app learns of it.
 * - `documents_too_many`: The workspace knows the most apps by documents that it may; no app learns of it.
 * - `app_suspended`: An admin has suspended the app.
 * - `authorization_header_malformed`: The `Authorization` header is not Basic as RFC 6749 has it, or there twice.
 * - `credentials_twice`: The client secret came in the header and in the body.
 * - `client_id_mismatch`: The header names another client than the body.
 * - `secret_missing`: A confidential app sent no secret.
 * - `secret_unexpected`: A public app sent a secret.
 * - `secret_malformed`: The text that came as the secret has not the form of one.
 * - `secret_stopped`: The secret was this app's, and stopped.
 * - `secret_of_another_app`: The secret is that of another app of the workspace.
 * - `secret_unknown`: The secret is none of this app's.
 * - `client_not_confidential`: Only apps with a secret may call the endpoint.
 * - `too_many_requests`: There were too many requests.
 * - `plan_without_api`: The plan of the workspace does not include the API.
 * - `grant_unknown`: There is no such grant here.
 * - `grant_not_enabled`: The grant is not switched on for this app.
 * - `grant_not_for_public_apps`: A public app asked for a token for itself.
 * - `redirect_uri_missing`: The redirect URI is missing, and the app registered several or none.
 * - `redirect_uri_mismatch`: The redirect URI is not a registered one.
 * - `redirect_uri_removed`: The redirect URI that a code was issued for is registered no more.
 * - `request_object`: The request has a request object by value.
 * - `pushed_request_over`: The `request_uri` is over, answered, or not this app's.
 * - `response_type_unsupported`: The response type or mode is not answered.
 * - `challenge_missing`: The request has no PKCE challenge.
 * - `challenge_method_unsupported`: The challenge's method is not S256.
 * - `challenge_malformed`: The challenge is no SHA-256 in base64url.
 * - `resource_unknown`: The `resource` is not this API.
 * - `scope_not_allowed`: The app may have none of the scopes.
 * - `scope_exceeds_grant`: A refresh asks for more than was given.
 * - `scopes_lost`: The app or the member has lost all of the scopes.
 * - `login_needed`: With `prompt=none`: nobody is signed in, or not as the app wants.
 * - `consent_needed`: With `prompt=none`: the member must be asked.
 * - `member_denied`: The member said no.
 * - `member_of_another_workspace`: The member belongs to another workspace.
 * - `member_may_do_nothing`: The member may do nothing of what the app asks for.
 * - `app_not_admitted`: The member's workspace does not let the app in.
 * - `code_unknown`: There is no such code.
 * - `code_of_another_app`: The code was issued to another app.
 * - `code_used`: The code was used before.
 * - `code_expired`: The code had expired.
 * - `code_redirect_uri_mismatch`: The code was issued for another redirect URI.
 * - `verifier_missing`: The verifier is missing.
 * - `verifier_mismatch`: The verifier does not match the challenge.
 * - `consent_ended`: The member withdrew the consent, or left the workspace.
 * - `device_code_unknown`: There is no such device code.
 * - `device_code_of_another_app`: The device code was given to another app.
 * - `device_code_used`: The device code has given its tokens before.
 * - `device_code_expired`: No member answered in time.
 * - `answer_pending`: A device waits for a member's answer. This is no failure, and is not kept.
 * - `polled_too_often`: The device asked sooner than it may.
 * - `devices_waiting`: Too many devices of the app wait for an answer.
 * - `refresh_token_unknown`: The text that came as the refresh token is none of this server's.
 * - `refresh_token_of_another_app`: The refresh token was given to another app.
 * - `refresh_token_replaced`: The refresh token was replaced, and its successor is not given again.
 * - `refresh_token_reused`: The refresh token was used again after its successor was used.
 * - `refresh_token_expired`: The refresh token had expired.
 * - `refresh_token_revoked`: The refresh token was revoked.
 * - `token_of_another_app`: The token was given to another app.
 * - `server_failed`: The server could not answer, which is not the app's doing.
 *
 * More words may be added.
 */
export type FailureCause =
  | "form_unreadable"
  | "form_has_nul"
  | "method_not_allowed"
  | "parameter_missing"
  | "parameter_repeated"
  | "parameter_invalid"
  | "parameters_too_large"
  | "client_unknown"
  | "document_url_invalid"
  | "document_unreachable"
  | "document_invalid"
  | "documents_not_taken"
  | "documents_too_many"
  | "app_suspended"
  | "authorization_header_malformed"
  | "credentials_twice"
  | "client_id_mismatch"
  | "secret_missing"
  | "secret_unexpected"
  | "secret_malformed"
  | "secret_stopped"
  | "secret_of_another_app"
  | "secret_unknown"
  | "client_not_confidential"
  | "too_many_requests"
  | "plan_without_api"
  | "grant_unknown"
  | "grant_not_enabled"
  | "grant_not_for_public_apps"
  | "redirect_uri_missing"
  | "redirect_uri_mismatch"
  | "redirect_uri_removed"
  | "request_object"
  | "pushed_request_over"
  | "response_type_unsupported"
  | "challenge_missing"
  | "challenge_method_unsupported"
  | "challenge_malformed"
  | "resource_unknown"
  | "scope_not_allowed"
  | "scope_exceeds_grant"
  | "scopes_lost"
  | "login_needed"
  | "consent_needed"
  | "member_denied"
  | "member_of_another_workspace"
  | "member_may_do_nothing"
  | "app_not_admitted"
  | "code_unknown"
  | "code_of_another_app"
  | "code_used"
  | "code_expired"
  | "code_redirect_uri_mismatch"
  | "verifier_missing"
  | "verifier_mismatch"
  | "consent_ended"
  | "device_code_unknown"
  | "device_code_of_another_app"
  | "device_code_used"
  | "device_code_expired"
  | "answer_pending"
  | "polled_too_often"
  | "devices_waiting"
  | "refresh_token_unknown"
  | "refresh_token_of_another_app"
  | "refresh_token_replaced"
  | "refresh_token_reused"
  | "refresh_token_expired"
  | "refresh_token_revoked"
  | "token_of_another_app"
  | "server_failed"
  | (string & {});

/**
 * The stable name of what is wrong with one field, for programs. [`FaultCode::meaning`] says what each means.
 *
 * - `required`
 * - `unknown_field`
 * - `unknown_parameter`
 * - `duplicate`
 * - `wrong_type`
 * - `malformed`
 * - `too_short`
 * - `too_long`
 * - `too_deep`
 * - `out_of_range`
 * - `unknown_word`
 * - `invalid_characters`
 * - `not_allowed`
 * - `not_found`
 * - `contains_secret`
 *
 * More words may be added.
 */
export type FaultCode =
  | "required"
  | "unknown_field"
  | "unknown_parameter"
  | "duplicate"
  | "wrong_type"
  | "malformed"
  | "too_short"
  | "too_long"
  | "too_deep"
  | "out_of_range"
  | "unknown_word"
  | "invalid_characters"
  | "not_allowed"
  | "not_found"
  | "contains_secret"
  | (string & {});

/** One field at fault. */
export interface FieldError {
  /** What is wrong, for programs. */
  code: FaultCode;
  /** What is wrong and what would be right, as a sentence. */
  detail: string;
  /**
   * In a body the field's JSON Pointer (RFC 6901), such as `/event_types/2`; empty for the whole body. Elsewhere the
   * name of the parameter or header, such as `limit`.
   */
  field: string;
  /** The part of the request in which the field stands. */
  in: FieldPlace;
}

/**
 * The part of a request in which a field stands.
 *
 * - `body`: The request's body.
 * - `query`: The request's query.
 * - `header`: The request's headers.
 * - `path`: The request's path.
 *
 * More words may be added.
 */
export type FieldPlace = "body" | "query" | "header" | "path" | (string & {});

/** A condition on one field. */
export interface FilterCondition {
  /** The comparison. */
  op: KnownFilterOp;
  /**
   * The field, as names with dots between, from the message's body on: `data.status`. At least one of the webhook's event
   * types must have it.
   */
  path: string;
  /**
   * The value that the field is compared with, of the field's type. `in` takes a list of at most 50 values; `exists` takes a boolean
   * or nothing.
   */
  value?: unknown;
}

/** The number of past events that a filter would have let through. */
export interface FilterPreview {
  /** `false` where there were more events than one preview looks at. */
  complete: boolean;
  /** The events of these types that were looked at, the newest first. */
  examined: number;
  /** The events that match. */
  matched: number;
  /**
   * The time from which on events were looked at: 30 days ago, or later where there were too many to look at them all.
   */
  since: Timestamp;
}

/**
 * How the app may obtain tokens.
 *
 * - `authorization_code`: A member's consent, with PKCE.
 * - `refresh_token`: Rotating refresh tokens.
 * - `client_credentials`: The app as itself; confidential apps only.
 * - `device_code`: A member's consent by a code that a device without a browser shows (RFC 8628).
 *
 * More words may be added.
 */
export type GrantType =
  | "authorization_code"
  | "refresh_token"
  | "client_credentials"
  | "device_code"
  | (string & {});

/** A header as it went over the wire. */
export interface Header {
  /** Lower-case name. */
  name: string;
  /** Value, with what is not text replaced. */
  value: string;
}

/** A code or a refresh token that was used twice; every token that came from it has ended. */
export interface Incident {
  /** The time at which an admin acknowledged it; `null` until then. */
  acknowledged_at?: Timestamp | null;
  /** The admin who acknowledged it last. */
  acknowledged_by?: MemberRef | null;
  /** The address of the first use; `null` where it is not known. */
  first_ip?: string | null;
  /** The time of the first use; `null` where it is not known. */
  first_used_at?: Timestamp | null;
  /** The incident's id: the token family that ended. */
  id: TokenFamilyId;
  /** The address of the second use. */
  ip?: string | null;
  /** The kind of incident. */
  kind: IncidentKind;
  /** The likely cause; `null` where too little is known of the first use. The tokens end whatever it is. */
  likely?: LikelyCause | null;
  /** The member for whom the tokens acted. */
  member: MemberRef;
  /** The note of that admin; `null` where there is none. */
  note?: string | null;
  /** The time of the second use. */
  occurred_at: Timestamp;
  /** The whole seconds between the two uses; `null` where `first_used_at` is. */
  seconds_between?: number | null;
}

/**
 * The kind of an incident.
 *
 * - `refresh_token_reused`: A refresh token was used again after its successor.
 * - `code_reused`: An authorization code was used twice.
 *
 * More words may be added.
 */
export type IncidentKind = "refresh_token_reused" | "code_reused" | (string & {});

/**
 * The deliveries that a recovery is for.
 *
 * - `failed`: Those that failed, for good or for now.
 * - `canceled`: Those that were canceled.
 * - `missing`: Events that the webhook wants and was never to get: they were published before it existed, or are of a type that it did not want then.
 * - `succeeded`: Those that the receiver took: they are sent once more.
 *
 * More words may be added.
 */
export type Included = "failed" | "canceled" | "missing" | "succeeded" | (string & {});

/**
 * The state of an app of another workspace in this one.
 *
 * - `requested`: A member has asked for it, and no admin has answered.
 * - `refused`: An admin has refused it.
 * - `active`: Members may let it act for them.
 * - `paused`: An admin has stopped it, for now.
 *
 * More words may be added.
 */
export type InstallStatus = "requested" | "refused" | "active" | "paused" | (string & {});

/**
 * The workspace's policy: the apps of other workspaces that may come in.
 *
 * - `open`: Any: a member who lets it act for them installs it.
 * - `ask`: Those that an admin approves; members may ask for them.
 * - `list`: Those that an admin installs; members may not ask for others.
 */
export type KnownAppPolicy = "open" | "ask" | "list";

/**
 * The party whose problem a failure is.
 *
 * - `configuration`: Something in the webhook or its receiver is set up wrongly: waiting will not help.
 * - `outage`: The receiver is down or broken for now: the schedule will try again.
 * - `throttling`: The receiver asks us to slow down.
 * - `ours`: The fault is on our side.
 */
export type KnownCategory = "configuration" | "outage" | "throttling" | "ours";

/**
 * The workspace's word on apps that are known by a metadata document: their `client_id` is an `https` URL.
 *
 * - `off`: No document is fetched, and no such app asks. Those that are installed keep what members allowed them.
 * - `on`: They may ask, and the policy says who lets them in.
 */
export type KnownClientDocuments = "off" | "on";

/**
 * The kind of client: one that can keep a secret, or one that cannot (RFC 6749, section 2.1).
 *
 * - `confidential`: It authenticates with a client secret.
 * - `public`: It runs where a secret cannot be kept, and has none.
 */
export type KnownClientKind = "confidential" | "public";

/**
 * The workspaces in which an app may act.
 *
 * - `workspace`: The app's own alone.
 * - `public`: Each that installs it.
 */
export type KnownDistribution = "workspace" | "public";

/**
 * A catalogued type of event.
 *
 * - `ticket.created`: A ticket was created.
 * - `ticket.updated`: A ticket's fields changed.
 * - `ticket.closed`: A ticket was closed.
 * - `comment.created`: A comment was written on a ticket.
 * - `note.created`: An internal note was written on a ticket.
 * - `broadcast.created`: A broadcast was drafted.
 * - `broadcast.sent`: A broadcast was sent.
 * - `webhook.disabled`: A webhook was disabled.
 * - `webhook.recovered`: A webhook that was failing works again.
 * - `delivery.exhausted`: A delivery used up its retries.
 * - `api_key.created`: An API key was created.
 * - `api_key.revoked`: An API key was revoked.
 * - `oauth_app.secret_rotated`: An OAuth app's client secret was rotated.
 * - `webhook.test`: Somebody pressed "Send test".
 */
export type KnownEventType =
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
  | "webhook.test";

/**
 * A comparison of a field with a value.
 *
 * - `eq`: The field is the value.
 * - `ne`: The field is there, and is not the value.
 * - `in`: The field is one of the values.
 * - `prefix`: The text begins with the value.
 * - `exists`: The field is there and not `null`; with the value `false`: it is not.
 * - `gt`: The number or time is greater, or later.
 * - `gte`: The number or time is at least the value.
 * - `lt`: The number or time is smaller, or earlier.
 * - `lte`: The number or time is at most the value.
 */
export type KnownFilterOp = "eq" | "ne" | "in" | "prefix" | "exists" | "gt" | "gte" | "lt" | "lte";

/**
 * How the app may obtain tokens.
 *
 * - `authorization_code`: A member's consent, with PKCE.
 * - `refresh_token`: Rotating refresh tokens.
 * - `client_credentials`: The app as itself; confidential apps only.
 * - `device_code`: A member's consent by a code that a device without a browser shows (RFC 8628).
 */
export type KnownGrantType = "authorization_code" | "refresh_token" | "client_credentials" | "device_code";

/**
 * The deliveries that a recovery is for.
 *
 * - `failed`: Those that failed, for good or for now.
 * - `canceled`: Those that were canceled.
 * - `missing`: Events that the webhook wants and was never to get: they were published before it existed, or are of a type that it did not want then.
 * - `succeeded`: Those that the receiver took: they are sent once more.
 */
export type KnownIncluded = "failed" | "canceled" | "missing" | "succeeded";

/**
 * How long an old secret keeps working after a rotation.
 *
 * - `none`: It stops at once.
 * - `1h`: One hour.
 * - `24h`: One day.
 * - `7d`: One week.
 */
export type KnownOverlap = "none" | "1h" | "24h" | "7d";

/**
 * The stable name of an error, for programs. It is the `code` of a problem document and the end of its `type`.
 *
 * - `malformed-json`: The body is not JSON.
 * - `bad-request`: The request cannot be read: a query parameter, header or cursor is not of its form.
 * - `validation`: One or more fields are wrong; `errors` names them.
 * - `unauthenticated`: No credential was sent.
 * - `invalid-sign-in`: E-mail or password is wrong.
 * - `invalid-credential`: The credential is not one of ours, or no longer.
 * - `key-revoked`: The API key was revoked.
 * - `key-replaced`: The API key was replaced by its successor.
 * - `key-expired`: The API key has expired.
 * - `address-not-allowed`: The API key may not be used from this address.
 * - `insufficient-scope`: The credential lacks a scope, which `detail` names.
 * - `admin-required`: Only an admin's session may do this.
 * - `session-required`: Only a signed-in session may do this.
 * - `not-rotatable`: Only an API key that an admin marked rotatable may do this.
 * - `plan-required`: The workspace's plan does not include the API.
 * - `plan-limit`: The plan's limit for this kind of object is reached.
 * - `not-a-member`: The member does not belong to the workspace that this is about.
 * - `cross-origin`: The change did not come from our own origin.
 * - `not-found`: No such object in this workspace.
 * - `method-not-allowed`: The path exists, the method does not.
 * - `request-timeout`: The request did not come in time.
 * - `conflict`: The object's state does not allow this; `detail` says why.
 * - `workspace-mismatch`: The credential acts in another workspace than `Sayless-Workspace` names.
 * - `idempotency-in-progress`: A request with the same `Idempotency-Key` is still running.
 * - `idempotency-mismatch`: The `Idempotency-Key` was used with another body.
 * - `idempotency-expired`: The first answer to the `Idempotency-Key` held a secret and is no longer kept; `detail` names the object.
 * - `precondition-failed`: The object has changed since the version that `If-Match` names.
 * - `events-expired`: Events after this place of the log are no longer kept; `detail` names the oldest that is.
 * - `uri-too-long`: The path with its query is longer than is read.
 * - `headers-too-large`: The headers are longer, or more, than are read.
 * - `body-too-large`: The body is larger than allowed.
 * - `unsupported-media-type`: The body is not `application/json`.
 * - `secret-in-text`: The text contains a live credential.
 * - `rate-limited`: Too many requests; `Retry-After` says when to come back.
 * - `unavailable`: The service cannot answer now; `Retry-After` says when to come back.
 * - `internal`: Something failed on our side; the log has the cause under `request_id`.
 */
export type KnownProblemType =
  | "malformed-json"
  | "bad-request"
  | "validation"
  | "unauthenticated"
  | "invalid-sign-in"
  | "invalid-credential"
  | "key-revoked"
  | "key-replaced"
  | "key-expired"
  | "address-not-allowed"
  | "insufficient-scope"
  | "admin-required"
  | "session-required"
  | "not-rotatable"
  | "plan-required"
  | "plan-limit"
  | "not-a-member"
  | "cross-origin"
  | "not-found"
  | "method-not-allowed"
  | "request-timeout"
  | "conflict"
  | "workspace-mismatch"
  | "idempotency-in-progress"
  | "idempotency-mismatch"
  | "idempotency-expired"
  | "precondition-failed"
  | "events-expired"
  | "uri-too-long"
  | "headers-too-large"
  | "body-too-large"
  | "unsupported-media-type"
  | "secret-in-text"
  | "rate-limited"
  | "unavailable"
  | "internal";

/**
 * One permission that a key or a token can hold.
 *
 * - `tickets:read`: Read tickets, comments and notes.
 * - `tickets:write`: Create and change tickets, comments and notes.
 * - `broadcasts:read`: Read broadcasts.
 * - `broadcasts:write`: Create and send broadcasts.
 * - `events:write`: Publish events.
 * - `webhooks:read`: Read webhooks and event types.
 * - `webhooks:write`: Create, change and delete webhooks for event types that the credential may read.
 * - `deliveries:read`: Read events, deliveries and their attempts.
 * - `deliveries:retry`: Retry and recover deliveries.
 * - `audit:read`: Read the audit log.
 */
export type KnownScope =
  | "tickets:read"
  | "tickets:write"
  | "broadcasts:read"
  | "broadcasts:write"
  | "events:write"
  | "webhooks:read"
  | "webhooks:write"
  | "deliveries:read"
  | "deliveries:retry"
  | "audit:read";

/**
 * How messages are signed (Standard Webhooks).
 *
 * - `v1`: HMAC-SHA-256 with a shared `whsec_` secret.
 * - `v1a`: Ed25519; receivers verify with a `whpk_` public key.
 */
export type KnownSignatureScheme = "v1" | "v1a";

/**
 * The state of a ticket.
 *
 * - `open`: Somebody still has to act.
 * - `closed`: Done.
 */
export type KnownTicketStatus = "open" | "closed";

/**
 * The likely cause of an incident, a guess from what is known of both uses. New words may come.
 *
 * - `retry`: The client sent the same twice: both uses came from one address within a minute, with the same client authentication.
 * - `copy`: Somebody has a copy: the second use came from another address, much later, or with another client authentication.
 *
 * More words may be added.
 */
export type LikelyCause = "retry" | "copy" | (string & {});

/** What a plan allows. */
export interface Limits {
  /** Whether the API may be used at all. */
  api_access: boolean;
  /** The most API keys that are neither revoked nor expired. */
  api_keys: number;
  /** The most OAuth apps. */
  oauth_apps: number;
  /** API requests per minute and credential. */
  requests_per_minute: number;
  /** The most webhooks. */
  webhooks: number;
  /**
   * API requests per minute of all keys and tokens of the workspace together, however many there are. Members' sessions
   * have a ceiling of the same size of their own, so that an admin can still stop what uses up this one.
   */
  workspace_requests_per_minute: number;
}

/** A member as the session sees them. */
export interface Member {
  /** The member's e-mail address. */
  email: string;
  /** The member's id. */
  id: MemberId;
  /** The member's role in the session's workspace. */
  role: Role;
}

/** Such as `usr_01JDBN5X7W3Q9K2M4E6R8T0VYZ`. */
export type MemberId = string;

/** A member, as other objects refer to them. */
export interface MemberRef {
  /** The member's e-mail address. */
  email: string;
  /** The member's id. */
  id: MemberId;
}

/** Create an API key. */
export interface NewApiKey {
  /** Addresses or CIDR ranges the key may be used from, at most 50; from anywhere where empty. */
  allowed_ips?: string[];
  /** When the key stops working; never where absent. */
  expires_at?: Timestamp | null;
  /** What the key is for: 1 to 100 characters. */
  name: string;
  /**
   * The key that the new one is to replace, which must work. Its webhooks are the new key's, too, at once; they stay the new
   * one's when the old one is revoked.
   */
  replaces?: ApiKeyId | null;
  /** Whether the key may replace itself (`POST /v1/api-keys/self/rotate`). */
  rotatable?: boolean;
  /** What the key may do: at least one scope. */
  scopes: KnownScope[];
}

/** Draft a broadcast. */
export interface NewBroadcast {
  /** At most 20,000 characters. */
  body?: string;
  /** 1 to 200 characters. */
  subject: string;
}

/** Publish an event. */
export interface NewEvent {
  /**
   * What happened, checked against the type's schema; further properties are allowed. The data is sent byte for byte as it came:
   * digits, order, escapes and whitespace. A name that stands twice in one object, half of a surrogate pair, and nesting over
   * 64 levels are refused.
   */
  data: Record<string, unknown>;
  /** A publishable type of the catalogue. */
  type: KnownEventType;
}

/** Create an OAuth app. */
export interface NewOAuthApp {
  /** What the app does: at most 500 characters. */
  description?: string | null;
  /** `workspace` or `public`; `workspace` where absent. */
  distribution?: KnownDistribution | null;
  /** How it may obtain tokens; `authorization_code` and `refresh_token` where absent. */
  grants?: KnownGrantType[] | null;
  /** The app's https homepage. */
  homepage_url?: string | null;
  /** `confidential` or `public`. */
  kind: KnownClientKind;
  /** The app's logo, a PNG, JPEG or WebP of at most 64 KiB as a `data:` URL. */
  logo?: string | null;
  /** The name that members see on the consent screen: 1 to 100 characters. */
  name: string;
  /** Those of the scopes that each member may leave out; none where absent. */
  optional_scopes?: KnownScope[] | null;
  /** A domain of the publisher's, such as `acme.example`. Other workspaces see it once it is verified. */
  publisher_domain?: string | null;
  /**
   * The name of whoever publishes the app, as other workspaces read it: at most 100 characters. A public app needs it.
   */
  publisher_name?: string | null;
  /**
   * Where members may be sent back to, at most 20: https; http on a loopback IP; for public apps also on `localhost`, and a scheme
   * of the app's own.
   */
  redirect_uris: string[];
  /** What the app may ask for. */
  scopes: KnownScope[];
}

/**
 * Recover many deliveries: those that `failed`, were `canceled` or `succeeded` start their schedule anew, those that are
 * `retrying` get one attempt now, and `missing` ones are made. Absent fields choose all.
 */
export interface NewRecovery {
  /**
   * Try a few first: 1 delivery, then 10, then 100, then all others at the full pace. Where most of a stage fails, the recovery stops
   * there. Until the last stage each delivery gets a single attempt, beside its schedule.
   */
  canary?: boolean;
  /** Only where the last failure is `configuration`, `outage`, `throttling` or `ours`. */
  category?: KnownCategory | null;
  /** Only count, and change nothing: the answer is a recovery without an id. */
  dry_run?: boolean;
  /** Only events of this type. */
  event_type?: KnownEventType | null;
  /**
   * Which deliveries: `failed` (those that are retrying, too), `canceled`, `missing` and `succeeded`; the first two where absent. The
   * last two need a `webhook_id`.
   */
  include?: KnownIncluded[] | null;
  /** How many deliveries to set going per second: 1 to 1,000, 20 where absent. */
  rate_per_second?: number | null;
  /** Only created at or after this time (RFC 3339). */
  since?: Timestamp | null;
  /** Only created before this time (RFC 3339); now where absent or later. */
  until?: Timestamp | null;
  /** Only of this webhook. */
  webhook_id?: WebhookId | null;
}

/** Write a comment or a note. */
export interface NewRemark {
  /** 1 to 20,000 characters. */
  body: string;
}

/** Send an event to a webhook. */
export interface NewSend {
  /** The webhook's id. */
  webhook_id: WebhookId;
}

/** Send a test: `webhook.test` where nothing is chosen. */
export interface NewTest {
  /** Send this event of the past, as it was sent then; its type must be one that the webhook wants. */
  event_id?: EventId | null;
  /** Send the example of this type, which the webhook must want; or `webhook.test`. */
  event_type?: KnownEventType | null;
}

/** Create a ticket. */
export interface NewTicket {
  /** Who works on it: an e-mail address or a name, at most 200 characters. */
  assignee?: string | null;
  /** At most 20,000 characters. */
  body?: string;
  /** 1 to 200 characters. */
  title: string;
}

/** Create a webhook. */
export interface NewWebhook {
  /** The webhook's purpose, in its owner's words: at most 200 characters. */
  description?: string | null;
  /** Event types, groups such as `ticket.*`, or `*` for all: at least one. */
  event_types: string[];
  /** Only events that pass this filter are sent; every event of the types where absent. */
  filter?: EventFilter | null;
  /**
   * Request headers of your own, at most 10 and 4,096 bytes: kept encrypted, never shown again, sent with every message.
   */
  headers?: NewWebhookHeader[] | null;
  /** One delivery at a time, oldest first: one that fails holds back the later ones until it succeeds or is skipped. */
  ordered?: boolean | null;
  /** The most deliveries per second that the receiver is sent, 1 to 1,000; no limit where absent. */
  rate_limit?: number | null;
  /** `v1` (the default) or `v1a`. */
  signature?: KnownSignatureScheme | null;
  /** Where events are sent: https, at most 2,048 characters, without credentials or fragment. */
  url: string;
}

/** A header that a webhook is to be sent with. */
export interface NewWebhookHeader {
  /** The header's name. Case does not count; it is sent in lower case. */
  name: string;
  /**
   * The value, which is never shown again: printable ASCII. Where it is left out, a header of this name keeps its value.
   */
  value?: string | null;
}

/** A note on a ticket, which only the team sees. */
export interface Note {
  /** What it says. */
  body: string;
  /** When it was written. */
  created_at: Timestamp;
  /** The note's id. */
  id: NoteId;
  /** The ticket it is on. */
  ticket_id: TicketId;
}

/** Such as `nte_01JDBN5X7W3Q9K2M4E6R8T0VYZ`. */
export type NoteId = string;

/** An OAuth app. */
export interface OAuthApp {
  /** When it was created. */
  created_at: Timestamp;
  /** Who created it. */
  created_by: Actor;
  /** What the app does; empty where not said. */
  description: string;
  /** The workspaces in which it may act. */
  distribution: Distribution;
  /** How it may obtain tokens. */
  grants: GrantType[];
  /** The app's homepage; empty where not said. */
  homepage_url: string;
  /** The app's id, which is its `client_id`. */
  id: OAuthAppId;
  /** The number of other workspaces that have installed it. */
  installs: number;
  /** The app's kind: able to keep a secret, or not. */
  kind: ClientKind;
  /** The app's logo as a `data:` URL; empty where there is none. */
  logo: string;
  /** The name that members see. */
  name: string;
  /** The number of incidents of the last 90 days that nobody has acknowledged. */
  open_incidents: number;
  /** Those of the scopes that each member may leave out. */
  optional_scopes: Scope[];
  /** The domain that the publisher claims; empty where not said. Other workspaces see it while it is verified. */
  publisher_domain: string;
  /** The fault that the last check of the domain found, in words; `null` where it found none. */
  publisher_domain_fault?: string | null;
  /** The time since which a file at the domain has proved the claim; `null` while the domain is not verified. */
  publisher_domain_verified_at?: Timestamp | null;
  /** The name of whoever stands behind the app, as other workspaces read it; empty where not said. */
  publisher_name: string;
  /** Remarks on some of the redirect URIs. */
  redirect_uri_remarks: RedirectUriRemark[];
  /** Where members may be sent back to. */
  redirect_uris: string[];
  /** What the app may ask for. */
  scopes: Scope[];
  /** Its client secrets that still work, newest first; never the secrets themselves. */
  secrets: ClientSecret[];
  /** The app's state: it works, or why not. */
  status: OAuthAppStatus;
  /** When it was suspended. */
  suspended_at?: Timestamp | null;
}

/** What an app holds right now, and what happened to it lately. */
export interface OAuthAppActivity {
  /** Access tokens that act for members and have not ended. */
  access_tokens: number;
  /** Members who let it act for them. */
  authorizations: number;
  /** Access tokens that act as the app itself and have not ended, to the minute. */
  client_credentials_tokens: number;
  /** Codes and refresh tokens of it that were used twice, in the last 90 days, newest first, at most 20. */
  incidents: Incident[];
  /** Refresh tokens that have not ended, one for each time a member went through consent. */
  refresh_tokens: number;
  /** Access tokens that it gave back in the last 24 hours, to the hour. */
  revoked_tokens: number;
}

/** Change an OAuth app by a merge patch: absent fields stay, `null` clears. */
export interface OAuthAppChanges {
  /** What the app does. */
  description?: string | null;
  /** In which workspaces it may act. */
  distribution?: KnownDistribution;
  /** How it may obtain tokens. */
  grants?: KnownGrantType[];
  /** The app's https homepage. */
  homepage_url?: string | null;
  /** The app's logo as a `data:` URL. */
  logo?: string | null;
  /** The name that members see. */
  name?: string;
  /** Those of the scopes that each member may leave out. */
  optional_scopes?: KnownScope[];
  /** A domain of the publisher's. Another one is not verified any more. */
  publisher_domain?: string | null;
  /** The name of whoever publishes the app. */
  publisher_name?: string | null;
  /** Where members may be sent back to. */
  redirect_uris?: string[];
  /** What the app may ask for. */
  scopes?: KnownScope[];
}

/** Such as `app_01JDBN5X7W3Q9K2M4E6R8T0VYZ`. */
export type OAuthAppId = string;

/**
 * The state of an app.
 *
 * - `active`: It works.
 * - `suspended`: An admin suspended it: it gets no tokens, and those it has are refused.
 *
 * More words may be added.
 */
export type OAuthAppStatus = "active" | "suspended" | (string & {});

/**
 * An endpoint of the OAuth server.
 *
 * - `authorize`: `/oauth/authorize`, and the consent screen behind it.
 * - `par`: `/oauth/par` (RFC 9126).
 * - `token`: `/oauth/token`.
 * - `revoke`: `/oauth/revoke` (RFC 7009).
 * - `introspect`: `/oauth/introspect` (RFC 7662).
 * - `device_authorization`: `/oauth/device_authorization` (RFC 8628).
 *
 * More words may be added.
 */
export type OAuthEndpoint =
  | "authorize"
  | "par"
  | "token"
  | "revoke"
  | "introspect"
  | "device_authorization"
  | (string & {});

/**
 * The `error` that an app was answered with: the registered codes that this server uses.
 *
 * - `invalid_request`: A parameter is missing, repeated or malformed (RFC 6749, section 5.2).
 * - `invalid_client`: The client did not prove who it is.
 * - `invalid_grant`: The code or refresh token is not good, or not this client's.
 * - `unauthorized_client`: The client may not use this grant.
 * - `unsupported_grant_type`: There is no such grant.
 * - `invalid_scope`: A scope is unknown, or more than was given.
 * - `invalid_target`: There is no such resource (RFC 8707, section 2).
 * - `access_denied`: The member said no.
 * - `authorization_pending`: The member has not answered yet (RFC 8628, section 3.5).
 * - `slow_down`: The member has not answered yet, and the device asks too often (RFC 8628, section 3.5).
 * - `expired_token`: The member has not answered in time (RFC 8628, section 3.5).
 * - `login_required`: The app wants nothing shown, and the member is not signed in as it wants (`OpenID` Connect Core, section 3.1.2.6).
 * - `consent_required`: The app wants nothing shown, and the member must be asked.
 * - `unsupported_response_type`: Only `code` is answered.
 * - `invalid_request_uri`: The pushed request is over, used or not this client's (RFC 9101, section 6.3).
 * - `request_not_supported`: Request objects by value are not read (RFC 9101, section 6.3).
 * - `temporarily_unavailable`: The server cannot answer now, but may in a moment.
 * - `server_error`: Something failed on our side.
 *
 * More words may be added.
 */
export type OAuthErrorCode =
  | "invalid_request"
  | "invalid_client"
  | "invalid_grant"
  | "unauthorized_client"
  | "unsupported_grant_type"
  | "invalid_scope"
  | "invalid_target"
  | "access_denied"
  | "authorization_pending"
  | "slow_down"
  | "expired_token"
  | "login_required"
  | "consent_required"
  | "unsupported_response_type"
  | "invalid_request_uri"
  | "request_not_supported"
  | "temporarily_unavailable"
  | "server_error"
  | (string & {});

/** A failed request of an OAuth app. Requests that failed alike within a minute are one. */
export interface OAuthFailure {
  /** The cause. */
  cause: FailureCause;
  /** The number of requests. */
  count: number;
  /**
   * The cause of the last request in a sentence, without any secret. Redirect URIs stand there without the values of their queries.
   */
  detail: string;
  /** The endpoint. */
  endpoint: OAuthEndpoint;
  /** The `error` that the app was answered with, or that a page showed. */
  error: OAuthErrorCode;
  /** The failure's id. */
  id: OAuthFailureId;
  /**
   * The address that the requests came from; `null` where a member of another workspace may stand behind it, and where there were
   * too many.
   */
  ip?: string | null;
  /** The time of the last request that failed alike. */
  last_at: Timestamp;
  /** The time of the first request. */
  occurred_at: Timestamp;
  /** The `x-request-id` of the last answer. */
  request_id: string;
  /** The HTTP status of the last answer: 303 where the browser went back to the app with the error. */
  status: number;
  /** The `User-Agent` of the last request, at most 200 characters; `null` where it said nothing, and where `ip` is. */
  user_agent?: string | null;
}

/** Such as `oaf_01JDBN5X7W3Q9K2M4E6R8T0VYZ`. */
export type OAuthFailureId = string;

/** The owner of a webhook. A key or an app sees and changes its own webhooks alone. */
export interface Owner {
  /** The member's, key's or app's id. Of keys that replaced each other it is the newest that works. */
  id: string;
  /** The member's e-mail address, or the key's or app's name. */
  name: string;
  /** The kind of owner. */
  type: OwnerKind;
}

/**
 * What kind of owner a webhook has.
 *
 * - `member`: A member.
 * - `api_key`: An API key, and those that replace it.
 * - `oauth_app`: An OAuth app, as itself and for whichever member.
 *
 * More words may be added.
 */
export type OwnerKind = "member" | "api_key" | "oauth_app" | (string & {});

/** One page of a list. */
export interface PageApiKey {
  /** The results, newest first. */
  data: ApiKey[];
  /** Pass as `cursor` for the next page; `null` on the last one. */
  next_cursor?: string | null;
}

/** One page of a list. */
export interface PageAppInstall {
  /** The results, newest first. */
  data: AppInstall[];
  /** Pass as `cursor` for the next page; `null` on the last one. */
  next_cursor?: string | null;
}

/** One page of a list. */
export interface PageAttempt {
  /** The results, newest first. */
  data: Attempt[];
  /** Pass as `cursor` for the next page; `null` on the last one. */
  next_cursor?: string | null;
}

/** One page of a list. */
export interface PageAuditEntry {
  /** The results, newest first. */
  data: AuditEntry[];
  /** Pass as `cursor` for the next page; `null` on the last one. */
  next_cursor?: string | null;
}

/** One page of a list. */
export interface PageAuthorization {
  /** The results, newest first. */
  data: Authorization[];
  /** Pass as `cursor` for the next page; `null` on the last one. */
  next_cursor?: string | null;
}

/** One page of a list. */
export interface PageBroadcast {
  /** The results, newest first. */
  data: Broadcast[];
  /** Pass as `cursor` for the next page; `null` on the last one. */
  next_cursor?: string | null;
}

/** One page of a list. */
export interface PageClientSecret {
  /** The results, newest first. */
  data: ClientSecret[];
  /** Pass as `cursor` for the next page; `null` on the last one. */
  next_cursor?: string | null;
}

/** One page of a list. */
export interface PageComment {
  /** The results, newest first. */
  data: Comment[];
  /** Pass as `cursor` for the next page; `null` on the last one. */
  next_cursor?: string | null;
}

/** One page of a list. */
export interface PageDelivery {
  /** The results, newest first. */
  data: Delivery[];
  /** Pass as `cursor` for the next page; `null` on the last one. */
  next_cursor?: string | null;
}

/** One page of a list. */
export interface PageDeliveryAddress {
  /** The results, newest first. */
  data: DeliveryAddress[];
  /** Pass as `cursor` for the next page; `null` on the last one. */
  next_cursor?: string | null;
}

/** One page of a list. */
export interface PageEvent {
  /** The results, newest first. */
  data: Event[];
  /** Pass as `cursor` for the next page; `null` on the last one. */
  next_cursor?: string | null;
}

/** One page of a list. */
export interface PageEventTypeInfo {
  /** The results, newest first. */
  data: EventTypeInfo[];
  /** Pass as `cursor` for the next page; `null` on the last one. */
  next_cursor?: string | null;
}

/** One page of a list. */
export interface PageNote {
  /** The results, newest first. */
  data: Note[];
  /** Pass as `cursor` for the next page; `null` on the last one. */
  next_cursor?: string | null;
}

/** One page of a list. */
export interface PageOAuthApp {
  /** The results, newest first. */
  data: OAuthApp[];
  /** Pass as `cursor` for the next page; `null` on the last one. */
  next_cursor?: string | null;
}

/** One page of a list. */
export interface PageOAuthFailure {
  /** The results, newest first. */
  data: OAuthFailure[];
  /** Pass as `cursor` for the next page; `null` on the last one. */
  next_cursor?: string | null;
}

/** One page of a list. */
export interface PageRecovery {
  /** The results, newest first. */
  data: Recovery[];
  /** Pass as `cursor` for the next page; `null` on the last one. */
  next_cursor?: string | null;
}

/** One page of a list. */
export interface PageSigningSecret {
  /** The results, newest first. */
  data: SigningSecret[];
  /** Pass as `cursor` for the next page; `null` on the last one. */
  next_cursor?: string | null;
}

/** One page of a list. */
export interface PageTicket {
  /** The results, newest first. */
  data: Ticket[];
  /** Pass as `cursor` for the next page; `null` on the last one. */
  next_cursor?: string | null;
}

/** One page of a list. */
export interface PageTokenFamily {
  /** The results, newest first. */
  data: TokenFamily[];
  /** Pass as `cursor` for the next page; `null` on the last one. */
  next_cursor?: string | null;
}

/** One page of a list. */
export interface PageWebhook {
  /** The results, newest first. */
  data: Webhook[];
  /** Pass as `cursor` for the next page; `null` on the last one. */
  next_cursor?: string | null;
}

/** An open breaker: five outage or throttling failures in a row opened it, one success closes it. */
export interface Parked {
  /** When the next probe is due. */
  next_probe_at: Timestamp;
  /** How many probes have failed. */
  probes: number;
  /** When it opened. */
  since: Timestamp;
}

/**
 * The workspace's plan: it decides limits and access to the API.
 *
 * - `free`: No API access.
 * - `startup`: API access with the smallest limits.
 * - `business`: API access with ten times the requests and objects that a small team needs.
 * - `enterprise`: API access with the largest limits.
 *
 * More words may be added.
 */
export type Plan = "free" | "startup" | "business" | "enterprise" | (string & {});

/** Try a filter on past events. */
export interface PreviewFilter {
  /** Event types, groups or `*`, as for a webhook. */
  event_types: string[];
  /** The filter; where it is absent, every event of the types matches. */
  filter?: EventFilter | null;
}

/** An `application/problem+json` document (RFC 9457). */
export interface Problem {
  /** The stable name of the error, for programs. */
  code: ProblemType;
  /** What happened and what to do, as a sentence for a person. */
  detail: string;
  /** The fields at fault, where there are any. */
  errors?: FieldError[];
  /** The request's id, also in the `x-request-id` header. */
  request_id?: string | null;
  /** The HTTP status. */
  status: number;
  /** A short title, the same for every occurrence. */
  title: string;
  /** The address of a page that says what the error means and what to do. It ends in `code`. */
  type: string;
}

/** A type of problem: what its page says. */
export interface ProblemDescription {
  /** The stable name, for programs. */
  code: ProblemType;
  /** An answer of this type. */
  example: Problem;
  /** What the problem means, and when it happens. */
  meaning: string;
  /** What the caller can do. */
  remedy: string;
  /** The HTTP status that goes with it. */
  status: number;
  /** A short title, the same for every occurrence. */
  title: string;
  /** The `type` of such problems: the address of the page. */
  type: string;
}

/** All types of problems. */
export interface ProblemDescriptions {
  /** The types, by their status. */
  data: ProblemDescription[];
}

/**
 * The stable name of an error, for programs. It is the `code` of a problem document and the end of its `type`.
 *
 * - `malformed-json`: The body is not JSON.
 * - `bad-request`: The request cannot be read: a query parameter, header or cursor is not of its form.
 * - `validation`: One or more fields are wrong; `errors` names them.
 * - `unauthenticated`: No credential was sent.
 * - `invalid-sign-in`: E-mail or password is wrong.
 * - `invalid-credential`: The credential is not one of ours, or no longer.
 * - `key-revoked`: The API key was revoked.
 * - `key-replaced`: The API key was replaced by its successor.
 * - `key-expired`: The API key has expired.
 * - `address-not-allowed`: The API key may not be used from this address.
 * - `insufficient-scope`: The credential lacks a scope, which `detail` names.
 * - `admin-required`: Only an admin's session may do this.
 * - `session-required`: Only a signed-in session may do this.
 * - `not-rotatable`: Only an API key that an admin marked rotatable may do this.
 * - `plan-required`: The workspace's plan does not include the API.
 * - `plan-limit`: The plan's limit for this kind of object is reached.
 * - `not-a-member`: The member does not belong to the workspace that this is about.
 * - `cross-origin`: The change did not come from our own origin.
 * - `not-found`: No such object in this workspace.
 * - `method-not-allowed`: The path exists, the method does not.
 * - `request-timeout`: The request did not come in time.
 * - `conflict`: The object's state does not allow this; `detail` says why.
 * - `workspace-mismatch`: The credential acts in another workspace than `Sayless-Workspace` names.
 * - `idempotency-in-progress`: A request with the same `Idempotency-Key` is still running.
 * - `idempotency-mismatch`: The `Idempotency-Key` was used with another body.
 * - `idempotency-expired`: The first answer to the `Idempotency-Key` held a secret and is no longer kept; `detail` names the object.
 * - `precondition-failed`: The object has changed since the version that `If-Match` names.
 * - `events-expired`: Events after this place of the log are no longer kept; `detail` names the oldest that is.
 * - `uri-too-long`: The path with its query is longer than is read.
 * - `headers-too-large`: The headers are longer, or more, than are read.
 * - `body-too-large`: The body is larger than allowed.
 * - `unsupported-media-type`: The body is not `application/json`.
 * - `secret-in-text`: The text contains a live credential.
 * - `rate-limited`: Too many requests; `Retry-After` says when to come back.
 * - `unavailable`: The service cannot answer now; `Retry-After` says when to come back.
 * - `internal`: Something failed on our side; the log has the cause under `request_id`.
 *
 * More words may be added.
 */
export type ProblemType =
  | "malformed-json"
  | "bad-request"
  | "validation"
  | "unauthenticated"
  | "invalid-sign-in"
  | "invalid-credential"
  | "key-revoked"
  | "key-replaced"
  | "key-expired"
  | "address-not-allowed"
  | "insufficient-scope"
  | "admin-required"
  | "session-required"
  | "not-rotatable"
  | "plan-required"
  | "plan-limit"
  | "not-a-member"
  | "cross-origin"
  | "not-found"
  | "method-not-allowed"
  | "request-timeout"
  | "conflict"
  | "workspace-mismatch"
  | "idempotency-in-progress"
  | "idempotency-mismatch"
  | "idempotency-expired"
  | "precondition-failed"
  | "events-expired"
  | "uri-too-long"
  | "headers-too-large"
  | "body-too-large"
  | "unsupported-media-type"
  | "secret-in-text"
  | "rate-limited"
  | "unavailable"
  | "internal"
  | (string & {});

/**
 * The right to be shown the content of an event: a scope, or an admin's session.
 *
 * - `tickets:read`: The scope to read tickets, comments and notes.
 * - `broadcasts:read`: The scope to read broadcasts.
 * - `session`: An admin's session: the event is about keys, apps, webhooks or deliveries.
 *
 * More words may be added.
 */
export type ReadAccess = "tickets:read" | "broadcasts:read" | "session" | (string & {});

/** The result of a check. */
export interface ReceiverCheck {
  /** When it was made. */
  checked_at: Timestamp;
  /** What it found out, one for each property. */
  findings: CheckFinding[];
  /** Whether the receiver has every property that could be tried. */
  passed: boolean;
  /**
   * The messages in the order in which they were sent. Where the receiver does not take the valid one, or does not answer, no
   * more are sent.
   */
  steps: CheckStep[];
}

/** A recovery, with how far it is; under `dry_run`, the recovery as it would begin. */
export interface Recovery {
  /** The stage of its canary; `null` where it has none. */
  canary?: Canary | null;
  /** Only of this category. */
  category?: Category | null;
  /** When it was created or counted. */
  created_at: Timestamp;
  /** The member, key or app that asked for the recovery. */
  created_by: Actor;
  /** Only events of this type. */
  event_type?: EventType | null;
  /** When it was done, stopped or canceled. */
  finished_at?: Timestamp | null;
  /** The recovery's id; `null` where it was only counted, or found nothing to do. */
  id?: RecoveryId | null;
  /** Which deliveries. */
  include: Included[];
  /** The same number by status; `null` for a recovery made before that was kept. */
  matched?: RecoveryMatches | null;
  /** The present states of the deliveries that the recovery set going. */
  outcome: RecoveryOutcome;
  /**
   * How many it passed over: recovered by other means meanwhile, or their webhook is disabled or deleted. Where it was only
   * counted, how many it would pass over.
   */
  passed_over: number;
  /** How many deliveries it sets going per second. */
  rate_per_second: number;
  /** Only created at or after. */
  since?: Timestamp | null;
  /** How many of them it has set going. */
  started: number;
  /** Where it stands. */
  status: RecoveryStatus;
  /** Why it stopped; `null` where it did not, or goes on since. */
  stopped?: Stopped | null;
  /** How many deliveries matched when they were counted. */
  total: number;
  /** Only created before. */
  until: Timestamp;
  /** Only of this webhook. */
  webhook_id?: WebhookId | null;
}

/** Such as `rcv_01JDBN5X7W3Q9K2M4E6R8T0VYZ`. */
export type RecoveryId = string;

/** The deliveries that matched a recovery when they were counted, by their status then. */
export interface RecoveryMatches {
  /** Canceled: they start their schedule anew. */
  canceled: number;
  /** Failed for good: they start their schedule anew. */
  failed: number;
  /** Events without a delivery for the webhook: they get one. Counted up to 100,000. */
  missing?: number;
  /** Still retrying: they get one attempt now. */
  retrying: number;
  /** The receiver took them: they are sent once more. */
  succeeded?: number;
}

/** The present states of the deliveries that a recovery set going, as numbers. Each is counted up to 100,000. */
export interface RecoveryOutcome {
  /** Deliveries that failed for good or were canceled again. */
  failed: number;
  /**
   * Deliveries among the waiting ones that were sent and failed again; their schedule goes on. What failed for good is in `failed`.
   */
  failed_again?: number;
  /** Deliveries that the receiver took. */
  succeeded: number;
  /** Deliveries that wait for an attempt or its result. */
  waiting: number;
}

/**
 * The state of a recovery.
 *
 * - `counted`: The recovery was only counted: `dry_run`.
 * - `running`: The recovery is setting deliveries going.
 * - `done`: The recovery has looked at every delivery that matched.
 * - `stopped`: A stage of its canary failed: it sets nothing more going until it is continued or canceled.
 * - `canceled`: The recovery was canceled; deliveries that it had set going go on.
 *
 * More words may be added.
 */
export type RecoveryStatus = "counted" | "running" | "done" | "stopped" | "canceled" | (string & {});

/**
 * A remark on a redirect URI that is allowed, for an admin and a member.
 *
 * - `localhost`: It leads to `localhost`, a name that may mean another machine.
 * - `scheme_without_dot`: It opens a scheme without a dot, which any program may claim.
 *
 * More words may be added.
 */
export type RedirectRemark = "localhost" | "scheme_without_dot" | (string & {});

/** A redirect URI that is allowed, with a remark on it. */
export interface RedirectUriRemark {
  /** The redirect URI. */
  redirect_uri: string;
  /** The remark. */
  remark: RedirectRemark;
}

/** The possibility of a retry by hand, and what stands in its way. */
export interface RetryAdvice {
  /** `true` where a retry would be accepted. */
  possible: boolean;
  /** Why not, as a sentence. */
  reason?: string | null;
}

/**
 * When a retry by hand makes sense.
 *
 * - `now`: Right away.
 * - `after_fix`: Once what the advice names is mended.
 * - `later`: Once the receiver is back; the schedule does it by itself.
 *
 * More words may be added.
 */
export type RetryHelps = "now" | "after_fix" | "later" | (string & {});

/** Revoke an API key. */
export interface RevokeApiKey {
  /** Why, for the audit log: at most 200 characters. */
  reason?: string | null;
}

/**
 * A member's power in a workspace.
 *
 * - `admin`: Sees and changes Settings > API.
 * - `member`: Works with tickets and broadcasts, and withdraws their own authorizations.
 *
 * More words may be added.
 */
export type Role = "admin" | "member" | (string & {});

/** Rotate a secret. */
export interface RotateSecret {
  /** How long the old secret keeps working: `none`, `1h`, `24h` or `7d`. */
  overlap: KnownOverlap;
}

/**
 * One permission that a key or a token can hold.
 *
 * - `tickets:read`: Read tickets, comments and notes.
 * - `tickets:write`: Create and change tickets, comments and notes.
 * - `broadcasts:read`: Read broadcasts.
 * - `broadcasts:write`: Create and send broadcasts.
 * - `events:write`: Publish events.
 * - `webhooks:read`: Read webhooks and event types.
 * - `webhooks:write`: Create, change and delete webhooks for event types that the credential may read.
 * - `deliveries:read`: Read events, deliveries and their attempts.
 * - `deliveries:retry`: Retry and recover deliveries.
 * - `audit:read`: Read the audit log.
 *
 * More words may be added.
 */
export type Scope =
  | "tickets:read"
  | "tickets:write"
  | "broadcasts:read"
  | "broadcasts:write"
  | "events:write"
  | "webhooks:read"
  | "webhooks:write"
  | "deliveries:read"
  | "deliveries:retry"
  | "audit:read"
  | (string & {});

/** Such as `sec_01JDBN5X7W3Q9K2M4E6R8T0VYZ`. */
export type SecretId = string;

/** Who is signed in, where, and what the plan allows. */
export interface Session {
  /** What the plan allows. */
  limits: Limits;
  /** The signed-in member, or the one for whom a token acts; absent where a key or an app as itself calls. */
  member?: Member | null;
  /** What the credential may do right now: all scopes for a session. */
  scopes: Scope[];
  /** The workspace that the credential is in. */
  workspace: Workspace;
  /** The member's workspaces, this one included; empty where a key or a token calls. */
  workspaces: Workspace[];
}

/**
 * How messages are signed (Standard Webhooks).
 *
 * - `v1`: HMAC-SHA-256 with a shared `whsec_` secret.
 * - `v1a`: Ed25519; receivers verify with a `whpk_` public key.
 *
 * More words may be added.
 */
export type SignatureScheme = "v1" | "v1a" | (string & {});

/** A signing secret, without the secret itself. */
export interface SigningSecret {
  /** When it was created. */
  created_at: Timestamp;
  /** When it stops signing; `null` for the current one. */
  expires_at?: Timestamp | null;
  /**
   * The first 8 and last 4 characters of the secret, or of the public key under `v1a`; `null` for a secret made before
   * hints were kept.
   */
  hint?: string | null;
  /** The secret's id. */
  id: SecretId;
  /**
   * When it last signed: the time of the webhook's last attempt. `null` where there was none since the secret was made or
   * the URL changed. It does not say whether the receiver verified with this secret or with another.
   */
  last_used_at?: Timestamp | null;
  /** The public key of a `v1a` secret. */
  public_key?: string | null;
}

/** Why a canary stopped. */
export interface Stopped {
  /** The commonest diagnosis among those that failed. */
  diagnosis?: Diagnosis | null;
  /** How many deliveries of the stage failed. */
  failed: number;
  /** A sentence for a person: "9 of the 10 deliveries of this stage failed, 9 of them as before: …". */
  reason: string;
  /** How many of them failed with the diagnosis that they had before. */
  repeated: number;
  /** How many the stage had set going. */
  tried: number;
}

/** What a test message brought. */
export interface TestResult {
  /** The whole attempt: request, answer, timings and, where it failed, the diagnosis. */
  attempt: Attempt;
  /** Whether the receiver answered 2xx. */
  succeeded: boolean;
}

/** A ticket. */
export interface Ticket {
  /** Who works on it. */
  assignee?: string | null;
  /** The whole story. */
  body: string;
  /** When it was closed. */
  closed_at?: Timestamp | null;
  /** When it was created. */
  created_at: Timestamp;
  /** The ticket's id. */
  id: TicketId;
  /** Where it stands. */
  status: TicketStatus;
  /** What it is about. */
  title: string;
  /** When it last changed. */
  updated_at: Timestamp;
}

/** Change a ticket by a merge patch: absent fields stay, `null` clears. */
export interface TicketChanges {
  /** Who works on it; `null` or an empty text means nobody. */
  assignee?: string | null;
  /** At most 20,000 characters; `null` empties it. */
  body?: string | null;
  /** `open` or `closed`; closing publishes `ticket.closed`. */
  status?: KnownTicketStatus;
  /** 1 to 200 characters. */
  title?: string;
}

/** Such as `tkt_01JDBN5X7W3Q9K2M4E6R8T0VYZ`. */
export type TicketId = string;

/**
 * The state of a ticket.
 *
 * - `open`: Somebody still has to act.
 * - `closed`: Done.
 *
 * More words may be added.
 */
export type TicketStatus = "open" | "closed" | (string & {});

/** Such as `2026-11-23T06:44:50.123Z`. */
export type Timestamp = string;

/** How long the phases of an attempt took, in milliseconds; absent where a phase was not reached or not needed. */
export interface Timings {
  /** Opening the TCP connection. */
  connect_ms?: number | null;
  /** From sending the request to the first byte of the answer. */
  first_byte_ms?: number | null;
  /** Looking the name up. */
  resolve_ms?: number | null;
  /** The TLS handshake. */
  tls_ms?: number | null;
  /** The whole exchange. */
  total_ms: number;
}

/**
 * The live tokens that an app got by one authorization code or device code: its access tokens and its refresh token.
 */
export interface TokenFamily {
  /** The time at which the first tokens were given. */
  created_at: Timestamp;
  /**
   * The time at which the refresh token ends unless it is used before; without one, the time at which the access token ends.
   */
  ends_at: Timestamp;
  /** The family's id. */
  id: TokenFamilyId;
  /** The time at which the present tokens were given. */
  issued_at: Timestamp;
  /** The address that the present tokens were given to; `null` where it is not known. */
  issued_ip?: string | null;
  /** The member for whom the tokens act. */
  member: MemberRef;
  /** `true` where the app can refresh them. */
  refreshable: boolean;
  /** The scopes that the first tokens had. */
  scopes: Scope[];
}

/** Such as `fam_01JDBN5X7W3Q9K2M4E6R8T0VYZ`. */
export type TokenFamilyId = string;

/**
 * The cause of an attempt.
 *
 * - `automatic`: The schedule.
 * - `manual`: Somebody pressed "Retry".
 * - `test`: Somebody pressed "Send test".
 * - `probe`: The breaker tried whether the receiver is back.
 *
 * More words may be added.
 */
export type Trigger = "automatic" | "manual" | "test" | "probe" | (string & {});

/** A webhook. */
export interface Webhook {
  /** When it was created. */
  created_at: Timestamp;
  /** The member, key or app that created the webhook; `null` where that was not recorded. */
  created_by?: Actor | null;
  /** When it was deleted; only on deliveries' details. */
  deleted_at?: Timestamp | null;
  /** The webhook's purpose, in its owner's words; empty where not said. */
  description: string;
  /** When it was disabled. */
  disabled_at?: Timestamp | null;
  /** Why it is disabled. */
  disabled_reason?: DisabledReason | null;
  /** The webhook was parked, or fell behind, and what was held is being let go. */
  draining?: Draining | null;
  /** The event types, groups or `*` that it wants. */
  event_types: string[];
  /** Only events that pass this filter are sent to it; `null` for every event of its types. */
  filter?: EventFilter | null;
  /** The request headers of the owner's own, without their values. */
  headers: WebhookHeader[];
  /** How it has been doing. */
  health: WebhookHealth;
  /** The delivery that failed and holds back the later ones, where it is ordered. */
  held_by?: DeliveryId | null;
  /** The webhook's id. */
  id: WebhookId;
  /** `true` where the webhook is sent one delivery at a time, oldest first. */
  ordered: boolean;
  /** The webhook's owner: its creator, until an admin adopts it. `null` where nobody was recorded. */
  owner?: Owner | null;
  /** The webhook's breaker is open: set while the webhook is parked and not disabled. */
  parked?: Parked | null;
  /**
   * When it was paused: it holds what comes until it is resumed. `null` while it is not paused. A webhook can be paused and
   * parked or disabled at the same time: `status` then says `paused`, or `disabled`.
   */
  paused_at?: Timestamp | null;
  /** The public key that verifies `v1a` signatures (`whpk_…`); `null` under `v1`. */
  public_key?: string | null;
  /** The most deliveries per second that the receiver is sent; `null` for no limit. */
  rate_limit?: number | null;
  /** The signing secrets that are in use, newest first; never the secrets themselves. */
  secrets: SigningSecret[];
  /** How its messages are signed. */
  signature: SignatureScheme;
  /** The webhook's state: it sends, waits, or is disabled. */
  status: WebhookStatus;
  /** When its configuration last changed. */
  updated_at: Timestamp;
  /** Where events are sent. */
  url: string;
}

/**
 * Change a webhook by a merge patch: absent fields stay, `null` clears. A new URL resets its health and holds from the next attempt.
 */
export interface WebhookChanges {
  /** The webhook's purpose, in its owner's words; `null` clears it. */
  description?: string | null;
  /** Event types, groups or `*`. */
  event_types?: string[];
  /** The filter from now on; `null` removes it. */
  filter?: EventFilter | null;
  /**
   * The request headers of your own from now on, in place of those that it had: one without a value keeps the value that it
   * has; `null` removes them all. Where the URL leads to another server, the values must be given anew.
   */
  headers?: NewWebhookHeader[] | null;
  /** Whether one delivery is sent after the other. What failed before holds nothing back. */
  ordered?: boolean;
  /** The most deliveries per second that the receiver is sent, 1 to 1,000; `null` lifts the limit. */
  rate_limit?: number | null;
  /** Where events are sent. */
  url?: string;
}

/** A header that a webhook is sent with, without its value. */
export interface WebhookHeader {
  /** The header's name, in lower case. */
  name: string;
}

/** How a webhook has been doing. */
export interface WebhookHealth {
  /** Deliveries that were canceled, and that a recovery can set going. */
  canceled?: number;
  /** Whether counting stopped early, so that there may be more of each than the numbers say. */
  counts_capped: boolean;
  /** Since when nothing but failures: the first failed attempt after the last success. */
  failing_since?: Timestamp | null;
  /** What the last failure was, while it is failing. */
  failing_with?: DiagnosisCode | null;
  /** Deliveries that are `retrying` or `failed`. */
  failures: number;
  /**
   * Of these, those held in the webhook's own line: while it is paused, parked, ordered or draining, or by its rate limit.
   */
  held: number;
  /** The last failed attempt. */
  last_failure_at?: Timestamp | null;
  /** The last successful attempt. */
  last_success_at?: Timestamp | null;
  /** A line for a person: "Connection refused since 2026-11-23 14:02 UTC. 312 deliveries are waiting." */
  summary: string;
  /** Until when the receiver asked to be left alone (`Retry-After`), as far as that is kept: 24 hours at most. */
  wait_until?: Timestamp | null;
  /** Deliveries that are due or wait for another attempt. */
  waiting: number;
}

/** Such as `whk_01JDBN5X7W3Q9K2M4E6R8T0VYZ`. */
export type WebhookId = string;

/** The webhook of a delivery, as it is now. */
export interface WebhookRef {
  /** `true` where the webhook was deleted. */
  deleted: boolean;
  /** The webhook's purpose, in its owner's words. */
  description: string;
  /** The webhook's id. */
  id: WebhookId;
  /** Where it sends. */
  url: string;
}

/**
 * The state of a webhook.
 *
 * - `active`: The webhook sends.
 * - `paused`: Somebody paused it: what comes is held until it is resumed.
 * - `parked`: The breaker is open: the webhook waits for the receiver to come back.
 * - `disabled`: The webhook does not send.
 *
 * More words may be added.
 */
export type WebhookStatus = "active" | "paused" | "parked" | "disabled" | (string & {});

/** All of an app's authorizations were withdrawn. */
export interface Withdrawn {
  /** How many. */
  withdrawn: number;
}

/** A workspace. */
export interface Workspace {
  /** The workspace's id. */
  id: WorkspaceId;
  /** The workspace's name. */
  name: string;
  /** The workspace's plan. */
  plan: Plan;
}

/** Such as `wsp_01JDBN5X7W3Q9K2M4E6R8T0VYZ`. */
export type WorkspaceId = string;
