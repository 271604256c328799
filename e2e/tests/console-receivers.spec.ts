// Proving that a receiver works: the check, the choice of a test message, code to verify with, and recovering by canary.
import { expect, test } from "@playwright/test";
import { signIn } from "../src/console";
import { Receiver } from "../src/receiver";
import { expectNoSidewaysScroll, freshWorkspace, publishTickets, webhookFor } from "../src/steps";
import { world } from "../src/world";

test("a receiver is checked, and any message can be sent to it", async ({ page }) => {
  const receiver = await Receiver.start();
  await signIn(page, freshWorkspace());
  const webhook = await webhookFor(page, receiver);
  await page.goto(`${world().url}/settings/api/webhooks/${webhook}`);
  const check = page.getByRole("region", { name: "Receiver check" });
  await check.getByRole("button", { name: "Check receiver" }).click();
  await expect(check.getByText("The receiver needs attention.")).toBeVisible();
  // It notes what is forged, and answers 200 all the same.
  await expect(check.getByRole("listitem").filter({ hasText: "Rejects forgeries" })).toContainText("anybody could send it");
  await expect(check.getByRole("listitem").filter({ hasText: "Takes repeats" })).toContainText("Yes");
  await check.getByText("A message under a wrong signature").last().click();
  await expect(check.getByText(/webhook-signature: v1,/).locator("visible=true").first()).toBeVisible();
  expect(receiver.refused.length).toBe(2);
  await check.getByRole("button", { name: "Check receiver" }).click();
  await expect(check.getByRole("alert")).toContainText("within the last minute");

  await page.getByRole("button", { name: "Send test" }).click();
  const dialog = page.getByRole("dialog", { name: "Send test" });
  await expect(dialog.getByText("The receiver accepted the test.")).toBeVisible();
  await dialog.getByLabel("What to send").selectOption("ticket.closed");
  await dialog.getByRole("button", { name: "Send again" }).click();
  await expect.poll(() => receiver.verified.at(-1)?.body.type).toBe("ticket.closed");
  await dialog.getByLabel("What to send").selectOption("past");
  await dialog.getByLabel("Event ID").fill("evt_nonsense");
  await dialog.getByRole("button", { name: "Send again" }).click();
  await expect(dialog.getByText("is not an event's id")).toBeVisible();
  await page.keyboard.press("Escape");

  await page.getByText("How receivers verify a message").click();
  await page.getByLabel("Language").selectOption("Go");
  await expect(page.getByText("package main")).toBeVisible();
  await page.setViewportSize({ width: 390, height: 800 });
  await expectNoSidewaysScroll(page);
  await receiver.stop();
});

test("a canary stops where the receiver still refuses, says why, and goes on when told to", async ({ page }) => {
  const receiver = await Receiver.start();
  await signIn(page, freshWorkspace());
  const webhook = await webhookFor(page, receiver);
  const act = (what: string) => page.request.post(`${world().url}/v1/webhooks/${webhook}/${what}`, { data: {} });
  expect((await act("disable")).status()).toBe(200);
  await publishTickets(page, 15);
  expect((await act("enable")).status()).toBe(200);
  receiver.status = 401;
  await page.goto(`${world().url}/settings/api/webhooks/${webhook}`);
  await expect(page.locator("dl.figures")).toContainText("Canceled");
  await page.getByRole("button", { name: "Recover…" }).last().click();
  const dialog = page.getByRole("dialog", { name: "Recover deliveries" });
  await expect(dialog.getByText("restart 15 canceled deliveries")).toBeVisible();
  await dialog.getByRole("checkbox", { name: "Canceled" }).uncheck();
  await expect(dialog.getByText("there is nothing to recover")).toBeVisible();
  await dialog.getByRole("checkbox", { name: "Canceled" }).check();
  await dialog.getByRole("checkbox", { name: "Try a few first" }).check();
  await dialog.getByRole("button", { name: "Recover 15" }).click();
  const progress = page.getByRole("region", { name: "Recovery", exact: true });
  await expect(progress).toContainText("Recovery stopped after 1 of 15");
  await expect(progress).toContainText("The delivery that was tried failed: Not authorized");
  expect(receiver.verified.length).toBe(1);
  await page.reload();
  receiver.status = 200;
  await progress.getByRole("button", { name: "Continue" }).click();
  await expect(progress).toContainText("Recovery finished: 14 delivered, 1 failed again", { timeout: 15_000 });
  expect(receiver.delivered("ticket.created").size).toBe(14);
  await receiver.stop();
});
