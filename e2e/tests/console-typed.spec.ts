// What somebody typed is not lost: a form says where it is wrong, asks before it is discarded, and outlives the session.
import { expect, test } from "@playwright/test";
import { signIn } from "../src/console";
import { expectNoSidewaysScroll, freshWorkspace } from "../src/steps";
import { Visitor } from "../src/visitor";
import { world } from "../src/world";

const PHONE = { width: 390, height: 700 };

test("a form leads to the first thing that is wrong, be it a field or a group of choices", async ({ page }) => {
  await page.setViewportSize(PHONE);
  await signIn(page, freshWorkspace());
  await page.getByRole("button", { name: "Create webhook" }).first().click();
  const webhook = page.getByRole("dialog", { name: "Create webhook" });
  await webhook.getByLabel("Destination URL").fill("https://hooks.example/in");
  await webhook.getByRole("button", { name: "Create webhook" }).click();
  const events = webhook.getByRole("group", { name: "Events" });
  await expect(events).toHaveAttribute("aria-invalid", "true");
  await expect(events.getByText("Choose at least one of the events.")).toBeInViewport();
  await expect(events.getByRole("radio", { name: /^All events/ })).toBeFocused();
  await expect(events.getByRole("radio", { name: /^All events/ })).toBeInViewport();
  await webhook.getByRole("button", { name: "Cancel" }).click();
  await webhook.getByRole("button", { name: "Discard" }).click();
  await expect(webhook).toHaveCount(0);

  await page.getByRole("button", { name: "Create API key" }).first().click();
  const key = page.getByRole("dialog", { name: "Create API key" });
  await key.getByRole("textbox", { name: "Name" }).fill("Robot");
  await key.getByRole("button", { name: "Create API key" }).click();
  await expect(key.getByText("Choose at least one of the scopes.")).toBeInViewport();
  await expect(key.getByRole("checkbox").first()).toBeFocused();
  await expect(key.getByRole("checkbox").first()).toBeInViewport();
  await expectNoSidewaysScroll(page);
});

test("a dialog asks before it discards what was typed, and closes at once where nothing was", async ({ page }) => {
  await signIn(page, freshWorkspace());
  const form = page.getByRole("dialog", { name: "Create API key" });
  const question = form.getByRole("alertdialog", { name: "Discard what you typed?" });
  const open = async (): Promise<void> => {
    await page.getByRole("button", { name: "Create API key" }).first().click();
    await expect(form).toBeVisible();
  };
  await open();
  await page.keyboard.press("Escape");
  await expect(form).toHaveCount(0);

  await open();
  const name = form.getByRole("textbox", { name: "Name" });
  await name.fill("Half a name");
  for (const leave of [
    () => page.keyboard.press("Escape"),
    () => form.getByRole("button", { name: "Close" }).click(),
    () => form.getByRole("button", { name: "Cancel" }).click(),
  ]) {
    await leave();
    await expect(question).toBeVisible();
    await expect(question.getByRole("button", { name: "Keep editing" })).toBeFocused();
    await page.keyboard.press("Escape");
    await expect(question).toHaveCount(0);
    await expect(name).toHaveValue("Half a name");
  }
  await page.keyboard.press("Escape");
  await question.getByRole("button", { name: "Discard" }).click();
  await expect(form).toHaveCount(0);
  await open();
  await expect(name).toHaveValue("");
});

test("a session that ends while a form is filled in is begun again over it", async ({ page }) => {
  const who = freshWorkspace();
  await signIn(page, who);
  await page.getByRole("button", { name: "Create API key" }).first().click();
  const form = page.getByRole("dialog", { name: "Create API key" });
  await form.getByRole("textbox", { name: "Name" }).fill("Robot");
  await form.getByRole("checkbox", { name: "tickets:read" }).check();
  expect((await page.request.delete(`${world().url}/v1/session`)).status()).toBe(204);
  // The page may hear of it first, and then its dialog is in the way.
  await form.locator("form").evaluate((form: HTMLFormElement) => form.requestSubmit());
  const ended = page.getByRole("dialog", { name: "Your session has ended" });
  await expect(ended).toContainText(who.email);
  await ended.getByLabel("Password").fill("not this");
  await ended.getByRole("button", { name: "Sign in" }).click();
  await expect(ended.getByRole("alert")).toBeVisible();
  await ended.getByLabel("Password").fill(who.password);
  await ended.getByRole("button", { name: "Sign in" }).click();
  await expect(ended).toHaveCount(0);
  await expect(form.getByRole("textbox", { name: "Name" })).toHaveValue("Robot");
  await form.getByRole("button", { name: "Create API key" }).click();
  await expect(page.getByRole("dialog", { name: "API key created" })).toBeVisible();
});

test("a console that does not arrive says so, and is tried again", async ({ page }) => {
  await page.route("**/*.wasm", (route) => route.abort());
  await page.goto(`${world().url}/sign-in`);
  await expect(page.getByRole("heading", { name: "Sayless could not be loaded" })).toBeVisible();
  await page.unroute("**/*.wasm");
  await page.getByRole("button", { name: "Try again" }).click();
  await expect(page.getByRole("heading", { name: "Sign in" })).toBeVisible();
});

test("where copying is not allowed, the text is there to be copied by hand", async ({ page }) => {
  await page.addInitScript(() => {
    Object.defineProperty(navigator, "clipboard", { value: undefined });
  });
  await signIn(page, freshWorkspace());
  await page.getByRole("button", { name: "Create API key" }).first().click();
  const form = page.getByRole("dialog", { name: "Create API key" });
  await form.getByRole("textbox", { name: "Name" }).fill("Robot");
  await form.getByRole("checkbox", { name: "tickets:read" }).check();
  await form.getByRole("button", { name: "Create API key" }).click();
  const shown = page.getByRole("dialog", { name: "API key created" });
  const secret = await shown.getByRole("status", { name: "API key" }).textContent();
  await shown.getByRole("button", { name: "Copy" }).click();
  await expect(shown.getByText("The browser does not allow copying here.")).toBeVisible();
  const field = shown.getByRole("textbox", { name: "Copy" });
  await expect(field).toBeFocused();
  await expect(field).toHaveValue(secret ?? "");
  expect(await page.evaluate(() => document.getSelection()?.toString())).toBe(secret);
});

test("text of several lines keeps them when it is copied by hand", async ({ page }) => {
  await page.addInitScript(() => {
    Object.defineProperty(navigator, "clipboard", { value: undefined });
  });
  const who = freshWorkspace();
  const app = await (await Visitor.signIn(world(), who)).createApp("public");
  await signIn(page, who, `/settings/api/oauth/${app.id}`);
  await page.getByRole("button", { name: "Copy all as JSON" }).click();
  const text = await page.getByRole("textbox", { name: "Copy all as JSON" }).inputValue();
  expect(text.split("\n").length).toBeGreaterThan(3);
  expect((JSON.parse(text) as { client_id: string }).client_id).toBe(app.id);
  await expectNoSidewaysScroll(page);
});

test("times and numbers are written as the reader does, and a tap shows the exact time", async ({ browser }) => {
  const context = await browser.newContext({ locale: "de-DE", timezoneId: "Europe/Berlin" });
  const page = await context.newPage();
  await signIn(page, freshWorkspace());
  const ticket = await page.request.post(`${world().url}/v1/tickets`, { data: { title: "Here" } });
  expect(ticket.status()).toBe(201);
  await page.goto(`${world().url}/settings/api/audit`);
  const time = page.getByRole("table").getByRole("time").first();
  await expect(time).toHaveText("just now");
  await time.click();
  await expect(time).toHaveText(/^\d{2}\.\d{2}\.\d{4}, \d{2}:\d{2}:\d{2} MES?Z$/);
  await time.click();
  await expect(time).not.toHaveText(/MES?Z/);
  await context.close();
});
