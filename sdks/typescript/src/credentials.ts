import { SaylessError } from "./errors.js";
import { errorOf } from "./problem.js";
import { retrying } from "./retry.js";
import type { Sender } from "./sender.js";

/** What a client proves itself with. */
export interface Credentials {
  /** The value of `Authorization`. */
  authorization(signal: AbortSignal | undefined): Promise<string>;
  /** Told that the server refused `authorization`; true if another one may be had. */
  refused(authorization: string): boolean;
}

/** An API key, or an access token that somebody else renews. */
export class ApiKey implements Credentials {
  readonly #authorization: string;

  constructor(key: string) {
    // Else the runtime's own error would show the key.
    if (!/^[\x21-\x7e]+$/.test(key)) throw new SaylessError("apiKey has characters that no API key has");
    this.#authorization = `Bearer ${key}`;
  }

  async authorization(): Promise<string> {
    return this.#authorization;
  }

  refused(): boolean {
    return false;
  }
}

/** A token is renewed this long before its end, or a tenth of its life before it where that is less. */
const MARGIN_SECONDS = 60;

interface Token {
  authorization: string;
  renewAt: number;
}

/** An OAuth app that acts as itself: its access token is kept, and renewed by one request at a time. */
export class ClientCredentials implements Credentials {
  readonly #sender: Sender;
  readonly #basic: string;
  readonly #form: string;
  readonly #limits: { timeout: number; maxRetries: number };
  #token: Token | undefined;
  #renewal: Promise<Token> | undefined;

  constructor(
    sender: Sender,
    app: { clientId: string; clientSecret: string; scopes: readonly string[] | undefined },
    limits: { timeout: number; maxRetries: number },
  ) {
    this.#sender = sender;
    this.#basic = `Basic ${btoa(`${formEncoded(app.clientId)}:${formEncoded(app.clientSecret)}`)}`;
    const scope = app.scopes === undefined ? {} : { scope: app.scopes.join(" ") };
    this.#form = new URLSearchParams({ grant_type: "client_credentials", ...scope }).toString();
    this.#limits = limits;
  }

  async authorization(signal: AbortSignal | undefined): Promise<string> {
    if (this.#token !== undefined && performance.now() < this.#token.renewAt) return this.#token.authorization;
    this.#renewal ??= this.#renew().finally(() => {
      this.#renewal = undefined;
    });
    const token = await unlessAborted(this.#renewal, signal);
    return token.authorization;
  }

  refused(authorization: string): boolean {
    if (this.#token?.authorization === authorization) this.#token = undefined;
    return true;
  }

  /** Without any caller's signal: others may wait for the same token. */
  async #renew(): Promise<Token> {
    const { timeout, maxRetries } = this.#limits;
    const headers = { authorization: this.#basic, "content-type": "application/x-www-form-urlencoded" };
    const request = { method: "POST", path: "/oauth/token", headers, body: this.#form };
    const issue = async (): Promise<Token> => {
      const asked = performance.now();
      const received = await this.#sender.send(request, timeout, undefined);
      if (received.status !== 200) throw errorOf(received);
      return tokenOf(received.text, asked);
    };
    this.#token = await retrying(issue, { repeatable: "always", maxRetries });
    return this.#token;
  }
}

function tokenOf(text: string, asked: number): Token {
  const issued: unknown = JSON.parse(text);
  const { access_token: token, expires_in: seconds } = issued as { access_token?: unknown; expires_in?: unknown };
  if (typeof token !== "string" || typeof seconds !== "number") {
    throw new SaylessError("the server's answer to /oauth/token holds no token");
  }
  const margin = Math.min(MARGIN_SECONDS, seconds / 10);
  return { authorization: `Bearer ${token}`, renewAt: asked + (seconds - margin) * 1000 };
}

function formEncoded(text: string): string {
  return new URLSearchParams({ "": text }).toString().slice(1);
}

function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return promise;
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason);
    if (signal.aborted) abort();
    signal.addEventListener("abort", abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  });
}
