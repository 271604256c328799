// A client prints itself, and fails, without what it proves itself with.
import assert from "node:assert/strict";
import { test } from "node:test";
import { inspect } from "node:util";
import { Sayless, SaylessError } from "@sayless/sdk";
import { apiKey, app, client, rejection } from "./world.js";

const secret = "sls_0123456789abcdefghijklmnop";
const key = "slk_0123456789abcdefghijklmnop";

function prints(value: unknown): string {
  const all = { depth: Infinity, showHidden: true, getters: true };
  const stack = value instanceof Error ? value.stack : "";
  return [inspect(value, all), JSON.stringify(value), String(value), stack].join("\n");
}

test("a client and its resources do not show the key, the secret or the token", async () => {
  const withKey = new Sayless({ apiKey: key });
  const withSecret = new Sayless({ clientId: "app_1", clientSecret: secret });
  const basic = Buffer.from(`app_1:${secret}`).toString("base64");
  for (const shown of [withKey, withKey.webhooks, withSecret, withSecret.tickets, withKey.tickets.list()]) {
    for (const hidden of [key, secret, basic]) assert.ok(!prints(shown).includes(hidden));
  }
  const issued = new Sayless(app);
  await issued.session.get();
  assert.ok(!/eyJ|Bearer/.test(prints(issued)));
});

test("errors do not show them either", async () => {
  const sent = { apiKey: key, maxRetries: 0 };
  const refused = await rejection(client(sent).session.get(), SaylessError);
  const broken = client({ ...sent, fetch: () => Promise.reject(new TypeError("fetch failed")) });
  const lost = await rejection(broken.session.get(), SaylessError);
  for (const error of [refused, lost]) assert.ok(!prints(error).includes(key));
});

test("a key that cannot stand in a header is refused without being shown", () => {
  for (const bad of [`${key}\n`, `${key} ${key}`, `${key}é`]) {
    assert.throws(
      () => new Sayless({ apiKey: bad }),
      (error) => error instanceof SaylessError && !prints(error).includes(key),
    );
  }
});

test("no key goes with a request to another address", async () => {
  assert.ok(apiKey.startsWith("slk_"));
  const seen: string[] = [];
  const watching: typeof fetch = async (input, init) => {
    seen.push(`${String(input)} ${init?.redirect}`);
    return new Response(null, { status: 302, headers: { location: "https://elsewhere.example/" } });
  };
  await rejection(client({ fetch: watching }).session.get(), SaylessError);
  assert.equal(seen.length, 1);
  assert.match(seen[0]!, /\/v1\/session manual$/);
});
