/** Remembers the ids of messages, for all processes that share it. */
export interface ReplayStore {
  /** Remembers `id` for `seconds`. True if it was not known before: of two calls at once, one is told so. */
  add(id: string, seconds: number): boolean | Promise<boolean>;
  /** Forgets `id`. */
  delete(id: string): unknown;
}

/** What a `ReplayGuard` may be told. */
export interface ReplayGuardOptions {
  /** The `tolerance` of `verifyWebhook`, in seconds: 300 where absent. A message can be played back for twice that long. */
  tolerance?: number | undefined;
  /** Where ids are remembered: in this process's memory where absent. */
  store?: ReplayStore | undefined;
}

/** Lets each message through once: by its `webhook-id`, which is the event's `id`. */
export class ReplayGuard {
  readonly #store: ReplayStore;
  readonly #seconds: number;

  constructor({ tolerance = 300, store = new MemoryStore() }: ReplayGuardOptions = {}) {
    this.#store = store;
    this.#seconds = 2 * tolerance;
  }

  /**
   * Runs `handle` unless the event was handled before, and tells whether it ran. If `handle` fails, the event is forgotten,
   * so that Sayless's next attempt is handled.
   */
  async once(event: { id: string }, handle: () => unknown): Promise<boolean> {
    if (!(await this.#store.add(event.id, this.#seconds))) return false;
    try {
      await handle();
    } catch (error) {
      await this.#store.delete(event.id);
      throw error;
    }
    return true;
  }
}

class MemoryStore implements ReplayStore {
  /** When each id may be forgotten, oldest first. */
  readonly #ends = new Map<string, number>();

  add(id: string, seconds: number): boolean {
    const now = performance.now();
    for (const [known, end] of this.#ends) {
      if (end > now) break;
      this.#ends.delete(known);
    }
    if (this.#ends.has(id)) return false;
    this.#ends.set(id, now + seconds * 1000);
    return true;
  }

  delete(id: string): void {
    this.#ends.delete(id);
  }
}
