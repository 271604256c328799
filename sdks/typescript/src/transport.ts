import type { Answer } from "./call.js";
import type { Credentials } from "./credentials.js";
import { ConnectionError, NotFoundError, SaylessError, ServerError } from "./errors.js";
import type { ChangingPostOptions } from "./options.js";
import { errorOf } from "./problem.js";
import { type Repeatable, retrying } from "./retry.js";
import type { Outgoing, Received, Sender } from "./sender.js";

/** A request as an operation describes it. */
export interface ApiRequest {
  method: "GET" | "POST" | "PATCH" | "DELETE";
  path: string;
  /** Parameters; those that are `undefined` or `null` are left out. */
  query?: object | undefined;
  /** Sent as JSON. */
  body?: unknown;
  /** True if the operation takes an `Idempotency-Key`. */
  idempotent?: boolean;
}

/** What holds for every request of a client, unless its options say otherwise. */
export interface Limits {
  timeout: number;
  maxRetries: number;
}

/** Sends requests with a credential, and again where that may help. */
export class Transport {
  readonly #sender: Sender;
  readonly #credentials: Credentials;
  readonly #limits: Limits;

  constructor(sender: Sender, credentials: Credentials, limits: Limits) {
    this.#sender = sender;
    this.#credentials = credentials;
    this.#limits = limits;
  }

  async send<T>(request: ApiRequest, options: ChangingPostOptions = {}): Promise<Answer<T>> {
    const outgoing = outgoingOf(request, options);
    const timeout = (options.timeout ?? this.#limits.timeout) + waitOf(request.query);
    const maxRetries = options.maxRetries ?? this.#limits.maxRetries;
    let mayBeDone = false;
    const attempt = async (): Promise<Answer<T>> => {
      try {
        return answerOf<T>(await this.#authorized(outgoing, timeout, options.signal));
      } catch (error) {
        // An earlier try deleted the object, and its answer got lost.
        if (mayBeDone && request.method === "DELETE" && error instanceof NotFoundError) return nothing<T>();
        mayBeDone ||= error instanceof ConnectionError || error instanceof ServerError;
        throw error;
      }
    };
    return retrying(attempt, { repeatable: repeatable(request, options), maxRetries, signal: options.signal });
  }

  /** Sends once, and once more with another token if the server refuses the first. */
  async #authorized(request: Outgoing, timeout: number, signal: AbortSignal | undefined): Promise<Received> {
    for (let renewed = false; ; renewed = true) {
      const authorization = await this.#credentials.authorization(signal);
      const headers = { ...request.headers, authorization };
      const received = await this.#sender.send({ ...request, headers }, timeout, signal);
      if (received.status >= 200 && received.status < 300) return received;
      if (received.status === 401 && this.#credentials.refused(authorization) && !renewed) continue;
      throw errorOf(received);
    }
  }
}

function outgoingOf(request: ApiRequest, options: ChangingPostOptions): Outgoing {
  const headers: Record<string, string> = {};
  if (request.body !== undefined) headers["content-type"] = "application/json";
  if (options.ifMatch !== undefined) headers["if-match"] = options.ifMatch;
  if (request.idempotent) headers["idempotency-key"] = options.idempotencyKey ?? crypto.randomUUID();
  return {
    method: request.method,
    path: request.path + queryOf(request.query),
    headers,
    body: request.body === undefined ? undefined : JSON.stringify(request.body),
  };
}

function queryOf(query: object | undefined): string {
  const parameters = new URLSearchParams();
  for (const [name, given] of Object.entries(query ?? {})) {
    for (const value of Array.isArray(given) ? given : [given]) {
      if (value !== undefined && value !== null) parameters.append(name, String(value));
    }
  }
  const text = parameters.toString();
  return text === "" ? "" : `?${text}`;
}

/** A request that waits for something on the server takes that much longer. */
function waitOf(query: object | undefined): number {
  return query !== undefined && "wait" in query && typeof query.wait === "number" ? query.wait * 1000 : 0;
}

/** A change without `ifMatch` could undo what somebody else changed between two tries. */
function repeatable(request: ApiRequest, options: ChangingPostOptions): Repeatable {
  if (request.method === "POST") return request.idempotent ? "always" : "untouched";
  return request.method === "PATCH" && options.ifMatch === undefined ? "untouched" : "always";
}

function answerOf<T>({ status, headers, text }: Received): Answer<T> {
  const etag = headers.get("etag") ?? undefined;
  const requestId = headers.get("x-request-id") ?? undefined;
  return { data: text === "" ? (undefined as T) : parsed<T>(text), status, headers, etag, requestId };
}

function parsed<T>(text: string): T {
  try {
    return JSON.parse(text) as T;
  } catch {
    throw new SaylessError("the answer is not JSON: is baseUrl the address of a Sayless server?");
  }
}

function nothing<T>(): Answer<T> {
  return { data: undefined as T, status: 204, headers: new Headers(), etag: undefined, requestId: undefined };
}
