from __future__ import annotations

import threading
import time

from ui import bridge
from ui.bridge import Bridge


def test_callbacks_of_a_worker_run_on_the_owners_thread_in_order(qtbot) -> None:
    made = Bridge()
    seen: list[tuple[int, int]] = []

    def work() -> None:
        for i in range(50):
            made.deliver(lambda i=i: seen.append((i, threading.get_ident())))

    worker = threading.Thread(target=work)
    worker.start()
    worker.join()
    assert seen == []  # nothing runs before the event loop does
    qtbot.waitUntil(lambda: len(seen) == 50)
    assert seen == [(i, threading.get_ident()) for i in range(50)]


def test_a_flood_leaves_turns_to_the_event_loop(qtbot, monkeypatch) -> None:
    from PySide6.QtCore import QTimer

    monkeypatch.setattr(bridge, "HELPING_S", 0.0)  # one callback a helping
    made = Bridge()
    order: list[str] = []
    for _ in range(20):
        made.deliver(lambda: order.append("work"))
    timer = QTimer(interval=0)
    timer.timeout.connect(lambda: order.append("turn"))
    timer.start()
    qtbot.waitUntil(lambda: order.count("work") == 20)
    timer.stop()
    last = len(order) - 1 - order[::-1].index("work")
    assert "turn" in order[:last]


def test_nothing_runs_after_close(qtbot) -> None:
    made = Bridge()
    seen: list[int] = []
    made.deliver(lambda: seen.append(1))
    made.close()
    made.deliver(lambda: seen.append(2))
    end = time.monotonic() + 0.05
    while time.monotonic() < end:
        qtbot.wait(5)
    assert seen == []
