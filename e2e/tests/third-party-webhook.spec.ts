// A webhook that a third-party app makes by its token, from the first look at whose it is to its adoption.
import { expect, test } from "@playwright/test";
import { signIn } from "../src/console";
import { Receiver } from "../src/receiver";
import { freshWorkspace, publishTickets } from "../src/steps";
import type { AppCredentials } from "../src/visitor";
import { world } from "../src/world";

const SCOPES = ["tickets:read", "webhooks:read", "webhooks:write"];

/** Asks for a token as the app itself. */
async function tokenOf(app: AppCredentials): Promise<string> {
  const basic = Buffer.from(`${app.id}:${app.client_secret}`).toString("base64");
  const body = new URLSearchParams({ grant_type: "client_credentials", scope: SCOPES.join(" ") });
  const answer = await fetch(`${world().url}/oauth/token`, { method: "POST", headers: { authorization: `Basic ${basic}` }, body });
  expect(answer.status, await answer.clone().text()).toBe(200);
  return ((await answer.json()) as { access_token: string }).access_token;
}

/** Makes a webhook for tickets with the app's token; the receiver trusts its secret. Gives its id. */
async function subscribe(token: string, receiver: Receiver): Promise<string> {
  const body = { url: receiver.url, event_types: ["ticket.*"], description: "Acme's ticket mirror" };
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  const answer = await fetch(`${world().url}/v1/webhooks`, { method: "POST", headers, body: JSON.stringify(body) });
  expect(answer.status, await answer.clone().text()).toBe(201);
  const webhook = (await answer.json()) as { id: string; signing_secret: string };
  receiver.trust(webhook.signing_secret);
  return webhook.id;
}

test("an app's webhook is seen, filtered, paused, checked, recovered by canary, and adopted before the app goes", async ({ page }) => {
  const receiver = await Receiver.start();
  await signIn(page, freshWorkspace());
  const app = { name: "Acme Dashboards", kind: "confidential", redirect_uris: [], scopes: SCOPES, grants: ["client_credentials"] };
  const created = await page.request.post(`${world().url}/v1/oauth-apps`, { data: app });
  expect(created.status(), await created.text()).toBe(201);
  const credentials = (await created.json()) as AppCredentials;
  const token = await tokenOf(credentials);
  const webhook = await subscribe(token, receiver);

  // Whose it is.
  await page.reload();
  const row = page.getByRole("table", { name: "Webhooks" }).getByRole("row", { name: /Acme's ticket mirror/ });
  await expect(row).toContainText("App Acme Dashboards");
  await row.getByRole("link").first().click();

  // A filter: only the second ticket passes.
  await page.getByRole("button", { name: "Edit" }).click();
  const edit = page.getByRole("dialog", { name: "Edit webhook" });
  await edit.getByRole("button", { name: "Add condition" }).click();
  await edit.getByLabel("Field of condition 1").selectOption("data.title");
  await edit.getByLabel("Comparison of condition 1").selectOption({ label: "begins with" });
  await edit.getByLabel("Value of condition 1").fill("Ticket 2");
  await edit.getByRole("button", { name: "Save" }).click();
  await expect(edit).toBeHidden();
  await publishTickets(page, 3);
  await expect.poll(() => receiver.verified.map((message) => message.body.data.title)).toEqual(["Ticket 2"]);

  // Paused, it holds what comes.
  await page.getByRole("button", { name: "More actions" }).click();
  await page.getByRole("menuitem", { name: "Pause" }).click();
  await page.getByRole("dialog", { name: "Pause this webhook?" }).getByRole("button", { name: "Pause", exact: true }).click();
  await expect(page.getByRole("heading", { name: "Paused until somebody resumes it" })).toBeVisible();
  await publishTickets(page, 2);
  await expect(page.getByText("1 delivery is held")).toBeVisible();
  expect(receiver.verified.length).toBe(1);
  await page.getByRole("button", { name: "Resume webhook" }).click();
  await page.getByRole("dialog", { name: "Resume this webhook?" }).getByRole("button", { name: "Resume", exact: true }).click();
  await expect.poll(() => receiver.verified.length).toBe(2);

  // The receiver proves what it does.
  const check = page.getByRole("region", { name: "Receiver check" });
  await check.getByRole("button", { name: "Check receiver" }).click();
  await expect(check.getByRole("listitem").filter({ hasText: "Takes repeats" })).toContainText("Yes");

  // What was missed while it was disabled comes back, one first.
  const act = (what: string) => page.request.post(`${world().url}/v1/webhooks/${webhook}/${what}`, { data: {} });
  expect((await act("disable")).status()).toBe(200);
  for (let round = 0; round < 12; round += 1) await publishTickets(page, 2);
  expect((await act("enable")).status()).toBe(200);
  receiver.status = 401;
  await page.reload();
  await page.getByRole("button", { name: "Recover…" }).last().click();
  const recover = page.getByRole("dialog", { name: "Recover deliveries" });
  await expect(recover.getByText("restart 12 canceled deliveries")).toBeVisible();
  await recover.getByRole("checkbox", { name: "Try a few first" }).check();
  await recover.getByRole("button", { name: "Recover 12" }).click();
  const progress = page.getByRole("region", { name: "Recovery", exact: true });
  await expect(progress).toContainText("Recovery stopped after 1 of 12");
  receiver.status = 200;
  await progress.getByRole("button", { name: "Continue" }).click();
  await expect(progress).toContainText("Recovery finished: 11 delivered, 1 failed again", { timeout: 15_000 });

  // Adopted, it goes on without the app.
  await page.getByRole("button", { name: "More actions" }).click();
  await page.getByRole("menuitem", { name: "Adopt" }).click();
  const adopt = page.getByRole("dialog", { name: "Adopt this webhook?" });
  await adopt.getByRole("button", { name: "Adopt", exact: true }).click();
  await expect(adopt).toBeHidden();
  const foreign = await fetch(`${world().url}/v1/webhooks/${webhook}`, { headers: { authorization: `Bearer ${token}` } });
  expect(foreign.status).toBe(404);
  expect((await page.request.delete(`${world().url}/v1/oauth-apps/${credentials.id}`)).status()).toBe(204);
  const before = receiver.verified.length;
  await publishTickets(page, 2);
  await expect.poll(() => receiver.verified.length).toBe(before + 1);
  await receiver.stop();
});
