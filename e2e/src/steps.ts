// Steps that several stories of the console take, each story in a workspace of its own.
import { expect, type Page } from "@playwright/test";
import type { Receiver } from "./receiver";
import { addMember, createWorkspace, world, type SignIn } from "./world";

let people = 0;

/** A workspace on `plan` with one person in it, whom nobody else uses. */
export function freshWorkspace(
  plan: "free" | "startup" | "business" | "enterprise" = "business",
  role: "admin" | "member" = "admin",
): SignIn {
  people += 1;
  const who = { email: `person-${process.pid}-${Date.now()}-${people}@example.com`, password: "correct horse battery staple" };
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

/** A webhook for all ticket events, made with the page's session; the receiver trusts its secret. Returns its id. */
export async function webhookFor(page: Page, receiver: Receiver): Promise<string> {
  const data = { url: receiver.url, event_types: ["ticket.*"] };
  const answer = await page.request.post(`${world().url}/v1/webhooks`, { data });
  expect(answer.status()).toBe(201);
  const webhook = (await answer.json()) as { id: string; signing_secret: string };
  receiver.trust(webhook.signing_secret);
  return webhook.id;
}

/** Makes so many tickets with the page's session, each an event. */
export async function publishTickets(page: Page, count: number): Promise<void> {
  for (let made = 0; made < count; made += 1) {
    const data = { title: `Ticket ${made + 1}`, body: "It smokes." };
    const answer = await page.request.post(`${world().url}/v1/tickets`, { data });
    expect(answer.status()).toBe(201);
  }
}

/** Nothing may make the page wider than the window. */
export async function expectNoSidewaysScroll(page: Page): Promise<void> {
  const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  expect(over, `${page.url()} is ${over} px wider than the window`).toBeLessThanOrEqual(0);
}
