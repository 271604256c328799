import { SaylessError } from "../errors.js";
import type { WebhookEvent } from "./event.js";
import { headerOf, type WebhookHeaders } from "./headers.js";
import { base64, keyOf } from "./keys.js";

/** Why a message is not believed. */
export type VerificationFailure = "missing_header" | "bad_timestamp" | "too_old" | "too_new" | "no_match";

/** A message that is not from Sayless, or not fresh: answer it with 401. */
export class WebhookVerificationError extends SaylessError {
  static {
    this.prototype.name = "WebhookVerificationError";
  }

  /** Why, for programs. */
  readonly reason: VerificationFailure;

  constructor(reason: VerificationFailure, message: string) {
    super(message);
    this.reason = reason;
  }
}

/** What `verifyWebhook` may be told. */
export interface VerifyOptions {
  /** How far a message's time may be from the clock, in seconds: 300 where absent. */
  tolerance?: number | undefined;
  /** The time to compare with: now where absent. */
  now?: Date | undefined;
}

/**
 * Checks that a message is from Sayless and fresh, and reads it.
 *
 * `body` is the body exactly as it arrived: a text or bytes, never a parsed object. `secrets` are the webhook's signing secret
 * (`whsec_…`) or public key (`whpk_…`); several while a secret is rotated, and one that fits is enough. Rejects with a
 * `WebhookVerificationError` whose `reason` says what is wrong.
 */
export async function verifyWebhook(
  headers: WebhookHeaders,
  body: string | Uint8Array | ArrayBuffer,
  secrets: string | readonly string[],
  { tolerance = 300, now = new Date() }: VerifyOptions = {},
): Promise<WebhookEvent> {
  const bytes = bytesOf(body);
  const keys = await Promise.all([secrets].flat().map(keyOf));
  if (keys.length === 0) throw new SaylessError("no secret was given to verify the message with");
  const id = required(headers, "webhook-id");
  const timestamp = required(headers, "webhook-timestamp");
  checkTime(timestamp, now.getTime() / 1000, tolerance);
  const signed = joined(new TextEncoder().encode(`${id}.${timestamp}.`), bytes);
  for (const { version, signature } of signatures(required(headers, "webhook-signature"))) {
    for (const key of keys) {
      if (key.scheme === version && (await key.verify(signature, signed))) return eventOf(bytes);
    }
  }
  throw new WebhookVerificationError("no_match", "no signature of the message fits one of the secrets");
}

function bytesOf(body: unknown): Uint8Array {
  if (typeof body === "string") return new TextEncoder().encode(body);
  if (body instanceof Uint8Array) return body;
  if (body instanceof ArrayBuffer) return new Uint8Array(body);
  throw new TypeError("body is the text or the bytes of the request as they arrived, not what a parser made of them");
}

function required(headers: WebhookHeaders, name: string): string {
  const value = headerOf(headers, name);
  if (!value) throw new WebhookVerificationError("missing_header", `the message has no header ${name}`);
  return value;
}

function checkTime(timestamp: string, now: number, tolerance: number): void {
  if (!/^[0-9]{1,12}$/.test(timestamp)) {
    throw new WebhookVerificationError("bad_timestamp", "the header webhook-timestamp is not a number of seconds");
  }
  const age = now - Number(timestamp);
  if (age > tolerance) {
    throw new WebhookVerificationError("too_old", `the message is ${Math.round(age)} s old, and ${tolerance} s are allowed`);
  }
  if (age < -tolerance) {
    throw new WebhookVerificationError("too_new", `the message is dated ${Math.round(-age)} s ahead of this clock`);
  }
}

/** There are several while a secret is rotated, and the header may have come in several lines. */
function signatures(header: string): { version: string; signature: Uint8Array<ArrayBuffer> }[] {
  return [...header.matchAll(/(?:^|[\s,])(v1a?),([A-Za-z0-9+/=]+)/g)].flatMap(([, version = "", text = ""]) => {
    const signature = base64(text);
    return signature === undefined ? [] : [{ version, signature }];
  });
}

function joined(head: Uint8Array, body: Uint8Array): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(head.length + body.length);
  all.set(head);
  all.set(body, head.length);
  return all;
}

function eventOf(bytes: Uint8Array): WebhookEvent {
  try {
    return JSON.parse(new TextDecoder().decode(bytes)) as WebhookEvent;
  } catch (cause) {
    throw new SaylessError("the message is signed but is not JSON", { cause });
  }
}
