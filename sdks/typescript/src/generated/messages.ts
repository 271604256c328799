// Generated from openapi/openapi.json by `cargo xtask sdk`. Do not edit.

/** What every message has. */
export interface WebhookMessage {
  /** Who did it. An integration knows by it what it did itself. */
  actor: {
    /** The member's, key's or app's id; `null` for the system. */
    id: string | null;
    /** A key's name, as it was then. Members and apps are told by their ids alone. */
    name?: string;
    /** `member`, `api_key`, `oauth_app` or `system`. More words may be added. */
    type: string;
  };
  /** The event's id, as in the header `webhook-id`: the same on every attempt. Skip one that you have seen. */
  id: string;
  /** When it happened. */
  timestamp: string;
  /** The workspace in which it happened. */
  workspace_id: string;
}

/** The `data` of `api_key.created`. More properties may be there. */
export interface ApiKeyCreatedData {
  /** When it was created. */
  created_at: string;
  /** Its first and last characters, to recognise it by. */
  hint: string;
  /** The key's id. */
  id: string;
  /** What it is for. */
  name: string;
  /** What it may do. */
  scopes: string[];
}

/** An API key was created. The secret is not part of the event. */
export interface ApiKeyCreatedEvent extends WebhookMessage {
  /** The event's type. */
  type: "api_key.created";
  /** What happened. */
  data: ApiKeyCreatedData;
}

/** The `data` of `api_key.revoked`. More properties may be there. */
export interface ApiKeyRevokedData {
  /** Its first and last characters, to recognise it by. */
  hint: string;
  /** The key's id. */
  id: string;
  /** What it was for. */
  name: string;
  /** Why, where somebody said so. */
  reason?: string | null;
  /** When it was revoked. */
  revoked_at: string;
}

/** An API key was revoked. */
export interface ApiKeyRevokedEvent extends WebhookMessage {
  /** The event's type. */
  type: "api_key.revoked";
  /** What happened. */
  data: ApiKeyRevokedData;
}

/** The `data` of `broadcast.created`. More properties may be there. */
export interface BroadcastCreatedData {
  /** What it says. */
  body?: string;
  /** When it was drafted. */
  created_at?: string;
  /** The broadcast's id. */
  id: string;
  /** When it was sent. */
  sent_at?: string | null;
  /** Where it stands. */
  status?: "draft" | "sent" | (string & {});
  /** What it is about. */
  subject?: string;
}

/** A broadcast was drafted. `data` is the broadcast. */
export interface BroadcastCreatedEvent extends WebhookMessage {
  /** The event's type. */
  type: "broadcast.created";
  /** What happened. */
  data: BroadcastCreatedData;
}

/** The `data` of `broadcast.sent`. More properties may be there. */
export interface BroadcastSentData {
  /** What it says. */
  body?: string;
  /** When it was drafted. */
  created_at?: string;
  /** The broadcast's id. */
  id: string;
  /** When it was sent. */
  sent_at?: string | null;
  /** Where it stands. */
  status?: "draft" | "sent" | (string & {});
  /** What it is about. */
  subject?: string;
}

/** A broadcast was sent. `data` is the broadcast as it is now. */
export interface BroadcastSentEvent extends WebhookMessage {
  /** The event's type. */
  type: "broadcast.sent";
  /** What happened. */
  data: BroadcastSentData;
  /** The old values of the fields of `data` that changed. */
  previous?: Partial<BroadcastSentData>;
}

/** The `data` of `comment.created`. More properties may be there. */
export interface CommentCreatedData {
  /** What it says. */
  body?: string;
  /** When it was written. */
  created_at?: string;
  /** The comment's id. */
  id: string;
  /** The ticket it is on. */
  ticket_id: string;
}

/** A comment was written on a ticket. `data` is the comment. */
export interface CommentCreatedEvent extends WebhookMessage {
  /** The event's type. */
  type: "comment.created";
  /** What happened. */
  data: CommentCreatedData;
}

/** The `data` of `delivery.exhausted`. More properties may be there. */
export interface DeliveryExhaustedData {
  /** How many there were. */
  attempts: number;
  /** What went wrong last. */
  diagnosis?: Record<string, unknown> | null;
  /** The event that it carries. */
  event_id: string;
  /** The event's type. */
  event_type: string;
  /** The delivery's id. */
  id: string;
  /** The webhook that did not take it. */
  webhook_id: string;
}

/** A delivery used up its automatic retries. It is never sent to the webhook of that delivery. */
export interface DeliveryExhaustedEvent extends WebhookMessage {
  /** The event's type. */
  type: "delivery.exhausted";
  /** What happened. */
  data: DeliveryExhaustedData;
}

/** The `data` of `note.created`. More properties may be there. */
export interface NoteCreatedData {
  /** What it says. */
  body?: string;
  /** When it was written. */
  created_at?: string;
  /** The note's id. */
  id: string;
  /** The ticket it is on. */
  ticket_id: string;
}

/** An internal note was written on a ticket. `data` is the note. */
export interface NoteCreatedEvent extends WebhookMessage {
  /** The event's type. */
  type: "note.created";
  /** What happened. */
  data: NoteCreatedData;
}

/** The `data` of `oauth_app.secret_rotated`. More properties may be there. */
export interface OAuthAppSecretRotatedData {
  /** Its first and last characters, to recognise it by. */
  hint?: string;
  /** The app's id, which is its `client_id`. */
  id: string;
  /** The app's name. */
  name: string;
  /** When the secret before it stops working. */
  old_expires_at?: string | null;
  /** When the new secret was made. */
  rotated_at: string;
}

/** An OAuth app's client secret was rotated. The secret is not part of the event. */
export interface OAuthAppSecretRotatedEvent extends WebhookMessage {
  /** The event's type. */
  type: "oauth_app.secret_rotated";
  /** What happened. */
  data: OAuthAppSecretRotatedData;
}

/** The `data` of `ticket.closed`. More properties may be there. */
export interface TicketClosedData {
  /** Who works on it. */
  assignee?: string | null;
  /** The whole story. */
  body?: string;
  /** When it was closed. */
  closed_at?: string | null;
  /** When it was created. */
  created_at?: string;
  /** The ticket's id. */
  id: string;
  /** Where it stands. */
  status?: "open" | "closed" | (string & {});
  /** What it is about. */
  title?: string;
  /** When it last changed. */
  updated_at?: string;
}

/** A ticket was closed. `data` is the ticket as it is now. */
export interface TicketClosedEvent extends WebhookMessage {
  /** The event's type. */
  type: "ticket.closed";
  /** What happened. */
  data: TicketClosedData;
  /** The old values of the fields of `data` that changed. */
  previous?: Partial<TicketClosedData>;
}

/** The `data` of `ticket.created`. More properties may be there. */
export interface TicketCreatedData {
  /** Who works on it. */
  assignee?: string | null;
  /** The whole story. */
  body?: string;
  /** When it was closed. */
  closed_at?: string | null;
  /** When it was created. */
  created_at?: string;
  /** The ticket's id. */
  id: string;
  /** Where it stands. */
  status?: "open" | "closed" | (string & {});
  /** What it is about. */
  title?: string;
  /** When it last changed. */
  updated_at?: string;
}

/** A ticket was created. `data` is the ticket. */
export interface TicketCreatedEvent extends WebhookMessage {
  /** The event's type. */
  type: "ticket.created";
  /** What happened. */
  data: TicketCreatedData;
}

/** The `data` of `ticket.updated`. More properties may be there. */
export interface TicketUpdatedData {
  /** Who works on it. */
  assignee?: string | null;
  /** The whole story. */
  body?: string;
  /** When it was closed. */
  closed_at?: string | null;
  /** When it was created. */
  created_at?: string;
  /** The ticket's id. */
  id: string;
  /** Where it stands. */
  status?: "open" | "closed" | (string & {});
  /** What it is about. */
  title?: string;
  /** When it last changed. */
  updated_at?: string;
}

/** A ticket's title, body or assignee changed, or it was opened again. `data` is the ticket as it is now. */
export interface TicketUpdatedEvent extends WebhookMessage {
  /** The event's type. */
  type: "ticket.updated";
  /** What happened. */
  data: TicketUpdatedData;
  /** The old values of the fields of `data` that changed. */
  previous?: Partial<TicketUpdatedData>;
}

/** The `data` of `webhook.disabled`. More properties may be there. */
export interface WebhookDisabledData {
  /** When it was disabled. */
  disabled_at: string;
  /** The webhook's id. */
  id: string;
  /** Why it was disabled. */
  reason: "manual" | "gone" | "failing" | "owner_ended" | (string & {});
  /** Where the webhook sends. */
  url: string;
}

/**
 * A webhook was disabled: by hand, because its receiver answered 410 Gone, or after five days of nothing but failures. It is never sent to that webhook itself.
 */
export interface WebhookDisabledEvent extends WebhookMessage {
  /** The event's type. */
  type: "webhook.disabled";
  /** What happened. */
  data: WebhookDisabledData;
}

/** The `data` of `webhook.recovered`. More properties may be there. */
export interface WebhookRecoveredData {
  /** Since when it had been failing. */
  failing_since: string;
  /** The webhook's id. */
  id: string;
  /** When it worked again. */
  recovered_at: string;
  /** Where the webhook sends. */
  url: string;
}

/** A webhook that was failing works again. It is never sent to that webhook itself. */
export interface WebhookRecoveredEvent extends WebhookMessage {
  /** The event's type. */
  type: "webhook.recovered";
  /** What happened. */
  data: WebhookRecoveredData;
}

/** The `data` of `webhook.test`. More properties may be there. */
export interface WebhookTestData {
  /** A greeting to recognise it by. */
  message: string;
  /** The webhook's id. */
  webhook_id?: string;
}

/** Somebody pressed "Send test". It goes to that webhook alone, whatever it subscribes to. */
export interface WebhookTestEvent extends WebhookMessage {
  /** The event's type. */
  type: "webhook.test";
  /** What happened. */
  data: WebhookTestData;
}

/** A message of a type that this version knows. */
export type KnownWebhookEvent =
  | ApiKeyCreatedEvent
  | ApiKeyRevokedEvent
  | BroadcastCreatedEvent
  | BroadcastSentEvent
  | CommentCreatedEvent
  | DeliveryExhaustedEvent
  | NoteCreatedEvent
  | OAuthAppSecretRotatedEvent
  | TicketClosedEvent
  | TicketCreatedEvent
  | TicketUpdatedEvent
  | WebhookDisabledEvent
  | WebhookRecoveredEvent
  | WebhookTestEvent;
