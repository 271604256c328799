import { ApiError, ConnectionError } from "./errors.js";

/** How long a caller waits for `Retry-After` at most, in seconds. Where the server asks for more, the error says so. */
const LONGEST_WAIT = 60;
/** Backoff without `Retry-After`, in seconds: at random below a limit that doubles with each try. */
const FIRST_BACKOFF = 0.5;
const LONGEST_BACKOFF = 8;

/** What a request may be repeated after. */
export type Repeatable =
  /** Whatever happened: it does the same twice, or the server knows it by its key. */
  | "always"
  /** Only where the server certainly did nothing. */
  | "untouched";

/** The seconds to wait before another try, or `undefined` where another try is of no use. */
export function waitBefore(error: unknown, repeatable: Repeatable, tries: number): number | undefined {
  if (!(error instanceof ApiError)) {
    const again = error instanceof ConnectionError && (repeatable === "always" || wasUnreachable(error));
    return again ? backoff(tries) : undefined;
  }
  if (!(isUntouched(error) || (repeatable === "always" && error.status >= 500))) return undefined;
  if (error.retryAfter === undefined) return backoff(tries);
  return error.retryAfter <= LONGEST_WAIT ? error.retryAfter : undefined;
}

/** The server refused to begin, or still works on an earlier try. */
function isUntouched({ status, code }: ApiError): boolean {
  return status === 408 || status === 429 || code === "idempotency-in-progress";
}

/** No connection came about. Runtimes other than Node do not tell. */
function wasUnreachable(error: ConnectionError): boolean {
  const fetchError = error.cause as { cause?: { code?: unknown } } | undefined;
  return ["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "UND_ERR_CONNECT_TIMEOUT"].includes(String(fetchError?.cause?.code));
}

function backoff(tries: number): number {
  return Math.random() * Math.min(LONGEST_BACKOFF, FIRST_BACKOFF * 2 ** tries);
}

/** Waits, and rejects with the signal's reason if it comes first. */
export function pause(seconds: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const abort = (): void => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", abort);
      resolve();
    }, seconds * 1000);
    signal?.addEventListener("abort", abort, { once: true });
  });
}

/** Tries until it succeeds, fails for good, or has been tried again `maxRetries` times. */
export async function retrying<T>(
  attempt: () => Promise<T>,
  { repeatable, maxRetries, signal }: { repeatable: Repeatable; maxRetries: number; signal?: AbortSignal | undefined },
): Promise<T> {
  for (let tries = 0; ; tries += 1) {
    try {
      return await attempt();
    } catch (error) {
      const seconds = tries < maxRetries ? waitBefore(error, repeatable, tries) : undefined;
      if (seconds === undefined) throw error;
      await pause(seconds, signal);
    }
  }
}
