// The console follows what happens without a reload: a webhook parks and catches up, lists announce what is new, a dropped
// connection is made good, and the end of the session is noticed.
import { expect, test } from "@playwright/test";
import { signIn } from "../src/console";
import { Receiver } from "../src/receiver";
import { freshWorkspace, publishTickets, webhookFor } from "../src/steps";
import { world } from "../src/world";

test("a broken receiver parks its webhook; mended, it catches up, all on one open page", async ({ page }) => {
  const receiver = await Receiver.start();
  await signIn(page, freshWorkspace());
  const webhook = await webhookFor(page, receiver);
  await page.goto(`${world().url}/settings/api/webhooks/${webhook}`);
  const standing = (name: RegExp) => page.getByRole("region", { name });
  await expect(standing(/Ready; nothing has been sent yet/)).toBeVisible();
  receiver.status = 500;
  await publishTickets(page, 8);
  const parked = standing(/Parked until the receiver is back/);
  await expect(parked).toContainText("failed with status 500");
  await expect(parked).toContainText(/held and spends? no retries/);
  await expect(parked).toContainText("Next probe");
  const pending = page.getByRole("row", { name: /ticket\.created.*Pending/ });
  await pending.first().getByRole("link").click();
  await expect(page.getByText(/Held: the webhook is parked/)).toBeVisible();
  await page.goBack();
  await expect(parked).toBeVisible();
  receiver.status = 200;
  await expect(standing(/catching up|Working/)).toBeVisible({ timeout: 20_000 });
  await expect(standing(/Working/)).toBeVisible({ timeout: 20_000 });
  await expect.poll(() => receiver.delivered().size, { timeout: 20_000 }).toBe(8);
  await expect(page.getByRole("row", { name: /Succeeded/ })).toHaveCount(8);
  await receiver.stop();
});

test("a list that is being read announces what is new; a form that is being filled in stays as it is", async ({ page }) => {
  const receiver = await Receiver.start();
  receiver.status = 400;
  await signIn(page, freshWorkspace());
  await webhookFor(page, receiver);
  await publishTickets(page, 12);
  const failures = page.getByRole("table", { name: "Webhook delivery failures" });
  const rows = failures.getByRole("row").filter({ hasText: "ticket.created" });
  await expect(rows).toHaveCount(12);

  // Read in the middle of the list: nothing moves, and a button says that there is more.
  await rows.nth(8).getByRole("link").focus();
  await rows.nth(8).scrollIntoViewIfNeeded();
  const seen = await rows.nth(8).getByRole("link").getAttribute("href");
  const place = () => rows.nth(8).boundingBox().then((box) => Math.round(box?.y ?? -1));
  const before = await place();
  await publishTickets(page, 3);
  const news = page.getByRole("button", { name: "3 new" });
  await expect(news).toBeVisible();
  expect(await place()).toBe(before);
  await expect(rows.nth(8).getByRole("link")).toBeFocused();
  expect(await rows.nth(8).getByRole("link").getAttribute("href")).toBe(seen);
  await news.click();
  await expect(rows).toHaveCount(15);
  await expect(news).toBeHidden();

  // A dialog is open: what is typed stays, and the list waits.
  await page.getByRole("button", { name: "Create webhook" }).first().click();
  const form = page.getByRole("dialog", { name: "Create webhook" });
  await form.getByLabel("Destination URL").fill("https://half.example/typed");
  await publishTickets(page, 1);
  await expect(page.getByRole("button", { name: "1 new", includeHidden: true })).toBeAttached();
  await expect(form.getByLabel("Destination URL")).toHaveValue("https://half.example/typed");
  await page.keyboard.press("Escape");
  await receiver.stop();
});

test("the list of keys follows what happens elsewhere", async ({ page }) => {
  await signIn(page, freshWorkspace());
  await expect(page.getByText("No active API keys")).toBeVisible();
  const data = { name: "Made elsewhere", scopes: ["tickets:read"] };
  const made = await page.request.post(`${world().url}/v1/api-keys`, { data });
  expect(made.status()).toBe(201);
  const row = page.getByRole("row", { name: /Made elsewhere/ });
  await expect(row).toBeVisible();
  const { id } = (await made.json()) as { id: string };
  expect((await page.request.post(`${world().url}/v1/api-keys/${id}/revoke`, { data: {} })).status()).toBe(200);
  await expect(row).toHaveCount(0);
});

test("updates that were interrupted say so, and everything missed shows once they are back", async ({ page }) => {
  const receiver = await Receiver.start();
  receiver.status = 400;
  await signIn(page, freshWorkspace());
  await webhookFor(page, receiver);
  await page.route("**/v1/stream", (route) => route.abort());
  await page.reload();
  await expect(page.getByText("Updates paused, reconnecting")).toBeVisible();
  await publishTickets(page, 2);
  await expect.poll(() => receiver.verified.length).toBeGreaterThanOrEqual(2);
  await expect(page.getByText("No delivery failures")).toBeVisible();
  await page.unroute("**/v1/stream");
  const failures = page.getByRole("table", { name: "Webhook delivery failures" });
  await expect(failures.getByRole("link", { name: "ticket.created" })).toHaveCount(2, { timeout: 20_000 });
  await expect(page.getByText("Updates paused, reconnecting")).toBeHidden();
  await receiver.stop();
});

test("a session that ends elsewhere ends here, too", async ({ page, browser }) => {
  const who = freshWorkspace();
  await signIn(page, who);
  await expect(page.getByText("No webhooks yet")).toBeVisible();
  const streamed = page.waitForResponse((response) => response.url().endsWith("/v1/stream"));
  await page.reload();
  expect((await streamed).status()).toBe(200);
  const answer = await page.request.delete(`${world().url}/v1/session`);
  expect(answer.status()).toBe(204);
  await expect(page).toHaveURL(/\/sign-in/, { timeout: 25_000 });
  expect(browser.isConnected()).toBe(true);
});

test("a rate limit is set, seen to hold deliveries back, and lifted", async ({ page }) => {
  const receiver = await Receiver.start();
  await signIn(page, freshWorkspace());
  const webhook = await webhookFor(page, receiver);
  await page.goto(`${world().url}/settings/api/webhooks/${webhook}`);
  const configuration = page.getByRole("region", { name: "Configuration" });
  await expect(configuration).toContainText("Rate limitNone");
  const edit = async (limit: string) => {
    await page.getByRole("button", { name: "Edit" }).click();
    const form = page.getByRole("dialog", { name: "Edit webhook" });
    await form.getByLabel("Rate limit").fill(limit);
    await form.getByRole("button", { name: "Save" }).click();
    return form;
  };
  const form = await edit("many");
  await expect(form.getByLabel("Rate limit")).toHaveAttribute("aria-invalid", "true");
  await form.getByLabel("Rate limit").fill("1");
  await form.getByRole("button", { name: "Save" }).click();
  await expect(configuration).toContainText("1 delivery per second");
  await publishTickets(page, 12);
  await expect(page.getByRole("region", { name: "Sending at its rate limit" })).toContainText(/wait(s)? their turn/);
  await page.getByRole("button", { name: "Change limit" }).click();
  const lift = page.getByRole("dialog", { name: "Edit webhook" });
  await lift.getByLabel("Rate limit").fill("");
  await lift.getByRole("button", { name: "Save" }).click();
  await expect(configuration).toContainText("Rate limitNone");
  await expect.poll(() => receiver.delivered().size, { timeout: 15_000 }).toBe(12);
  await expect(page.getByRole("region", { name: "Working" })).toBeVisible();
  await receiver.stop();
});
