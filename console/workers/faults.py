"""Every exception a probe can meet, as one reason and a line in words (design 7)."""

import errno
import socket
import ssl
from collections.abc import Iterator
from dataclasses import dataclass

from console.workers.dialer import LinkLocal
from console.workers.secrets import SecretMissing
from console.workers.transport import HungUp, Improper, Stage, Trace
from data.domain.check import Reason

_NO_ROUTE = frozenset({errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ENETDOWN, errno.EHOSTDOWN})
_EXHAUSTED = frozenset(
    {errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM, errno.EADDRNOTAVAIL, errno.EAGAIN}
)
_TLS_WORDS = {
    "WRONG_VERSION_NUMBER": "the other side does not speak TLS",
    "UNEXPECTED_EOF_WHILE_READING": "the connection ended in the middle",
}


class Unusable(Exception):
    """What the check asks for cannot be asked; the text says why and holds no secret."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a probe got no answer. ``ours``: the check or this console is at fault, nothing was learnt."""

    reason: Reason
    words: str
    ours: bool = False


def classify(error: BaseException, trace: Trace) -> Fault:
    """What ``error`` means, met where ``trace`` stands: the most telling one of it, its groups and causes."""
    if isinstance(error, TimeoutError):
        # What lies behind it was merely interrupted.
        return Fault(Reason.TIMEOUT, f"timed out {trace.stage}", ours=trace.stage is Stage.START)
    met = list(_chain(error))
    for judge in (_own, _tls, _network, _protocol, _vague):
        for one in met:
            if (fault := judge(one, trace)) is not None:
                return fault
    if trace.stage is Stage.START:
        # The text of an unknown error may quote the request, and with it a secret.
        return Fault(Reason.PROTOCOL, f"the request cannot be made ({type(error).__name__})", ours=True)
    return Fault(Reason.PROTOCOL, f"{trace.stage}: {type(error).__name__} {error}".rstrip())


def _chain(error: BaseException) -> Iterator[BaseException]:
    waiting, seen = [error], set[int]()
    while waiting and len(seen) < 50:
        one = waiting.pop(0)
        if id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        if isinstance(one, BaseExceptionGroup):
            waiting += one.exceptions
        waiting += [linked for linked in (one.__cause__, one.__context__) if linked is not None]


def _own(error: BaseException, trace: Trace) -> Fault | None:
    match error:
        case SecretMissing():
            return Fault(Reason.SECRET, str(error), ours=True)
        case Unusable():
            return Fault(Reason.PROTOCOL, str(error), ours=not trace.hops)
        case LinkLocal():
            return Fault(
                Reason.UNREACHABLE, f"refused to connect: {error} (cloud metadata)", ours=not trace.hops
            )
        case UnicodeError() if trace.stage is Stage.NAME:
            return Fault(Reason.PROTOCOL, "the address cannot be used: not a host name", ours=not trace.hops)
        case OSError() if error.errno in _EXHAUSTED and not isinstance(error, socket.gaierror):
            return Fault(Reason.UNREACHABLE, f"this console has no more room: {error.strerror}", ours=True)
    return None


def _tls(error: BaseException, trace: Trace) -> Fault | None:
    match error:
        case ssl.SSLCertVerificationError():
            why = getattr(error, "verify_message", "") or str(error)
            return Fault(Reason.TLS, f"certificate not accepted: {why.rstrip('.')}")
        case ssl.SSLError():
            # Only OpenSSL's own errors have these attributes; asyncio raises bare ones.
            name = getattr(error, "reason", "") or type(error).__name__
            return Fault(Reason.TLS, f"TLS failed: {_TLS_WORDS.get(name, name.replace('_', ' ').lower())}")
        case ssl.CertificateError():
            return Fault(Reason.TLS, f"certificate not accepted: {error}")
    return None


def _network(error: BaseException, trace: Trace) -> Fault | None:
    match error:
        case socket.gaierror():
            unknown = error.errno in (socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME))
            return Fault(Reason.DNS, "no such name" if unknown else "the name could not be looked up")
        case ConnectionRefusedError():
            return Fault(Reason.REFUSED, "connection refused")
        case TimeoutError():
            return Fault(Reason.TIMEOUT, f"timed out {trace.stage}")
        case OSError() if error.errno in _NO_ROUTE:
            return Fault(Reason.UNREACHABLE, f"cannot be reached: {(error.strerror or '').lower()}")
    return None


def _protocol(error: BaseException, trace: Trace) -> Fault | None:
    match error:
        case Improper():
            return Fault(Reason.PROTOCOL, f"not a proper HTTP answer: {error}")
        case OSError() if trace.stage is Stage.TLS:
            return Fault(Reason.TLS, "the connection was closed in the TLS handshake")
        case ConnectionResetError() | BrokenPipeError():
            return Fault(Reason.PROTOCOL, f"connection reset {trace.stage}")
        case HungUp():
            return Fault(Reason.PROTOCOL, f"connection closed {trace.stage}")
    return None


def _vague(error: BaseException, trace: Trace) -> Fault | None:
    if isinstance(error, OSError) and trace.stage in (Stage.NAME, Stage.CONNECT):
        return Fault(Reason.UNREACHABLE, f"could not connect: {error.strerror or error}")
    return None
