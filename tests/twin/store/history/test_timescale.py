"""Where TimescaleDB is installed a history asks for chunks by time, once, and is the same history all the same.

The extension is in no repository of Debian: here the server is told that it has it, and a function of the
signature of the real one (create_hypertable, documentation of TimescaleDB 2) keeps what it is asked for.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from tests.servers import Postgres, postgres
from twin.store.history import batch_of, open_history

__all__ = ["postgres"]

STAND_IN = """
SET allow_system_table_mods = on;
INSERT INTO pg_extension
SELECT (SELECT max(oid::int) + 1 FROM pg_extension)::oid, 'timescaledb', extowner, extnamespace,
    true, '2.17', NULL, NULL
FROM pg_extension LIMIT 1;
CREATE TABLE asked (relation regclass, time_column name, if_not_exists boolean, time_type regtype);
CREATE FUNCTION create_hypertable(
    relation regclass, time_column_name name, if_not_exists boolean DEFAULT false
) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM pg_index i WHERE i.indrelid = relation AND i.indisunique AND NOT EXISTS (
            SELECT 1 FROM pg_attribute a WHERE a.attrelid = relation
            AND a.attname = time_column_name AND a.attnum = ANY (i.indkey)))
    THEN RAISE EXCEPTION 'cannot create a unique index without the column "%"', time_column_name;
    END IF;
    INSERT INTO asked SELECT relation, time_column_name, if_not_exists, atttypid::regtype
    FROM pg_attribute WHERE attrelid = relation AND attname = time_column_name;
END $$;
"""


@pytest.fixture
def address(postgres: Postgres) -> str:
    made = postgres.database("with_timescale")
    with psycopg.connect(made, autocommit=True) as db:
        db.execute(STAND_IN)
    return made


def test_chunks_are_asked_for_once_while_the_table_is_empty(address: str) -> None:
    start = datetime(2026, 3, 1, tzinfo=UTC)
    first = open_history(address, write=True)
    first.append(batch_of(["a"], [round(start.timestamp() * 1e6)], [1.5]))
    first.close()
    again = open_history(address, write=True)
    kept = again.observations(["a"], start, start + timedelta(hours=1))
    again.close()
    assert kept["result"].to_pylist() == [1.5]
    with psycopg.connect(address) as db:
        asked = db.execute(
            "SELECT relation::text, time_column, if_not_exists, time_type::text FROM asked"
        )
        assert asked.fetchall() == [
            ("belvedere_observation", "time", True, "timestamp with time zone")
        ]
