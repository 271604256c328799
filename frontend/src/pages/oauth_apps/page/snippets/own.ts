// npm install openid-client@6__SECRET_HINT__
import * as client from "openid-client";

const issuer = new URL(__ISSUER__);
const config = await client.discovery(issuer, __CLIENT_ID__, undefined, __AUTHENTICATION__, __OPTIONS__);
const tokens = await client.clientCredentialsGrant(config, { scope: __SCOPE__ });

const session = await client.fetchProtectedResource(config, tokens.access_token, new URL("/v1/session", issuer), "GET");
console.log(await session.text());
