// A list is never blank: empty, failed, and as the keyboard alone can work it.
import { expect, test } from "@playwright/test";
import { signIn } from "../src/console";
import { freshWorkspace } from "../src/steps";

test("an empty workspace says what each section is for and how to begin", async ({ page }) => {
  await signIn(page, freshWorkspace());
  for (const text of ["No active API keys", "No OAuth apps yet", "No webhooks yet", "No delivery failures"]) {
    await expect(page.getByText(text, { exact: true })).toBeVisible();
  }
  const order = await page.getByRole("heading", { level: 2 }).allTextContents();
  expect(order).toEqual(["API keys", "OAuth apps", "Webhooks", "Webhook delivery failures"]);
  await page.getByText("No webhooks yet").locator("..").getByRole("button", { name: "Create webhook" }).click();
  await expect(page.getByRole("dialog", { name: "Create webhook" })).toBeVisible();
});

test("a list that cannot be fetched says so and tries again", async ({ page }) => {
  await signIn(page, freshWorkspace());
  await page.route("**/v1/webhooks*", (route) => route.abort());
  await page.reload();
  const section = page.locator("#webhooks");
  await expect(section.getByText("Webhooks could not be loaded")).toBeVisible();
  await expect(section.getByText("did not answer")).toBeVisible();
  await expect(page.getByText("No OAuth apps yet")).toBeVisible();
  await page.unroute("**/v1/webhooks*");
  await section.getByRole("button", { name: "Try again" }).click();
  await expect(section.getByText("No webhooks yet")).toBeVisible();
});

test("a form whose request is lost keeps what was typed", async ({ page }) => {
  await signIn(page, freshWorkspace());
  await page.getByRole("button", { name: "Create API key" }).first().click();
  const form = page.getByRole("dialog", { name: "Create API key" });
  await form.getByRole("textbox", { name: "Name" }).fill("Nightly export");
  await form.getByRole("checkbox", { name: "tickets:read" }).check();
  await page.route("**/v1/api-keys", (route) => route.abort());
  await form.getByRole("button", { name: "Create API key" }).click();
  await expect(form.getByRole("alert")).toContainText("did not answer");
  await expect(form.getByRole("textbox", { name: "Name" })).toHaveValue("Nightly export");
  await page.unroute("**/v1/api-keys");
  await form.getByRole("button", { name: "Create API key" }).click();
  await expect(page.getByRole("dialog", { name: "API key created" })).toBeVisible();
});

test("the keyboard alone makes a key and opens its menu", async ({ page }) => {
  await signIn(page, freshWorkspace());
  await expect(page.getByText("No active API keys")).toBeVisible();
  await page.getByRole("button", { name: "Create API key" }).first().focus();
  await page.keyboard.press("Enter");
  await page.keyboard.type("By keyboard");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Space");
  await page.keyboard.press("Enter");
  const shown = page.getByRole("dialog", { name: "API key created" });
  await expect(shown).toBeVisible();
  await shown.getByRole("button", { name: "I have stored it" }).focus();
  await page.keyboard.press("Enter");
  const menu = page.getByRole("button", { name: "Actions for By keyboard" });
  await menu.focus();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("menuitem", { name: "Edit" })).toBeFocused();
  await page.keyboard.press("ArrowDown");
  await expect(page.getByRole("menuitem", { name: "Replace key" })).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(menu).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("menuitem", { name: "Edit" })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("dialog", { name: "Edit “By keyboard”" })).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(menu).toBeFocused();
});
