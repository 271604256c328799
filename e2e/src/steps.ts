// Steps that several stories of the console take, each story in a workspace of its own.
import { expect, type Page } from "@playwright/test";
import { addMember, createWorkspace, type SignIn } from "./world";

let people = 0;

/** A workspace on `plan` with one person in it, whom nobody else uses. */
export function freshWorkspace(
  plan: "free" | "startup" | "business" | "enterprise" = "business",
  role: "admin" | "member" = "admin",
): SignIn {
  people += 1;
  const who = { email: `person-${Date.now()}-${people}@example.com`, password: "correct horse battery staple" };
  addMember(createWorkspace(`Workspace ${people}`, plan), role, who);
  return who;
}

/** Creates an API key with one scope and returns its secret. */
export async function createKey(page: Page, name: string, scope = "tickets:read"): Promise<string> {
  await page.getByRole("button", { name: "Create API key" }).first().click();
  const form = page.getByRole("dialog", { name: "Create API key" });
  await form.getByRole("textbox", { name: "Name" }).fill(name);
  await form.getByRole("checkbox", { name: scope }).check();
  await form.getByRole("button", { name: "Create API key" }).click();
  const shown = page.getByRole("dialog", { name: "API key created" });
  const secret = await shown.getByRole("status", { name: "API key" }).textContent();
  await shown.getByRole("button", { name: "I have stored it" }).click();
  await expect(shown).toBeHidden();
  return secret ?? "";
}

/** Creates a webhook for all ticket events and returns its signing secret. */
export async function createWebhook(page: Page, url: string, description = ""): Promise<string> {
  await page.getByRole("button", { name: "Create webhook" }).first().click();
  const form = page.getByRole("dialog", { name: "Create webhook" });
  await form.getByLabel("Destination URL").fill(url);
  await form.getByLabel("Description").fill(description);
  await form.getByRole("checkbox", { name: "ticket.*" }).check();
  await form.getByRole("button", { name: "Create webhook" }).click();
  const shown = page.getByRole("dialog", { name: "Webhook created" });
  const secret = await shown.getByRole("status", { name: "Signing secret" }).textContent();
  await shown.getByRole("button", { name: "I have stored it" }).click();
  await expect(shown).toBeHidden();
  return secret ?? "";
}

/** Nothing may make the page wider than the window. */
export async function expectNoSidewaysScroll(page: Page): Promise<void> {
  const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  expect(over, `${page.url()} is ${over} px wider than the window`).toBeLessThanOrEqual(0);
}
