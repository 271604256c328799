// Webhooks in: what is believed, what is not, and why.
import assert from "node:assert/strict";
import { createHmac, generateKeyPairSync, sign } from "node:crypto";
import { test } from "node:test";
import { ReplayGuard, type ReplayStore, SaylessError, verifyWebhook, WebhookVerificationError } from "@sayless/sdk";
import { rejection } from "./world.js";

const secret = `whsec_${Buffer.from("a secret of 32 bytes for a test!").toString("base64")}`;
const other = `whsec_${Buffer.from("another secret of a test, longer").toString("base64")}`;
const pair = generateKeyPairSync("ed25519");
const publicKey = `whpk_${Buffer.from(pair.publicKey.export({ format: "jwk" }).x!, "base64url").toString("base64")}`;

const body = JSON.stringify({
  id: "evt_1",
  type: "ticket.created",
  timestamp: "2026-11-23T07:12:03.400Z",
  workspace_id: "wsp_1",
  actor: { type: "system", id: null },
  data: { id: "T-1", title: "Grüße" },
});
const now = new Date("2026-11-28T05:00:00Z");
const seconds = now.getTime() / 1000;

function v1(key: string, text = body, timestamp: number | string = seconds): string {
  const hmac = createHmac("sha256", Buffer.from(key.slice("whsec_".length), "base64"));
  return `v1,${hmac.update(`evt_1.${timestamp}.${text}`).digest("base64")}`;
}

function message(signature = v1(secret), timestamp: number | string = seconds) {
  return { "webhook-id": "evt_1", "webhook-timestamp": String(timestamp), "webhook-signature": signature };
}

async function reason(headers: Parameters<typeof verifyWebhook>[0], text = body, secrets = [secret]) {
  return (await rejection(verifyWebhook(headers, text, secrets, { now }), WebhookVerificationError)).reason;
}

test("headers and bodies come in every form that runtimes have", async () => {
  const headers = message();
  const shouting = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toUpperCase(), value]));
  const lines = { ...headers, "webhook-signature": [v1(other), v1(secret)] };
  const bytes = new TextEncoder().encode(body);
  for (const form of [headers, new Headers(headers), new Map(Object.entries(headers)) as never, shouting, lines]) {
    for (const text of [body, bytes, Buffer.from(body), bytes.buffer]) {
      const event = await verifyWebhook(form, text, secret, { now });
      assert.ok(event.type === "ticket.created" && event.data.title === "Grüße");
    }
  }
});

test("one signature that fits one of the secrets is enough", async () => {
  const signed = v1a();
  const cases: [string, string[]][] = [
    [`${v1(other)} ${v1(secret)}`, [secret]],
    [v1(secret), [other, secret]],
    [`v2,abc ${v1(secret)}`, [secret]],
    [signed, [publicKey]],
    [`${signed} ${v1(secret)}`, [secret]],
    [signed, [secret, publicKey]],
  ];
  for (const [signature, secrets] of cases) {
    assert.equal((await verifyWebhook(message(signature), body, secrets, { now })).id, "evt_1");
  }
});

function v1a(): string {
  return `v1a,${sign(null, Buffer.from(`evt_1.${seconds}.${body}`), pair.privateKey).toString("base64")}`;
}

test("a message that is not Sayless's, or not as it was, fits no secret", async () => {
  assert.equal(await reason(message(v1(other))), "no_match");
  assert.equal(await reason(message(), `${body} `), "no_match");
  assert.equal(await reason({ ...message(), "webhook-id": "evt_2" }), "no_match");
  assert.equal(await reason(message(v1(secret, body, seconds), seconds - 1)), "no_match");
  assert.equal(await reason(message(v1a()), `${body} `, [publicKey]), "no_match");
  assert.equal(await reason(message(v1a().replace("v1a", "v1")), body, [publicKey]), "no_match");
  for (const nonsense of ["v1,", "v1", "v1,====", "v1,!!", v1(secret).slice(0, 20)]) {
    assert.equal(await reason(message(nonsense)), "no_match", nonsense);
  }
});

test("a message that is too old, too new or incomplete is told so", async () => {
  const dated = (age: number) => message(v1(secret, body, seconds - age), seconds - age);
  for (const age of [-300, 0, 300]) assert.ok(await verifyWebhook(dated(age), body, secret, { now }));
  assert.equal(await reason(dated(301)), "too_old");
  assert.equal(await reason(dated(-301)), "too_new");
  assert.ok(await verifyWebhook(dated(900), body, secret, { now, tolerance: 900 }));
  for (const bad of ["soon", "1e9", "-1", "1795417923.5"]) {
    assert.equal(await reason(message(v1(secret, body, bad), bad)), "bad_timestamp", bad);
  }
  for (const name of ["webhook-id", "webhook-timestamp", "webhook-signature"] as const) {
    assert.equal(await reason({ ...message(), [name]: undefined }), "missing_header");
  }
  const late = await rejection(verifyWebhook(message(), body, secret), WebhookVerificationError);
  assert.ok(late.reason === "too_old" || late.reason === "too_new");
});

test("a mistake of the receiver's own is no refusal of the message", async () => {
  const parsed = JSON.parse(body) as never;
  await assert.rejects(verifyWebhook(message(), parsed, secret, { now }), TypeError);
  for (const bad of ["", "whsec_", "whpk_AAAA", "whsec_!", "slk_abc"]) {
    const error = await rejection(verifyWebhook(message(), body, bad, { now }), SaylessError);
    assert.ok(!(error instanceof WebhookVerificationError), bad);
    assert.ok(!/AAAA|abc/.test(error.message), error.message);
  }
  await rejection(verifyWebhook(message(), body, [], { now }), SaylessError);
  const unset = process.env["NOT_SET"] as unknown as string;
  assert.match((await rejection(verifyWebhook(message(), body, unset, { now }), SaylessError)).message, /is it set/);
});

test("types and fields that this version does not know come through", async () => {
  const future = JSON.stringify({ ...JSON.parse(body), type: "ticket.haunted", data: { ghosts: 3 }, mood: "spooky" });
  const event = await verifyWebhook(message(v1(secret, future)), future, secret, { now });
  switch (event.type) {
    case "ticket.created":
      assert.fail("the type is another");
      break;
    default:
      assert.equal(event.type as string, "ticket.haunted");
      assert.deepEqual(event.data, { ghosts: 3 });
  }
  assert.equal((event as unknown as { mood: string }).mood, "spooky");
});

test("a guard handles an event once, unless its handler failed", async () => {
  const guard = new ReplayGuard();
  const handled: string[] = [];
  const handle = (id: string) => guard.once({ id }, () => handled.push(id));
  assert.deepEqual([await handle("evt_1"), await handle("evt_1"), await handle("evt_2")], [true, false, true]);
  assert.deepEqual(handled, ["evt_1", "evt_2"]);
  const failing = guard.once({ id: "evt_3" }, () => Promise.reject(new Error("out of disk")));
  await assert.rejects(failing, /out of disk/);
  assert.equal(await handle("evt_3"), true);
  const both = await Promise.all([handle("evt_4"), handle("evt_4")]);
  assert.deepEqual(both, [true, false]);
});

test("a guard remembers in a store of one's own, for twice the tolerance, and forgets in memory after that", async () => {
  const added: [string, number][] = [];
  const store: ReplayStore = {
    add: (id, keep) => {
      added.push([id, keep]);
      return true;
    },
    delete: () => undefined,
  };
  await new ReplayGuard({ store, tolerance: 60 }).once({ id: "evt_1" }, () => undefined);
  assert.deepEqual(added, [["evt_1", 120]]);
  const forgetful = new ReplayGuard({ tolerance: 0 });
  assert.equal(await forgetful.once({ id: "evt_1" }, () => undefined), true);
  assert.equal(await forgetful.once({ id: "evt_1" }, () => undefined), true);
});
