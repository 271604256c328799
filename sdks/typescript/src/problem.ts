import {
  ApiError,
  type ApiErrorFacts,
  AuthenticationError,
  ConflictError,
  NotFoundError,
  PermissionError,
  PreconditionFailedError,
  RateLimitError,
  ServerError,
  ValidationError,
} from "./errors.js";
import type { Problem } from "./generated/schemas.js";
import type { Received } from "./sender.js";

const CLASSES: Record<number, new (facts: ApiErrorFacts) => ApiError> = {
  401: AuthenticationError,
  403: PermissionError,
  404: NotFoundError,
  409: ConflictError,
  412: PreconditionFailedError,
  422: ValidationError,
  429: RateLimitError,
};

/** The error that an answer tells of: a problem document, OAuth's `error`, or anything that a proxy on the way says. */
export function errorOf(received: Received): ApiError {
  const { status, headers } = received;
  const body = parsed(received.text);
  const problem = typeof body?.code === "string" ? (body as unknown as Problem) : undefined;
  const said = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);
  const facts: ApiErrorFacts = {
    status,
    code: problem?.code ?? said(body?.error) ?? `http-${status}`,
    title: said(body?.title) ?? `HTTP status ${status}`,
    detail: said(body?.detail) ?? said(body?.error_description) ?? unexplained(received),
    requestId: headers.get("x-request-id") ?? undefined,
    retryAfter: retryAfter(headers),
    scope: /\bscope="([^"]+)"/.exec(headers.get("www-authenticate") ?? "")?.[1],
    problem,
  };
  return new (CLASSES[status] ?? (status >= 500 ? ServerError : ApiError))(facts);
}

function parsed(text: string): Record<string, unknown> | undefined {
  try {
    const body: unknown = JSON.parse(text);
    return typeof body === "object" && body !== null ? (body as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

function unexplained({ status, headers }: Received): string {
  const location = headers.get("location");
  if (status >= 300 && status < 400) {
    return `the server redirects to ${location ?? "nowhere"}; baseUrl must be the address itself`;
  }
  return "the answer does not say more";
}

/** The seconds that `Retry-After` asks to wait. */
export function retryAfter(headers: Headers): number | undefined {
  const text = headers.get("retry-after");
  if (text === null) return undefined;
  const seconds = /^\d+(\.\d+)?$/.test(text.trim()) ? Number(text) : (Date.parse(text) - Date.now()) / 1000;
  return Number.isNaN(seconds) ? undefined : Math.max(0, seconds);
}
