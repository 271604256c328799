// Whose a webhook is: a third party makes its own by key, the admin sees whose it is, replaces the key, revokes it, and adopts what is
// to go on.
import { expect, test, type Page } from "@playwright/test";
import { signIn } from "../src/console";
import { freshWorkspace } from "../src/steps";
import { world } from "../src/world";

const SCOPES = ["tickets:read", "webhooks:read", "webhooks:write"];

/** Makes a key in the console; gives its secret. */
async function makeKey(page: Page, name: string): Promise<string> {
  await page.getByRole("button", { name: "Create API key" }).first().click();
  const form = page.getByRole("dialog", { name: "Create API key" });
  await form.getByRole("textbox", { name: "Name" }).fill(name);
  for (const scope of SCOPES) await form.getByRole("checkbox", { name: scope }).check();
  await form.getByRole("button", { name: "Create API key" }).click();
  return stored(page, "API key created", "API key");
}

/** Reads a secret that is shown once, and says that it is stored. */
async function stored(page: Page, title: string, what: string): Promise<string> {
  const shown = page.getByRole("dialog", { name: title });
  const secret = (await shown.getByRole("status", { name: what }).textContent()) ?? "";
  await shown.getByRole("button", { name: "I have stored it" }).click();
  return secret;
}

async function call(key: string, path: string, body?: unknown): Promise<Response> {
  const headers = { authorization: `Bearer ${key}`, "content-type": "application/json" };
  const method = body === undefined ? "GET" : "POST";
  return fetch(`${world().url}${path}`, { method, headers, body: body === undefined ? undefined : JSON.stringify(body) });
}

/** Makes a webhook from outside; gives its id. */
async function makeWebhook(key: string, description: string): Promise<string> {
  const body = { url: "http://127.0.0.1:1/in", event_types: ["ticket.*"], description };
  const made = await call(key, "/v1/webhooks", body);
  expect(made.status, await made.clone().text()).toBe(201);
  return ((await made.json()) as { id: string }).id;
}

test("the admin sees whose a webhook is, replaces its key, and adopts it before the key goes", async ({ page }) => {
  await signIn(page, freshWorkspace());
  const key = await makeKey(page, "Harbour bridge");
  await makeWebhook(key, "Crane alarms");
  await makeWebhook(key, "Tide tables");
  await page.reload();
  const webhooks = page.getByRole("region", { name: "Webhooks", exact: true });
  await expect(webhooks.getByRole("row", { name: /Crane alarms/ })).toContainText("API key Harbour bridge");

  // The new key has the webhooks at once; revoking the old one stops none.
  await page.getByRole("button", { name: "Actions for Harbour bridge" }).click();
  await page.getByRole("menuitem", { name: "Replace key" }).click();
  const replace = page.getByRole("dialog", { name: /^Replace/ });
  await replace.getByRole("textbox", { name: "Name" }).fill("Harbour bridge 2");
  await replace.getByRole("button", { name: "Create new key" }).click();
  const replacement = await stored(page, "New key created", "New API key");
  await page.getByRole("dialog", { name: "Revoke the old key" }).getByRole("button", { name: "Revoke old key" }).click();
  const listed = (await (await call(replacement, "/v1/webhooks")).json()) as { data: { status: string }[] };
  expect(listed.data.map((webhook) => webhook.status)).toEqual(["active", "active"]);
  expect((await call(key, "/v1/webhooks")).status).toBe(401);

  // Revoking the last key names what stops, and offers to adopt it.
  await page.getByRole("button", { name: "Actions for Harbour bridge 2" }).click();
  await page.getByRole("menuitem", { name: "Revoke" }).click();
  const question = page.getByRole("dialog", { name: /^Revoke/ });
  await expect(question.getByText("These 2 webhooks stop with it:")).toBeVisible();
  await question.getByRole("button", { name: "Adopt Crane alarms" }).click();
  await expect(question.getByText("This webhook stops with it:")).toBeVisible();
  await expect(question.getByText("Crane alarms")).toHaveCount(0);
  await question.getByRole("button", { name: "Revoke", exact: true }).click();
  await expect(question).toBeHidden();
  await page.reload();
  await expect(webhooks.getByRole("row", { name: /Crane alarms/ })).toContainText("Active");
  await expect(webhooks.getByRole("row", { name: /Tide tables/ })).toContainText("Disabled");

  // What stopped says why, is adopted, and then enabled.
  await webhooks.getByRole("row", { name: /Tide tables/ }).getByRole("link").click();
  await expect(page.getByText("because its owner, the API key Harbour bridge 2, ended")).toBeVisible();
  await page.getByRole("button", { name: "Adopt webhook" }).click();
  const adopt = page.getByRole("dialog", { name: "Adopt this webhook?" });
  await expect(adopt.getByText("It stays disabled.")).toBeVisible();
  await adopt.getByRole("button", { name: "Adopt", exact: true }).click();
  await expect(adopt).toBeHidden();
  await page.getByRole("button", { name: "Enable webhook" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Enable", exact: true }).click();
  await expect(page.getByText("Ready; nothing has been sent yet").first()).toBeVisible();
  await page.reload();
  await expect(page.getByText("Ready; nothing has been sent yet").first()).toBeVisible();
});
