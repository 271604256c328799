// Ready-made clients, unchanged, against the server over TLS: the npm packages `openid-client` and `oauth4webapi`. And the programs on an
// app's page, as they stand there.
import { execFileSync, spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { expect, test, type Page } from "@playwright/test";
import * as oauth from "oauth4webapi";
import * as client from "openid-client";
import { signIn } from "../src/console";
import { freshWorkspace } from "../src/steps";
import { CALLBACK, Visitor, type AppCredentials } from "../src/visitor";
import { world } from "../src/world";

const issuer = () => new URL(world().secure.url);

/** Calls the API with a token. */
const tickets = (token: string) =>
  fetch(`${issuer().origin}/v1/tickets`, { headers: { authorization: `Bearer ${token}` } });

const ways: [string, "confidential" | "public", (app: AppCredentials) => client.ClientAuth][] = [
  ["client_secret_basic", "confidential", (app) => client.ClientSecretBasic(app.client_secret)],
  ["client_secret_post", "confidential", (app) => client.ClientSecretPost(app.client_secret)],
  ["none", "public", () => client.None()],
];

for (const [method, kind, authentication] of ways) {
  for (const pushed of [false, true]) {
    test(`openid-client goes all the way with ${method}${pushed ? " and a pushed request" : ""}`, async () => {
      const admin = await Visitor.signIn(world().secure, world().secure.admin);
      const member = await Visitor.signIn(world().secure, world().secure.member);
      const app = await admin.createApp(kind);
      const options = { algorithm: "oauth2" } as const;
      const config = await client.discovery(issuer(), app.id, undefined, authentication(app), options);

      const pkceCodeVerifier = client.randomPKCECodeVerifier();
      const expectedState = client.randomState();
      const parameters = {
        redirect_uri: CALLBACK,
        scope: "tickets:read",
        code_challenge: await client.calculatePKCECodeChallenge(pkceCodeVerifier),
        code_challenge_method: "S256",
        state: expectedState,
        resource: issuer().origin,
      };
      const url = pushed
        ? await client.buildAuthorizationUrlWithPAR(config, parameters)
        : client.buildAuthorizationUrl(config, parameters);
      expect(url.searchParams.has("request_uri")).toBe(pushed);
      const back = await member.consent(url);
      const checks = { pkceCodeVerifier, expectedState };
      const tokens = await client.authorizationCodeGrant(config, back, checks);
      expect(tokens).toMatchObject({ token_type: "bearer", scope: "tickets:read", expires_in: 600 });
      expect((await tickets(tokens.access_token)).status).toBe(200);

      const next = await client.refreshTokenGrant(config, tokens.refresh_token ?? "");
      expect(next.refresh_token).not.toBe(tokens.refresh_token);
      const resource = new URL(`${issuer().origin}/v1/session`);
      const session = await client.fetchProtectedResource(config, next.access_token, resource, "GET");
      expect(await session.json()).toMatchObject({ member: { email: world().secure.member.email } });

      if (kind === "confidential") {
        const found = await client.tokenIntrospection(config, next.access_token);
        expect(found).toMatchObject({ active: true, client_id: app.id, scope: "tickets:read", iss: issuer().origin });
        const own = await client.clientCredentialsGrant(config, { scope: "tickets:write" });
        expect((await tickets(own.access_token)).status).toBe(403);
      }
      await client.tokenRevocation(config, next.refresh_token ?? "");
      expect((await tickets(next.access_token)).status).toBe(401);
      await expect(client.refreshTokenGrant(config, next.refresh_token ?? "")).rejects.toMatchObject({
        error: "invalid_grant",
      });
      // A code is good once.
      await expect(client.authorizationCodeGrant(config, back, checks)).rejects.toMatchObject({ error: "invalid_grant" });
    });
  }
}

test("oauth4webapi goes all the way, and verifies the token by the published keys", async () => {
  const admin = await Visitor.signIn(world().secure, world().secure.admin);
  const member = await Visitor.signIn(world().secure, world().secure.member);
  const { id: client_id, client_secret = "" } = await admin.createApp("confidential");
  const app: oauth.Client = { client_id };
  const authentication = oauth.ClientSecretBasic(client_secret);

  // From the API to the server that gives tokens for it.
  const described = await oauth.resourceDiscoveryRequest(issuer());
  const api = await oauth.processResourceDiscoveryResponse(issuer(), described);
  const [named = ""] = api.authorization_servers ?? [];
  const discovered = await oauth.discoveryRequest(new URL(named), { algorithm: "oauth2" });
  const server = await oauth.processDiscoveryResponse(new URL(named), discovered);

  const verifier = oauth.generateRandomCodeVerifier();
  const state = oauth.generateRandomState();
  const parameters = {
    client_id,
    response_type: "code",
    redirect_uri: CALLBACK,
    scope: "tickets:read",
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    code_challenge_method: "S256",
    state,
  };
  const pushing = await oauth.pushedAuthorizationRequest(server, app, authentication, parameters);
  const { request_uri } = await oauth.processPushedAuthorizationResponse(server, app, pushing);
  const url = new URL(server.authorization_endpoint ?? "");
  url.search = new URLSearchParams({ client_id, request_uri }).toString();
  const answer = oauth.validateAuthResponse(server, app, await member.consent(url), state);
  const redeeming = await oauth.authorizationCodeGrantRequest(server, app, authentication, answer, CALLBACK, verifier);
  const tokens = await oauth.processAuthorizationCodeResponse(server, app, redeeming);

  const call = new Request(`${issuer().origin}/v1/tickets`, { headers: { authorization: `Bearer ${tokens.access_token}` } });
  const claims = await oauth.validateJwtAccessToken(server, call, issuer().origin);
  expect(claims).toMatchObject({ client_id, scope: "tickets:read" });
  expect((await oauth.protectedResourceRequest(tokens.access_token, "GET", new URL(call.url))).status).toBe(200);

  const refreshing = await oauth.refreshTokenGrantRequest(server, app, authentication, tokens.refresh_token ?? "");
  const next = await oauth.processRefreshTokenResponse(server, app, refreshing);
  const looking = await oauth.introspectionRequest(server, app, authentication, next.access_token);
  expect(await oauth.processIntrospectionResponse(server, app, looking)).toMatchObject({ active: true, sub: claims.sub });
  const revoking = await oauth.revocationRequest(server, app, authentication, next.access_token);
  await oauth.processRevocationResponse(revoking);
  await expect(oauth.protectedResourceRequest(next.access_token, "GET", new URL(call.url))).rejects.toMatchObject({
    cause: [{ scheme: "bearer", parameters: { error: "invalid_token" } }],
  });
});

/** The program for a tool, as the page has it. */
async function snippet(page: Page, tool: string): Promise<string> {
  const panel = page.getByRole("region", { name: "Connect it" });
  await panel.getByRole("button", { name: tool, exact: true }).click();
  return (await panel.locator("pre code").textContent()) ?? "";
}

test("the programs on an app's page run as they stand there", async ({ page }, testInfo) => {
  const who = freshWorkspace();
  await signIn(page, who);
  const member = await Visitor.signIn(world(), who);
  const app = await member.createApp("confidential");
  const env = { ...process.env, SAYLESS_APP_SECRET: app.client_secret ?? "" };
  await page.goto(`${world().url}/settings/api/oauth/${app.id}`);
  const session = (await (await member.send("GET", "/v1/session")).json()) as { workspace: { id: string } };
  const here = { workspace: { id: session.workspace.id } };

  // As the app itself, with curl.
  const commands = await snippet(page, "curl");
  expect(commands).not.toContain("sls_");
  const own = execFileSync("bash", ["-c", commands], { env, encoding: "utf8" });
  expect(JSON.parse(own)).toMatchObject(here);

  // For a member, with a library: the program asks where the browser came back to.
  const file = testInfo.outputPath("member.mjs");
  writeFileSync(file, await snippet(page, "openid-client"));
  const program = spawn(process.execPath, [file], { env, stdio: ["pipe", "pipe", "inherit"] });
  const said: string[] = [];
  for await (const line of createInterface({ input: program.stdout })) {
    said.push(line);
    const address = /^Open in a browser: (.*)$/.exec(line)?.[1];
    if (address) program.stdin.end(`${(await member.consent(new URL(address))).href}\n`);
  }
  const last = said.at(-1) ?? "";
  expect(JSON.parse(last.slice(last.indexOf("{")))).toMatchObject({ ...here, member: { email: who.email } });

  // A configuration is JSON, with the client ID and no secret.
  const configuration = await snippet(page, "MCP");
  expect(JSON.parse(configuration)).toMatchObject({ mcpServers: { sayless: { auth: { CLIENT_ID: app.id } } } });
  expect(await snippet(page, "Authlib")).toContain(`"${app.id}"`);
});
