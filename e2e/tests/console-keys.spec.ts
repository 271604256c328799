// API keys in the console: made, shown once, edited, replaced, revoked.
import { expect, test } from "@playwright/test";
import { signIn } from "../src/console";
import { createKey, freshWorkspace } from "../src/steps";
import { world } from "../src/world";

test("a form says what is wrong beside each field and takes the reader to the first", async ({ page }) => {
  await signIn(page, freshWorkspace());
  await page.getByRole("button", { name: "Create API key" }).first().click();
  const form = page.getByRole("dialog", { name: "Create API key" });
  await expect(form.getByRole("textbox", { name: "Name" })).toBeFocused();
  await form.getByLabel("Allowed IP addresses").fill("not-an-address");
  await form.getByRole("button", { name: "Create API key" }).click();
  await expect(form.getByRole("textbox", { name: "Name" })).toHaveAttribute("aria-invalid", "true");
  await expect(form.getByRole("textbox", { name: "Name" })).toBeFocused();
  await expect(form.getByLabel("Allowed IP addresses")).toHaveAttribute("aria-invalid", "true");
  await page.keyboard.press("Escape");
  await form.getByRole("button", { name: "Discard" }).click();
  await expect(form).toBeHidden();
  await expect(page.getByText("No active API keys")).toBeVisible();
});

test("a secret is shown once and cannot be lost by accident", async ({ page }) => {
  await signIn(page, freshWorkspace(), "/settings/api/audit");
  await page.getByRole("link", { name: "API keys" }).click();
  await page.getByRole("button", { name: "Create API key" }).first().click();
  const form = page.getByRole("dialog", { name: "Create API key" });
  await form.getByRole("textbox", { name: "Name" }).fill("Nightly export");
  await form.getByRole("checkbox", { name: "tickets:read" }).check();
  await form.getByRole("button", { name: "Create API key" }).click();
  const shown = page.getByRole("dialog", { name: "API key created" });
  await expect(shown.getByText("it will not be shown again")).toBeVisible();
  for (let presses = 0; presses < 3; presses += 1) await page.keyboard.press("Escape");
  await page.mouse.click(5, 5);
  await expect(shown).toBeVisible();
  await page.goBack();
  await expect(page).toHaveURL(/audit/);
  await expect(shown).toBeVisible();
  const secret = (await shown.getByRole("status", { name: "API key" }).textContent()) ?? "";
  expect(secret).toMatch(/^slk_[0-9A-Za-z]{38}$/);
  const answer = await fetch(`${world().url}/v1/tickets`, { headers: { authorization: `Bearer ${secret}` } });
  expect(answer.status).toBe(200);
  await shown.getByRole("button", { name: "I have stored it" }).click();
  await expect(shown).toBeHidden();
  await page.goForward();
  await expect(page.getByRole("row", { name: "Nightly export" })).toBeVisible();
  expect(await page.content()).not.toContain(secret);
});

test("a key is edited, then revoked with a reason, and its next call is refused", async ({ page }) => {
  await signIn(page, freshWorkspace());
  const secret = await createKey(page, "Importer");
  await page.getByRole("button", { name: "Actions for Importer" }).click();
  await page.getByRole("menuitem", { name: "Edit" }).click();
  const edit = page.getByRole("dialog", { name: "Edit “Importer”" });
  await edit.getByRole("textbox", { name: "Name" }).fill("Importer <b>2</b> 🦊");
  await edit.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("Importer <b>2</b> 🦊")).toBeVisible();
  await page.getByRole("button", { name: "Actions for Importer" }).click();
  await page.keyboard.press("End");
  await page.keyboard.press("Enter");
  const question = page.getByRole("dialog", { name: /^Revoke/ });
  await expect(question.getByText("refused from its next request on")).toBeVisible();
  await question.getByLabel("Reason").fill("No longer needed");
  await question.getByRole("button", { name: "Revoke" }).click();
  await expect(page.getByText("No active API keys")).toBeVisible();
  const answer = await fetch(`${world().url}/v1/tickets`, { headers: { authorization: `Bearer ${secret}` } });
  expect(answer.status).toBe(401);
  await page.getByLabel("Show keys").selectOption("revoked");
  await expect(page.getByRole("table", { name: "API keys" }).getByText("Revoked")).toBeVisible();
});

test("replacing a key leads through the new key, the old one's last use, and revoking it", async ({ page }) => {
  await signIn(page, freshWorkspace());
  const old = await createKey(page, "Nightly export");
  expect((await fetch(`${world().url}/v1/tickets`, { headers: { authorization: `Bearer ${old}` } })).status).toBe(200);
  await page.getByRole("button", { name: "Actions for Nightly export" }).click();
  await page.getByRole("menuitem", { name: "Replace key" }).click();
  const form = page.getByRole("dialog", { name: "Replace “Nightly export”" });
  await expect(form.getByRole("checkbox", { name: "tickets:read" })).toBeChecked();
  await form.getByRole("button", { name: "Create new key" }).click();
  const shown = page.getByRole("dialog", { name: "New key created" });
  const replacement = (await shown.getByRole("status", { name: "New API key" }).textContent()) ?? "";
  await shown.getByRole("button", { name: "I have stored it" }).click();
  const last = page.getByRole("dialog", { name: "Revoke the old key" });
  await expect(last.getByText("Last used")).toBeVisible();
  await expect(last.getByText("127.0.0.1")).toBeVisible({ timeout: 20_000 });
  await last.getByRole("button", { name: "Revoke old key" }).click();
  await expect(last).toBeHidden();
  const status = async (key: string) =>
    (await fetch(`${world().url}/v1/tickets`, { headers: { authorization: `Bearer ${key}` } })).status;
  expect(await status(old)).toBe(401);
  expect(await status(replacement)).toBe(200);
});

test("a key that may rotate itself shows its successor, and ends at the successor's first use", async ({ page }) => {
  await signIn(page, freshWorkspace());
  await page.getByRole("button", { name: "Create API key" }).first().click();
  const form = page.getByRole("dialog", { name: "Create API key" });
  await form.getByRole("textbox", { name: "Name" }).fill("Log archive");
  await form.getByRole("checkbox", { name: "audit:read" }).check();
  await form.getByRole("checkbox", { name: "May rotate itself" }).check();
  await form.getByRole("button", { name: "Create API key" }).click();
  const shown = page.getByRole("dialog", { name: "API key created" });
  const old = (await shown.getByRole("status", { name: "API key" }).textContent()) ?? "";
  await shown.getByRole("button", { name: "I have stored it" }).click();
  await expect(page.getByText("May rotate itself")).toBeVisible();
  const call = (key: string, path: string, method = "GET") =>
    fetch(`${world().url}${path}`, { method, headers: { authorization: `Bearer ${key}`, accept: "application/jsonl" } });
  const answer = await call(old, "/v1/api-keys/self/rotate", "POST");
  expect(answer.status).toBe(201);
  const { key: successor } = (await answer.json()) as { key: string };
  await page.reload();
  await expect(page.getByText("Replaced by slk_")).toBeVisible();
  await expect(page.getByText("Replaces slk_")).toBeVisible();
  await expect(page.getByText("at the latest")).toBeVisible();
  const log = await call(successor, "/v1/audit-log?limit=1");
  expect(log.headers.get("content-type")).toBe("application/jsonl");
  expect(JSON.parse(await log.text()).action).toBe("api_key.replaced");
  expect((await call(old, "/v1/audit-log")).status).toBe(401);
  await page.reload();
  await expect(page.getByText("Replaced by slk_")).toBeHidden();
  await page.getByLabel("Show keys").selectOption("replaced");
  await expect(page.getByText("Replaced by slk_")).toBeVisible();
});
