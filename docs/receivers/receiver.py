# A receiver in Python: SAYLESS_SIGNING_KEY=whsec_… python3 receiver.py
# For v1a it needs a package: pip install cryptography
import base64
import hmac
import json
import os
import re
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

kind, _, text = os.environ["SAYLESS_SIGNING_KEY"].partition("_")  # whsec_… for v1, whpk_… for v1a
KEY = base64.b64decode(text)
SCHEME = "v1a" if kind == "whpk" else "v1"
if SCHEME == "v1a":
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey


def fits(signed, signature):
    if SCHEME == "v1":
        return hmac.compare_digest(base64.b64encode(hmac.digest(KEY, signed, "sha256")), signature.encode())
    try:
        Ed25519PublicKey.from_public_bytes(KEY).verify(base64.b64decode(signature), signed)
        return True
    except (InvalidSignature, ValueError):
        return False


def is_from_sayless(headers, body):
    timestamp = headers.get("webhook-timestamp", "")
    if not re.fullmatch("[0-9]{1,12}", timestamp) or abs(time.time() - int(timestamp)) > 300:
        return False
    signed = f"{headers.get('webhook-id', '')}.{timestamp}.".encode() + body
    # While a secret is rotated there are several signatures, and the header may come in several lines: one that fits is enough.
    signatures = " ".join(headers.get_all("webhook-signature", []))
    found = re.findall(r"(?:^|[\s,])(v1a?),([A-Za-z0-9+/=]+)", signatures)
    return any(version == SCHEME and fits(signed, signature) for version, signature in found)


class Receiver(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        # The body exactly as it arrived: verify first, parse afterwards.
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        if not is_from_sayless(self.headers, body):
            self.send_response(401)
            self.send_header("content-length", "0")
            self.end_headers()
            return
        event = json.loads(body)
        # The same event may arrive twice: skip a webhook-id that you have seen. Store it, answer, and work afterwards.
        print(self.headers["webhook-id"], event["type"], flush=True)
        self.send_response(204)
        self.end_headers()


ThreadingHTTPServer(("", int(os.environ.get("PORT", 9000))), Receiver).serve_forever()
