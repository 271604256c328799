// The README's pictures: the webhooks of the demo's company, in light and in dark, as docs/images/webhooks-*.png.
import { expect, test } from "@playwright/test";
import { world } from "../src/world";

const viewport = { width: 1200, height: 560 };

for (const colorScheme of ["light", "dark"] as const) {
  test(`the webhooks in ${colorScheme}`, async ({ browser }) => {
    const context = await browser.newContext({ colorScheme, viewport, reducedMotion: "reduce" });
    const page = await context.newPage();
    const { url, admin } = world();
    await page.goto(`${url}/settings/api`);
    await page.getByLabel("E-mail").fill(admin.email);
    await page.getByLabel("Password").fill(admin.password);
    await page.getByRole("button", { name: "Sign in" }).click();
    const webhooks = page.locator("#webhooks");
    // The demo has run for long enough when each of its three broken receivers is told as one.
    await expect.poll(() => webhooks.getByText(/ since /).count(), { timeout: 50_000 }).toBeGreaterThanOrEqual(3);
    await webhooks.evaluate((section) => section.scrollIntoView({ block: "start", behavior: "instant" }));
    await expect(page.getByRole("link", { name: "Webhooks" })).toHaveAttribute("aria-current", "true");
    await page.screenshot({ path: `${import.meta.dirname}/../../docs/images/webhooks-${colorScheme}.png` });
    await context.close();
  });
}
