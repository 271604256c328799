import type { FieldError, Problem, ProblemType } from "./generated/schemas.js";

/** Every error of this package. */
export class SaylessError extends Error {
  static {
    this.prototype.name = "SaylessError";
  }
}

/** The server refused the request, or failed. */
export class ApiError extends SaylessError {
  static {
    this.prototype.name = "ApiError";
  }

  /** The HTTP status. */
  readonly status: number;
  /** The stable name of the problem, such as `not-found`. More names may come. */
  readonly code: ProblemType;
  /** A short title, the same for every occurrence. */
  readonly title: string;
  /** What happened and what to do, as a sentence for a person. */
  readonly detail: string;
  /** The request's id, which Sayless's support asks for. */
  readonly requestId: string | undefined;
  /** How many seconds the server asks to wait, where it says so. */
  readonly retryAfter: number | undefined;
  /** The problem document, where the answer was one. */
  readonly problem: Problem | undefined;

  constructor(facts: ApiErrorFacts) {
    const request = facts.requestId === undefined ? "" : ` (request ${facts.requestId})`;
    super(`${facts.status} ${facts.code}: ${facts.detail}${request}`);
    this.status = facts.status;
    this.code = facts.code;
    this.title = facts.title;
    this.detail = facts.detail;
    this.requestId = facts.requestId;
    this.retryAfter = facts.retryAfter;
    this.problem = facts.problem;
  }
}

/** What an answer says of an error. */
export interface ApiErrorFacts {
  status: number;
  code: ProblemType;
  title: string;
  detail: string;
  requestId: string | undefined;
  retryAfter: number | undefined;
  /** The scope that the credential lacks. */
  scope: string | undefined;
  problem: Problem | undefined;
}

/** 401: the credential is missing, wrong, expired or revoked. */
export class AuthenticationError extends ApiError {
  static {
    this.prototype.name = "AuthenticationError";
  }
}

/** 403: the credential may not do this. */
export class PermissionError extends ApiError {
  static {
    this.prototype.name = "PermissionError";
  }

  /** The scope that the credential lacks, where it is a scope that is missing. */
  readonly scope: string | undefined;

  constructor(facts: ApiErrorFacts) {
    super(facts);
    this.scope = facts.scope;
  }
}

/** 404: no such object in this workspace. */
export class NotFoundError extends ApiError {
  static {
    this.prototype.name = "NotFoundError";
  }
}

/** 409: the object's state does not allow this. */
export class ConflictError extends ApiError {
  static {
    this.prototype.name = "ConflictError";
  }
}

/** 412: the object is another than the one that `ifMatch` names. */
export class PreconditionFailedError extends ApiError {
  static {
    this.prototype.name = "PreconditionFailedError";
  }
}

/** One field at fault. */
export interface FieldFault {
  /** Where the field stands: in the `body`, the `query`, the `path` or a `header`. */
  place: FieldError["in"];
  /** In a body the field's JSON Pointer, such as `/event_types/2`; elsewhere the name of the parameter or header. */
  pointer: string;
  /** What is wrong, for programs. */
  code: FieldError["code"];
  /** What is wrong and what would be right, as a sentence. */
  detail: string;
}

/** 422: one or more fields are wrong. */
export class ValidationError extends ApiError {
  static {
    this.prototype.name = "ValidationError";
  }

  /** Every field at fault. */
  readonly fields: readonly FieldFault[];

  constructor(facts: ApiErrorFacts) {
    super(facts);
    const errors = facts.problem?.errors ?? [];
    this.fields = errors.map(({ in: place, field, code, detail }) => ({ place, pointer: field, code, detail }));
  }
}

/** 429: too many requests; `retryAfter` says how many seconds to wait. */
export class RateLimitError extends ApiError {
  static {
    this.prototype.name = "RateLimitError";
  }
}

/** 5xx: the server failed, or cannot answer now. */
export class ServerError extends ApiError {
  static {
    this.prototype.name = "ServerError";
  }
}

/** No answer came, or only a part of one. */
export class ConnectionError extends SaylessError {
  static {
    this.prototype.name = "ConnectionError";
  }
}

/** No answer came in time. */
export class TimeoutError extends ConnectionError {
  static {
    this.prototype.name = "TimeoutError";
  }
}
