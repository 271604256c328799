// A publisher proves a domain: an admin names it, is told which file to put there, has it checked, and people of another workspace see
// it when they are asked, and wherever the app is listed. The server has names of its own, and the domain a real HTTPS server.
import { createHash, randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test, type Page } from "@playwright/test";
import { generate } from "selfsigned";
import { prepare, serve, stop } from "../src/server";
import { expectNoSidewaysScroll } from "../src/steps";
import { CALLBACK, Visitor } from "../src/visitor";
import { addMember, createWorkspace, type Place, type SignIn } from "../src/world";

const DOMAIN = "publisher.example";

/** The server of the domain, and the certificate by which it is trusted. */
interface DomainServer {
  server: Server;
  place: string;
  certificate: string;
  /** The file that it has, once it has one. */
  file: { text?: string };
}

async function startDomain(folder: string): Promise<DomainServer> {
  const made = await generate([{ name: "commonName", value: DOMAIN }], {
    keyType: "ec",
    algorithm: "sha256",
    extensions: [
      { name: "basicConstraints", cA: false },
      { name: "subjectAltName", altNames: [{ type: 2, value: DOMAIN }] },
    ],
  });
  const certificate = join(folder, "domain.pem");
  writeFileSync(certificate, made.cert);
  const file: { text?: string } = {};
  const server = createServer({ cert: made.cert, key: made.private }, (request, response) => {
    if (request.url === "/.well-known/sayless-oauth-apps.txt" && file.text !== undefined) {
      response.setHeader("content-type", "text/plain; charset=utf-8").end(file.text);
    } else {
      response.writeHead(404).end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const place = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { server, place, certificate, file };
}

async function signIn(page: Page, place: Place, who: SignIn, path: string): Promise<void> {
  await page.goto(`${place.url}${path}`);
  await page.getByLabel("E-mail").fill(who.email);
  await page.getByLabel("Password", { exact: true }).fill(who.password);
  await page.getByRole("button", { name: "Sign in" }).click();
}

test("a publisher proves a domain, and people elsewhere see it", async ({ page, browser }) => {
  test.setTimeout(120_000);
  const folder = mkdtempSync(join(tmpdir(), "sayless-domains-"));
  const domain = await startDomain(folder);
  const place = await prepare(join(folder, "server"), "http");
  process.env.SSL_CERT_FILE = domain.certificate;
  const server = await serve(place, ["--fixed-name", `${DOMAIN}=${domain.place}`]);
  delete process.env.SSL_CERT_FILE;
  try {
    const publisher = await Visitor.signIn(place, place.admin);
    const app = await publisher.createApp("public", {
      name: "Acme Everywhere",
      distribution: "public",
      publisher_name: "Acme Ltd",
    });

    // The admin names the domain, and sees what to put there.
    await signIn(page, place, place.admin, `/settings/api/oauth/${app.id}`);
    const panel = page.getByRole("region", { name: "Publisher's domain" });
    await expect(panel).toContainText("No domain is named");
    await page.getByRole("button", { name: "Edit", exact: true }).click();
    const form = page.getByRole("dialog");
    const field = form.getByLabel("Publisher's domain (optional)");
    await field.fill(`https://${DOMAIN}`);
    await form.getByRole("button", { name: "Save" }).click();
    await expect(form.getByText(/It must be a host name such as acme\.example/)).toBeVisible();
    await field.fill(DOMAIN);
    await form.getByRole("button", { name: "Save" }).click();
    await expect(form).toBeHidden();
    await expect(panel).toContainText("is not verified yet");
    await expect(panel).toContainText(`https://${DOMAIN}/.well-known/sayless-oauth-apps.txt`);
    await expect(panel.locator("code")).toHaveText(`${app.id}\n`);
    await expectNoSidewaysScroll(page);

    // Somebody elsewhere is not told of a domain that is only claimed.
    const who = { email: "linus@example.com", password: "correct horse battery staple" };
    addMember(createWorkspace("Elsewhere", "business", place), "admin", who, place);
    const other = await (await browser.newContext()).newPage();
    await other.route(`${CALLBACK}**`, (route) => route.fulfill({ contentType: "text/html", body: "<h1>Back</h1>" }));
    const challenge = createHash("sha256").update(randomBytes(32).toString("base64url")).digest("base64url");
    const authorize = `/oauth/authorize?${new URLSearchParams({
      response_type: "code",
      client_id: app.id,
      redirect_uri: CALLBACK,
      scope: "tickets:read",
      code_challenge: challenge,
      code_challenge_method: "S256",
    })}`;
    await signIn(other, place, who, authorize);
    const sentence = other.getByText(/The app comes from another workspace/);
    await expect(sentence).toContainText("It says that Acme Ltd stands behind it, which is not verified.");
    await expect(other.getByText(DOMAIN, { exact: true })).toHaveCount(0);

    // The check says what it found, until the file is there.
    await panel.getByRole("button", { name: "Verify" }).click();
    await expect(panel).toContainText(`${DOMAIN} has no such file (status 404).`);
    domain.file.text = `# Apps of Acme\n${app.id}\n`;
    await expect(async () => {
      await panel.getByRole("button", { name: "Verify" }).click();
      await expect(panel).toContainText("Members of other workspaces see it.", { timeout: 2_000 });
    }).toPass({ intervals: [3_000] });
    await page.reload();
    await expect(panel).toContainText("Members of other workspaces see it.");

    // Now it is seen when somebody is asked, and wherever the app is listed.
    await other.reload();
    await expect(sentence).toContainText(`published by Acme Ltd, who proved to own ${DOMAIN}.`);
    await expectNoSidewaysScroll(other);
    await other.getByRole("button", { name: "Allow access" }).click();
    await other.waitForURL(`${CALLBACK}**`);
    for (const path of ["/settings/api/installed-apps", "/account/authorizations"]) {
      await other.goto(`${place.url}${path}`);
      await expect(other.getByRole("row", { name: /Acme Everywhere/ }).getByText(DOMAIN, { exact: true })).toBeVisible();
    }
  } finally {
    await stop(server);
    domain.server.closeAllConnections();
    await new Promise((resolve) => domain.server.close(resolve));
    rmSync(folder, { recursive: true, force: true });
  }
});
