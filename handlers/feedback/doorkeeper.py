"""Who sends: a bearer key, or a signature that is checked once the body is there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from starlette.datastructures import Headers

from handlers.feedback import signing
from handlers.feedback.ports import KeysPort
from handlers.feedback.problems import RequestError, unauthorized

LONGEST_TOKEN = 512


@dataclass(frozen=True, slots=True)
class Caller:
    """`source` is proven when there is no `signature`, and only claimed until `Doorkeeper.check` when there is."""

    source: str
    signature: signing.Signature | None = None


class Doorkeeper:
    def __init__(self, keys: KeysPort, wall_time: Callable[[], float]) -> None:
        self._keys = keys
        self._wall_time = wall_time
        self._replays = signing.ReplayGuard()

    async def identify(self, headers: Headers) -> Caller:
        """The caller by the headers alone. A request that carries a signature is judged by it, whatever else it has."""
        if signing.SIGNATURE_HEADER in headers:
            return Caller(*self._claimed(headers))
        scheme, _, token = headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise unauthorized(
                "Send the key of your source as `Authorization: Bearer …`, or sign the request "
                f"({signing.SOURCE_HEADER}, {signing.TIMESTAMP_HEADER}, {signing.SIGNATURE_HEADER})."
            )
        token = token.strip()
        source = await self._keys.bearer(token) if len(token) <= LONGEST_TOKEN and token.isascii() else None
        if source is None:
            raise unauthorized("This key is unknown or was revoked.")
        if headers.get(signing.SOURCE_HEADER, source) != source:
            raise RequestError(403, f"This key belongs to another source than {signing.SOURCE_HEADER} names.")
        return Caller(source)

    def _claimed(self, headers: Headers) -> tuple[str, signing.Signature]:
        try:
            signature = signing.read_headers(
                headers.get(signing.SOURCE_HEADER),
                headers.get(signing.TIMESTAMP_HEADER),
                headers.get(signing.SIGNATURE_HEADER),
            )
        except ValueError as malformed:
            raise unauthorized(f"{malformed}.") from None
        wall_time = self._wall_time()
        if not signing.is_fresh(signature, wall_time):
            raise unauthorized(
                f"{signing.TIMESTAMP_HEADER} is {abs(wall_time - signature.timestamp):.0f} s away from our clock "
                f"({wall_time:.0f}), at most {signing.TOLERANCE_SECONDS} s are allowed; sign again with the time now."
            )
        return signature.source, signature

    async def check(self, caller: Caller, raw: bytes) -> None:
        """Believe the signature of a signed request, once; 401 when it is wrong, 409 when it was used before."""
        if caller.signature is None:
            return
        if not await signing.verify(caller.signature, await self._keys.secrets(caller.source), raw):
            raise unauthorized("The signature fits no secret of this source; sign the raw bytes of the body as sent.")
        if not self._replays.begin(caller.signature, self._wall_time()):
            raise RequestError(
                409, "This signature was used before. To send the same events again, sign again: none is stored twice."
            )

    def release(self, caller: Caller) -> None:
        """The request was not carried out: the sender may retry it as it is."""
        if caller.signature is not None:
            self._replays.release(caller.signature)
