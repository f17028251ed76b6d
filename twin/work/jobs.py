"""Work on other threads: progress, cancel, and answers that come back on the owner's thread."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from psygnal import Signal

from twin.errors import BelvedereError, Cancelled
from twin.problems import Problem, Severity
from twin.progress import Progress

Deliver = Callable[[Callable[[], None]], None]
"""Runs a callback on the owner's thread; called from workers."""

WAITERS = 4
"""Jobs that wait for other processes at the same time."""


class Job:
    """One piece of work; also the progress that the work is given.

    Attributes
    ----------
    title : str
        Key of what it does, for instance ``job.load``.
    where : str
        What it works on.
    done, total, unit
        How far it is; ``total`` is None while unknown.
    brief : bool
        Over in a moment, and done many times a second: nobody is told of it.
    """

    _ids = itertools.count(1)

    def __init__(self, title: str, where: str, *, brief: bool = False) -> None:
        self.id = next(self._ids)
        self.brief = brief
        self.title = title
        self.where = where
        self.done: float = 0.0
        self.total: float | None = None
        self.unit = ""
        self.problems: list[Problem] = []
        self._stop = threading.Event()

    @property
    def cancelled(self) -> bool:
        """Whether it was asked to stop."""
        return self._stop.is_set()

    def cancel(self) -> None:
        """Ask it to stop at its next check."""
        self._stop.set()

    def check_cancelled(self) -> None:
        """Raise Cancelled if it was asked to stop."""
        if self._stop.is_set():
            raise Cancelled

    def progress(self, done: float, total: float | None = None, unit: str = "") -> None:
        """Say how far the work is. Cheap: readers of it poll."""
        self.done, self.total, self.unit = done, total, unit
        self.check_cancelled()

    def report(self, problem: Problem) -> None:
        """Record a problem; the work goes on."""
        self.problems.append(problem)


class PartOfJob(Job):
    """Work within other work: it stops when that is asked to, and keeps its own progress and problems.

    Parameters
    ----------
    whole : Progress
        What it is a part of.
    """

    def __init__(self, title: str, where: str, whole: Progress) -> None:
        super().__init__(title, where)
        self._whole = whole

    def check_cancelled(self) -> None:
        """Raise Cancelled if it, or the whole, was asked to stop."""
        self._whole.check_cancelled()
        super().check_cancelled()


class JobBoard:
    """Runs jobs on a few threads and knows which are running.

    Parameters
    ----------
    deliver : callable
        See :data:`Deliver`.
    workers : int
        Number of threads.
    """

    changed = Signal()

    def __init__(self, deliver: Deliver, *, workers: int = 2) -> None:
        self._deliver = deliver
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix="belvedere-job")
        self._waiting = ThreadPoolExecutor(WAITERS, thread_name_prefix="belvedere-wait")
        self._running: dict[int, Job] = {}
        self._closed = False
        self._may_begin = threading.Event()
        self._may_begin.set()

    @property
    def running(self) -> tuple[Job, ...]:
        """Jobs that wait or run, oldest first."""
        return tuple(self._running.values())

    def run(
        self,
        job: Job,
        work: Callable[[Job], Any],
        *,
        done: Callable[[Any], None],
        failed: Callable[[Problem], None],
        waits: bool = False,
    ) -> Job:
        """Start ``work(job)``; then ``done(answer)`` or ``failed(problem)`` on the owner's thread.

        A cancelled job calls neither.

        Parameters
        ----------
        waits : bool
            The work waits for another process most of the time: it keeps no layer from loading.
        """
        self._running[job.id] = job
        self._tell_of(job)

        def finish(future: Future[Any]) -> None:
            self._deliver(lambda: self._finish(job, future, done, failed))

        pool = self._waiting if waits else self._pool
        pool.submit(self._in_turn, work, job).add_done_callback(finish)
        return job

    def hold(self) -> None:
        """Begin no job before :meth:`go_on`: the owner needs Python's lock for itself."""
        self._may_begin.clear()

    def go_on(self) -> None:
        """Begin the jobs that :meth:`hold` has kept."""
        self._may_begin.set()

    def _in_turn(self, work: Callable[[Job], Any], job: Job) -> Any:
        self._may_begin.wait()
        return _guarded(work, job)

    def meanwhile(self, job: Job, tell: Callable[[], None]) -> None:
        """Call something on the owner's thread while a job goes on; from its worker. A cancelled job tells nothing."""
        self._deliver(lambda: None if job.cancelled or self._closed else tell())

    def cancel_all(self) -> None:
        """Ask every job to stop."""
        for job in self.running:
            job.cancel()

    def close(self) -> None:
        """Stop everything and wait for the threads; answers still under way are dropped."""
        self._closed = True
        self.cancel_all()
        self.go_on()
        for pool in (self._pool, self._waiting):
            pool.shutdown(wait=True, cancel_futures=True)
        self._running.clear()

    def _finish(
        self,
        job: Job,
        future: Future[Any],
        done: Callable[[Any], None],
        failed: Callable[[Problem], None],
    ) -> None:
        if self._closed:
            return
        self._running.pop(job.id, None)
        if not job.cancelled and not future.cancelled():
            answer = future.result()
            if isinstance(answer, _Failure):
                failed(answer.problem)
            else:
                done(answer)
        self._tell_of(job)

    def _tell_of(self, job: Job) -> None:
        if not job.brief:
            self.changed.emit()


class _Failure:
    def __init__(self, problem: Problem) -> None:
        self.problem = problem


def _guarded(work: Callable[[Job], Any], job: Job) -> Any:
    """Run the work; whatever it raises becomes a problem that names the place in the author's code."""
    try:
        job.check_cancelled()
        return work(job)
    except Cancelled:
        job.cancel()
        return None
    except BelvedereError as error:
        return _Failure(error.problem)
    except MemoryError:
        return _Failure(Problem("job.out_of_memory", job.where, {}, Severity.ERROR))
    except (Exception, SystemExit) as error:  # noqa: BLE001 - a layer's author may raise anything
        return _Failure(
            Problem("job.failed", job.where, {"reason": _reason(error)}, Severity.ERROR)
        )


def _reason(error: BaseException) -> str:
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    place = ""
    if trace is not None:
        name = trace.tb_frame.f_code.co_filename.replace("\\", "/").split("/")[-2:]
        place = f" ({'/'.join(name)}:{trace.tb_lineno})"
    return f"{type(error).__name__}: {error}{place}"
