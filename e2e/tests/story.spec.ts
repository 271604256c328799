// The whole story: an admin connects an outside system, its receiver breaks and is mended, and the key is taken back.
import { expect, test } from "@playwright/test";
import createClient from "openapi-fetch";
import type { paths } from "../src/api";
import { signIn, takeSecret } from "../src/console";
import { Receiver } from "../src/receiver";
import { world } from "../src/world";

test("from a key to a verified webhook, through a failure and back", async ({ page }) => {
  const receiver = await Receiver.start();
  try {
    await signIn(page);

    // A key, shown once, works from outside with the client generated from the OpenAPI document.
    await page.getByRole("button", { name: "Create API key" }).first().click();
    const keyForm = page.getByRole("dialog");
    await keyForm.getByLabel("Name").fill("Harbour bridge");
    for (const scope of ["events:write", "tickets:write", "deliveries:read"]) {
      await keyForm.getByRole("checkbox", { name: scope }).check();
    }
    await keyForm.getByRole("button", { name: "Create API key" }).click();
    const key = await takeSecret(page);
    expect(key).toMatch(/^slk_[0-9A-Za-z]{38}$/);
    const outside = createClient<paths>({ baseUrl: world().url, headers: { authorization: `Bearer ${key}` } });
    const session = await outside.GET("/v1/session");
    expect(session.data?.workspace.name).toBe("Harbour Support");

    // A webhook, whose secret the receiver verifies with.
    await page.getByRole("button", { name: "Create webhook" }).first().click();
    const hookForm = page.getByRole("dialog");
    await hookForm.getByLabel("Destination URL").fill(receiver.url);
    await hookForm.getByRole("radio", { name: /all events/i }).check();
    await hookForm.getByRole("button", { name: "Create webhook" }).click();
    receiver.trust(await takeSecret(page));

    // An event from outside arrives, verified by the npm package.
    const ticket = { id: "tkt_01JDBN5X7W3Q9K2M4E6R8T0VYZ", title: "Crane stuck", body: "", status: "open" as const };
    const times = { created_at: "2026-11-23T06:44:50Z", updated_at: "2026-11-23T06:44:50Z" };
    const publish = () =>
      outside.POST("/v1/events", { body: { type: "ticket.created", data: { ...ticket, ...times } } });
    const first = await publish();
    expect(first.response.status).toBe(202);
    await expect.poll(() => receiver.verified.map((message) => message.id)).toContain(first.data?.id);
    expect(receiver.verified.at(-1)?.body).toMatchObject({ type: "ticket.created", data: { title: "Crane stuck" } });

    // The receiver breaks: the failure shows, with what to do about it.
    receiver.status = 500;
    const second = await publish();
    await page.reload();
    const failures = page.getByRole("region", { name: "Webhook delivery failures" });
    const failed = failures.getByRole("link", { name: /ticket\.created/ }).first();
    await expect(async () => {
      await page.reload();
      await expect(failed).toBeVisible({ timeout: 2_000 });
    }).toPass();
    await failed.click();
    await expect(page).toHaveURL(/\/settings\/api\/deliveries\/dlv_/);
    const deliveryPage = page.url();
    await expect(page.getByText(/failed with status 500/i).first()).toBeVisible();

    // Mended, retried, delivered.
    receiver.status = 200;
    await page.getByRole("button", { name: "Retry", exact: true }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Retry", exact: true }).click();
    await expect(page.getByText("Succeeded").first()).toBeVisible();
    const messages = receiver.verified.filter((message) => message.id === second.data?.id);
    expect(messages.length).toBeGreaterThanOrEqual(2);
    expect(receiver.refused).toEqual([]);

    // The key is taken back: the very next request is refused.
    await page.goto(`${world().url}/settings/api`);
    await page.getByRole("button", { name: /actions.*harbour bridge/i }).first().click();
    await page.getByRole("menuitem", { name: "Revoke" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Revoke" }).click();
    await expect(page.getByRole("dialog")).toHaveCount(0);
    const refused = await outside.GET("/v1/session");
    expect(refused.response.status).toBe(401);

    // Every place can be reloaded.
    for (const path of ["/settings/api", "/settings/api/audit", new URL(deliveryPage).pathname]) {
      await page.goto(`${world().url}${path}`);
      await page.reload();
      await expect(page).toHaveURL(`${world().url}${path}`);
      await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    }
  } finally {
    await receiver.stop();
  }
});
