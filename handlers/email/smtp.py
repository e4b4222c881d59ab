"""One mail handed to an SMTP server by the standard library, in a thread, within a time limit and with bounded answers.

What the server answers is kept to its numbers: its words may repeat addresses, or be anything.
"""

from __future__ import annotations

import re
import smtplib
import socket
import ssl
from contextlib import suppress
from email.message import EmailMessage
from typing import Any

from handlers.settings import SmtpPolicy

ANSWER_SECONDS = 10.0  # for one answer of the server
MOST_BYTES = 64 * 1024  # of all its answers to one mail; a real one says a few hundred
_ENHANCED = re.compile(rb"[245]\.\d{1,3}\.\d{1,3}")


class MailFailed(Exception):
    """The server did not take the mail. `permanent`: it never will; `gone`: because of the address itself. The text
    holds no address and no word of the server's."""

    def __init__(self, reason: str, *, permanent: bool = False, gone: bool = False) -> None:
        super().__init__(reason)
        self.reason, self.permanent, self.gone = reason, permanent, gone


class _Bounded:
    """A server's answers as smtplib reads them, up to `MOST_BYTES`."""

    def __init__(self, file: Any) -> None:
        self._file = file
        self._left = MOST_BYTES

    def readline(self, size: int = -1) -> bytes:
        line: bytes = self._file.readline(size)
        self._left -= len(line)
        if self._left < 0:
            raise OSError("the server says too much")
        return line

    def close(self) -> None:
        self._file.close()


class _Client(smtplib.SMTP):
    def getreply(self) -> tuple[int, bytes]:
        if self.file is None and self.sock is not None:
            self.file = _Bounded(self.sock.makefile("rb"))
        return super().getreply()


class _TlsClient(smtplib.SMTP_SSL):
    def getreply(self) -> tuple[int, bytes]:
        if self.file is None and self.sock is not None:
            self.file = _Bounded(self.sock.makefile("rb"))
        return super().getreply()


class Delivery:
    """One try. `run` blocks; `abort`, from another thread, ends it at once."""

    def __init__(self, policy: SmtpPolicy, context: ssl.SSLContext) -> None:
        self._policy = policy
        self._context = context
        self._client: smtplib.SMTP | None = None
        self._aborted = False

    def run(self, mail: EmailMessage | None, to: str) -> None:
        """Hand the mail over; without one, only see whether the server would take it: connected, encrypted, logged in.

        Raises MailFailed.
        """
        try:
            self._run(mail, to)
        except MailFailed:
            raise
        except smtplib.SMTPRecipientsRefused as error:
            code, said = next(iter(error.recipients.values()))
            numbers = _numbers(code, said)
            # 5.7 is a matter of policy ("relaying denied"), not of this address.
            gone = code >= 500 and " 5.7" not in numbers
            reason = f"the mail server refuses the address ({numbers})"
            raise MailFailed(reason, permanent=code >= 500, gone=gone) from None
        except smtplib.SMTPAuthenticationError as error:
            raise MailFailed(
                f"the mail server refuses the login ({_numbers(error.smtp_code, error.smtp_error)}): "
                "check LIVEDESK_SMTP_USER and LIVEDESK_SMTP_PASSWORD"
            ) from None
        except smtplib.SMTPSenderRefused as error:
            raise MailFailed(
                f"the mail server refuses the sender ({_numbers(error.smtp_code, error.smtp_error)}): "
                "check LIVEDESK_SMTP_FROM"
            ) from None
        except smtplib.SMTPDataError as error:
            numbers = _numbers(error.smtp_code, error.smtp_error)
            raise MailFailed(
                f"the mail server refuses the mail ({numbers})", permanent=error.smtp_code >= 500
            ) from None
        except smtplib.SMTPResponseException as error:
            raise MailFailed(f"the mail server failed ({_numbers(error.smtp_code, error.smtp_error)})") from None
        except smtplib.SMTPNotSupportedError:
            raise MailFailed(
                "the mail server offers no STARTTLS, or no login: check LIVEDESK_SMTP_SECURITY and its port"
            ) from None
        except ssl.SSLCertVerificationError:
            raise MailFailed("the mail server's certificate is not trusted: check LIVEDESK_SMTP_HOST") from None
        except ssl.SSLError:
            raise MailFailed("the mail server speaks no TLS here: check LIVEDESK_SMTP_SECURITY and its port") from None
        except (smtplib.SMTPException, OSError, ValueError) as error:
            raise MailFailed(f"no answer from the mail server ({type(error).__name__})") from None
        finally:
            if self._client is not None:
                with suppress(smtplib.SMTPException, OSError):
                    self._client.close()

    def _run(self, mail: EmailMessage | None, to: str) -> None:
        policy = self._policy
        named = policy.sender.rpartition("@")[2]  # not the machine's own name, whose look-up can take seconds
        if policy.security == "tls":
            client: smtplib.SMTP = _TlsClient(local_hostname=named, timeout=ANSWER_SECONDS, context=self._context)
        else:
            client = _Client(local_hostname=named, timeout=ANSWER_SECONDS)
        self._client = client
        client._host = policy.host  # type: ignore[attr-defined]  # smtplib sets it in its constructor alone, for TLS
        code, said = client.connect(policy.host, policy.port)
        if self._aborted:
            raise OSError("aborted")
        if code != 220:
            raise MailFailed(f"the mail server is not ready ({_numbers(code, said)})")
        if policy.security == "starttls":
            client.starttls(context=self._context)
        if policy.user:
            client.login(policy.user, policy.password)
        if mail is None:
            client.noop()
        else:
            client.send_message(mail, policy.sender, [to])
        with suppress(smtplib.SMTPException, OSError):
            client.quit()  # the mail has been taken, whatever comes now

    def abort(self) -> None:
        self._aborted = True
        made = getattr(self._client, "sock", None)
        if made is not None:
            with suppress(OSError):
                made.shutdown(socket.SHUT_RDWR)


def _numbers(code: int, said: bytes | str) -> str:
    """`550 5.1.1`: all that is kept of an answer."""
    found = _ENHANCED.search(said if isinstance(said, bytes) else said.encode("utf-8", "replace"))
    return f"{code} {found[0].decode()}" if found else str(code)
