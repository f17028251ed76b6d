"""What went wrong, where, and (through the wording of the key) what to do about it.

A problem is data: a key with values, worded by the interface in the user's language.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType


class Severity(StrEnum):
    """How much a problem costs the user."""

    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong.

    Parameters
    ----------
    key : str
        Dotted name of the message, for instance ``io.crs_missing``. Each key has its wording in
        ``assets/translations/problems.<language>.json``.
    where : str
        The file, layer, column or feature concerned, as the user knows it. Never a secret.
    values : mapping
        Named values that the wording inserts.
    severity : Severity
        ``ERROR`` when something could not be shown at all.
    """

    key: str
    where: str = ""
    values: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))
    severity: Severity = Severity.WARNING

    def as_dict(self) -> dict[str, object]:
        """Return a JSON-ready dictionary."""
        return {
            "key": self.key,
            "where": self.where,
            "values": {name: _plain(value) for name, value in self.values.items()},
            "severity": self.severity.value,
        }


def _plain(value: object) -> object:
    return value if isinstance(value, str | int | float | bool | None) else str(value)
