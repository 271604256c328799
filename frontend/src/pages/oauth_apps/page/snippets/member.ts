// npm install openid-client@6__SECRET_HINT__
import { createInterface } from "node:readline/promises";
import * as client from "openid-client";

const issuer = new URL(__ISSUER__);
const config = await client.discovery(issuer, __CLIENT_ID__, undefined, __AUTHENTICATION__, __OPTIONS__);

// Where a member signs in: keep the verifier and the state until they come back.
const pkceCodeVerifier = client.randomPKCECodeVerifier();
const expectedState = client.randomState();
const address = client.buildAuthorizationUrl(config, {
  redirect_uri: __REDIRECT_URI__,
  scope: __SCOPE__,
  code_challenge: await client.calculatePKCECodeChallenge(pkceCodeVerifier),
  code_challenge_method: "S256",
  state: expectedState,
});
console.log(`Open in a browser: ${address.href}`);

// Where they come back, the whole address is the answer.
const terminal = createInterface({ input: process.stdin });
console.log("Paste the address that the browser comes back to:");
const back = new URL((await terminal.question("")).trim());
terminal.close();
const tokens = await client.authorizationCodeGrant(config, back, { pkceCodeVerifier, expectedState });

const session = await client.fetchProtectedResource(config, tokens.access_token, new URL("/v1/session", issuer), "GET");
console.log(await session.text());
