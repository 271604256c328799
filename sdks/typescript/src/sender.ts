import { ConnectionError, TimeoutError } from "./errors.js";
import { VERSION } from "./generated/version.js";

/** A request as it goes over the wire. */
export interface Outgoing {
  method: string;
  /** Path and query. */
  path: string;
  headers: Record<string, string>;
  body?: string | undefined;
}

/** An answer, read to its end. */
export interface Received {
  status: number;
  headers: Headers;
  text: string;
}

/** Sends one request and reads its answer, within a time. */
export class Sender {
  readonly #base: string;
  readonly #fetch: typeof fetch;

  constructor(base: string, send: typeof fetch) {
    this.#base = base;
    this.#fetch = send;
  }

  /** Rejects with a `ConnectionError`, or with the signal's reason. */
  async send(request: Outgoing, timeout: number, signal: AbortSignal | undefined): Promise<Received> {
    signal?.throwIfAborted();
    const { method, path, body } = request;
    const where = `${method} ${this.#base}${path.split("?")[0]}`;
    const ending = new AbortController();
    const late = new TimeoutError(`${where}: no answer within ${timeout} ms`);
    const timer = setTimeout(() => ending.abort(late), timeout);
    const abort = (): void => ending.abort(signal?.reason);
    signal?.addEventListener("abort", abort);
    try {
      // Called as a function of its own: some runtimes refuse a `fetch` with another `this`.
      const send = this.#fetch;
      const response = await send(this.#base + path, {
        method,
        headers: { accept: "application/json", "user-agent": USER_AGENT, ...request.headers },
        ...(body === undefined ? {} : { body }),
        redirect: "manual",
        signal: ending.signal,
      });
      return { status: response.status, headers: response.headers, text: await response.text() };
    } catch (error) {
      if (ending.signal.aborted) throw ending.signal.reason;
      throw new ConnectionError(`${where}: ${said(error)}`, { cause: error });
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener("abort", abort);
    }
  }
}

/** The message of an error and of what caused it. */
function said(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause instanceof Error ? `: ${error.cause.message}` : "";
  return error.message + cause;
}

const USER_AGENT = `sayless-typescript/${VERSION} (${runtime()})`;

function runtime(): string {
  const { Bun, Deno, process, navigator } = globalThis as unknown as Runtimes;
  if (Bun?.version) return `bun ${Bun.version}`;
  if (Deno?.version?.deno) return `deno ${Deno.version.deno}`;
  if (process?.versions?.node) return `node ${process.versions.node}`;
  return navigator?.userAgent === "Cloudflare-Workers" ? "workerd" : "unknown runtime";
}

/** How runtimes tell what they are. */
interface Runtimes {
  Bun?: { version?: string };
  Deno?: { version?: { deno?: string } };
  process?: { versions?: { node?: string } };
  navigator?: { userAgent?: string };
}
