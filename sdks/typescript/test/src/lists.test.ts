// Lists: item by item over all pages, page by page, and the log of events.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { WebhookEvent } from "@sayless/sdk";
import { client, flakyClient, plan, seen, tickets } from "./world.js";

test("a loop goes over all 5,000 tickets, each of them once", async () => {
  const ids = new Set<string>();
  let count = 0;
  for await (const ticket of client().tickets.list({ limit: 200 })) {
    ids.add(ticket.id);
    count += 1;
  }
  assert.ok(count >= tickets, `${count} tickets`);
  assert.equal(ids.size, count);
});

test("a loop fetches no more pages than it reads", async () => {
  await plan();
  let count = 0;
  for await (const _ticket of flakyClient().tickets.list({ limit: 10 })) {
    count += 1;
    if (count === 25) break;
  }
  assert.equal((await seen()).length, 3);
});

test("pages come one by one, and a cursor goes on where they stopped", async () => {
  const sayless = client();
  const sizes: number[] = [];
  let cursor: string | null | undefined;
  for await (const page of sayless.tickets.list({ limit: 3 }).pages()) {
    sizes.push(page.data.length);
    cursor = page.next_cursor;
    if (sizes.length === 2) break;
  }
  assert.deepEqual(sizes, [3, 3]);
  const sixteen = await sayless.tickets.list({ limit: 16 }).page();
  const next = await sayless.tickets.list({ limit: 10, cursor: cursor! }).page();
  assert.deepEqual(next.data, sixteen.data.slice(6));
});

test("a page that fails is tried again, and the loop goes on", async () => {
  await plan("pass", "503", "lost");
  const ids = [];
  for await (const page of flakyClient().tickets.list({ limit: 5 }).pages()) {
    ids.push(...page.data.map(({ id }) => id));
    if (ids.length === 15) break;
  }
  assert.equal(new Set(ids).size, 15);
});

test("filters take one word or several", async () => {
  const sayless = client();
  const one = await sayless.tickets.list({ status: "open", limit: 1 }).page();
  assert.equal(one.data[0]?.status, "open");
  const several = await sayless.tickets.list({ status: ["open", "closed"], limit: 1 }).page();
  assert.equal(several.data.length, 1);
});

test("a list without pages is a list all the same", async () => {
  const types = [];
  for await (const { type } of client().eventTypes.list()) types.push(type);
  assert.ok(types.includes("ticket.created"));
  assert.equal(new Set(types).size, types.length);
});

test("the log of events ends where nothing more has happened, and can be waited for", async () => {
  const sayless = client();
  const { next_cursor: after } = await sayless.events.list({ after: "latest" }).page();
  const publish = (id: string) => sayless.events.publish({ type: "ticket.created", data: { id } });
  const mine = [(await publish("T-1")).id, (await publish("T-2")).id];
  const found = [];
  for await (const event of sayless.events.list({ after: after!, limit: 1 })) found.push(event.id);
  assert.deepEqual(found.filter((id) => mine.includes(id)), mine);

  const waiting = sayless.events.list({ after: found.at(-1)!, wait: 30, object_id: "T-3" });
  const soon = publish("T-3");
  for await (const event of waiting) {
    assert.equal((event.payload as unknown as WebhookEvent).id, (await soon).id);
    break;
  }
});
