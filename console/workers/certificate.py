"""When an unverified certificate ends: read from its DER form, as Python gives no other."""

import asyncio
import functools
from datetime import datetime


async def certificate_until(der: bytes) -> datetime | None:
    """``notAfter`` in UTC; None where the certificate cannot be read. Cached by certificate."""
    # The parser takes long to import: never on the loop.
    return await asyncio.to_thread(_read, der)


@functools.lru_cache(maxsize=1024)
def _read(der: bytes) -> datetime | None:
    from cryptography import x509

    try:
        return x509.load_der_x509_certificate(der).not_valid_after_utc
    except ValueError:
        return None
