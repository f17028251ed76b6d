"""What libraries say, as a part of our own sentences."""

from __future__ import annotations

from twin.io.gdal import said


def test_the_reason_behind_an_error_is_told() -> None:
    error = OSError("Read failed. See previous exception for details.")
    error.__cause__ = ValueError("TIFFReadEncodedStrip() failed.")
    assert said(error) == "TIFFReadEncodedStrip() failed"


def test_an_error_is_one_clause_told_once() -> None:
    error = RuntimeError("disk image is malformed; disk image is\nmalformed.")
    assert said(error, named=True) == "RuntimeError: disk image is malformed"
    assert len(said(RuntimeError("word " * 100))) < 170
