import { Call } from "./call.js";
import { List, type Page } from "./list.js";
import type { ChangingPostOptions, RequestOptions } from "./options.js";
import type { ApiRequest, Transport } from "./transport.js";

/** What all resources share. */
export abstract class Resource {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  protected sendRequest<T>(request: ApiRequest, options?: ChangingPostOptions): Call<T> {
    return new Call(this.#transport.send<T>(request, options));
  }

  /** A list whose pages follow each other by the parameter `next`; a single page without one. */
  protected listPages<T>(
    path: string,
    query: object | undefined,
    options: RequestOptions | undefined,
    next?: "cursor" | "after",
  ): List<T> {
    const fetch = (cursor?: string): Call<Page<T>> => {
      const place = next !== undefined && cursor !== undefined ? { [next]: cursor } : {};
      return this.sendRequest({ method: "GET", path, query: { ...query, ...place } }, options);
    };
    // A log has a next place for ever: it is over where nothing more has happened, unless the caller waits for more.
    const waits = next === "after" && query !== undefined && "wait" in query && query.wait !== undefined;
    return new List(fetch, (page) => next === undefined || (next === "after" && !waits && page.data.length === 0));
  }
}

/** An id as a segment of a path. */
export function segment(id: string): string {
  if (typeof id !== "string" || id === "" || id === "." || id === "..") {
    throw new TypeError(`an id is a text such as "whk_01JDBN5X7W3Q9K2M4E6R8T0VYZ", not ${JSON.stringify(id)}`);
  }
  return encodeURIComponent(id);
}
