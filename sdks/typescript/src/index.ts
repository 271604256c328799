export type { Answer, Call } from "./call.js";
export { Sayless, type SaylessOptions } from "./client.js";
export {
  ApiError,
  type ApiErrorFacts,
  AuthenticationError,
  ConflictError,
  ConnectionError,
  type FieldFault,
  NotFoundError,
  PermissionError,
  PreconditionFailedError,
  RateLimitError,
  SaylessError,
  ServerError,
  TimeoutError,
  ValidationError,
} from "./errors.js";
export type * from "./generated/messages.js";
export type * from "./generated/resources.js";
export type * from "./generated/schemas.js";
export { VERSION } from "./generated/version.js";
export type { List, Page } from "./list.js";
export type { ChangeOptions, ChangingPostOptions, OneOrMany, PostOptions, RequestOptions } from "./options.js";
export type { ApiRequest } from "./transport.js";
export type { EventOf, UnknownWebhookEvent, WebhookEvent } from "./webhooks/event.js";
export type { WebhookHeaders } from "./webhooks/headers.js";
export { ReplayGuard, type ReplayGuardOptions, type ReplayStore } from "./webhooks/replay.js";
export {
  type VerificationFailure,
  type VerifyOptions,
  verifyWebhook,
  WebhookVerificationError,
} from "./webhooks/verify.js";
