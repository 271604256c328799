// The log of events: found by type and by object, read in full, sent to a webhook by hand, and brought to a developer's machine.
import { spawn } from "node:child_process";
import { expect, test } from "@playwright/test";
import { signIn } from "../src/console";
import { expectNoSidewaysScroll, freshWorkspace, publishTickets } from "../src/steps";
import { Receiver } from "../src/receiver";
import { binary, world } from "../src/world";

test("an event is found, read, and sent to a webhook that was not there yet", async ({ page }) => {
  const receiver = await Receiver.start();
  await signIn(page, freshWorkspace(), "/settings/api/events");
  await expect(page.getByText("Nothing has happened yet")).toBeVisible();
  await publishTickets(page, 2);
  const events = page.getByRole("table", { name: "Events" });
  await expect(events.getByRole("link", { name: "ticket.created" })).toHaveCount(2);
  await expect(events.getByText("Member")).toHaveCount(2);

  const data = { url: receiver.url, event_types: ["broadcast.sent"], description: "Night shift" };
  const made = await page.request.post(`${world().url}/v1/webhooks`, { data });
  receiver.trust(((await made.json()) as { signing_secret: string }).signing_secret);

  const object = await events.getByRole("button").first().innerText();
  await events.getByRole("button").first().click();
  await expect(page).toHaveURL(new RegExp(`object_id=${object}`));
  await expect(events.getByRole("link", { name: "ticket.created" })).toHaveCount(1);
  await page.reload();
  await expect(page.getByLabel("Object ID")).toHaveValue(object);
  await page.getByLabel("Event type").selectOption("ticket.closed");
  await expect(page.getByRole("button", { name: "Clear filters" })).toHaveCount(2);
  await page.getByLabel("Event type").selectOption("");
  await events.getByRole("link", { name: "ticket.created" }).click();
  await expect(page).toHaveTitle("ticket.created event · Sayless");
  await expect(page.getByText("No webhook got this event")).toBeVisible();
  await expect(page.getByRole("region", { name: "Body" })).toContainText('"workspace_id"');

  await page.getByRole("button", { name: "Send to webhook…" }).click();
  const dialog = page.getByRole("dialog", { name: "Send this event to a webhook" });
  await dialog.getByRole("button", { name: "Send", exact: true }).click();
  await expect(dialog.getByText("is not a webhook's id")).toBeVisible();
  await dialog.getByLabel("Webhook").selectOption({ label: "Night shift" });
  await dialog.getByRole("button", { name: "Send", exact: true }).click();
  await expect(dialog).toBeHidden();
  const deliveries = page.getByRole("table", { name: "Deliveries" });
  await expect(deliveries.getByText("Succeeded")).toBeVisible();
  expect(receiver.refused).toEqual([]);
  expect(receiver.verified.map((message) => message.body.data.id)).toEqual([object]);

  await page.setViewportSize({ width: 390, height: 800 });
  await expectNoSidewaysScroll(page);
  await page.getByRole("link", { name: "Events" }).first().click();
  await expectNoSidewaysScroll(page);
  await receiver.stop();
});

test("events come to a developer's machine as they happen", async ({ page }) => {
  const receiver = await Receiver.start();
  await signIn(page, freshWorkspace());
  const data = { name: "Listener", scopes: ["deliveries:read", "tickets:read"] };
  const made = await page.request.post(`${world().url}/v1/api-keys`, { data });
  const { key } = (await made.json()) as { key: string };
  const listen = spawn(binary, ["listen", "--url", world().url, "--forward-to", receiver.url], {
    env: { ...process.env, SAYLESS_KEY: key },
  });
  let printed = "";
  for (const output of [listen.stdout, listen.stderr]) output.on("data", (text: Buffer) => (printed += text.toString()));
  await expect.poll(() => printed).toContain("Forwarding new events");
  receiver.trust(/whsec_\S+/.exec(printed)?.[0] ?? "");
  await publishTickets(page, 2);
  await expect.poll(() => receiver.verified.length).toBe(2);
  expect(receiver.verified[0]?.body.actor.type).toBe("member");
  await expect.poll(() => printed.split("\n").filter((line) => / ticket\.created evt_\S+ 200 \d+ ms/.test(line)).length).toBe(2);
  const ended = new Promise<number | null>((resolve) => listen.once("exit", (code) => resolve(code)));
  listen.kill("SIGINT");
  expect(await ended).toBe(0);
  expect(printed).not.toContain(key);
  expect(receiver.refused).toEqual([]);
  await receiver.stop();
});
