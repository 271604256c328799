/** A parameter that may be repeated. */
export type OneOrMany<T> = T | readonly T[];

/** What holds for one request alone. */
export interface RequestOptions {
  /** Ends the request, its retries included: the call then rejects with the signal's reason. */
  signal?: AbortSignal | undefined;
  /** How long one try may take, in milliseconds, in place of the client's `timeout`. */
  timeout?: number | undefined;
  /** How often the request is tried again, in place of the client's `maxRetries`. */
  maxRetries?: number | undefined;
}

/** What holds for one POST. */
export interface PostOptions extends RequestOptions {
  /**
   * The `Idempotency-Key`: the same key with the same body gets the first answer again for 24 hours. Each call makes one
   * of its own where absent, and keeps it for its retries.
   */
  idempotencyKey?: string | undefined;
}

/** What holds for one change of an object. */
export interface ChangeOptions extends RequestOptions {
  /** The `etag` of the object as it was read: the change is refused with a `PreconditionFailedError` if it is another now. */
  ifMatch?: string | undefined;
}

/** What holds for one POST that changes an object. */
export interface ChangingPostOptions extends PostOptions, ChangeOptions {}
