// npm install openid-client@6__SECRET_HINT__
import * as client from "openid-client";

const issuer = new URL(__ISSUER__);
const config = await client.discovery(issuer, __CLIENT_ID__, undefined, __AUTHENTICATION__, __OPTIONS__);
const device = await client.initiateDeviceAuthorization(config, { scope: __SCOPE__ });
console.log(`Open in a browser: ${device.verification_uri_complete}`);
const tokens = await client.pollDeviceAuthorizationGrant(config, device);

const session = await client.fetchProtectedResource(config, tokens.access_token, new URL("/v1/session", issuer), "GET");
console.log(await session.text());
