"""Which addresses a webhook may be posted to: looked at when the connection is made, so no name can lie about it."""

from __future__ import annotations

import ipaddress
import socket
from typing import Any

_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


def is_public(text: str) -> bool:
    """Whether an address belongs to the internet at large, also what is wrapped in an IPv6 one.

    >>> [is_public(one) for one in ("93.184.216.34", "127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::a00:1")]
    [True, False, False, False]
    """
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return False
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if address in _NAT64:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if address.teredo is not None or (inner is not None and not is_public(str(inner))):
            return False
    return address.is_global and not address.is_multicast


class Guard:
    """Makes the sockets of one request. `refused` says that an address of the host was not to be connected to."""

    def __init__(self, *, private: bool) -> None:
        self._private = private
        self.refused = False

    def socket(self, address: tuple[Any, ...]) -> socket.socket:
        """For aiohttp, which asks with each resolved address right before it connects to just that one."""
        family, kind, protocol, _, where = address
        if not self._private and not is_public(str(where[0])):
            self.refused = True
            raise OSError("this address is not to be connected to")
        made = socket.socket(family=family, type=kind, proto=protocol)
        made.setblocking(False)
        return made
