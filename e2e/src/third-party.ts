// A small third-party app with an origin of its own: it signs its visitors in with Sayless, by the npm package
// `openid-client`, and shows them their tickets, or why it may not.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import * as client from "openid-client";
import type { AppCredentials } from "./visitor";

/** What it remembers of a visitor who is on their way: it has one at a time. */
interface Underway {
  pkceCodeVerifier: string;
  expectedState: string;
}

/** The app, on a loopback port of its own. */
export class ThirdParty {
  private config?: client.Configuration;
  private underway?: Underway;
  private token?: string;

  private constructor(
    private readonly server: Server,
    private readonly issuer: string,
  ) {}

  static async start(issuer: string): Promise<ThirdParty> {
    const server = createServer();
    const app = new ThirdParty(server, issuer);
    server.on("request", (request, response) => {
      app.answer(request, response).catch((error: unknown) => app.show(response, "It failed", String(error)));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return app;
  }

  /** Its own origin. */
  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Where members are sent back to. */
  get redirectUri(): string {
    return `${this.url}/callback`;
  }

  /** Takes what the admin of the workspace gave it. */
  async configure({ id, client_secret }: AppCredentials): Promise<void> {
    this.config = await client.discovery(new URL(this.issuer), id, undefined, client.ClientSecretBasic(client_secret), {
      algorithm: "oauth2",
      // On one machine, without TLS.
      execute: [client.allowInsecureRequests],
    });
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "/", this.url);
    if (url.pathname === "/login") return this.lead(response);
    if (url.pathname === "/callback") return this.welcome(url, response);
    if (url.pathname !== "/") {
      response.writeHead(404).end();
      return;
    }
    if (!this.token) return this.show(response, "Acme Dashboards", `<a href="/login">Sign in with Sayless</a>`);
    const headers = { authorization: `Bearer ${this.token}` };
    const answer = await fetch(`${this.issuer}/v1/tickets`, { headers });
    if (!answer.ok) return this.show(response, "Sayless refused", `Status ${answer.status}`);
    const { data } = (await answer.json()) as { data: { title: string }[] };
    this.show(response, "Your tickets", data.map((ticket) => `<li>${ticket.title}</li>`).join(""));
  }

  private async lead(response: ServerResponse): Promise<void> {
    if (!this.config) throw new Error("nobody has configured it");
    this.underway = { pkceCodeVerifier: client.randomPKCECodeVerifier(), expectedState: client.randomState() };
    const location = client.buildAuthorizationUrl(this.config, {
      redirect_uri: this.redirectUri,
      scope: "tickets:read",
      code_challenge: await client.calculatePKCECodeChallenge(this.underway.pkceCodeVerifier),
      code_challenge_method: "S256",
      state: this.underway.expectedState,
    });
    response.writeHead(303, { location: location.href }).end();
  }

  private async welcome(url: URL, response: ServerResponse): Promise<void> {
    if (!this.config || !this.underway) throw new Error("nobody is on their way");
    try {
      const tokens = await client.authorizationCodeGrant(this.config, url, this.underway);
      this.token = tokens.access_token;
      response.writeHead(303, { location: "/" }).end();
    } catch (error) {
      if (!(error instanceof client.AuthorizationResponseError)) throw error;
      this.show(response, "You did not let us in", error.error);
    }
  }

  private show(response: ServerResponse, title: string, body: string): void {
    response.writeHead(200, { "content-type": "text/html; charset=utf-8" });
    response.end(`<!doctype html><title>${title}</title><h1>${title}</h1>${body}`);
  }
}
