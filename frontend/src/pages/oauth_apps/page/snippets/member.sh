# Signs a member in and calls the API for them. Needs curl, openssl and jq.
# Save it as member.sh__SECRET_HINT__, and run: bash member.sh
set -euo pipefail
issuer=__ISSUER__
client_id=__CLIENT_ID__
redirect_uri=__REDIRECT_URI__
scope=__SCOPE__

base64url() { openssl base64 -A | tr '+/' '-_' | tr -d '='; }
encode() { jq --null-input --raw-output --arg text "$1" '$text | @uri'; }
verifier=$(openssl rand 32 | base64url)
challenge=$(printf %s "$verifier" | openssl dgst -sha256 -binary | base64url)
state=$(openssl rand 16 | base64url)
query="response_type=code&client_id=$client_id&redirect_uri=$(encode "$redirect_uri")&scope=$(encode "$scope")"
query="$query&state=$state&code_challenge=$challenge&code_challenge_method=S256"
echo "Open in a browser: $issuer/oauth/authorize?$query"

echo "Paste the address that the browser comes back to:"
read -r back
[[ $back == *"state=$state"* ]] || { echo "That is no answer to this request." >&2; exit 1; }
code=$(sed 's/.*[?&]code=\([^&]*\).*/\1/' <<< "$back")
tokens=$(curl --silent --show-error --fail-with-body "$issuer/oauth/token" __AUTHENTICATION__ \
  --data grant_type=authorization_code --data-urlencode "code=$code" \
  --data-urlencode "redirect_uri=$redirect_uri" --data-urlencode "code_verifier=$verifier")
curl --silent --show-error --fail-with-body "$issuer/v1/session" \
  --header "Authorization: Bearer $(jq --raw-output .access_token <<< "$tokens")"
