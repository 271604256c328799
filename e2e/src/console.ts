// What people do in the console, by the names that its controls have.
import { expect, type Page } from "@playwright/test";
import { world, type SignIn } from "./world";

/** Signs in on the sign-in page and waits for what the visitor was going to. */
export async function signIn(page: Page, who: SignIn = world().admin, path = "/settings/api"): Promise<void> {
  await page.goto(`${world().url}${path}`);
  await page.getByLabel("E-mail").fill(who.email);
  await page.getByLabel("Password", { exact: true }).fill(who.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page).toHaveURL(`${world().url}${path}`);
}

/** Reads the secret that is shown this once, and says that it is stored. */
export async function takeSecret(page: Page): Promise<string> {
  const dialog = page.getByRole("dialog");
  await expect(dialog.getByText("it will not be shown again")).toBeVisible();
  const secret = (await dialog.getByRole("status").or(dialog.locator("output")).first().innerText()).trim();
  await page.keyboard.press("Escape");
  await expect(dialog).toBeVisible();
  await dialog.getByRole("button", { name: "I have stored it" }).click();
  await expect(page.getByText(secret)).toHaveCount(0);
  return secret;
}
