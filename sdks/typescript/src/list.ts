import { Call } from "./call.js";

/** One page of a list. */
export interface Page<T> {
  data: T[];
  /** The place at which the next page begins; `null` on the last page. */
  next_cursor?: string | null;
}

/** A list that fetches its pages as they are needed: `for await (const item of list)`. */
export class List<T> implements AsyncIterable<T> {
  readonly #fetch: (cursor?: string) => Call<Page<T>>;
  readonly #isOver: (page: Page<T>) => boolean;

  constructor(fetch: (cursor?: string) => Call<Page<T>>, isOver: (page: Page<T>) => boolean) {
    this.#fetch = fetch;
    this.#isOver = isOver;
  }

  /** The first page alone. Its `next_cursor` continues the list later. */
  page(): Call<Page<T>> {
    return this.#fetch();
  }

  /** Every page, one after the other. */
  async *pages(): AsyncGenerator<Page<T>, void, undefined> {
    let page = await this.#fetch();
    yield page;
    while (!this.#isOver(page) && page.next_cursor) {
      page = await this.#fetch(page.next_cursor);
      yield page;
    }
  }

  /** Every item, over all pages. */
  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    for await (const page of this.pages()) yield* page.data;
  }
}
