import { Call } from "./call.js";
import { ApiKey, ClientCredentials, type Credentials } from "./credentials.js";
import { SaylessError } from "./errors.js";
import { Resources } from "./generated/resources.js";
import type { ChangingPostOptions } from "./options.js";
import { Sender } from "./sender.js";
import { type ApiRequest, type Limits, Transport } from "./transport.js";

/** Where a client finds its server, and who it is. */
export interface SaylessOptions {
  /** The server's address, such as `https://sayless.example`. `SAYLESS_URL` in the environment where absent. */
  baseUrl?: string | undefined;
  /** An API key (`slk_…`), or an access token that you renew yourself. `SAYLESS_API_KEY` in the environment where absent. */
  apiKey?: string | undefined;
  /** An OAuth app's id (`app_…`): the client then gets and renews access tokens by itself. */
  clientId?: string | undefined;
  /** The OAuth app's secret (`sls_…`). */
  clientSecret?: string | undefined;
  /** The scopes that the access token is for; all that the app has where absent. */
  scopes?: readonly string[] | undefined;
  /** How long one try may take, in milliseconds: 30,000 where absent. */
  timeout?: number | undefined;
  /** How often a request is tried again: 3 where absent. */
  maxRetries?: number | undefined;
  /** What sends the requests, in place of the global `fetch`. */
  fetch?: typeof fetch | undefined;
}

/** A client of the Sayless API. */
export class Sayless extends Resources {
  readonly #transport: Transport;

  constructor(options: SaylessOptions = {}) {
    const transport = transportOf(options);
    super(transport);
    this.#transport = transport;
  }

  /** Calls an operation that this version has no method for: `sayless.request({ method: "GET", path: "/v1/…" })`. */
  request<T = unknown>(request: ApiRequest, options?: ChangingPostOptions): Call<T> {
    return new Call(this.#transport.send<T>(request, options));
  }
}

function transportOf(options: SaylessOptions): Transport {
  const limits = { timeout: options.timeout ?? 30_000, maxRetries: options.maxRetries ?? 3 };
  if (!(limits.timeout > 0 && limits.timeout < 2 ** 31)) throw new SaylessError("timeout is a number of milliseconds above 0");
  if (!(Number.isInteger(limits.maxRetries) && limits.maxRetries >= 0)) {
    throw new SaylessError("maxRetries is a whole number, 0 or more");
  }
  const base = baseOf(options.baseUrl ?? environment("SAYLESS_URL"));
  const sender = new Sender(base, options.fetch ?? ((input, init) => fetch(input, init)));
  return new Transport(sender, credentialsOf(options, sender, limits), limits);
}

function credentialsOf(options: SaylessOptions, sender: Sender, limits: Limits): Credentials {
  const { apiKey, clientId, clientSecret, scopes } = options;
  if (clientId !== undefined || clientSecret !== undefined) {
    if (apiKey !== undefined) throw new SaylessError("give apiKey, or clientId and clientSecret, not both");
    if (!clientId || !clientSecret) throw new SaylessError("clientId and clientSecret belong together");
    return new ClientCredentials(sender, { clientId, clientSecret, scopes }, limits);
  }
  const key = apiKey ?? environment("SAYLESS_API_KEY");
  if (!key) throw new SaylessError("give apiKey, or set SAYLESS_API_KEY; or give clientId and clientSecret");
  return new ApiKey(key);
}

/** The address without a slash at its end. */
function baseOf(text: string | undefined): string {
  if (!text) throw new SaylessError("give baseUrl, the address of your Sayless server, or set SAYLESS_URL");
  if (!URL.canParse(text)) throw new SaylessError("baseUrl is not an address such as https://sayless.example");
  const url = new URL(text);
  if (!["http:", "https:"].includes(url.protocol)) throw new SaylessError("baseUrl begins with https:// or http://");
  if (url.username || url.password || url.search || url.hash) {
    throw new SaylessError("baseUrl has no user, password, query or fragment");
  }
  return url.href.replace(/\/+$/, "");
}

function environment(name: string): string | undefined {
  const { process } = globalThis as { process?: { env?: Record<string, string | undefined> } };
  return process?.env?.[name] || undefined;
}
