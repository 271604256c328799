// Webhooks and OAuth apps in the console: made, tested, rotated, switched off, failing and mended.
import { expect, test } from "@playwright/test";
import { signIn } from "../src/console";
import { createKey, createWebhook, freshWorkspace } from "../src/steps";
import { Receiver } from "../src/receiver";
import { world } from "../src/world";

async function publish(key: string, title: string): Promise<void> {
  const answer = await fetch(`${world().url}/v1/tickets`, {
    method: "POST",
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
    body: JSON.stringify({ title, body: "It smokes." }),
  });
  expect(answer.status).toBe(201);
}

test("a failed delivery is found, explained, mended and retried", async ({ page }) => {
  const receiver = await Receiver.start();
  await signIn(page, freshWorkspace());
  const key = await createKey(page, "Ticket writer", "tickets:write");
  receiver.trust(await createWebhook(page, receiver.url, "Ticket mirror"));
  receiver.status = 500;
  await publish(key, "Printer <b>on fire</b> 🔥");
  await expect.poll(() => receiver.verified.length).toBeGreaterThan(0);
  await page.reload();
  const failures = page.getByRole("table", { name: "Webhook delivery failures" });
  await failures.getByRole("link", { name: "ticket.created" }).click();
  await expect(page.getByRole("region", { name: "Diagnosis" })).toContainText("500");
  await expect(page.getByText("not now").first()).toBeVisible();
  await expect(page.getByText("Printer <b>on fire</b> 🔥").first()).toBeVisible();
  receiver.status = 200;
  await page.getByRole("button", { name: "Retry" }).click();
  const question = page.getByRole("dialog", { name: "Retry this delivery?" });
  await expect(question.getByText("Retry only after fixing the destination service")).toBeVisible();
  await question.getByRole("button", { name: "Send a test first" }).click();
  await expect(question.getByText("The receiver accepted the test.")).toBeVisible();
  await question.getByRole("button", { name: "Retry", exact: true }).click();
  await expect(question).toBeHidden();
  await expect(page.getByText("The receiver took it")).toBeVisible();
  await expect(page.getByText("Retried by hand")).toBeVisible();
  await expect(page.getByRole("button", { name: "Retry" })).toBeHidden();
  expect(receiver.refused).toEqual([]);
  expect(receiver.verified.at(-1)?.body.type).toBe("ticket.created");
  await page.goBack();
  await expect(page.getByText("No delivery failures")).toBeVisible();
  await receiver.stop();
});

test("a webhook is tested, edited, rotated, disabled, enabled and deleted", async ({ page }) => {
  const receiver = await Receiver.start();
  await signIn(page, freshWorkspace());
  await createWebhook(page, receiver.url, "Ticket mirror");
  await page.getByRole("table", { name: "Webhooks" }).getByRole("link").click();
  await expect(page).toHaveTitle("Ticket mirror · Sayless");
  await page.getByRole("button", { name: "Send test" }).click();
  const test_ = page.getByRole("dialog", { name: "Send test" });
  await expect(test_.getByText("The receiver accepted the test.")).toBeVisible();
  await expect(test_.getByText(/webhook-signature: v1,/)).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("button", { name: "Send test" })).toBeFocused();

  await page.getByRole("button", { name: "Edit" }).click();
  const edit = page.getByRole("dialog", { name: "Edit webhook" });
  await expect(edit.getByRole("checkbox", { name: "ticket.created" })).toBeChecked();
  await expect(edit.getByRole("checkbox", { name: "ticket.created" })).toBeDisabled();
  await edit.getByLabel("Destination URL").fill("https://user:password@example.com/");
  await edit.getByRole("button", { name: "Save" }).click();
  await expect(edit.getByLabel("Destination URL")).toHaveAttribute("aria-invalid", "true");
  await edit.getByLabel("Destination URL").fill(receiver.url);
  await edit.getByRole("radio", { name: "All events" }).check();
  await edit.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("All events")).toBeVisible();

  await page.getByRole("button", { name: "Rotate secret" }).click();
  await page.getByRole("dialog").getByRole("radio", { name: "1 hour" }).check();
  await page.getByRole("dialog").getByRole("button", { name: "Rotate secret" }).click();
  const rotated = page.getByRole("dialog", { name: "Signing secret rotated" });
  await expect(rotated.getByRole("status", { name: "New signing secret" })).toContainText("whsec_");
  await rotated.getByRole("button", { name: "I have stored it" }).click();
  await expect(page.getByText("stops signing in")).toBeVisible();
  await page.getByRole("button", { name: /^Drop whsec_/ }).click();
  await page.getByRole("dialog", { name: "Drop the old secret?" }).getByRole("button", { name: "Drop secret" }).click();
  await expect(page.getByText("stops signing in")).toBeHidden();

  await page.getByRole("button", { name: "More actions" }).click();
  await page.getByRole("menuitem", { name: "Disable" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Disable" }).click();
  await expect(page.getByRole("region", { name: "Disabled" })).toBeVisible();
  await page.getByRole("button", { name: "Enable webhook" }).click();
  const enable = page.getByRole("dialog", { name: "Enable this webhook?" });
  await expect(enable.getByText("Nothing was missed")).toBeVisible();
  await enable.getByRole("button", { name: "Enable" }).click();
  await expect(page.getByRole("region", { name: "Disabled" })).toBeHidden();

  await page.getByRole("button", { name: "More actions" }).click();
  await page.getByRole("menuitem", { name: "Delete" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
  await expect(page).toHaveURL(/\/settings\/api#webhooks$/);
  await expect(page.getByText("No webhooks yet")).toBeVisible();
  await receiver.stop();
});

test("an OAuth app is made, rotated, suspended and deleted", async ({ page }) => {
  await signIn(page, freshWorkspace());
  await page.getByRole("button", { name: "Create OAuth app" }).first().click();
  const form = page.getByRole("dialog", { name: "Create OAuth app" });
  await form.getByRole("textbox", { name: "Name" }).fill("Acme Dashboards");
  await form.getByLabel("Redirect URIs").fill("https://acme.example/callback\nhttp://127.0.0.1/callback");
  await form.getByRole("checkbox", { name: "tickets:read" }).check();
  await form.getByRole("button", { name: "Create OAuth app" }).click();
  const shown = page.getByRole("dialog", { name: "OAuth app created" });
  await expect(shown.getByRole("status", { name: "Client secret" })).toContainText("sls_");
  await shown.getByRole("button", { name: "I have stored it" }).click();
  await page.getByRole("link", { name: "Acme Dashboards" }).click();
  await expect(page.getByRole("button", { name: "Copy client ID" })).toBeVisible();
  await page.getByRole("button", { name: "Rotate secret" }).click();
  await page.getByRole("dialog").getByRole("radio", { name: "7 days" }).check();
  await page.getByRole("dialog").getByRole("button", { name: "Rotate secret" }).click();
  await page.getByRole("button", { name: "I have stored it" }).click();
  await expect(page.getByText("Old", { exact: true })).toBeVisible();
  await page.getByRole("button", { name: "More actions" }).click();
  await page.getByRole("menuitem", { name: "Suspend" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Suspend" }).click();
  await expect(page.getByText("This app is suspended")).toBeVisible();
  await page.getByRole("button", { name: "More actions" }).click();
  await page.getByRole("menuitem", { name: "Resume" }).click();
  await expect(page.getByText("This app is suspended")).toBeHidden();
  await page.getByRole("button", { name: "More actions" }).click();
  await page.getByRole("menuitem", { name: "Delete" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
  await expect(page.getByText("No OAuth apps yet")).toBeVisible();
});
