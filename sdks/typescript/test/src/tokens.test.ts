// An OAuth app that acts as itself: its token is fetched once, kept, and renewed.
import assert from "node:assert/strict";
import { test } from "node:test";
import { AuthenticationError, PermissionError, Sayless, SaylessError } from "@sayless/sdk";
import { app, client, flakyClient, plan, rejection, seen, url } from "./world.js";

interface Watched {
  sayless: Sayless;
  /** The tokens that were issued. */
  tokens: string[];
}

/** A client whose token requests are counted, and whose tokens live as long as `seconds` says. */
function watched(seconds?: number): Watched {
  const tokens: string[] = [];
  const watching: typeof fetch = async (input, init) => {
    const response = await fetch(input, init);
    if (!String(input).endsWith("/oauth/token")) return response;
    const issued = (await response.json()) as { access_token: string; expires_in: number };
    tokens.push(issued.access_token);
    return Response.json({ ...issued, expires_in: seconds ?? issued.expires_in });
  };
  return { sayless: new Sayless({ ...app, fetch: watching }), tokens };
}

const read = (sayless: Sayless) => sayless.tickets.list({ limit: 1 }).page();

test("many calls at once share one token", async () => {
  const { sayless, tokens } = watched();
  await Promise.all(Array.from({ length: 20 }, () => read(sayless)));
  await read(sayless);
  assert.equal(tokens.length, 1);
});

test("a token is renewed before it ends", async () => {
  const { sayless, tokens } = watched(0);
  await read(sayless);
  await read(sayless);
  assert.equal(new Set(tokens).size, 2);
});

test("a token that was revoked is renewed once, and the call succeeds", async () => {
  const { sayless, tokens } = watched();
  await read(sayless);
  const authorization = `Basic ${Buffer.from(`${app.clientId}:${app.clientSecret}`).toString("base64")}`;
  const body = new URLSearchParams({ token: tokens[0]! });
  const revoked = await fetch(`${url}/oauth/revoke`, { method: "POST", headers: { authorization }, body });
  assert.equal(revoked.status, 200);
  await Promise.all([read(sayless), read(sayless)]);
  assert.equal(tokens.length, 2);
});

test("a server that refuses the new token, too, is believed", async () => {
  let requests = 0;
  const refusing: typeof fetch = async (input, init) => {
    if (String(input).endsWith("/oauth/token")) return fetch(input, init);
    requests += 1;
    return Response.json({ code: "invalid-credential", detail: "No." }, { status: 401 });
  };
  const error = await rejection(read(new Sayless({ ...app, fetch: refusing })), AuthenticationError);
  assert.deepEqual([error.code, requests], ["invalid-credential", 2]);
});

test("a token holds the scopes that were asked for alone", async () => {
  const sayless = new Sayless({ ...app, scopes: ["tickets:read"] });
  await read(sayless);
  const error = await rejection(sayless.webhooks.list().page(), PermissionError);
  assert.equal(error.scope, "webhooks:read");
});

test("a token request is tried again, too", async () => {
  await plan("lost", "503");
  await read(flakyClient({ ...app }));
  const requests = await seen();
  assert.deepEqual(requests.map(({ authorization_kind }) => authorization_kind), [
    "basic",
    "basic",
    "basic",
    "access_token",
  ]);
});

test("a wrong secret is an AuthenticationError in OAuth's words, and no scope that is not there is given", async () => {
  const wrong = new Sayless({ clientId: app.clientId, clientSecret: "sls_wrong" });
  const error = await rejection(read(wrong), AuthenticationError);
  assert.equal(error.code, "invalid_client");
  assert.ok(!JSON.stringify(error).includes("sls_wrong") && !error.message.includes("sls_wrong"));
  const unknown = await rejection(read(new Sayless({ ...app, scopes: ["cats:pet"] })), SaylessError);
  assert.match(unknown.message, /invalid_scope/);
});

test("whoever leaves while a token is fetched does not take it from the others", async () => {
  const { sayless, tokens } = watched();
  const leaving = new AbortController();
  const reason = new Error("the user left");
  const left = sayless.tickets.list({ limit: 1 }, { signal: leaving.signal }).page();
  const stays = read(sayless);
  leaving.abort(reason);
  assert.equal(await rejection(left, Error), reason);
  assert.equal((await stays).data.length, 1);
  assert.equal(tokens.length, 1);
});

test("an access token of somebody else's works in an API key's place", async () => {
  const { sayless, tokens } = watched();
  await read(sayless);
  assert.equal((await read(client({ apiKey: tokens[0]! }))).data.length, 1);
});
