"""A small SMTP server for tests: keeps what arrives, and misbehaves as it is told."""

from __future__ import annotations

import asyncio
import base64
import datetime as dt
import ipaddress
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


@dataclass
class MailServer:
    """`answers` replace the answer to a command (`RCPT` → "550 5.1.1 no such user"). `hang_at`: a command that is never
    answered; `flood_at`: one that is answered without end; `drop_after_data`: the mail is taken, its answer is lost."""

    port: int = 0
    answers: dict[str, str] = field(default_factory=dict)
    unknown: frozenset[str] = frozenset()  # addresses without a mailbox here
    hang_at: str = ""
    flood_at: str = ""
    drop_after_data: int = 0
    tls: ssl.SSLContext | None = None
    login: tuple[str, str] | None = None
    mails: list[EmailMessage] = field(default_factory=list)
    envelopes: list[tuple[str, str]] = field(default_factory=list)
    sessions: int = 0
    tasks: set[asyncio.Task[None]] = field(default_factory=set)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.sessions += 1
        raw = writer.transport  # a handshake that fails leaves it open
        task = asyncio.current_task()
        assert task is not None
        self.tasks.add(task)
        try:
            with suppress(ConnectionError, asyncio.IncompleteReadError, ssl.SSLError):
                await self._session(reader, writer)
        finally:
            writer.close()
            raw.close()

    async def end(self) -> None:
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)
        await asyncio.sleep(0)  # for transports to close their sockets

    async def _session(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        async def say(text: str) -> None:
            writer.write(f"{text}\r\n".encode())
            await writer.drain()

        sender = to = ""
        encrypted = False
        await say(self.answers.get("CONNECT", "220 test"))
        while line := await reader.readline():
            text = line.decode().rstrip("\r\n")
            verb = text.split(" ")[0].upper()
            if verb == self.hang_at:
                await asyncio.sleep(3600)
            if verb == self.flood_at:
                while True:
                    await say("250-" + "x" * 900)
            if verb in self.answers:
                await say(self.answers[verb])
            elif verb == "EHLO":
                offered = ["250-test"]
                offered += ["250-STARTTLS"] if self.tls and not encrypted else []
                offered += ["250-AUTH PLAIN"] if self.login else []
                await say("\r\n".join([*offered, "250 8BITMIME"]))
            elif verb == "STARTTLS" and self.tls:
                await say("220 go on")
                await writer.start_tls(self.tls)
                encrypted = True
            elif verb == "AUTH":
                given = base64.b64decode(text.split(" ")[2]).decode().split("\0")[1:]
                await say("235 2.7.0 ok" if tuple(given) == self.login else "535 5.7.8 no")
            elif verb == "MAIL":
                sender = text.partition("<")[2].partition(">")[0]
                await say("250 2.1.0 ok")
            elif verb == "RCPT":
                to = text.partition("<")[2].partition(">")[0]
                await say("550 5.1.1 no such user" if to in self.unknown else "250 2.1.5 ok")
            elif verb == "DATA":
                await say("354 go on")
                body = b""
                while (part := await reader.readline()) != b".\r\n":
                    body += part[1:] if part.startswith(b"..") else part
                made = message_from_bytes(body, policy=policy.default)
                assert isinstance(made, EmailMessage)
                self.mails.append(made)
                self.envelopes.append((sender, to))
                if self.drop_after_data:
                    self.drop_after_data -= 1
                    return
                await say("250 2.0.0 taken")
            elif verb == "QUIT":
                await say("221 bye")
                return
            else:
                await say("250 ok")


@asynccontextmanager
async def mail_server(made: MailServer | None = None) -> AsyncIterator[MailServer]:
    server = made or MailServer()
    running = await asyncio.start_server(server.serve, "127.0.0.1", 0)
    server.port = running.sockets[0].getsockname()[1]
    try:
        yield server
    finally:
        running.close()
        await server.end()


def certificate(folder: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """(the server's context, a client's that trusts it), for 127.0.0.1 and localhost."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = dt.datetime.now(dt.UTC)
    names = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    public, private = folder / "cert.pem", folder / "key.pem"
    public.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(public, private)
    return server, ssl.create_default_context(cafile=str(public))
