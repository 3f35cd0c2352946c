-- From the first to the last word about a run on one equipment; `stopped` is its first stop, NULL while it has none.
CREATE TABLE runs (
    run TEXT NOT NULL,
    equipment TEXT NOT NULL,
    first INTEGER NOT NULL,
    last INTEGER NOT NULL,
    stopped INTEGER,
    PRIMARY KEY (run, equipment)
) STRICT, WITHOUT ROWID;
CREATE INDEX runs_by_time ON runs (equipment, first);

-- When readings that name a run came: no pause of more than a minute inside one, a longer one between two.
CREATE TABLE run_stretches (
    run TEXT NOT NULL,
    equipment TEXT NOT NULL,
    first INTEGER NOT NULL,
    last INTEGER NOT NULL,
    PRIMARY KEY (run, equipment, first)
) STRICT, WITHOUT ROWID;
CREATE INDEX run_stretches_by_time ON run_stretches (equipment, first);

-- Those of the readings that are there: a chunk of an older journal counts as one without a pause.
INSERT INTO run_stretches
    WITH named AS (
        SELECT run, equipment, chunks.first AS first, chunks.last AS last FROM chunks
        JOIN channels ON channels.id = channel_id WHERE run != ''
    ), begun AS (
        SELECT *, first > 60000000000 + coalesce(max(last) OVER (
            PARTITION BY run, equipment ORDER BY first, last ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
        ), first) AS begins FROM named
    ), numbered AS (
        SELECT *, sum(begins) OVER (PARTITION BY run, equipment ORDER BY first, last) AS number FROM begun
    )
    SELECT run, equipment, min(first), max(last) FROM numbered GROUP BY run, equipment, number;
