/** An answer with what its headers say. */
export interface Answer<T> {
  data: T;
  status: number;
  headers: Headers;
  /** The version of the object, for the option `ifMatch` of a change. */
  etag: string | undefined;
  /** The request's id, which Sayless's support asks for. */
  requestId: string | undefined;
}

/** A request that is on its way: a promise of its answer. */
export class Call<T> extends Promise<T> {
  readonly #answer: Promise<Answer<T>>;

  static override get [Symbol.species](): PromiseConstructor {
    return Promise;
  }

  constructor(answer: Promise<Answer<T>>) {
    super((resolve, reject) => {
      answer.then(({ data }) => resolve(data), reject);
    });
    this.#answer = answer;
  }

  /** The answer with its status, headers and `etag`. */
  withResponse(): Promise<Answer<T>> {
    // Who asks for this handles the failure there.
    this.catch(() => undefined);
    return this.#answer;
  }
}
