"""The order of rows by several words of 64 bits, exact however large the words are.

Words are the columns of a key, each an array of unsigned numbers that sort as the column does. What
varies in them is packed into as few numbers as hold it, so that most tables are sorted by numpy's
fastest sort; where it does not fit, more numbers are compared, and no bit is ever dropped.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from leukon.arrays import Index, Truths

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Word = NDArray[np.uint64]

_FULL = 1 << 64
_SHORT = 1 << 32
_SAMPLE = 2048


def order_of(words: Sequence[Word]) -> Index | None:
    """The order that sorts the rows, equal ones as they came; None where they are sorted already.

    >>> order_of([np.array([2, 1, 2, 1], dtype=np.uint64)]).tolist()
    [1, 3, 0, 2]
    """
    if in_order(words):
        return None
    numbers = list(_packed(words))
    order, edges = _roughly(*numbers[0])
    for number, _ in numbers:
        order, edges = _refined(order, edges, number)
    return order


def in_order(words: Sequence[Word]) -> bool:
    """Whether no row is before the one above it."""
    return not _goes_back(words, slice(0, _SAMPLE)) and not _goes_back(words, slice(None))


def _goes_back(words: Sequence[Word], part: slice) -> bool:
    back: Any = False
    for word in reversed(words):
        above, below = word[part][:-1], word[part][1:]
        back = (below < above) | ((below == above) & back)
    return bool(np.any(back))


def edges_of(words: Sequence[Word]) -> Truths:
    """Which sorted rows differ from the one above them; the first does."""
    size = len(words[0])
    edges = np.zeros(size, dtype=np.bool_)
    for word in words:
        edges[1:] |= word[1:] != word[:-1]
    edges[:1] = True
    return edges


def not_before(words: Sequence[Word], key: Sequence[int]) -> Truths:
    """Which rows are not before a key.

    >>> not_before([np.array([1, 2, 2], dtype=np.uint64)], [2]).tolist()
    [False, True, True]
    """
    after = np.ones(len(words[0]), dtype=np.bool_)
    for word, least in zip(reversed(words), reversed(key), strict=True):
        after = (word > np.uint64(least)) | ((word == np.uint64(least)) & after)
    return after


def _roughly(number: Word, size: int) -> tuple[Index, Truths]:
    """The order by the leading bits of one number, and where these change."""
    place_bits = max(len(number) - 1, 1).bit_length()
    dropped = max(0, (size - 1).bit_length() + place_bits - 64)
    # A number and a place share 64 bits; bits of the number that find no room are compared later.
    shared = (number >> np.uint64(dropped)) << np.uint64(place_bits)
    shared |= np.arange(len(number), dtype=np.uint64)
    shared.sort()
    order = (shared & np.uint64((1 << place_bits) - 1)).astype(np.intp)
    return order, edges_of([shared >> np.uint64(place_bits)])


def _refined(order: Index, edges: Truths, number: Word) -> tuple[Index, Truths]:
    """The same order where rows that were equal so far are sorted by one more number."""
    values = number.take(order)
    back = np.flatnonzero((values[1:] < values[:-1]) & ~edges[1:])
    if len(back):
        group = np.cumsum(edges) - 1
        wrong = np.zeros(int(group[-1]) + 1, dtype=np.bool_)
        wrong[group[back]] = True
        places = np.flatnonzero(wrong[group])
        mended = np.lexsort((values[places], group[places]))
        order[places] = order[places][mended]
        values = number.take(order)
    return order, edges | edges_of([values])


def _packed(words: Sequence[Word]) -> Iterator[tuple[Word, int]]:
    """The words as few numbers that sort alike, each with how many values it may have."""
    packed, size = None, 1
    for digit, values in (pair for word in words for pair in _digits(word)):
        if packed is None:
            packed, size = digit, values
        elif size * values <= _FULL:
            packed, size = packed * np.uint64(values) + digit, size * values
        else:
            yield packed, size
            packed, size = digit, values
    yield (np.zeros(len(words[0]), dtype=np.uint64), 1) if packed is None else (packed, size)


def _digits(word: Word) -> list[tuple[Word, int]]:
    """What varies in a word: its distance from the least, or its letters where that is less."""
    least, most = int(word.min()), int(word.max())
    if least == most:
        return []
    whole = word - np.uint64(least)
    step = int(np.gcd.reduce(whole[:_SAMPLE]))
    if step > 1 and not (whole % np.uint64(step)).any():
        whole //= np.uint64(step)
    else:
        step = 1
    values = (most - least) // step + 1
    if values <= _SHORT:
        return [(whole, values)]
    letters, kinds = _by_letters(word)
    return [(letters, kinds) if kinds < values else (whole, values)]


def _by_letters(word: Word) -> tuple[Word, int]:
    """The bytes of a word as digits of a number whose base is as many letters as there are.

    Texts of digits take 10 values a letter, not 256. All eight are put together at once: in pairs,
    then pairs of pairs, then the two halves.
    """
    least, most = _bounds(word)
    base = int((most - least).max()) + 1
    number = word - least.view(np.uint64)[0]
    for bits, lanes in ((8, 0x00FF00FF00FF00FF), (16, 0x0000FFFF0000FFFF), (32, 0xFFFFFFFF)):
        low = number & np.uint64(lanes)
        number >>= np.uint64(bits)
        number &= np.uint64(lanes)
        number *= np.uint64(base)
        number += low
        base = base * base
    return number, int(number.max()) + 1


def _bounds(word: Word) -> tuple[Any, Any]:
    """The least and the greatest of each byte of the words, byte by byte."""
    whole = len(word) // 64 * 64
    letters, rest = word[:whole].view(np.uint8).reshape(-1, 512), word[whole:].view(np.uint8)
    first = word[:1].view(np.uint8)
    found = []
    for end in (np.minimum, np.maximum):
        columns = end.reduce(letters, axis=0).reshape(-1, 8) if whole else first[None, :]
        found.append(end.reduce(np.concatenate([columns, rest.reshape(-1, 8)]), axis=0))
    return found[0], found[1]
