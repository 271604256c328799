// The client of the Model Context Protocol's own SDK, unchanged: it finds the OAuth server from a refused call, asks for every scope
// that there is, and goes all the way with an app that has a few of them.
import {
  auth,
  extractWWWAuthenticateParams,
  type OAuthClientProvider,
} from "@modelcontextprotocol/sdk/client/auth.js";
import type { OAuthClientMetadata, OAuthTokens } from "@modelcontextprotocol/sdk/shared/auth.js";
import { expect, test } from "@playwright/test";
import { CALLBACK, Visitor, type AppCredentials } from "../src/visitor";
import { world } from "../src/world";

/** An app with this SDK: what it keeps between the steps. */
class Connection implements OAuthClientProvider {
  readonly redirectUrl = CALLBACK;
  readonly clientMetadata: OAuthClientMetadata = { redirect_uris: [CALLBACK] };
  sentTo?: URL;
  given?: OAuthTokens;
  private verifier = "";

  constructor(readonly app: AppCredentials) {}

  state() {
    return "a state of the app";
  }

  clientInformation() {
    return { client_id: this.app.id, client_secret: this.app.client_secret };
  }

  tokens() {
    return this.given;
  }

  saveTokens(tokens: OAuthTokens) {
    this.given = tokens;
  }

  redirectToAuthorization(url: URL) {
    this.sentTo = url;
  }

  saveCodeVerifier(verifier: string) {
    this.verifier = verifier;
  }

  codeVerifier() {
    return this.verifier;
  }

  invalidateCredentials() {
    this.given = undefined;
  }

  /** Calls the API with the token that it has. */
  call() {
    const headers = this.given ? { authorization: `Bearer ${this.given.access_token}` } : undefined;
    return fetch(`${world().secure.url}/v1/tickets`, { headers });
  }
}

for (const kind of ["public", "confidential"] as const) {
  for (const path of ["", "/v1"]) {
    test(`the MCP SDK connects to ${path || "/"} as a ${kind} app`, async () => {
      const admin = await Visitor.signIn(world().secure, world().secure.admin);
      const member = await Visitor.signIn(world().secure, world().secure.member);
      const connection = new Connection(await admin.createApp(kind));
      const serverUrl = `${world().secure.url}${path}`;

      expect(await auth(connection, { serverUrl })).toBe("REDIRECT");
      const asked = connection.sentTo?.searchParams;
      expect(asked?.get("scope")?.split(" ")).toContain("webhooks:write");
      expect(asked?.get("resource")).toBe(serverUrl);
      const back = await member.consent(connection.sentTo ?? new URL(CALLBACK));
      expect(back.searchParams.get("state")).toBe("a state of the app");
      const authorizationCode = back.searchParams.get("code") ?? "";
      expect(await auth(connection, { serverUrl, authorizationCode })).toBe("AUTHORIZED");
      const first = connection.given;
      expect(first?.scope).toBe("tickets:read tickets:write");
      expect((await connection.call()).status).toBe(200);

      expect(await auth(connection, { serverUrl })).toBe("AUTHORIZED");
      expect(connection.given?.refresh_token).not.toBe(first?.refresh_token);
      expect((await connection.call()).status).toBe(200);
    });
  }
}

test("the MCP SDK is led by a refused call, and asks again once the member has withdrawn", async () => {
  const admin = await Visitor.signIn(world().secure, world().secure.admin);
  const member = await Visitor.signIn(world().secure, world().secure.member);
  const connection = new Connection(await admin.createApp("public"));
  const serverUrl = `${world().secure.url}/v1`;

  const { resourceMetadataUrl, scope, error } = extractWWWAuthenticateParams(await connection.call());
  expect([scope, error]).toEqual(["tickets:read", undefined]);
  expect(await auth(connection, { serverUrl, resourceMetadataUrl, scope })).toBe("REDIRECT");
  const back = await member.consent(connection.sentTo ?? new URL(CALLBACK));
  const authorizationCode = back.searchParams.get("code") ?? "";
  expect(await auth(connection, { serverUrl, resourceMetadataUrl, authorizationCode })).toBe("AUTHORIZED");
  expect(connection.given?.scope).toBe("tickets:read");

  const listed = await member.send("GET", "/v1/authorizations?limit=200");
  const mine = (await listed.json()) as { data: { id: string; app: { id: string } }[] };
  const consent = mine.data.find((authorization) => authorization.app.id === connection.app.id);
  expect((await member.send("DELETE", `/v1/authorizations/${consent?.id ?? ""}`)).status).toBe(204);
  const refused = await connection.call();
  expect([refused.status, extractWWWAuthenticateParams(refused).error]).toEqual([401, "invalid_token"]);
  // It sees that the refresh token is over, too, and sends the member to agree anew.
  expect(await auth(connection, { serverUrl, resourceMetadataUrl, scope })).toBe("REDIRECT");
  expect(connection.given).toBeUndefined();
});
