# Shows a member where to agree, and calls the API for them. Needs curl and jq.
# Save it as device.sh__SECRET_HINT__, and run: bash device.sh
set -euo pipefail
issuer=__ISSUER__
client_id=__CLIENT_ID__
device=$(curl --silent --show-error --fail-with-body "$issuer/oauth/device_authorization" __AUTHENTICATION__ \
  --data-urlencode scope=__SCOPE__)
jq --raw-output '"Open in a browser: \(.verification_uri_complete)"' <<< "$device"

interval=$(jq .interval <<< "$device")
while sleep "$interval"; do
  tokens=$(curl --silent --show-error "$issuer/oauth/token" __AUTHENTICATION__ \
    --data grant_type=urn:ietf:params:oauth:grant-type:device_code \
    --data-urlencode "device_code=$(jq --raw-output .device_code <<< "$device")")
  case $(jq --raw-output .error <<< "$tokens") in
    authorization_pending) ;;
    slow_down) interval=$((interval + 5)) ;;
    null) break ;;
    *) echo "$tokens" >&2; exit 1 ;;
  esac
done
curl --silent --show-error --fail-with-body "$issuer/v1/session" \
  --header "Authorization: Bearer $(jq --raw-output .access_token <<< "$tokens")"
