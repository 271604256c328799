// The story of a third-party app with an origin of its own: an admin lets it in, a member lets it act for them, and both
// take that back.
import { expect, test, type Browser, type Page } from "@playwright/test";
import { signIn, takeSecret } from "../src/console";
import { expectNoSidewaysScroll, freshWorkspace } from "../src/steps";
import { ThirdParty } from "../src/third-party";
import { CALLBACK, Visitor, type AppCredentials } from "../src/visitor";
import { exchange, way } from "../src/way";
import { addMember, world, type SignIn } from "../src/world";

/** Makes the app in the console as its admin, and leaves the page on the app's own. */
async function letIn(page: Page, third: ThirdParty): Promise<AppCredentials> {
  await page.getByRole("button", { name: "Create OAuth app" }).first().click();
  const form = page.getByRole("dialog", { name: "Create OAuth app" });
  await form.getByLabel("Name").fill("Acme Dashboards");
  await form.getByLabel("Redirect URIs").fill(third.redirectUri);
  await form.getByRole("checkbox", { name: "tickets:read" }).check();
  await form.getByRole("button", { name: "Create OAuth app" }).click();
  const client_secret = await takeSecret(page);
  await page.getByRole("link", { name: "Acme Dashboards" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Acme Dashboards" })).toBeVisible();
  const id = new URL(page.url()).pathname.split("/").pop() ?? "";
  return { id, client_secret };
}

/** A member of the admin's workspace, who has signed in nowhere. */
async function colleague(page: Page): Promise<SignIn> {
  const session = await page.request.get(`${world().url}/v1/session`);
  const { workspace } = (await session.json()) as { workspace: { id: string } };
  const who = { email: `grace-${Date.now()}@example.com`, password: "correct horse battery staple" };
  addMember(workspace.id, "member", who);
  return who;
}

/** From the app's own page to the question, through signing in. */
async function goToConsent(page: Page, third: ThirdParty, who: SignIn): Promise<void> {
  await page.goto(third.url);
  await page.getByRole("link", { name: "Sign in with Sayless" }).click();
  await expect(page).toHaveURL(/\/sign-in\?/);
  await page.getByLabel("E-mail").fill(who.email);
  await page.getByLabel("Password", { exact: true }).fill(who.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("heading", { name: "Allow Acme Dashboards?" })).toBeVisible();
}

/** A page of a person who shares nothing with the others. */
async function elsewhere(browser: Browser): Promise<Page> {
  return (await browser.newContext()).newPage();
}

test("a third-party app is let in, asks a member, calls the API, and is shut out again", async ({ page, browser }) => {
  const third = await ThirdParty.start(world().url);
  try {
    await signIn(page, freshWorkspace());
    await third.configure(await letIn(page, third));
    const ticket = await page.request.post(`${world().url}/v1/tickets`, { data: { title: "Crane stuck" } });
    expect(ticket.status()).toBe(201);
    const who = await colleague(page);

    // The member is asked by us, on a page that nobody can frame, and knows who asks for what.
    const member = await elsewhere(browser);
    await goToConsent(member, third, who);
    const asked = await member.reload();
    expect(asked?.headers()["content-security-policy"]).toContain("frame-ancestors 'none'");
    expect(asked?.headers()["referrer-policy"]).toBe("no-referrer");
    await expect(member.getByText(who.email)).toBeVisible();
    await expect(member.getByText("Read tickets, their comments and notes")).toBeVisible();
    await expect(member.getByText(/You will be sent to/)).toContainText("127.0.0.1");
    await expectNoSidewaysScroll(member);

    // They agree, and the app sees what they see.
    await member.getByRole("button", { name: "Allow access" }).click();
    await expect(member).toHaveURL(`${third.url}/`);
    await expect(member.getByRole("heading", { name: "Your tickets" })).toBeVisible();
    await expect(member.getByText("Crane stuck")).toBeVisible();

    // The admin sees that, too.
    const authorizations = page.getByRole("region", { name: "Authorizations" });
    await page.reload();
    await expect(authorizations.getByText(who.email).first()).toBeVisible();

    // The member withdraws: the very next call is refused.
    await member.goto(`${world().url}/account/authorizations`);
    await expect(member.getByRole("heading", { name: "Authorized apps", level: 1 })).toBeVisible();
    await member.getByRole("button", { name: /withdraw.*acme dashboards/i }).click();
    await member.getByRole("dialog").getByRole("button", { name: "Withdraw" }).click();
    await expect(member.getByText("No app acts for you")).toBeVisible();
    await member.goto(third.url);
    await expect(member.getByRole("heading", { name: "Sayless refused" })).toBeVisible();
    await expect(member.getByText("Status 401")).toBeVisible();
  } finally {
    await third.stop();
  }
});

test("an app is told no, and an admin withdraws, suspends and resumes", async ({ page, browser }) => {
  const third = await ThirdParty.start(world().url);
  try {
    await signIn(page, freshWorkspace());
    await third.configure(await letIn(page, third));
    const who = await colleague(page);
    const member = await elsewhere(browser);
    await goToConsent(member, third, who);
    await member.getByRole("button", { name: "Cancel" }).click();
    await expect(member.getByRole("heading", { name: "You did not let us in" })).toBeVisible();
    await expect(member.getByText("access_denied")).toBeVisible();

    // A loopback redirect proves nothing about the app: members are asked each time.
    const allow = async () => {
      await member.goto(`${third.url}/login`);
      await member.getByRole("button", { name: "Allow access" }).click();
      await expect(member.getByRole("heading", { name: "Your tickets" })).toBeVisible();
    };
    await allow();
    await page.reload();
    const authorizations = page.getByRole("region", { name: "Authorizations" });
    await authorizations.getByRole("button", { name: new RegExp(`withdraw.*${who.email}`, "i") }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Withdraw" }).click();
    await expect(authorizations.getByText("No member has authorized this app")).toBeVisible();
    await member.goto(third.url);
    await expect(member.getByText("Status 401")).toBeVisible();

    await allow();
    await page.getByRole("button", { name: "More actions" }).click();
    await page.getByRole("menuitem", { name: "Suspend" }).click();
    await expect(page.getByRole("dialog")).toContainText("1 access token");
    await page.getByRole("dialog").getByRole("button", { name: "Suspend" }).click();
    await expect(page.getByText("This app is suspended")).toBeVisible();
    await member.goto(third.url);
    await expect(member.getByText("Status 401")).toBeVisible();
    const refused = await member.goto(`${third.url}/login`);
    expect(refused?.status()).toBe(400);
    await expect(member.getByRole("heading", { name: "This app cannot be authorized" })).toBeVisible();

    await page.getByRole("button", { name: "More actions" }).click();
    await page.getByRole("menuitem", { name: "Resume" }).click();
    await expect(page.getByText("This app is suspended")).toHaveCount(0);
    await member.goto(third.url);
    await expect(member.getByRole("heading", { name: "Your tickets" })).toBeVisible();
  } finally {
    await third.stop();
  }
});

test("an old secret says whether it is still used, and is dropped", async ({ page }) => {
  const third = await ThirdParty.start(world().url);
  try {
    await signIn(page, freshWorkspace());
    const app = await letIn(page, third);
    const secrets = page.getByRole("region", { name: "Client secrets" });
    await secrets.getByRole("button", { name: "Rotate secret" }).click();
    await page.getByRole("dialog").getByRole("button", { name: /rotate/i }).click();
    await takeSecret(page);
    await expect(secrets.getByText("Not used since the rotation: safe to drop.")).toBeVisible();
    const basic = Buffer.from(`${app.id}:${app.client_secret}`).toString("base64");
    const use = () =>
      fetch(`${world().url}/oauth/introspect`, {
        method: "POST",
        headers: { authorization: `Basic ${basic}` },
        body: new URLSearchParams({ token: "any" }),
      });
    expect((await use()).status).toBe(200);
    await expect(async () => {
      await page.reload();
      await expect(secrets.getByText(/The old secret was last used .* from 127\.0\.0\.1: not safe to drop yet/)).toBeVisible({
        timeout: 2_000,
      });
    }).toPass();
    await secrets.getByRole("button", { name: /^Drop/ }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Drop secret" }).click();
    await expect(secrets.getByText("Old", { exact: true })).toHaveCount(0);
    expect((await use()).status).toBe(401);
  } finally {
    await third.stop();
  }
});

test("a public app shows its client ID once it is made, and its admin acknowledges incidents and ends tokens", async ({
  page,
}) => {
  const who = freshWorkspace();
  await signIn(page, who);
  await page.getByRole("button", { name: "Create OAuth app" }).first().click();
  const form = page.getByRole("dialog", { name: "Create OAuth app" });
  await form.getByRole("textbox", { name: "Name" }).fill("Acme Desk");
  await form.getByRole("radio", { name: /^Public/ }).check();
  await form.getByLabel("Redirect URIs").fill(CALLBACK);
  await form.getByRole("checkbox", { name: "tickets:read" }).check();
  await form.getByRole("button", { name: "Create OAuth app" }).click();
  const made = page.getByRole("dialog", { name: "OAuth app created" });
  await expect(made.getByRole("button", { name: "Copy client ID" })).toBeVisible();
  const id = (await made.getByText(/^app_/).innerText()).trim();
  await made.getByRole("button", { name: "Open the app's page" }).click();
  await expect(page).toHaveURL(`${world().url}/settings/api/oauth/${id}`);
  for (const url of ["Copy server metadata URL", "Copy API metadata URL of /v1", "Copy device authorization endpoint"]) {
    await expect(page.getByRole("button", { name: url })).toBeVisible();
  }

  // The app sends a code twice, and has other tokens.
  const member = await Visitor.signIn(world(), who);
  for (const times of [2, 1, 1]) {
    const there = way({ id });
    const back = await member.consent(there.url);
    for (let sent = 0; sent < times; sent += 1) await exchange({ id }, back, there);
  }
  await page.goto(`${world().url}/settings/api`);
  const row = page.getByRole("table", { name: "OAuth apps" }).getByRole("row", { name: /Acme Desk/ });
  await expect(row).toContainText("1 incident");
  await row.getByRole("link", { name: "Acme Desk" }).click();
  const warning = page.getByRole("region", { name: "This app used its tokens twice" });
  await expect(warning).toContainText("An authorization code was used twice");
  await expect(warning).toContainText(/It came from the same address (less than )?\d+ s later, so the client probably sent it twice\./);
  await warning.getByRole("button", { name: /^Acknowledge/ }).click();
  const dialog = page.getByRole("dialog", { name: "Acknowledge this incident?" });
  await dialog.getByLabel("Note").fill("x".repeat(501));
  await dialog.getByRole("button", { name: "Acknowledge" }).click();
  await expect(dialog.getByText("It must have 0 to 500 characters, and has 501.")).toBeVisible();
  await dialog.getByLabel("Note").fill("Two workers shared one code.");
  await dialog.getByRole("button", { name: "Acknowledge" }).click();
  await expect(warning).toHaveCount(0);
  const quiet = page.getByRole("region", { name: "Acknowledged incidents" });
  await expect(quiet).toContainText(`Acknowledged by ${who.email}`);
  await expect(quiet).toContainText("Two workers shared one code.");

  // One consent's tokens end, and the other's stay.
  const tokens = page.getByRole("region", { name: "Live tokens" });
  const ends = tokens.getByRole("button", { name: `End the tokens for ${who.email}` });
  await expect(ends).toHaveCount(2);
  await ends.first().click();
  await page.getByRole("dialog", { name: "End these tokens?" }).getByRole("button", { name: "End tokens" }).click();
  await expect(ends).toHaveCount(1);
  await page.reload();
  await expect(ends).toHaveCount(1);
  await page.setViewportSize({ width: 360, height: 800 });
  await expectNoSidewaysScroll(page);
});
