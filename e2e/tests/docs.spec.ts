// The documentation: found by searching, light and dark, on a phone, from a problem, and from the console.
import { expect, test, type Page } from "@playwright/test";
import { signIn } from "../src/console";
import { Receiver } from "../src/receiver";
import { expectNoSidewaysScroll, freshWorkspace, publishTickets, webhookFor } from "../src/steps";
import { world } from "../src/world";

/** Opens a page of the documentation; anything that its policy refuses, and any error of its scripts, fails the story. */
async function open(page: Page, path: string): Promise<void> {
  page.on("pageerror", (error) => expect(error.message, path).toBe(""));
  page.on("console", (line) => {
    if (line.type() === "error") expect(line.text(), path).not.toMatch(/Content Security Policy|Uncaught/);
  });
  const answer = await page.goto(`${world().url}${path}`);
  expect(answer?.status()).toBe(200);
}

test("a word is searched by keyboard, and the section that has it is opened", async ({ page }) => {
  await open(page, "/docs");
  await page.keyboard.press("/");
  const search = page.getByRole("dialog", { name: "Search the docs" });
  await expect(search.getByRole("combobox")).toBeFocused();
  await page.keyboard.type("connection_refused");
  const found = search.getByRole("option");
  await expect(found.first()).toHaveAttribute("aria-selected", "true");
  await expect(found.first().locator("mark").first()).toHaveText("connection_refused");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/docs\/diagnoses#connection_refused$/);
  await expect(page.getByRole("heading", { name: /^connection_refused/ })).toBeInViewport();

  await page.keyboard.press("Control+k");
  await page.keyboard.type("ticket updated");
  await expect(found.first()).toBeVisible();
  await page.keyboard.press("ArrowDown");
  await expect(found.nth(1)).toHaveAttribute("aria-selected", "true");
  await page.keyboard.press("ArrowUp");
  await expect(found.first()).toHaveAttribute("aria-selected", "true");
  await search.getByRole("combobox").fill("zzzzzz");
  await expect(search.getByText("Nothing is found for “zzzzzz”.")).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(search).toBeHidden();
});

test("dark is chosen once, holds after a reload, and is the console's choice, too", async ({ page }) => {
  await open(page, "/docs/receivers");
  const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const light = await background();
  await page.getByRole("button", { name: "Dark" }).click();
  await expect(page.getByRole("button", { name: "Dark" })).toHaveAttribute("aria-pressed", "true");
  expect(await background()).not.toBe(light);
  await page.reload();
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  await page.goto(`${world().url}/sign-in`);
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
});

test("code is shown in one language at a time, and the choice is kept", async ({ page }) => {
  await open(page, "/docs/receivers");
  await page.getByRole("tab", { name: "Python" }).click();
  await expect(page.getByRole("tabpanel", { name: "Python" })).toBeVisible();
  await expect(page.getByRole("tabpanel", { name: "Node.js" })).toBeHidden();
  await page.keyboard.press("ArrowRight");
  await expect(page.getByRole("tab", { name: "Go" })).toHaveAttribute("aria-selected", "true");
  await page.reload();
  await expect(page.getByRole("tabpanel", { name: "Go" })).toBeVisible();
  await expect(page.getByRole("tabpanel", { name: "Go" }).getByRole("button", { name: "Copy" })).toBeVisible();
});

test("on a phone the pages are in a menu, and nothing is wider than the window", async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  for (const path of ["/docs/receivers", "/docs/events/ticket.updated", "/docs/problems/validation", "/docs/diagnoses"]) {
    await open(page, path);
    await expectNoSidewaysScroll(page);
  }
  await open(page, "/docs");
  await expectNoSidewaysScroll(page);
  const pages = page.getByRole("navigation", { name: "Pages" });
  await expect(pages).toBeHidden();
  await page.getByRole("button", { name: "Menu" }).click();
  await expect(pages).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(pages).toBeHidden();
  await page.getByRole("button", { name: "Menu" }).click();
  await pages.getByRole("link", { name: "Events" }).click();
  await expect(page).toHaveURL(/\/docs\/events$/);
  await page.getByRole("button", { name: "Search" }).click();
  await page.keyboard.type("retry-after");
  await expect(page.getByRole("option").first()).toBeVisible();
  await expectNoSidewaysScroll(page);
});

test("a problem's type leads to its page, and an unknown page says so in the frame", async ({ page, request }) => {
  const answer = await request.get(`${world().url}/v1/tickets`);
  const problem = (await answer.json()) as { type: string };
  await page.goto(problem.type);
  await expect(page.getByRole("heading", { level: 1, name: "Sign in or send a credential" })).toBeVisible();
  await page.getByRole("navigation", { name: "Pages" }).getByRole("link", { name: "Problems", exact: true }).click();
  await expect(page).toHaveURL(/\/docs\/problems$/);
  const missing = await page.goto(`${world().url}/docs/no-such-page`);
  expect(missing?.status()).toBe(404);
  await expect(page.getByRole("heading", { name: "There is no page here" })).toBeVisible();
  await page.getByRole("link", { name: "Start page of the docs" }).click();
  await expect(page).toHaveURL(`${world().url}/docs`);
});

test("the console leads to the docs, in a tab of their own", async ({ page, context }) => {
  const receiver = await Receiver.start();
  receiver.status = 400;
  await signIn(page, freshWorkspace());
  await webhookFor(page, receiver);
  await publishTickets(page, 1);
  const follow = async (name: string, within: string): Promise<Page> => {
    const opened = context.waitForEvent("page");
    await page.getByRole("region", { name: within }).getByRole("link", { name }).first().click();
    return opened;
  };
  const webhooks = await follow("Docs, in a new tab", "Webhooks");
  await expect(webhooks.getByRole("heading", { level: 1 })).toBeVisible();
  await webhooks.close();
  await page.getByRole("region", { name: "Webhook delivery failures" }).getByRole("link", { name: "ticket.created" }).click();
  const diagnosis = await follow("payload_rejected", "Diagnosis");
  await expect(diagnosis).toHaveURL(/\/docs\/diagnoses#payload_rejected$/);
  await expect(diagnosis.getByRole("heading", { name: /^payload_rejected/ })).toBeInViewport();
  await receiver.stop();
});
