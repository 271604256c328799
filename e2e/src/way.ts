// The way of an app to a member and back, as a program without a library goes it.
import { createHash, randomBytes } from "node:crypto";
import { CALLBACK, type AppCredentials } from "./visitor";
import { world } from "./world";

/** One way of a public app to a member: where it sends them, and how it redeems the code. */
export interface Way {
  url: URL;
  verifier: string;
}

export function way(app: AppCredentials): Way {
  const verifier = randomBytes(32).toString("base64url");
  const url = new URL(`${world().url}/oauth/authorize`);
  url.search = new URLSearchParams({
    response_type: "code",
    client_id: app.id,
    redirect_uri: CALLBACK,
    scope: "tickets:read",
    state: "a state of the app",
    code_challenge: createHash("sha256").update(verifier).digest("base64url"),
    code_challenge_method: "S256",
  }).toString();
  return { url, verifier };
}

/** Redeems the code that a member came back with. */
export function exchange(app: AppCredentials, back: URL, { verifier }: Way): Promise<Response> {
  return fetch(`${world().url}/oauth/token`, {
    method: "POST",
    body: new URLSearchParams({
      grant_type: "authorization_code",
      client_id: app.id,
      redirect_uri: CALLBACK,
      code: back.searchParams.get("code") ?? "",
      code_verifier: verifier,
    }),
  });
}
