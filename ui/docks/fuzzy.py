"""How well a few typed letters fit a title: the nearer to its words, the better."""

from __future__ import annotations

from twin.model.expressions.evaluate import folded

START_OF_WORD, NEXT_LETTER, ANY_LETTER = 8, 5, 1
GAP = 0.2
"""What each letter between two found ones costs."""


def score(query: str, title: str) -> float | None:
    """Return how well a query fits, larger is better; None where it does not fit at all.

    Every word of the query must be found, in any order; the letters of a word must follow one another
    in the title, best at the beginning of its words and side by side. Accents and capitals do not count.
    """
    plain = folded(title)
    total = 0.0
    for word in folded(query).split():
        part = _word_score(word, plain)
        if part is None:
            return None
        total += part
    return total - 0.01 * len(plain)


def _word_score(word: str, title: str) -> float | None:
    starts = [i for i, letter in enumerate(title) if letter == word[0]]
    found = [s for s in (_from(word, title, start) for start in starts) if s is not None]
    return max(found) if found else None


def _from(word: str, title: str, start: int) -> float | None:
    total, at = 0.0, start - 1
    for place, letter in enumerate(word):
        found = title.find(letter, at + 1)
        if found < 0:
            return None
        begins = found == 0 or not title[found - 1].isalnum()
        if place and found == at + 1:
            total += NEXT_LETTER
        else:
            total += START_OF_WORD if begins else ANY_LETTER
            total -= GAP * (found - at - 1) if place else 0.0
        at = found
    return total
