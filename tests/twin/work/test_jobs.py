"""Jobs that wait for their turn."""

from __future__ import annotations

import queue
from collections.abc import Callable, Iterator

import pytest

from twin.errors import Cancelled
from twin.problems import Problem
from twin.work.jobs import Job, JobBoard, PartOfJob

Answers = queue.Queue[Callable[[], None]]


@pytest.fixture
def answers() -> Answers:
    return queue.Queue()


@pytest.fixture
def board(answers: Answers) -> Iterator[JobBoard]:
    board = JobBoard(answers.put, workers=1)
    yield board
    board.close()


def start(board: JobBoard, found: list[object]) -> Job:
    def failed(problem: Problem) -> None:
        found.append(problem)

    return board.run(
        Job("job.load", "houses"), lambda _job: "read", done=found.append, failed=failed
    )


def test_a_held_job_begins_when_the_others_may(board: JobBoard, answers: Answers) -> None:
    found: list[object] = []
    board.hold()
    start(board, found)
    with pytest.raises(queue.Empty):
        answers.get(timeout=0.1)
    board.go_on()
    answers.get(timeout=10.0)()
    assert found == ["read"]
    assert board.running == ()


def test_a_held_board_can_be_closed(board: JobBoard) -> None:
    found: list[object] = []
    board.hold()
    start(board, found)
    board.close()
    assert found == []
    assert board.running == ()


def test_a_part_stops_when_the_whole_is_asked_to() -> None:
    whole = Job("job.indicators", "")
    part = PartOfJob("job.load", "houses", whole)
    part.progress(1, 2)
    assert whole.done == 0.0  # it tells of itself
    whole.cancel()
    with pytest.raises(Cancelled):
        part.progress(2, 2)
    alone = PartOfJob("job.load", "houses", Job("job.indicators", ""))
    alone.cancel()
    with pytest.raises(Cancelled):
        alone.check_cancelled()
