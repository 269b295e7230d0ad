"""A real mail server on loopback that keeps what it is sent."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage

from aiosmtpd.smtp import SMTP, Envelope, Session


@dataclass(slots=True)
class Mailbox:
    """A running server; ``refuses`` is what it says to every recipient instead of taking the mail."""

    port: int = 0
    mails: list[EmailMessage] = field(default_factory=list)
    recipients: list[list[str]] = field(default_factory=list)
    refuses: str = ""

    def url(self, to: str = "ada@example.org") -> str:
        """Return its address as Apprise is told it."""
        return f"mailto://127.0.0.1:{self.port}/?from=room@example.org&to={to}&mode=insecure"

    async def handle_RCPT(  # noqa: N802 - the name is the library's
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Take a recipient, or refuse it."""
        if self.refuses:
            return self.refuses
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802 - the name is the library's
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        """Take a mail."""
        content = envelope.content
        data = content if isinstance(content, bytes) else (content or "").encode()
        mail = message_from_bytes(data, policy=policy.default)
        self.mails.append(mail)
        self.recipients.append(list(envelope.rcpt_tos))
        return "250 OK"


@contextlib.asynccontextmanager
async def mailbox() -> AsyncIterator[Mailbox]:
    """Serve until left."""
    loop = asyncio.get_running_loop()
    made = Mailbox()
    server = await loop.create_server(lambda: SMTP(made, loop=loop), "127.0.0.1", 0)
    made.port = server.sockets[0].getsockname()[1]
    try:
        yield made
    finally:
        server.close()
        await server.wait_closed()
