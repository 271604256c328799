// A program without a browser, with `openid-client` unchanged: it shows a code, a member types it in the console, and it gets tokens.
import { expect, test, type APIRequestContext } from "@playwright/test";
import * as client from "openid-client";
import { signIn } from "../src/console";
import { expectNoSidewaysScroll, freshWorkspace } from "../src/steps";
import { world } from "../src/world";

/** Makes an app for devices as its admin. */
async function deviceApp(request: APIRequestContext): Promise<client.Configuration> {
  const data = {
    name: "Acme Shell",
    kind: "public",
    redirect_uris: [],
    scopes: ["tickets:read", "tickets:write"],
    grants: ["device_code", "refresh_token"],
  };
  const made = await request.post(`${world().url}/v1/oauth-apps`, { data });
  expect(made.status()).toBe(201);
  const { id } = (await made.json()) as { id: string };
  const options: client.DiscoveryRequestOptions = { algorithm: "oauth2", execute: [client.allowInsecureRequests] };
  return client.discovery(new URL(world().url), id, undefined, client.None(), options);
}

test("a program without a browser is let in by a code that a member types", async ({ page }) => {
  await signIn(page, freshWorkspace());
  const config = await deviceApp(page.request);
  const begun = await client.initiateDeviceAuthorization(config, { scope: "tickets:read" });
  expect(begun.verification_uri).toBe(`${world().url}/oauth/device`);
  const polled = client.pollDeviceAuthorizationGrant(config, begun);

  // A wrong code first; then the right one, typed carelessly.
  await page.goto(begun.verification_uri);
  await page.getByLabel("Code").fill("BCDF-GHJK");
  await page.getByRole("button", { name: "My device shows this code" }).click();
  await expect(page.getByText("There is no such code, or it is over.")).toBeVisible();
  await page.getByLabel("Code").fill(begun.user_code.toLowerCase().replace("-", " "));
  await expectNoSidewaysScroll(page);
  await page.getByRole("button", { name: "My device shows this code" }).click();
  await expect(page.getByRole("heading", { name: "Allow Acme Shell?" })).toBeVisible();
  await expect(page.getByText("Read tickets, their comments and notes")).toBeVisible();
  await expect(page.getByText("The answer goes to the device that showed the code")).toBeVisible();
  await expectNoSidewaysScroll(page);
  await page.getByRole("button", { name: "Allow access" }).click();
  await expect(page.getByRole("heading", { name: "Go back to your device" })).toBeVisible();

  const tokens = await polled;
  expect(tokens).toMatchObject({ token_type: "bearer", scope: "tickets:read", expires_in: 600 });
  const headers = { authorization: `Bearer ${tokens.access_token}` };
  expect((await fetch(`${world().url}/v1/tickets`, { headers })).status).toBe(200);
  const next = await client.refreshTokenGrant(config, tokens.refresh_token ?? "");
  expect(next.refresh_token).not.toBe(tokens.refresh_token);
});

test("a code that a link brings is confirmed, also by who signs in first, and may be refused", async ({ page, browser }) => {
  const who = freshWorkspace();
  await signIn(page, who);
  const config = await deviceApp(page.request);
  const begun = await client.initiateDeviceAuthorization(config, {});
  const polled = client.pollDeviceAuthorizationGrant(config, begun).catch((error: unknown) => error);

  const elsewhere = await (await browser.newContext()).newPage();
  await elsewhere.goto(begun.verification_uri_complete ?? "");
  await expect(elsewhere).toHaveURL(/\/sign-in\?/);
  await elsewhere.getByLabel("E-mail").fill(who.email);
  await elsewhere.getByLabel("Password", { exact: true }).fill(who.password);
  await elsewhere.getByRole("button", { name: "Sign in" }).click();
  await expect(elsewhere.getByLabel("Code")).toHaveValue(begun.user_code);
  await expect(elsewhere.getByText(/Go on only if you have just started this yourself/)).toBeVisible();
  await elsewhere.getByRole("button", { name: "My device shows this code" }).click();
  await elsewhere.getByRole("button", { name: "Cancel" }).click();
  await expect(elsewhere.getByRole("heading", { name: "Nothing was allowed" })).toBeVisible();
  expect(await polled).toMatchObject({ error: "access_denied" });
});
