# pip install Authlib httpx__SECRET_HINT__
__IMPORT_OS__import httpx
from authlib.common.security import generate_token
from authlib.integrations.httpx_client import OAuth2Client

__INSECURE__issuer = __ISSUER__
metadata = httpx.get(issuer + "/.well-known/oauth-authorization-server").raise_for_status().json()
client = OAuth2Client(
    __CLIENT_ID__,
    __AUTHENTICATION__,
    redirect_uri=__REDIRECT_URI__,
    scope=__SCOPE__,
    code_challenge_method="S256",
    **metadata,
)

# Where a member signs in: keep the verifier and the state until they come back.
verifier = generate_token(48)
address, state = client.create_authorization_url(metadata["authorization_endpoint"], code_verifier=verifier)
print("Open in a browser:", address, flush=True)

# Where they come back, the whole address is the answer.
print("Paste the address that the browser comes back to:", flush=True)
client.fetch_token(authorization_response=input().strip(), state=state, code_verifier=verifier)
print(client.get(issuer + "/v1/session").text)
