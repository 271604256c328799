// Behind a proxy that fails: what is tried again, how often, and that nothing happens twice.
import assert from "node:assert/strict";
import { type AddressInfo, createServer } from "node:net";
import { test } from "node:test";
import { ApiError, ConnectionError, RateLimitError, ServerError, TimeoutError, VERSION } from "@sayless/sdk";
import { client, flakyClient, plan, rejection, seen } from "./world.js";

const title = (): string => `Faulty ${crypto.randomUUID()}`;

/** How many tickets have this title. */
async function count(wanted: string): Promise<number> {
  const page = await client().tickets.list({ limit: 50 }).page();
  return page.data.filter((ticket) => ticket.title === wanted).length;
}

test("a read is tried again after each kind of failure", async () => {
  await plan("500", "502", "503", "429", "reset");
  const page = await flakyClient({ maxRetries: 5 }).tickets.list({ limit: 1 }).page();
  assert.equal(page.data.length, 1);
  const requests = await seen();
  assert.deepEqual(requests.map(({ status }) => status), [500, 502, 503, 429, null, 200]);
  assert.ok(requests.every(({ authorization_kind }) => authorization_kind === "api_key"));
  assert.equal(requests[0]?.user_agent, `sayless-typescript/${VERSION} (node ${process.versions.node})`);
});

test("a POST whose answer was lost is sent again with the same key, and makes one object", async () => {
  await plan("lost", "503", "reset");
  const wanted = title();
  const ticket = await flakyClient().tickets.create({ title: wanted });
  assert.equal(ticket.title, wanted);
  const requests = await seen();
  assert.deepEqual(requests.map(({ status }) => status), [201, 503, null, 201]);
  assert.equal(new Set(requests.map((request) => request.idempotency_key)).size, 1);
  assert.match(requests[0]?.idempotency_key ?? "", /^[0-9a-f-]{36}$/);
  assert.equal(await count(wanted), 1);
});

test("two calls have two keys, and a key of one's own is sent as it is", async () => {
  await plan();
  const wanted = title();
  const sayless = flakyClient();
  await sayless.tickets.create({ title: wanted });
  await sayless.tickets.create({ title: wanted }, { idempotencyKey: wanted });
  await sayless.tickets.create({ title: wanted }, { idempotencyKey: wanted });
  const keys = (await seen()).map((request) => request.idempotency_key);
  assert.notEqual(keys[0], wanted);
  assert.deepEqual(keys.slice(1), [wanted, wanted]);
  assert.equal(await count(wanted), 2);
});

test("a DELETE whose answer was lost has deleted", async () => {
  const sayless = flakyClient();
  const webhook = await client().webhooks.create({ url: "http://127.0.0.1:9/", event_types: ["ticket.created"] });
  await plan("lost");
  await sayless.webhooks.delete(webhook.id);
  assert.deepEqual((await seen()).map(({ status }) => status), [204, 404]);
});

test("a change is sent again with ifMatch; without it only where nothing can have happened", async () => {
  const sayless = flakyClient();
  const { data: ticket, etag } = await client().tickets.create({ title: title() }).withResponse();
  await plan("502");
  await sayless.tickets.update(ticket.id, { assignee: "sam" }, { ifMatch: etag });
  assert.equal((await seen()).length, 2);
  await plan("502");
  await rejection(sayless.tickets.update(ticket.id, { assignee: "max" }), ServerError);
  assert.equal((await seen()).length, 1);
  await plan("429");
  await sayless.tickets.update(ticket.id, { assignee: "max" });
  assert.equal((await seen()).length, 2);
});

test("after its last try a call fails with the last failure", async () => {
  await plan("429", "429");
  const limited = await rejection(flakyClient({ maxRetries: 1 }).tickets.list().page(), RateLimitError);
  assert.deepEqual([limited.status, limited.retryAfter], [429, 1]);
  await plan("503", "502");
  const failed = await rejection(flakyClient().tickets.list({}, { maxRetries: 1 }).page(), ServerError);
  assert.equal(failed.status, 502);
  assert.equal((await seen()).length, 2);
  await plan("reset");
  await rejection(flakyClient({ maxRetries: 0 }).tickets.list().page(), ConnectionError);
});

test("a refusal is not tried again, nor is a wait that is too long", async () => {
  await plan();
  await rejection(flakyClient().webhooks.create({ url: "x", event_types: [] }), ApiError);
  assert.equal((await seen()).length, 1);
  let sent = 0;
  const patient = client({
    fetch: async () => {
      sent += 1;
      return new Response("{}", { status: 429, headers: { "retry-after": "3600" } });
    },
  });
  const error = await rejection(patient.tickets.list().page(), RateLimitError);
  assert.deepEqual([error.retryAfter, sent], [3600, 1]);
});

test("a POST that is still at work under its key is waited for", async () => {
  const keys: (string | null)[] = [];
  const busy: typeof fetch = async (_input, init) => {
    keys.push(new Headers(init?.headers).get("idempotency-key"));
    if (keys.length === 2) return Response.json({ id: "tkt_1" }, { status: 201 });
    const problem = { code: "idempotency-in-progress", status: 409, detail: "Wait." };
    return Response.json(problem, { status: 409, headers: { "retry-after": "0" } });
  };
  const ticket = await client({ fetch: busy }).tickets.create({ title: title() });
  assert.equal(ticket.id, "tkt_1");
  assert.ok(keys[0] && keys[0] === keys[1]);
});

test("a server that never answers is given up after the timeout, and asked again", async () => {
  await plan("hang");
  const page = await flakyClient({ timeout: 2_000 }).tickets.list({ limit: 1 }).page();
  assert.equal(page.data.length, 1);
  assert.equal((await seen()).length, 2);
  await plan("hang", "hang");
  const call = flakyClient({ maxRetries: 1 }).tickets.list({}, { timeout: 100 }).page();
  const error = await rejection(call, TimeoutError);
  assert.ok(error instanceof ConnectionError);
  assert.equal((await seen()).length, 2);
});

test("a signal ends a call while it waits for an answer, before it is sent, and between two tries", async () => {
  const reason = new Error("the user left");
  await plan("hang");
  const waiting = new AbortController();
  const call = flakyClient().tickets.list({}, { signal: waiting.signal }).page();
  while ((await seen()).length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  waiting.abort(reason);
  assert.equal(await rejection(call, Error), reason);

  await plan();
  const early = flakyClient().tickets.create({ title: title() }, { signal: AbortSignal.abort(reason) });
  assert.equal(await rejection(early, Error), reason);
  assert.deepEqual(await seen(), []);

  const between = new AbortController();
  const busy = client({
    fetch: async () => {
      setTimeout(() => between.abort(reason), 10);
      return new Response("{}", { status: 503, headers: { "retry-after": "59" } });
    },
  });
  assert.equal(await rejection(busy.tickets.list({}, { signal: between.signal }).page(), Error), reason);
});

test("a server that is not there is a ConnectionError that says so", async () => {
  const gone = createServer();
  await new Promise<void>((resolve) => gone.listen(0, "127.0.0.1", resolve));
  const baseUrl = `http://127.0.0.1:${(gone.address() as AddressInfo).port}`;
  await new Promise((resolve) => gone.close(resolve));
  const error = await rejection(client({ baseUrl, maxRetries: 0 }).session.get(), ConnectionError);
  assert.ok(error.message.startsWith(`GET ${baseUrl}/v1/session: `), error.message);
  assert.match(error.message, /ECONNREFUSED/);
});
