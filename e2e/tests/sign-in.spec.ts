// The way in.
import { expect, test } from "@playwright/test";
import { world } from "../src/world";

test("a visitor is shown the sign-in page, and nothing breaks the page's policy", async ({ page }) => {
  const complaints: string[] = [];
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("console", (message) => {
    if (message.type() === "error" && !message.text().includes("401")) complaints.push(message.text());
  });
  const response = await page.goto(`${world().url}/settings/api`);
  expect(response?.headers()["content-security-policy"]).toContain("script-src 'self' 'wasm-unsafe-eval'");
  await expect(page).toHaveURL(/\/sign-in/);
  await expect(page.getByLabel(/e-?mail/i)).toBeVisible();
  await expect(page.getByLabel(/password/i).first()).toBeVisible();
  expect(complaints).toEqual([]);
});
