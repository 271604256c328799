# Gets a token by which the app acts as itself, and calls the API. Needs curl and jq.
# Put the client secret into SAYLESS_APP_SECRET first.
issuer=__ISSUER__
client_id=__CLIENT_ID__
token=$(curl --silent --show-error --fail-with-body "$issuer/oauth/token" __AUTHENTICATION__ \
  --data grant_type=client_credentials --data-urlencode scope=__SCOPE__ | jq --raw-output .access_token)
curl --silent --show-error --fail-with-body "$issuer/v1/session" --header "Authorization: Bearer $token"
