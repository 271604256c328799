"""A receiver in Flask: SAYLESS_SIGNING_KEY=whsec_… flask --app flask_receiver run --port 9000"""

import os

from flask import Flask, request

from sayless import ReplayGuard, WebhookVerificationError, verify_webhook
from sayless.events import TicketCreatedEvent

# During a rotation both keys, with a space between them.
SIGNING_KEYS = os.environ["SAYLESS_SIGNING_KEY"].split()

app = Flask(__name__)
guard = ReplayGuard()


@app.post("/")
def receive() -> tuple[str, int]:
    # The body exactly as it arrived: verify first, parse afterwards.
    body = request.get_data()
    try:
        event = verify_webhook(request.headers, body, SIGNING_KEYS)
    except WebhookVerificationError as error:
        return error.reason, 401
    with guard.once(event) as is_new:
        if is_new:
            print(event.type, event.id, flush=True)
        if is_new and isinstance(event, TicketCreatedEvent):
            print("A ticket:", event.data.title, flush=True)
    return "", 204
