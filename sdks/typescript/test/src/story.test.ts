// The whole story: a key, a webhook, an event, its verified arrival; a failure, a retry, a recovery; both schemes, and rotation.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Sayless } from "@sayless/sdk";
import { Receiver } from "./receiver.js";
import { admin, client, eventually, newKey } from "./world.js";

let receiver: Receiver;
before(async () => {
  receiver = await Receiver.start();
});
after(() => receiver.stop());

const ticket = { id: "T-1042", title: "Printer on fire", status: "open" };

async function arrival(eventId: string, count = 1): Promise<ReturnType<Receiver["of"]>[number]> {
  const all = await eventually(async () => {
    const arrived = receiver.of(eventId);
    return arrived.length >= count && arrived;
  }, `arrival ${count} of ${eventId}`);
  return all[count - 1]!;
}

test("a key makes a webhook, publishes an event, and it arrives verified", async () => {
  const { key } = await newKey(["webhooks:write", "webhooks:read", "tickets:read", "events:write"]);
  const sayless = new Sayless({ apiKey: key });
  const webhook = await sayless.webhooks.create({ url: receiver.url, event_types: ["ticket.created"] });
  assert.match(webhook.signing_secret ?? "", /^whsec_/);
  receiver.secrets = [webhook.signing_secret!];
  const published = await sayless.events.publish({ type: "ticket.created", data: ticket });
  const { event, headers } = await arrival(published.id);
  assert.ok(event.type === "ticket.created");
  assert.equal(event.data.title, "Printer on fire");
  assert.equal(event.actor.type, "api_key");
  assert.equal(headers["webhook-id"], event.id);
  await sayless.webhooks.delete(webhook.id);
});

test("a webhook of the scheme v1a is verified by its public key", async () => {
  const sayless = client();
  const webhook = await sayless.webhooks.create({ url: receiver.url, event_types: ["ticket.*"], signature: "v1a" });
  assert.equal(webhook.signing_secret ?? null, null);
  assert.match(webhook.public_key ?? "", /^whpk_/);
  receiver.secrets = [webhook.public_key!];
  const { id } = await sayless.events.publish({ type: "ticket.closed", data: ticket });
  const { event } = await arrival(id);
  assert.equal(event.type, "ticket.closed");
  await sayless.webhooks.delete(webhook.id);
});

test("while a secret is rotated, the old one and the new one both verify; afterwards the new one alone", async () => {
  const sayless = await admin();
  const webhook = await sayless.webhooks.create({ url: receiver.url, event_types: ["ticket.created"] });
  const old = webhook.signing_secret!;
  const rotated = await sayless.webhooks.rotateSecret(webhook.id, { overlap: "24h" });
  for (const secret of [old, rotated.signing_secret!]) {
    receiver.secrets = [secret];
    const { id } = await sayless.events.publish({ type: "ticket.created", data: ticket });
    const { headers } = await arrival(id);
    assert.equal(String(headers["webhook-signature"]).split(" ").length, 2);
  }
  const secrets = await sayless.webhooks.listSecrets(webhook.id).page();
  const oldest = secrets.data.at(-1)!;
  await sayless.webhooks.deleteSecret(webhook.id, oldest.id);
  receiver.secrets = [old];
  await sayless.events.publish({ type: "ticket.created", data: ticket });
  await eventually(async () => receiver.refused.includes("no_match"), "the refusal of the old secret");
  await sayless.webhooks.delete(webhook.id);
});

test("a delivery that failed is retried, and what failed meanwhile is recovered", async () => {
  const sayless = client();
  const webhook = await sayless.webhooks.create({ url: receiver.url, event_types: ["ticket.created"] });
  receiver.secrets = [webhook.signing_secret!];
  receiver.status = 503;
  const failing = await sayless.events.publish({ type: "ticket.created", data: ticket });
  const other = await sayless.events.publish({ type: "ticket.created", data: ticket });
  const failed = async (eventId: string) =>
    eventually(async () => {
      for await (const delivery of sayless.deliveries.list({ event_id: eventId, status: ["retrying", "failed"] })) {
        return delivery;
      }
      return undefined;
    }, `the failed delivery of ${eventId}`);
  const delivery = await failed(failing.id);
  await failed(other.id);
  assert.equal(delivery.last_response_status, 503);
  assert.equal(delivery.last_diagnosis?.category, "outage");

  receiver.status = 204;
  await sayless.deliveries.retry(delivery.id);
  await arrival(failing.id, 2);
  await eventually(async () => (await sayless.deliveries.get(delivery.id)).status === "succeeded", "its success");
  const attempts = await sayless.deliveries.listAttempts(delivery.id).page();
  assert.deepEqual(attempts.data.map(({ outcome }) => outcome).sort(), ["failed", "succeeded"]);

  const counted = await sayless.recoveries.create({ webhook_id: webhook.id, dry_run: true });
  assert.deepEqual([counted.total, counted.id ?? null], [1, null]);
  const recovery = await sayless.recoveries.create({ webhook_id: webhook.id });
  await arrival(other.id, 2);
  await eventually(async () => (await sayless.recoveries.get(recovery.id!)).status === "done", "the recovery's end");
  await sayless.webhooks.delete(webhook.id);
});
