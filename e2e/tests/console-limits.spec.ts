// What the console says at the limits: many attempts of a delivery, retries by hand, secrets that work beside each other.
import { expect, test, type Page } from "@playwright/test";
import { signIn } from "../src/console";
import { expectNoSidewaysScroll, freshWorkspace, publishTickets, webhookFor } from "../src/steps";
import { Receiver } from "../src/receiver";
import { world } from "../src/world";

interface Delivery {
  id: string;
  attempts: number;
}

async function onlyDelivery(page: Page, webhook: string): Promise<Delivery> {
  const answer = await page.request.get(`${world().url}/v1/deliveries?webhook_id=${webhook}`);
  const { data } = (await answer.json()) as { data: Delivery[] };
  expect(data).toHaveLength(1);
  return data[0]!;
}

test("a delivery shows its last attempts, older ones when asked, and says when it was retried too often", async ({ page }) => {
  const receiver = await Receiver.start();
  receiver.status = 500;
  await signIn(page, freshWorkspace());
  const webhook = await webhookFor(page, receiver);
  await publishTickets(page, 1);
  await expect.poll(async () => (await onlyDelivery(page, webhook)).attempts).toBeGreaterThan(0);
  const { id } = await onlyDelivery(page, webhook);
  const retry = (): Promise<number> =>
    page.request.post(`${world().url}/v1/deliveries/${id}/retry`).then((answer) => answer.status());
  for (let retries = 0; retries < 30; retries += 1) {
    const { attempts } = await onlyDelivery(page, webhook);
    await expect.poll(retry).toBe(202);
    await expect.poll(async () => (await onlyDelivery(page, webhook)).attempts).toBeGreaterThan(attempts);
  }
  await page.goto(`${world().url}/settings/api/deliveries/${id}`);
  const attempts = page.getByRole("list", { name: "Attempts, newest first" }).locator("> li");
  await expect(attempts).toHaveCount(20);
  await page.getByRole("button", { name: "Show older" }).click();
  const { attempts: all } = await onlyDelivery(page, webhook);
  expect(all).toBeGreaterThan(30);
  await expect(attempts).toHaveCount(all);
  await expect(page.getByRole("button", { name: "Show older" })).toBeHidden();
  await expect(page.getByRole("button", { name: "Retry" })).toBeDisabled();
  await expect(page.getByText(/It was retried by hand 30 times within the last hour/)).toBeVisible();
  await expectNoSidewaysScroll(page);
  await receiver.stop();
});

test("a fourth secret waits until there is room", async ({ page }) => {
  const receiver = await Receiver.start();
  await signIn(page, freshWorkspace());
  const webhook = await webhookFor(page, receiver);
  await page.goto(`${world().url}/settings/api/webhooks/${webhook}`);
  for (let rotations = 0; rotations < 2; rotations += 1) {
    await page.getByRole("button", { name: "Rotate secret" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Rotate secret" }).click();
    await page.getByRole("button", { name: "I have stored it" }).click();
  }
  await expect(page.getByRole("button", { name: /^Drop whsec_/ })).toHaveCount(2);
  await page.getByRole("button", { name: "Rotate secret" }).click();
  const dialog = page.getByRole("dialog");
  await expect(dialog.getByText("Three secrets work already, and no more may.")).toBeVisible();
  await dialog.getByRole("button", { name: "Rotate secret" }).click();
  await expect(dialog.getByRole("alert")).toContainText("Drop an old one first");
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: /^Drop whsec_/ }).first().click();
  await page.getByRole("dialog", { name: "Drop the old secret?" }).getByRole("button", { name: "Drop secret" }).click();
  await expect(page.getByRole("button", { name: /^Drop whsec_/ })).toHaveCount(1);
  await page.getByRole("button", { name: "Rotate secret" }).click();
  await expect(page.getByRole("dialog").getByText("Three secrets work already")).toBeHidden();
  await receiver.stop();
});
