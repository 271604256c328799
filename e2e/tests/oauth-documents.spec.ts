// An app that nobody registered: an admin takes such apps, and a member who signs in on the way is asked by one, sees where its
// document stands and what it says of itself, and lets it act.
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { createHash, randomBytes } from "node:crypto";
import { expect, test } from "@playwright/test";
import { signIn } from "../src/console";
import { expectNoSidewaysScroll, freshWorkspace } from "../src/steps";
import { addMember, world } from "../src/world";

/** A server of the app's own: its document, and the page to which members come back. */
async function startApp(): Promise<{ server: Server; origin: string; clientId: string }> {
  const server = createServer((request, response) => {
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    if (request.url === "/client.json") {
      const document = {
        client_id: `${origin}/client.json`,
        client_name: "Robot",
        client_uri: "https://robot.example",
        logo_uri: `${origin}/logo.png`,
        redirect_uris: [`${origin}/callback`],
        grant_types: ["authorization_code", "refresh_token"],
        token_endpoint_auth_method: "none",
        scope: "tickets:read",
      };
      response.setHeader("content-type", "application/json").end(JSON.stringify(document));
    } else {
      response.setHeader("content-type", "text/html").end("<h1>Back at the app</h1>");
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { server, origin, clientId: `${origin}/client.json` };
}

test("an app that nobody registered is taken, asks a member, and is shown for what it is", async ({ page, browser }) => {
  const { server, origin, clientId } = await startApp();
  const verifier = randomBytes(32).toString("base64url");
  const authorize = `${world().url}/oauth/authorize?${new URLSearchParams({
    response_type: "code",
    client_id: clientId,
    redirect_uri: `${origin}/callback`,
    scope: "tickets:read",
    state: "a state of the app",
    code_challenge: createHash("sha256").update(verifier).digest("base64url"),
    code_challenge_method: "S256",
  })}`;
  try {
    await signIn(page, freshWorkspace(), "/settings/api/installed-apps");
    const session = await page.request.get(`${world().url}/v1/session`);
    const { workspace } = (await session.json()) as { workspace: { id: string } };
    const who = { email: `ada-${Date.now()}@example.com`, password: "correct horse battery staple" };
    addMember(workspace.id, "member", who);

    // Such apps are not taken until an admin says so.
    const member = await (await browser.newContext()).newPage();
    await member.goto(authorize);
    await expect(member).toHaveURL(/\/sign-in\?/);
    await member.getByLabel("E-mail").fill(who.email);
    await member.getByLabel("Password", { exact: true }).fill(who.password);
    await member.getByRole("button", { name: "Sign in" }).click();
    await expect(member.getByRole("heading", { name: "This app cannot be authorized" })).toBeVisible();
    await page.getByRole("radio", { name: /^Any app/ }).check();
    await expect(page.getByText("Saved.").first()).toBeVisible();
    await page.getByRole("radio", { name: /^Taken/ }).check();
    await expect
      .poll(async () => (await page.request.get(`${world().url}/v1/app-policy`)).json())
      .toEqual({ policy: "open", client_documents: "on" });

    // The member sees the host first, and what the app says of itself as its own words.
    await member.goto(authorize);
    const host = new URL(origin).host;
    await expect(member.getByRole("heading", { name: `Allow ${host}?` })).toBeVisible();
    await expect(member.getByText(/It says it is/)).toContainText("Robot");
    await expect(member.getByText(/any program on this device could receive its answer/)).toBeVisible();
    await expect(member.locator("img")).toHaveCount(0);
    await expect(member.getByRole("link", { name: /robot\.example/ })).toHaveCount(0);
    await expectNoSidewaysScroll(member);
    await member.getByRole("button", { name: "Allow access" }).click();
    await expect(member.getByRole("heading", { name: "Back at the app" })).toBeVisible();
    const answer = new URL(member.url()).searchParams;
    const tokens = await fetch(`${world().url}/oauth/token`, {
      method: "POST",
      body: new URLSearchParams({
        grant_type: "authorization_code",
        client_id: clientId,
        redirect_uri: `${origin}/callback`,
        code: answer.get("code") ?? "",
        code_verifier: verifier,
      }),
    });
    expect(tokens.status).toBe(200);

    // The admin sees it among the installed apps.
    await page.reload();
    await expect(page.getByText(host).first()).toBeVisible();
    await expect(page.getByText(/Says it is/)).toContainText("Robot");
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});
