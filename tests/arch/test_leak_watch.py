"""The watch that runs after each test sees what it is there to see."""

from __future__ import annotations

import threading

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QWidget
from vtkmodules.vtkRenderingCore import vtkRenderer

from tests.leaks import LeakWatch


@pytest.fixture
def watch(qapp: QApplication) -> LeakWatch:
    watch = LeakWatch(objects=True)
    watch.start()
    return watch


def test_nothing_left_is_silent(watch: LeakWatch) -> None:
    window = QWidget()
    window.show()
    window.close()
    window.deleteLater()
    QTimer(window).start(1000)
    del window
    assert watch.finish() == []


def test_a_running_timer_is_seen(watch: LeakWatch) -> None:
    timer = QTimer()
    timer.start(10_000)
    left = watch.finish()
    timer.stop()
    assert len(left) == 1
    assert "timer" in left[0]


def test_a_stopped_timer_is_no_leak(watch: LeakWatch) -> None:
    timer = QTimer()
    timer.start(10_000)
    timer.stop()
    assert watch.finish() == []


def test_a_hidden_window_is_seen(watch: LeakWatch) -> None:
    window = QWidget(objectName="left_open")
    left = watch.finish()
    window.deleteLater()
    assert any("left_open" in line for line in left)


def test_a_vtk_renderer_is_seen(watch: LeakWatch) -> None:
    renderer = vtkRenderer()
    left = watch.finish()
    assert any("vtkRenderer" in line or "VTK object" in line for line in left)
    del renderer


def test_a_thread_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.leaks.PATIENCE_S", 0.01)
    watch = LeakWatch(objects=False)
    watch.start()
    go_on = threading.Event()
    thread = threading.Thread(target=go_on.wait, name="left_running")
    thread.start()
    left = watch.finish()
    go_on.set()
    thread.join()
    assert left == ["thread 'left_running'"]


def test_a_thread_that_ends_is_no_leak() -> None:
    watch = LeakWatch(objects=False)
    watch.start()
    threading.Thread(target=lambda: None).start()
    assert watch.finish() == []
