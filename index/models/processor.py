"""What the processor can do that a model's graph depends on."""

import platform
from functools import cache
from pathlib import Path
from typing import Final

_X86: Final = frozenset({"x86_64", "amd64", "i386", "i686", "x86"})

_VNNI: Final = frozenset({"avx512_vnni", "avx_vnni"})

_CPUINFO: Final = Path("/proc/cpuinfo")


@cache
def adds_byte_products() -> bool:
    """Return True if the processor adds products of unsigned and signed bytes whole, in 32 bits.

    An x86 processor without VNNI adds two of them in 16 bits and cuts off what is too large, which makes products of
    8-bit models wrong. Where it cannot be told whether there is VNNI (x86 without /proc), the answer is False.
    """
    if platform.machine().lower() not in _X86:
        return True
    try:
        with _CPUINFO.open(encoding="utf-8", errors="replace") as lines:
            # All cores have the same, and a large machine takes long to list them.
            flags = next((line for line in lines if line.startswith("flags")), "")
    except OSError:
        return False
    return not _VNNI.isdisjoint(flags.split())
