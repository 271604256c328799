// A member of two workspaces with two tabs: a tab never acts in another workspace than the one that it shows.
import { expect, test, type Page } from "@playwright/test";
import { signIn } from "../src/console";
import { addMember, createWorkspace, world } from "../src/world";

const MOVED = "You are in another workspace now";

/** The names of the API keys in the workspace that the session is in. */
async function keyNames(page: Page): Promise<string[]> {
  const answer = await page.request.get(`${world().url}/v1/api-keys`);
  return ((await answer.json()) as { data: { name: string }[] }).data.map((key) => key.name);
}

async function moveSession(page: Page, id: string): Promise<void> {
  const moved = await page.request.patch(`${world().url}/v1/session`, { data: { workspace_id: id } });
  expect(moved.status()).toBe(200);
}

test("a tab notices that the session went to another workspace, and what was typed there stays there", async ({ page, context }) => {
  const [here, there] = [createWorkspace("Here Ltd", "business"), createWorkspace("There Ltd", "business")];
  const who = { email: `twice-${Date.now()}@example.com`, password: "correct horse battery staple" };
  addMember(here, "admin", who);
  addMember(there, "admin", who);
  await signIn(page, who);
  await moveSession(page, here);
  await page.reload();
  await expect(page.getByRole("button", { name: "Switch workspace" })).toContainText("Here Ltd");
  await page.getByRole("button", { name: "Create API key" }).first().click();
  const form = page.getByRole("dialog", { name: "Create API key" });
  await form.getByRole("textbox", { name: "Name" }).fill("Robot");
  await form.getByRole("checkbox", { name: "tickets:read" }).check();

  // Another tab switches.
  const other = await context.newPage();
  await other.goto(`${world().url}/settings/api`);
  await other.getByRole("button", { name: "Switch workspace" }).click();
  await other.getByRole("menuitemradio", { name: "There Ltd" }).click();
  await expect(other.getByRole("button", { name: "Switch workspace" })).toContainText("There Ltd");

  // This one says so, and goes on where it was.
  const moved = page.getByRole("dialog", { name: MOVED });
  await expect(moved).toContainText("Here Ltd");
  await page.keyboard.press("Escape");
  await expect(moved).toBeVisible();
  await moved.getByRole("button", { name: "Switch back" }).click();
  await expect(moved).toHaveCount(0);
  await expect(form.getByRole("textbox", { name: "Name" })).toHaveValue("Robot");

  // Without a word from another tab, the server refuses, and nothing is made there.
  await moveSession(page, there);
  await form.locator("form").evaluate((form: HTMLFormElement) => form.requestSubmit());
  await expect(moved).toBeVisible();
  expect(await keyNames(page)).toEqual([]);
  await moved.getByRole("button", { name: "Switch back" }).click();
  await form.getByRole("button", { name: "Create API key" }).click();
  await expect(page.getByRole("dialog", { name: "API key created" })).toBeVisible();
  expect(await keyNames(page)).toEqual(["Robot"]);

  // The other tab was told meanwhile, and shows what the session is in now.
  const told = other.getByRole("dialog", { name: MOVED });
  await expect(told).toContainText("There Ltd");
  await told.getByRole("button", { name: "Show the other workspace" }).click();
  await expect(other.getByRole("button", { name: "Switch workspace" })).toContainText("Here Ltd");
});
