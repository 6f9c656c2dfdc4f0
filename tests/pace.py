"""Bars of time that hold on any machine: so many seconds on the machine they were set for, in proportion on another."""
import time
from collections.abc import Iterator
from contextlib import contextmanager

REFERENCE = 0.055  # seconds of processor for `_work` on one core of a server of 2023 that does nothing else


def _work() -> float:
    """Processor seconds for a fixed piece of what the product does all day: small objects, texts, look-ups."""
    began = time.process_time()
    kept: dict[str, tuple[int, str]] = {}
    for number in range(90_000):
        words = f"{number:06d}"
        kept[words[::-1]] = (number, words)
    assert sum(number for number, _ in kept.values()) == 90_000 * 89_999 // 2
    return time.process_time() - began


def slowness() -> float:
    """How many times slower than the reference this machine is at this moment; never less than 1."""
    return max(1.0, sum(_work() for _ in range(4)) / 4 / REFERENCE)


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Fail when the block takes more processor time than these seconds, stretched as far as this machine is slower.

    Processor time, since other tests share the machine. Its pace is looked at only when the plain bar was missed.
    """
    began = time.process_time()
    yield
    spent = time.process_time() - began
    if spent >= seconds:
        bar = seconds * slowness()
        assert spent < bar, f"{spent:.1f} s of processor, where {bar:.1f} s are allowed here"
