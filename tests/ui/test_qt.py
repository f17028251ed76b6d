from __future__ import annotations

import sys

import pytest
from PySide6.QtWidgets import QWidget


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="None has no count of references any more")
def test_calls_of_qt_lose_no_reference_to_none(qapp) -> None:
    """PySide6 6.12.0 lost one in each call on Python 3.11, until the interpreter aborted."""
    widget = QWidget()
    before = sys.getrefcount(None)
    for _ in range(500):
        widget.update()
    assert sys.getrefcount(None) - before > -50
    widget.deleteLater()
