// A person at a server, without a browser: for stories that are about what apps do.
import { expect } from "@playwright/test";
import type { Place, SignIn } from "./world";

/** Where members are sent back to; nothing listens there. */
export const CALLBACK = "https://acme.example/callback";

/** An OAuth app, as its developer knows it. */
export interface AppCredentials {
  id: string;
  client_secret?: string;
}

/** Somebody who is signed in. */
export class Visitor {
  private constructor(
    private readonly place: Place,
    private readonly cookie: string,
  ) {}

  static async signIn(place: Place, who: SignIn): Promise<Visitor> {
    const visitor = new Visitor(place, "");
    const answer = await visitor.send("POST", "/v1/session", { email: who.email, password: who.password });
    expect(answer.status).toBe(200);
    return new Visitor(place, answer.headers.get("set-cookie")?.split(";")[0] ?? "");
  }

  send(method: string, path: string, body?: unknown): Promise<Response> {
    const headers = { cookie: this.cookie, ...(body === undefined ? {} : { "content-type": "application/json" }) };
    const text = body === undefined ? undefined : JSON.stringify(body);
    return fetch(`${this.place.url}${path}`, { method, headers, body: text, redirect: "manual" });
  }

  /** Makes an OAuth app, as an admin, with fields of its own. */
  async createApp(kind: "confidential" | "public", fields: Record<string, unknown> = {}): Promise<AppCredentials> {
    const grants = ["authorization_code", "refresh_token", ...(kind === "public" ? [] : ["client_credentials"])];
    const scopes = ["tickets:read", "tickets:write"];
    const app = { name: `Acme ${kind}`, kind, redirect_uris: [CALLBACK], scopes, grants, ...fields };
    const answer = await this.send("POST", "/v1/oauth-apps", app);
    expect(answer.status).toBe(201);
    return (await answer.json()) as AppCredentials;
  }

  /** Goes where an app sends members, and allows what it asks; answers with where one is sent back to. */
  async consent(url: URL): Promise<URL> {
    const led = await this.send("GET", `${url.pathname}${url.search}`);
    const location = led.headers.get("location") ?? "";
    const question = /^\/oauth\/consent\/([\w-]+)$/.exec(location)?.[1];
    if (!question) return new URL(location);
    const answer = await this.send("POST", `/v1/authorization-requests/${question}/approve`);
    expect(answer.status).toBe(200);
    return new URL(((await answer.json()) as { redirect_to: string }).redirect_to);
  }
}
