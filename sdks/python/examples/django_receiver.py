"""A receiver in Django, in one file: SAYLESS_SIGNING_KEY=whsec_… python django_receiver.py runserver 9000

In a project of yours, `receive` is a view, and its line in `urlpatterns` is all that is needed beside it.
"""

import os
import sys

from django.conf import settings
from django.core.management import execute_from_command_line
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt

from sayless import ReplayGuard, WebhookVerificationError, verify_webhook
from sayless.events import TicketCreatedEvent

# During a rotation both keys, with a space between them.
SIGNING_KEYS = os.environ["SAYLESS_SIGNING_KEY"].split()

guard = ReplayGuard()


def receive(request: HttpRequest) -> HttpResponse:
    # The body exactly as it arrived: verify first, parse afterwards.
    try:
        event = verify_webhook(request.headers, request.body, SIGNING_KEYS)
    except WebhookVerificationError as error:
        return HttpResponse(error.reason, status=401)
    with guard.once(event) as is_new:
        if is_new:
            print(event.type, event.id, flush=True)
        if is_new and isinstance(event, TicketCreatedEvent):
            print("A ticket:", event.data.title, flush=True)
    return HttpResponse(status=204)


# The message is signed: no form of our own site sends it, so there is no CSRF token.
urlpatterns = [path("", csrf_exempt(receive))]

settings.configure(
    ALLOWED_HOSTS=["127.0.0.1", "localhost"], ROOT_URLCONF=__name__, SECRET_KEY=os.urandom(32).hex()
)
application = get_wsgi_application()

if __name__ == "__main__":
    execute_from_command_line(sys.argv)
