// Recovering many deliveries: chosen and counted, watched, canceled; and what a disabled webhook missed.
import { expect, test } from "@playwright/test";
import { signIn } from "../src/console";
import { Receiver } from "../src/receiver";
import { freshWorkspace, publishTickets, webhookFor } from "../src/steps";
import { world } from "../src/world";

test("failures are recovered from their list: counted, canceled, then carried through", async ({ page }) => {
  const receiver = await Receiver.start();
  receiver.status = 400;
  await signIn(page, freshWorkspace());
  await webhookFor(page, receiver);
  await publishTickets(page, 12);
  const failures = page.getByRole("region", { name: "Webhook delivery failures" });
  // Once the schedule has come to its long pauses, nothing else sets them going.
  await expect(failures.getByRole("row", { name: /in [45] minutes/ })).toHaveCount(12, { timeout: 15_000 });

  // With the list's filters; a wrong category finds nothing.
  await failures.getByLabel("Category").selectOption("outage");
  await failures.getByRole("button", { name: "Recover…" }).click();
  const dialog = page.getByRole("dialog", { name: "Recover deliveries" });
  await expect(dialog.getByLabel("Category of the last failure")).toHaveValue("outage");
  await expect(dialog.getByText("there is nothing to recover")).toBeVisible();
  await expect(dialog.getByRole("button", { name: "Recover" })).toBeDisabled();
  await dialog.getByLabel("Category of the last failure").selectOption("");
  await expect(dialog.getByText("try 12 deliveries, which are still retrying, once now")).toBeVisible();
  await expect(dialog.getByText("The receiver is still failing")).toBeVisible();
  await dialog.getByRole("button", { name: "Send a test first" }).click();
  await expect(dialog.getByText("The receiver did not accept the test.")).toBeVisible();
  await dialog.getByLabel("Pace").fill("0");
  await expect(dialog.getByLabel("Pace")).toHaveAttribute("aria-invalid", "true");
  await dialog.getByLabel("Pace").fill("1");
  await dialog.getByRole("button", { name: "Recover 12" }).click();
  await expect(dialog).toBeHidden();

  // Watched, also after a reload, and canceled.
  const progress = page.getByRole("region", { name: "Recovery", exact: true });
  await expect(progress).toContainText("Recovering 12 deliveries");
  await expect(progress.getByRole("progressbar")).toHaveAttribute("aria-valuenow", /^[1-9]/);
  await page.reload();
  await expect(progress).toContainText("1 per second");
  await progress.getByRole("button", { name: "Cancel recovery" }).click();
  const question = page.getByRole("dialog", { name: "Cancel this recovery?" });
  await question.getByRole("button", { name: "Cancel recovery" }).click();
  await expect(question).toBeHidden();
  await expect(progress).toContainText(/Recovery canceled after \d+ of 12/);
  await progress.getByRole("button", { name: "Dismiss" }).click();
  await expect(progress).toBeHidden();

  // The receiver is mended, and a test says so.
  receiver.status = 200;
  await page.goto(`${world().url}/settings/api`);
  await failures.getByRole("button", { name: "Recover…" }).click();
  await dialog.getByRole("button", { name: "Send a test first" }).click();
  await expect(dialog.getByText("The receiver accepted the test.")).toBeVisible();
  await dialog.getByLabel("Pace").fill("100");
  await dialog.getByRole("button", { name: /^Recover \d+$/ }).click();
  // A list under the pointer is being read, and keeps its rows.
  await page.mouse.move(0, 0);
  await expect(page.getByText(/Recovery finished: \d+ deliver(y|ies) delivered/)).toBeVisible({ timeout: 15_000 });
  await expect.poll(() => receiver.delivered("ticket.created").size).toBe(12);
  await expect(page.getByText("No delivery failures")).toBeVisible();
  await receiver.stop();
});

test("enabling a webhook again offers what it missed, and sends it", async ({ page }) => {
  const receiver = await Receiver.start();
  const who = freshWorkspace();
  await signIn(page, who);
  const webhook = await webhookFor(page, receiver);
  await page.goto(`${world().url}/settings/api/webhooks/${webhook}`);
  await page.getByRole("button", { name: "More actions" }).click();
  await page.getByRole("menuitem", { name: "Disable" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Disable" }).click();
  const disabled = page.getByRole("region", { name: "Disabled" });
  await expect(disabled).toContainText(`by ${who.email}`);
  await publishTickets(page, 3);
  await expect(page.getByRole("row", { name: /Canceled/ })).toHaveCount(3);
  await disabled.getByRole("button", { name: "Enable webhook" }).click();
  const question = page.getByRole("dialog", { name: "Enable this webhook?" });
  await expect(question.getByText("3 deliveries missed")).toBeVisible();
  await expect(question.getByRole("button", { name: "Enable only" })).toBeVisible();
  await question.getByRole("button", { name: "Enable and recover 3" }).click();
  await expect(page.getByRole("region", { name: "Working" })).toBeVisible();
  await expect(page.getByText("Recovery finished: 3 deliveries delivered")).toBeVisible({ timeout: 15_000 });
  expect(receiver.delivered("ticket.created").size).toBe(3);
  await expect(page.getByRole("row", { name: /Succeeded/ })).toHaveCount(3);
  await receiver.stop();
});
