import type { KnownWebhookEvent, WebhookMessage } from "../generated/messages.js";

/** Stands for every type that this version does not know, so that `type` tells the known ones apart. It is a text. */
declare enum UnknownEventType {
  Any = "",
}

/** A message of a type that this version does not know. `const type: string = event.type` says which. */
export interface UnknownWebhookEvent extends WebhookMessage {
  type: UnknownEventType;
  /** What happened. */
  data: Record<string, unknown>;
  /** The old values of the fields of `data` that changed. */
  previous?: Record<string, unknown>;
}

/** What a webhook receives. `switch (event.type)` tells the types apart; more types may come. */
export type WebhookEvent = KnownWebhookEvent | UnknownWebhookEvent;

/** The message of one type: `EventOf<"ticket.created">`. */
export type EventOf<T extends KnownWebhookEvent["type"]> = Extract<KnownWebhookEvent, { type: T }>;
