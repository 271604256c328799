"""A real HTTP receiver, which verifies what comes and answers as it is told."""

from __future__ import annotations

import queue
import threading
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Optional, Union

from sayless import WebhookEvent, WebhookVerificationError, verify_webhook


class Arrival:
    """A message as it arrived."""

    def __init__(self, headers: Message, body: bytes) -> None:
        self.headers = dict(headers.items())
        self.body = body


class Receiver:
    """Listens on a port of its own. Good messages go into `events`, every message into `arrivals`."""

    def __init__(self) -> None:
        self.secrets: list[str] = []
        self.status = 204
        self.arrivals: queue.Queue[Arrival] = queue.Queue()
        self.events: queue.Queue[Union[WebhookEvent, WebhookVerificationError]] = queue.Queue()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.url = f"http://127.0.0.1:{self._server.server_port}/hook"

    def next(self) -> WebhookEvent:
        """The next event, when it has come and is verified."""
        event = self.events.get(timeout=30)
        if isinstance(event, WebhookVerificationError):
            raise event
        return event

    def _take(self, headers: Message, body: bytes) -> int:
        arrival = Arrival(headers, body)
        self.arrivals.put(arrival)
        if self.status != 204 or not self.secrets:
            return self.status
        try:
            self.events.put(verify_webhook(arrival.headers, body, self.secrets))
        except WebhookVerificationError as error:
            self.events.put(error)
            return 401
        return 204

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("content-length", 0)))
                self.send_response(receiver._take(self.headers, body))
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:
                pass

        return Handler

    def __enter__(self) -> Receiver:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(
        self,
        kind: Optional[type[BaseException]],
        error: Optional[BaseException],
        traceback: Optional[TracebackType],
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
