// What the server refuses arrives as an error of its own kind.
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  ApiError,
  AuthenticationError,
  ConflictError,
  NotFoundError,
  PermissionError,
  PreconditionFailedError,
  Sayless,
  SaylessError,
  ValidationError,
} from "@sayless/sdk";
import { admin, client, newKey, rejection } from "./world.js";

const nobody = "whk_01JDBN5X7W3Q9K2M4E6R8T0VYZ";

test("422 names every field at fault", async () => {
  const error = await rejection(client().webhooks.create({ url: "nonsense", event_types: [] }), ValidationError);
  assert.equal(error.status, 422);
  assert.equal(error.code, "validation");
  assert.deepEqual(error.fields.map(({ place, pointer }) => [place, pointer]).sort(), [
    ["body", "/event_types"],
    ["body", "/url"],
  ]);
  assert.ok(error.fields.every(({ code, detail }) => code !== "" && detail !== ""));
  assert.ok(error.requestId && error.message.includes(error.requestId));
  assert.equal(error.problem?.request_id, error.requestId);
});

test("403 names the missing scope", async () => {
  const { key } = await newKey(["tickets:read"]);
  const error = await rejection(new Sayless({ apiKey: key }).webhooks.list().page(), PermissionError);
  assert.equal(error.code, "insufficient-scope");
  assert.equal(error.scope, "webhooks:read");
});

test("404, and the whole family of errors", async () => {
  const error = await rejection(client().webhooks.get(nobody), NotFoundError);
  assert.ok(error instanceof ApiError && error instanceof SaylessError && error instanceof Error);
  assert.equal(error.name, "NotFoundError");
  assert.equal(error.code, "not-found");
});

test("409 tells of a state that does not allow it", async () => {
  const broadcast = await client().broadcasts.create({ subject: "Once", body: "And only once." });
  await client().broadcasts.send(broadcast.id);
  const error = await rejection(client().broadcasts.send(broadcast.id), ConflictError);
  assert.equal(error.code, "conflict");
});

test("412 tells that the object has changed since it was read", async () => {
  const sayless = client();
  const created = await sayless.tickets.create({ title: "Printer on fire" });
  const { data: ticket, etag, requestId, status } = await sayless.tickets.get(created.id).withResponse();
  assert.deepEqual([ticket.id, status], [created.id, 200]);
  assert.notEqual(requestId ?? "", "");
  const changed = await sayless.tickets.update(ticket.id, { title: "Printer smokes" }, { ifMatch: etag });
  assert.equal(changed.title, "Printer smokes");
  const stale = sayless.tickets.update(ticket.id, { title: "Printer burns" }, { ifMatch: etag });
  const error = await rejection(stale, PreconditionFailedError);
  assert.equal(error.code, "precondition-failed");
  assert.equal((await sayless.tickets.get(ticket.id)).title, "Printer smokes");
});

test("a key that was revoked is refused from then on", async () => {
  const { id, key } = await newKey(["tickets:read"]);
  const sayless = new Sayless({ apiKey: key });
  await sayless.tickets.list({ limit: 1 }).page();
  await (await admin()).apiKeys.revoke(id, { reason: "A test." });
  const error = await rejection(sayless.tickets.list({ limit: 1 }).page(), AuthenticationError);
  assert.equal(error.code, "key-revoked");
});

test("an answer that is not Sayless's is told so", async () => {
  const answering = (body: string, init: ResponseInit) =>
    client({ fetch: async () => new Response(body, init), maxRetries: 0 });
  const html = { headers: { "content-type": "text/html" } };
  const page = await rejection(answering("<html>", html).webhooks.get(nobody), SaylessError);
  assert.match(page.message, /is not JSON/);
  const gateway = await rejection(answering("<html>", { status: 418, ...html }).webhooks.get(nobody), ApiError);
  assert.equal(gateway.code, "http-418");
  const elsewhere = { status: 301, headers: { location: "https://sayless.example/" } };
  const redirect = await rejection(answering("", elsewhere).webhooks.get(nobody), ApiError);
  assert.match(redirect.message, /redirects to https:\/\/sayless\.example\//);
});

test("what cannot be sent is refused before it is sent", async () => {
  const untouched = client({ fetch: () => assert.fail("a request was sent") });
  for (const id of ["", "..", undefined as unknown as string]) {
    assert.throws(() => untouched.webhooks.get(id), TypeError);
  }
});

test("options that make no sense are refused", () => {
  const wrong = [
    [{ baseUrl: "sayless.example" }, /baseUrl is not an address/],
    [{ baseUrl: "ftp://sayless.example" }, /begins with https/],
    [{ baseUrl: "https://me:secret@sayless.example" }, /no user, password/],
    [{ apiKey: "k", clientId: "app_1", clientSecret: "s" }, /not both/],
    [{ clientId: "app_1" }, /belong together/],
    [{ timeout: 0 }, /timeout/],
    [{ maxRetries: 1.5 }, /maxRetries/],
  ] as const;
  for (const [options, message] of wrong) assert.throws(() => new Sayless(options), message);
});
