// An app's developers read on its page why a request of it failed.
import { expect, test } from "@playwright/test";
import { signIn } from "../src/console";
import { expectNoSidewaysScroll, freshWorkspace } from "../src/steps";
import { world } from "../src/world";

test("a wrong redirect URI shows up with its sentence on the app's page", async ({ page }) => {
  await signIn(page, freshWorkspace());
  const made = await page.request.post(`${world().url}/v1/oauth-apps`, {
    data: {
      name: "Acme Dashboards",
      kind: "confidential",
      redirect_uris: ["https://acme.example/callback"],
      scopes: ["tickets:read"],
    },
  });
  expect(made.status()).toBe(201);
  const { id } = (await made.json()) as { id: string };
  await page.goto(`${world().url}/settings/api/oauth/${id}`);
  const failed = page.getByRole("region", { name: "Failed requests" });
  await expect(failed.getByText("No request of this app has failed")).toBeVisible();

  const sent = new URLSearchParams({
    client_id: id,
    response_type: "code",
    redirect_uri: "https://acme.example/callback/?token=s3cr3t",
    state: "af0ifjsldkj",
  });
  const refused = await page.request.get(`${world().url}/oauth/authorize?${sent}`);
  expect(refused.status()).toBe(400);
  const request = refused.headers()["x-request-id"] ?? "";

  // It is written within seconds, and the page hears of it.
  await expect(failed.getByText(/differs from the registered https:\/\/acme\.example\/callback by/)).toBeVisible({
    timeout: 15_000,
  });
  await expect(failed).toContainText("a trailing slash and its query");
  await expect(failed).toContainText("/oauth/authorize");
  await expect(failed).toContainText("127.0.0.1");
  await expect(failed).toContainText(request);
  await expect(failed).not.toContainText("s3cr3t");
  await expect(failed).not.toContainText("af0ifjsldkj");

  await page.setViewportSize({ width: 360, height: 800 });
  await expectNoSidewaysScroll(page);
});
