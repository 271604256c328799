// Getting about: deep links, back, reload, titles, 404, roles, plans, looks and widths.
import { expect, test } from "@playwright/test";
import { signIn } from "../src/console";
import { createKey, createWebhook, expectNoSidewaysScroll, freshWorkspace } from "../src/steps";
import { Receiver } from "../src/receiver";
import { addMember, createWorkspace, world } from "../src/world";

test("a deep link survives signing in, a reload, and the back button", async ({ page }) => {
  await signIn(page, freshWorkspace(), "/settings/api/audit?action=session.created");
  await expect(page).toHaveTitle("Audit log · Sayless");
  await expect(page.getByLabel("Action")).toHaveValue("session.created");
  await page.reload();
  await expect(page.getByLabel("Action")).toHaveValue("session.created");
  await expect(page.getByRole("row", { name: /Session created/ })).toBeVisible();
  await page.getByRole("link", { name: "Webhook delivery failures" }).click();
  await expect(page).toHaveURL(/\/settings\/api#delivery-failures$/);
  await expect(page).toHaveTitle("API settings · Sayless");
  await expect(page.getByRole("heading", { name: "Webhook delivery failures" })).toBeInViewport();
  await page.goBack();
  await expect(page).toHaveURL(/audit\?action=session.created$/);
});

test("signing out ends the session, and a foreign return address is not followed", async ({ page }) => {
  const who = freshWorkspace();
  await signIn(page, who);
  await page.getByRole("button", { name: "Sign out" }).click();
  await expect(page).toHaveURL(/\/sign-in/);
  await page.goto(`${world().url}/sign-in?return_to=${encodeURIComponent("//evil.example/")}`);
  await page.getByLabel("E-mail").fill(who.email);
  await page.getByLabel("Password").fill("wrong");
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("alert")).toBeVisible();
  await page.getByLabel("Password").fill(who.password);
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(`${world().url}/settings/api`);
});

test("an address that leads nowhere is a page with status 404, and so is an object that is not there", async ({ page }) => {
  const response = await page.goto(`${world().url}/nowhere`);
  expect(response?.status()).toBe(404);
  await expect(page.getByRole("heading", { name: "There is no page here" })).toBeVisible();
  await signIn(page, freshWorkspace());
  await page.goto(`${world().url}/settings/api/webhooks/whk_01JDBN5X7W3Q9K2M4E6R8T0VYZ`);
  await expect(page.getByText("This webhook does not exist")).toBeVisible();
  await page.goto(`${world().url}/settings/api/deliveries/not-an-id`);
  await expect(page.getByText("This delivery does not exist")).toBeVisible();
  await page.goto(`${world().url}/settings/api/oauth/%3Cscript%3E`);
  await expect(page.getByText("This OAuth app does not exist")).toBeVisible();
});

test("a member is told who may come in, and the free plan what the area is for", async ({ page, browser }) => {
  await signIn(page, freshWorkspace("business", "member"));
  await expect(page.getByText("API settings are for admins")).toBeVisible();
  await expect(page.getByRole("button", { name: "Create API key" })).toHaveCount(0);
  const other = await browser.newPage();
  await signIn(other, freshWorkspace("free"), "/settings/api/audit");
  await expect(other.getByText(/available on the Startup plan, Business plan, and Enterprise plan/)).toBeVisible();
  await expect(other.getByRole("table")).toHaveCount(0);
  await other.close();
});

test("somebody in two workspaces switches between them", async ({ page }) => {
  const who = { email: `two-${Date.now()}@example.com`, password: "correct horse battery staple" };
  addMember(createWorkspace("First 🌿 مساحة", "business"), "admin", who);
  addMember(createWorkspace("Second", "startup"), "admin", who);
  await signIn(page, who);
  await createKey(page, "Only in the first");
  await page.getByRole("button", { name: "Switch workspace" }).click();
  await page.getByRole("menuitemradio", { name: /Second/ }).click();
  await expect(page.getByText("No active API keys")).toBeVisible();
  await expect(page.getByRole("button", { name: "Switch workspace" })).toContainText("Startup plan");
});

test("every route works on a phone's width, reloaded, in dark, without scrolling sideways", async ({ browser }) => {
  const receiver = await Receiver.start();
  const context = await browser.newContext({ viewport: { width: 390, height: 844 }, colorScheme: "dark" });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on("pageerror", (error) => complaints.push(error.message));
  const who = freshWorkspace();
  await signIn(page, who);
  await createKey(page, `${"🦊".repeat(10)} ${"long".repeat(20)}`);
  await createKey(page, "<img src=x onerror=alert(1)> مفتاح التكامل");
  await createWebhook(page, `${receiver.url}/${"segment/".repeat(30)}`, "<b>Ticket mirror</b>");
  await expect(page.getByText("<img src=x onerror=alert(1)> مفتاح التكامل")).toBeVisible();
  const webhook = await page.getByRole("table", { name: "Webhooks" }).getByRole("link").getAttribute("href");
  for (const path of ["/settings/api", `${webhook}`, "/settings/api/events", "/settings/api/audit", "/account/authorizations", "/nowhere"]) {
    await page.goto(`${world().url}${path}`);
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    await page.reload();
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    await page.waitForLoadState("networkidle");
    await expectNoSidewaysScroll(page);
  }
  await page.goto(`${world().url}/settings/api`);
  await page.getByRole("button", { name: "Open navigation" }).click();
  await page.getByRole("dialog", { name: "Navigation" }).getByRole("link", { name: "Audit log" }).click();
  await expect(page.getByRole("heading", { name: "Audit log" })).toBeVisible();
  await expect(page.getByRole("dialog")).toHaveCount(0);
  expect(complaints).toEqual([]);
  await context.close();
  await receiver.stop();
});

test("the look follows the system until somebody chooses, and the choice is remembered", async ({ browser }) => {
  const context = await browser.newContext({ colorScheme: "dark" });
  const page = await context.newPage();
  const who = freshWorkspace();
  const paper = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  await signIn(page, who);
  const dark = await paper();
  await page.getByRole("button", { name: "Light" }).click();
  const light = await paper();
  expect(light).not.toBe(dark);
  await page.reload();
  await expect(page.getByRole("button", { name: "Light" })).toHaveAttribute("aria-pressed", "true");
  expect(await paper()).toBe(light);
  await page.getByRole("button", { name: "System" }).click();
  expect(await paper()).toBe(dark);
  await context.close();
});
