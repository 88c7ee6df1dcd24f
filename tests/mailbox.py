"""A real mail server on this machine that keeps what it was given, and may be told to refuse."""

from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword

from tests.serving import PATIENCE, free_port


class Mailbox:
    """The handler of the server: envelopes in the order of their coming."""

    def __init__(self) -> None:
        self.letters: list[EmailMessage] = []
        self.recipients: list[list[str]] = []
        self.refusing = False
        self.signed_in = False

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 - the library's name
        if self.refusing:
            return "451 4.3.0 try again later"
        self.letters.append(message_from_bytes(envelope.content, policy=default))
        self.recipients.append(envelope.rcpt_tos)
        return "250 2.0.0 taken"


@contextmanager
def mail_server(password: str | None = None) -> Iterator[tuple[Mailbox, str]]:
    """A server while the block runs: what it holds, and the URL under which it is reached.

    password: of the user ``sender`` in the URL.
    """
    port = free_port()
    box = Mailbox()

    def admit(_server: Any, _session: Any, _envelope: Any, _mechanism: str, given: Any) -> AuthResult:
        right = isinstance(given, LoginPassword) and given.password.decode() == password
        box.signed_in = right and given.login == b"sender"
        return AuthResult(success=box.signed_in)

    controller = Controller(
        box,
        hostname="127.0.0.1",
        port=port,
        authenticator=admit if password else None,
        auth_require_tls=False,
        ready_timeout=PATIENCE,
    )
    controller.start()
    try:
        user = "sender:s%40crt@" if password else ""
        yield box, f"smtp://{user}127.0.0.1:{port}"
    finally:
        controller.stop()
