"""A history in PostgreSQL; with TimescaleDB, where it is installed, in chunks of its own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from threading import RLock
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from twin.extras import require
from twin.store.history.homes import NAMED, is_named_for_one_home, refuse_homes
from twin.store.history.model import (
    UNTRUE,
    Datastream,
    Flag,
    HistoryError,
    observation_schema,
)

if TYPE_CHECKING:
    import pyarrow as pa

TABLES = """
CREATE TABLE IF NOT EXISTS belvedere_datastream (
    number integer GENERATED ALWAYS AS IDENTITY UNIQUE,
    id text PRIMARY KEY,
    described jsonb NOT NULL
);
CREATE TABLE IF NOT EXISTS belvedere_observation (
    datastream integer NOT NULL,
    time timestamptz NOT NULL,
    result double precision NOT NULL,
    quality smallint NOT NULL,
    text text,
    low double precision,
    high double precision,
    count integer
);
CREATE INDEX IF NOT EXISTS belvedere_observation_of ON belvedere_observation (datastream, time);
CREATE INDEX IF NOT EXISTS belvedere_observation_at ON belvedere_observation USING brin (time);
"""
COLUMNS = "(datastream, time, result, quality, text, low, high, count)"
TRUE = f"quality & {int(UNTRUE)} = 0 AND result NOT IN ('NaN', 'Infinity', '-Infinity')"
SHOWN = f"d.id !~ '{NAMED}'"
"""Of no single home: an earlier writer may have kept such."""
CHUNK = 100_000
LOCK = 7_142_019
CONNECT_S = 10


class PostgresHistory:
    """A history in a database; see :class:`~twin.store.history.model.History`.

    Any number of writers and readers may use it at once.

    Parameters
    ----------
    url : str
        ``postgresql://user@host:port/database``.
    write : bool
        Whether observations will be added; its tables are then made where they are missing.

    Raises
    ------
    HistoryError
        The server cannot be reached, refuses, or holds no history.
    """

    def __init__(self, url: str, *, write: bool = False) -> None:
        self._psycopg: Any = require("live", "psycopg")
        parts = urlsplit(url)
        host = parts.hostname or ""
        self._shown = f"postgresql://{host}{f':{parts.port}' if parts.port else ''}{parts.path}"
        self._guard = RLock()
        self._pending: list[Any] = []
        self._numbers: dict[str, int] = {}
        self._closed = False
        with self._telling():
            self._db = self._psycopg.connect(url, connect_timeout=CONNECT_S, autocommit=True)
            if write:
                self._prepare()
            elif not self._one("SELECT to_regclass('belvedere_observation') IS NOT NULL"):
                self._db.close()
                raise HistoryError("history.none", self._shown)

    def _prepare(self) -> None:
        with self._db.transaction():
            self._db.execute("SELECT pg_advisory_xact_lock(%s)", (LOCK,))  # two may begin at once
            self._db.execute(TABLES)
            has = "SELECT count(*) FROM pg_extension WHERE extname = 'timescaledb'"
            empty = "SELECT NOT EXISTS (SELECT 1 FROM belvedere_observation)"
            if self._one(has) and self._one(empty):
                self._db.execute(
                    "SELECT create_hypertable('belvedere_observation', 'time', if_not_exists => true)"
                )

    @property
    def address(self) -> str:
        """See base."""
        return self._shown

    # Writing.

    def describe(self, streams: Iterable[Datastream]) -> None:
        """See base."""
        with self._guard, self._telling():
            self._describe(list(streams))

    def _describe(self, streams: list[Datastream], *, only_new: bool = False) -> None:
        if not refuse_homes(streams):
            return
        json = self._psycopg.types.json.Jsonb
        change = "NOTHING" if only_new else "UPDATE SET described = EXCLUDED.described"
        command = (
            "INSERT INTO belvedere_datastream (id, described) VALUES (%s, %s) "  # noqa: S608
            f"ON CONFLICT (id) DO {change}"
        )
        rows = [(s.id, json(s.as_dict())) for s in sorted(streams, key=lambda s: s.id)]
        with self._db.transaction(), self._db.cursor() as cursor:
            cursor.executemany(command, rows)

    def streams(self) -> dict[str, Datastream]:
        """See base."""
        with self._guard, self._telling():
            rows = self._db.execute("SELECT id, described FROM belvedere_datastream").fetchall()
        shown = [row for row in rows if not is_named_for_one_home(row[0])]
        return {name: Datastream.from_dict({**told, "id": name}) for name, told in shown}

    def append(self, batch: pa.RecordBatch) -> None:
        """See base."""
        if batch.num_rows:
            names = batch.column("datastream").unique().to_pylist()
            refuse_homes(Datastream(id=name) for name in names if name not in self._numbers)
            with self._guard:
                self._pending.append(batch)

    def commit(self) -> None:
        """See base."""
        with self._guard:
            pending, self._pending = self._pending, []
            try:
                with self._telling(), self._db.transaction():
                    for batch in pending:
                        self._copy(batch)
            except HistoryError:
                self._pending = [*pending, *self._pending]
                raise

    def _copy(self, batch: pa.RecordBatch) -> None:
        columns = {name: batch.column(name).to_pylist() for name in batch.schema.names}
        numbers = self._known(columns["datastream"])
        count = batch.num_rows
        none = [None] * count
        rows = zip(
            [numbers[name] for name in columns["datastream"]],
            columns["time"],
            columns["result"],
            columns["quality"],
            columns.get("text", none),
            columns.get("low", none),
            columns.get("high", none),
            columns.get("count", none),
            strict=True,
        )
        kinds = ["int4", "timestamptz", "float8", "int2", "text", "float8", "float8", "int4"]
        command = f"COPY belvedere_observation {COLUMNS} FROM STDIN (FORMAT BINARY)"
        with self._db.cursor() as cursor, cursor.copy(command) as copy:
            copy.set_types(kinds)
            for row in rows:
                copy.write_row(row if row[4] is None or "\0" not in row[4] else _without_nul(row))

    def _known(self, names: Sequence[str]) -> dict[str, int]:
        missing = set(names) - self._numbers.keys()
        if missing:
            self._describe([Datastream(id=name) for name in missing], only_new=True)
            found = self._db.execute(
                "SELECT id, number FROM belvedere_datastream WHERE id = ANY(%s)", (list(missing),)
            )
            self._numbers.update(found.fetchall())
        return self._numbers

    # Asking.

    def observations(
        self,
        ids: Sequence[str] | None,
        start: datetime,
        end: datetime,
        *,
        step_s: float | None = None,
    ) -> pa.Table:
        """See base."""
        which = f"AND {SHOWN}" + ("" if ids is None else " AND d.id = ANY(%(ids)s)")
        values = {"ids": list(ids or ()), "start": start, "end": end, "step": step_s}
        if step_s is None:
            command = (
                "SELECT d.id, o.time, o.result, o.quality, o.text FROM belvedere_observation o "  # noqa: S608
                "JOIN belvedere_datastream d ON d.number = o.datastream "
                f"WHERE o.time >= %(start)s AND o.time < %(end)s {which} ORDER BY d.number, o.time"
            )
            return self._table(command, values, observation_schema())
        weight = "coalesce(o.count, 1)"
        bucket = "floor(extract(epoch FROM o.time) / %(step)s::numeric) * %(step)s::numeric"
        command = (
            f"SELECT min(d.id), to_timestamp({bucket}), sum(o.result * {weight}) / sum({weight}), "  # noqa: S608
            f"min(coalesce(o.low, o.result)), max(coalesce(o.high, o.result)), sum({weight})::int4 "
            "FROM belvedere_observation o JOIN belvedere_datastream d ON d.number = o.datastream "
            f"WHERE o.time >= %(start)s AND o.time < %(end)s AND {TRUE} {which} "
            "GROUP BY d.number, 2 ORDER BY d.number, 2"
        )
        return self._table(command, values, _step_schema())

    def latest(self, at: datetime, *, within_s: float = 86_400.0) -> pa.Table:
        """See base."""
        command = (
            "SELECT d.id, l.time, l.result, l.quality, l.text FROM belvedere_datastream d "  # noqa: S608
            "CROSS JOIN LATERAL (SELECT * FROM belvedere_observation o WHERE o.datastream = d.number "
            f"AND o.time <= %(at)s AND o.time > %(start)s AND {TRUE} "
            f"ORDER BY o.time DESC LIMIT 1) l WHERE {SHOWN} ORDER BY d.number"
        )
        values = {"at": at, "start": at - timedelta(seconds=within_s)}
        return self._table(command, values, observation_schema())

    def extent(self) -> tuple[datetime, datetime] | None:
        """See base."""
        with self._guard, self._telling():
            row = self._db.execute(
                "SELECT min(time), max(time) FROM belvedere_observation"
            ).fetchone()
        return None if row[0] is None else (row[0].astimezone(UTC), row[1].astimezone(UTC))

    def count(self) -> int:
        """See base."""
        with self._guard, self._telling():
            return int(self._one("SELECT count(*) FROM belvedere_observation"))

    def batches(self) -> Iterator[pa.RecordBatch]:
        """See base."""
        command = (
            "SELECT d.id, o.time, o.result, o.quality, o.text, o.low, o.high, o.count "  # noqa: S608
            "FROM belvedere_observation o JOIN belvedere_datastream d ON d.number = o.datastream "
            f"WHERE {SHOWN}"
        )
        with (
            self._guard,
            self._telling(),
            self._db.transaction(),
            self._db.cursor(name="belvedere") as cursor,
        ):
            cursor.execute(command)
            while rows := cursor.fetchmany(CHUNK):
                yield from _arrow(rows, _whole_schema()).to_batches()

    # Keeping.

    def forget(self, before: datetime) -> int:
        """See base."""
        with self._guard, self._telling():
            done = self._db.execute("DELETE FROM belvedere_observation WHERE time < %s", (before,))
            return int(done.rowcount)

    def thin(self, before: datetime, step_s: float) -> int:
        """See base."""
        old = f"time < %(before)s AND {TRUE}"
        bucket = "floor(extract(epoch FROM time) / %(step)s::numeric) * %(step)s::numeric"
        weight = "coalesce(count, 1)"
        command = (
            f"WITH gone AS (DELETE FROM belvedere_observation WHERE {old} RETURNING *), "  # noqa: S608
            f"made AS (INSERT INTO belvedere_observation {COLUMNS} "
            f"SELECT datastream, to_timestamp({bucket}), sum(result * {weight}) / sum({weight}), "
            f"{int(Flag.AVERAGED)}, NULL, min(coalesce(low, result)), max(coalesce(high, result)), "
            f"sum({weight})::int4 FROM gone GROUP BY datastream, 2 RETURNING 1) "
            "SELECT (SELECT count(*) FROM gone) - (SELECT count(*) FROM made)"
        )
        with self._guard, self._telling():
            row = self._db.execute(command, {"before": before, "step": step_s}).fetchone()
            return int(row[0])

    def close(self) -> None:
        """See base."""
        if not self._closed:
            self._closed = True
            try:
                if self._pending:
                    self.commit()
            finally:
                self._db.close()

    def _one(self, command: str) -> Any:
        return self._db.execute(command).fetchone()[0]

    def _table(self, command: str, values: dict[str, Any], schema: pa.Schema) -> pa.Table:
        with self._guard, self._telling():
            return _arrow(self._db.execute(command, values).fetchall(), schema)

    @contextmanager
    def _telling(self) -> Iterator[None]:
        """Turn errors of the server into ours; its words hold no password, the address might."""
        try:
            yield
        except self._psycopg.Error as error:
            words = str(error).strip().splitlines() or [type(error).__name__]
            raise HistoryError("history.server", self._shown, reason=words[0][:200]) from error


def _arrow(rows: list[Any], schema: pa.Schema) -> pa.Table:
    import pyarrow as pa

    columns = list(zip(*rows, strict=True)) if rows else [()] * len(schema)
    arrays = [pa.array(c, field.type) for c, field in zip(columns, schema, strict=True)]
    return pa.table(arrays, schema=schema)


def _step_schema() -> pa.Schema:
    import pyarrow as pa

    first = [observation_schema().field(i) for i in range(3)]
    more = [("low", pa.float64()), ("high", pa.float64()), ("count", pa.int32())]
    return pa.schema([*first, *more])


def _whole_schema() -> pa.Schema:
    import pyarrow as pa

    more = [("low", pa.float64()), ("high", pa.float64()), ("count", pa.int32())]
    return pa.schema([*observation_schema(), *more])


def _without_nul(row: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return a row whose text a database can hold."""
    return (*row[:4], row[4].replace("\0", " "), *row[5:])
