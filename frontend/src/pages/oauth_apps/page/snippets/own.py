# pip install Authlib httpx__SECRET_HINT__
__IMPORT_OS__import httpx
from authlib.integrations.httpx_client import OAuth2Client

__INSECURE__issuer = __ISSUER__
metadata = httpx.get(issuer + "/.well-known/oauth-authorization-server").raise_for_status().json()
client = OAuth2Client(
    __CLIENT_ID__,
    __AUTHENTICATION__,
    scope=__SCOPE__,
    **metadata,
)
client.fetch_token(grant_type="client_credentials")
print(client.get(issuer + "/v1/session").text)
