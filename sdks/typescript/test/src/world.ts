// What the tests know of the server, the people on it, and the proxy before it that fails on demand.
import assert from "node:assert/strict";
import { type NewApiKey, Sayless, type SaylessOptions } from "@sayless/sdk";

function given(name: string): string {
  const value = process.env[name];
  assert.ok(value, `${name} is not set: run the tests by cargo xtask test --only sdks`);
  return value;
}

export const url = given("SAYLESS_URL");
export const apiKey = given("SAYLESS_API_KEY");
export const app = { clientId: given("SAYLESS_APP_ID"), clientSecret: given("SAYLESS_APP_SECRET") };
export const tickets = Number(given("SAYLESS_TICKETS"));
const flakyUrl = given("SAYLESS_FLAKY_URL");

/** A client of the server itself, by the environment's address and key. */
export function client(options: SaylessOptions = {}): Sayless {
  return new Sayless(options);
}

/** A client behind the proxy. */
export function flakyClient(options: SaylessOptions = {}): Sayless {
  return new Sayless({ baseUrl: flakyUrl, ...options });
}

/** What the proxy does to the next requests, in turn. */
export type Fault = "429" | "500" | "502" | "503" | "reset" | "lost" | "hang" | "pass";

/** A request that came to the proxy. */
export interface Seen {
  method: string;
  path: string;
  idempotency_key: string | null;
  user_agent: string | null;
  authorization_kind: string;
  status: number | null;
}

/** Plans faults, and forgets what came before. */
export async function plan(...faults: Fault[]): Promise<void> {
  const response = await fetch(`${flakyUrl}/__faults`, { method: "POST", body: JSON.stringify(faults) });
  assert.equal(response.status, 204, await response.text());
  await seen();
}

/** What came to the proxy since the last time. */
export async function seen(): Promise<Seen[]> {
  const response = await fetch(`${flakyUrl}/__seen`);
  return (await response.json()) as Seen[];
}

/** A client that acts as an admin in a browser does: a `fetch` of our own puts the session in the key's place. */
export async function admin(): Promise<Sayless> {
  const who = { email: given("SAYLESS_ADMIN_EMAIL"), password: given("SAYLESS_ADMIN_PASSWORD") };
  const headers = { "content-type": "application/json", origin: url };
  const signedIn = await fetch(`${url}/v1/session`, { method: "POST", headers, body: JSON.stringify(who) });
  const cookie = signedIn.headers.get("set-cookie")?.split(";")[0];
  assert.ok(cookie, `signing in was answered ${signedIn.status}`);
  const withSession: typeof fetch = (input, init) => {
    const headers = new Headers(init?.headers);
    headers.delete("authorization");
    headers.set("cookie", cookie);
    headers.set("origin", url);
    return fetch(input, { ...init, headers });
  };
  return new Sayless({ apiKey: "none", fetch: withSession });
}

/** A new API key, and its id. */
export async function newKey(scopes: NewApiKey["scopes"]): Promise<{ id: string; key: string }> {
  const { id, key } = await (await admin()).apiKeys.create({ name: "A test's", scopes });
  return { id, key };
}

/** Waits until `look` gives something. */
export async function eventually<T>(look: () => Promise<T | undefined | false>, what: string): Promise<T> {
  const end = Date.now() + 30_000;
  while (Date.now() < end) {
    const found = await look();
    if (found !== undefined && found !== false) return found;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`not within 30 s: ${what}`);
}

/** What `promise` rejects with, which must be a `Kind`. */
export async function rejection<T>(promise: PromiseLike<unknown>, Kind: abstract new (...args: never[]) => T): Promise<T> {
  try {
    await promise;
  } catch (error) {
    assert.ok(error instanceof Kind, `${String(error)} is no ${Kind.name}`);
    return error;
  }
  throw new assert.AssertionError({ message: `succeeded, and should have failed with ${Kind.name}` });
}
