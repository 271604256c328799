// The story of an app for many workspaces: a member elsewhere asks for it, an admin there lets it in, it acts, is paused there alone,
// and works on at home.
import { expect, test, type Page } from "@playwright/test";
import { signIn } from "../src/console";
import { expectNoSidewaysScroll, freshWorkspace } from "../src/steps";
import { Visitor, CALLBACK, type AppCredentials } from "../src/visitor";
import { exchange, way, type Way } from "../src/way";
import { addMember, world, type SignIn } from "../src/world";

/** The access token for the code that a member came back with. */
async function redeem(app: AppCredentials, back: URL, way: Way): Promise<string> {
  const answer = await exchange(app, back, way);
  expect(answer.status, await answer.clone().text()).toBe(200);
  return ((await answer.json()) as { access_token: string }).access_token;
}

/** The status of the app's call with a token, and the titles that it sees. */
async function tickets(token: string): Promise<[number, string[]]> {
  const answer = await fetch(`${world().url}/v1/tickets`, { headers: { authorization: `Bearer ${token}` } });
  if (!answer.ok) return [answer.status, []];
  const { data } = (await answer.json()) as { data: { title: string }[] };
  return [answer.status, data.map((ticket) => ticket.title)];
}

/** A member of the workspace that the page's admin is signed in to. */
async function colleague(page: Page): Promise<SignIn> {
  const session = await page.request.get(`${world().url}/v1/session`);
  const { workspace } = (await session.json()) as { workspace: { id: string } };
  const who = { email: `linus-${Date.now()}@example.com`, password: "correct horse battery staple" };
  addMember(workspace.id, "member", who);
  return who;
}

/** Decides about the app on the page of installed apps. */
async function decide(page: Page, decision: string, then: string): Promise<void> {
  await page.getByRole("button", { name: "Actions for Acme Everywhere" }).click();
  await page.getByRole("menuitem", { name: decision }).click();
  await expect(page.getByRole("row", { name: /Acme Everywhere/ }).getByText(then, { exact: true })).toBeVisible();
}

test("an app of another workspace is asked for, let in, used, paused here alone, and resumed", async ({
  page,
  browser,
}) => {
  // At home, the app acts for its own admin.
  const publisher = await Visitor.signIn(world(), freshWorkspace());
  const app = await publisher.createApp("public", {
    name: "Acme Everywhere",
    distribution: "public",
    publisher_name: "Acme Ltd",
  });
  expect((await publisher.send("POST", "/v1/tickets", { title: "At home" })).status).toBe(201);
  const homeward = way(app);
  const atHome = await redeem(app, await publisher.consent(homeward.url), homeward);
  expect(await tickets(atHome)).toEqual([200, ["At home"]]);

  // Elsewhere, a member is told who publishes it, and can only ask an admin.
  await signIn(page, freshWorkspace(), "/settings/api/installed-apps");
  await expect(page.getByText("No app from elsewhere is here")).toBeVisible();
  const ticket = await page.request.post(`${world().url}/v1/tickets`, { data: { title: "Elsewhere" } });
  expect(ticket.status()).toBe(201);
  const who = await colleague(page);
  const member = await (await browser.newContext()).newPage();
  // Nothing listens at the app.
  await member.route(`${CALLBACK}**`, (route) => route.fulfill({ contentType: "text/html", body: "<h1>Back</h1>" }));
  const away = way(app);
  await member.goto(away.url.href);
  await expect(member).toHaveURL(/\/sign-in\?/);
  await member.getByLabel("E-mail").fill(who.email);
  await member.getByLabel("Password", { exact: true }).fill(who.password);
  await member.getByRole("button", { name: "Sign in" }).click();
  await expect(member.getByRole("heading", { name: "Allow Acme Everywhere?" })).toBeVisible();
  await expect(member.getByText(/The app comes from another workspace/)).toContainText("It says that Acme Ltd stands behind it");
  await expect(member.getByRole("button", { name: "Allow access" })).toHaveCount(0);
  await expectNoSidewaysScroll(member);
  await member.getByRole("button", { name: "Ask an admin" }).click();
  await expect(member.getByRole("button", { name: "Ask an admin" })).toHaveCount(0);

  // Their admin sees who asks for whose app, and approves.
  await page.reload();
  const row = page.getByRole("row", { name: /Acme Everywhere/ });
  await expect(row).toContainText("Acme Ltd");
  await expect(row).toContainText(who.email);
  await expectNoSidewaysScroll(page);
  await decide(page, "Approve", "Active");

  // The member allows it, and it sees what is here and nothing of its home.
  await member.reload();
  await member.getByRole("button", { name: "Allow access" }).click();
  // The page says "Taking you back…" before the browser has left it.
  await member.waitForURL(`${CALLBACK}**`);
  const here = await redeem(app, new URL(member.url()), away);
  expect(await tickets(here)).toEqual([200, ["Elsewhere"]]);

  // Paused, it is refused here on its next call, and works on at home.
  await decide(page, "Pause", "Paused");
  expect((await tickets(here))[0]).toBe(401);
  expect(await tickets(atHome)).toEqual([200, ["At home"]]);

  // Resumed, it goes on with the token that it had.
  await decide(page, "Resume", "Active");
  expect(await tickets(here)).toEqual([200, ["Elsewhere"]]);

  // The app's page here has that one token, which the admin ends alone.
  await page.getByRole("link", { name: "Acme Everywhere" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Acme Everywhere" })).toBeVisible();
  await expectNoSidewaysScroll(page);
  await page.getByRole("button", { name: `End the tokens for ${who.email}` }).click();
  await page.getByRole("dialog").getByRole("button", { name: "End tokens" }).click();
  await expect(page.getByText("This app has no live tokens")).toBeVisible();
  expect((await tickets(here))[0]).toBe(401);
  expect(await tickets(atHome)).toEqual([200, ["At home"]]);
});
