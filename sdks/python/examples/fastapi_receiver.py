"""A receiver in FastAPI: SAYLESS_SIGNING_KEY=whsec_… uvicorn fastapi_receiver:app --port 9000"""

import os

from fastapi import FastAPI, HTTPException, Request, Response

from sayless import ReplayGuard, WebhookVerificationError, verify_webhook
from sayless.events import TicketCreatedEvent

# During a rotation both keys, with a space between them.
SIGNING_KEYS = os.environ["SAYLESS_SIGNING_KEY"].split()

app = FastAPI()
guard = ReplayGuard()


@app.post("/")
async def receive(request: Request) -> Response:
    # The body exactly as it arrived: verify first, parse afterwards.
    body = await request.body()
    try:
        event = verify_webhook(request.headers, body, SIGNING_KEYS)
    except WebhookVerificationError as error:
        raise HTTPException(401, error.reason) from error
    with guard.once(event) as is_new:
        if is_new:
            print(event.type, event.id, flush=True)
        if is_new and isinstance(event, TicketCreatedEvent):
            print("A ticket:", event.data.title, flush=True)
    return Response(status_code=204)
