// The API reference: samples in the language of one's choice, and an operation tried with a key.
import { expect, test, type Locator, type Page } from "@playwright/test";
import { expectNoSidewaysScroll, freshWorkspace } from "../src/steps";
import { world } from "../src/world";

/** Opens an operation of the reference; anything that the page's policy refuses fails the story. */
async function open(page: Page, tag: string, operation: string): Promise<Locator> {
  page.on("console", (line) => expect(line.text()).not.toMatch(/Content Security Policy|Uncaught/));
  // An address with another fragment alone would not load the page anew.
  await page.goto("about:blank");
  await page.goto(`${world().url}/docs/api#/${tag}/${operation}`);
  const opened = page.locator(`[id^="operations-"][id$="-${operation}"]`);
  // The page reads all of the document before it shows one operation.
  await expect(opened).toBeVisible({ timeout: 30_000 });
  return opened;
}

// A server compresses a file for the first who asks, which takes an unoptimized one seconds.
test.beforeAll(async ({ request }) => {
  for (const file of ["docs/api/swagger-ui-bundle.js", "docs/api/swagger-ui.css", "docs/api/samples.json", "openapi.json"]) {
    expect((await request.get(`${world().url}/${file}`)).status()).toBe(200);
  }
});

test("each operation has samples, and the language is chosen once", async ({ page }) => {
  const create = await open(page, "Webhooks", "createWebhook");
  const samples = create.getByRole("region", { name: "Samples" });
  const sample = samples.getByRole("tabpanel");
  await expect(sample).toContainText('curl -X POST "$SAYLESS_URL/v1/webhooks"');
  await samples.getByRole("tab", { name: "TypeScript" }).click();
  await expect(sample).toContainText("await sayless.webhooks.create({");
  await page.keyboard.press("ArrowRight");
  await expect(samples.getByRole("tab", { name: "Python" })).toBeFocused();
  await expect(sample).toContainText("sayless.webhooks.create(");
  const list = (await open(page, "Tickets", "listTickets")).getByRole("region", { name: "Samples" });
  await expect(list.getByRole("tab", { name: "Python" })).toHaveAttribute("aria-selected", "true");
  await expect(list.getByRole("tabpanel")).toContainText("for ticket in sayless.tickets.list():");
  await page.setViewportSize({ width: 390, height: 844 });
  await expectNoSidewaysScroll(page);
});

test("an operation that the SDKs leave out says why", async ({ page }) => {
  const token = (await open(page, "OAuth%20protocol", "issueToken")).getByRole("region", { name: "Samples" });
  await expect(token.getByRole("tabpanel")).toContainText("--data-urlencode 'grant_type=client_credentials'");
  await token.getByRole("tab", { name: "Rust" }).click();
  await expect(token.getByRole("tabpanel")).toContainText("The SDKs leave this operation out");
});

test("an operation is tried with a key, which stays in the tab and out of addresses", async ({ page, context }) => {
  const post = (path: string, data: object) =>
    page.request.post(`${world().url}${path}`, { data, headers: { origin: world().url } });
  await post("/v1/session", freshWorkspace());
  const made = await post("/v1/api-keys", { name: "Reference", scopes: ["tickets:read"] });
  const { key } = (await made.json()) as { key: string };
  const asked: string[] = [];
  page.on("request", (request) => asked.push(request.url()));
  const list = await open(page, "Tickets", "listTickets");
  await page.getByRole("button", { name: "Authorize" }).first().click();
  const dialog = page.locator(".dialog-ux");
  await dialog.locator("input").first().fill(key);
  await dialog.getByRole("button", { name: "Apply credentials" }).first().click();
  await dialog.getByRole("button", { name: "Close" }).first().click();
  const answered = page.waitForResponse((response) => response.url().includes("/v1/tickets"));
  await list.getByRole("button", { name: "Execute" }).click();
  const answer = await answered;
  expect(answer.status()).toBe(200);
  expect((await answer.request().allHeaders()).cookie).toBeUndefined();
  expect(asked.filter((url) => url.includes(key))).toEqual([]);
  expect(page.url()).not.toContain(key);
  expect(await page.evaluate(() => JSON.stringify(localStorage))).not.toContain(key);
  const other = await context.newPage();
  await other.goto(`${world().url}/docs/api`);
  expect(await other.evaluate(() => JSON.stringify({ ...sessionStorage, ...localStorage }))).not.toContain(key);
});
