// The example receivers take real messages, and refuse others. Express is started as its header says; of the Next example the
// exported handler runs, behind a server of Node's own: Next itself is too large to install in a test.
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { after, test } from "node:test";
import { Sayless } from "@sayless/sdk";
import { client, eventually } from "./world.js";

const project = new URL("../../", import.meta.url);
const atEnd: (() => void)[] = [];
after(() => atEnd.forEach((end) => end()));

/** Sends an event to a receiver that is started with the webhook's secrets; how the deliveries went. */
async function deliver(start: (secrets: string, port: number) => Promise<void>): Promise<void> {
  const sayless = client();
  const port = await freePort();
  const url = `http://127.0.0.1:${port}/webhooks/sayless`;
  const v1 = await sayless.webhooks.create({ url, event_types: ["ticket.created"] });
  const v1a = await sayless.webhooks.create({ url, event_types: ["ticket.created"], signature: "v1a" });
  await start([v1.signing_secret, v1a.public_key].join(","), port);
  for (const { id } of [v1, v1a]) {
    const { succeeded, attempt } = await sayless.webhooks.test(id);
    assert.ok(succeeded, JSON.stringify(attempt.diagnosis));
    assert.equal(attempt.response?.status, 204);
  }
  const published = await sayless.events.publish({ type: "ticket.created", data: { id: "T-1", title: "Fire" } });
  await eventually(async () => {
    const page = await sayless.deliveries.list({ event_id: published.id, status: "succeeded" }).page();
    return page.data.length === 2;
  }, "both deliveries");
  const forged = await fetch(url, { method: "POST", body: "{}", headers: { "webhook-id": "evt_1" } });
  assert.deepEqual([forged.status, await forged.text()], [401, "missing_header"]);
  await forgetWebhooks(sayless, [v1.id, v1a.id]);
}

async function forgetWebhooks(sayless: Sayless, ids: string[]): Promise<void> {
  for (const id of ids) await sayless.webhooks.delete(id);
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, "127.0.0.1", resolve));
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

function line(child: ChildProcess, pattern: RegExp): Promise<string> {
  let text = "";
  return new Promise((resolve, reject) => {
    child.stdout?.on("data", (chunk: Buffer) => {
      text += chunk.toString();
      if (pattern.test(text)) resolve(text);
    });
    child.on("exit", (code) => reject(new Error(`it ended with ${code}: ${text}`)));
  });
}

test("Express", async () => {
  await deliver(async (secrets, port) => {
    const env = { ...process.env, SAYLESS_SIGNING_KEY: secrets, PORT: String(port) };
    const server = spawn(process.execPath, ["server.mjs"], { cwd: new URL("examples/express/", project), env });
    atEnd.push(() => server.kill());
    await line(server, /listening on port/);
  });
});

test("Next", async () => {
  await deliver(async (secrets, port) => {
    process.env.SAYLESS_SIGNING_KEY = secrets;
    const { POST } = await import("../examples/next/app/webhooks/sayless/route.js");
    const server = createServer(async (incoming, outgoing) => {
      const chunks: Uint8Array[] = [];
      for await (const chunk of incoming) chunks.push(chunk as Uint8Array);
      const headers = incoming.headers as Record<string, string>;
      const request = new Request(`http://127.0.0.1${incoming.url}`, { method: "POST", headers, body: Buffer.concat(chunks) });
      const response = await POST(request);
      outgoing.writeHead(response.status).end(await response.text());
    });
    atEnd.push(() => server.close());
    await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  });
});
