-- One row for each task of the census. A lease lives in the rows of its tasks: a task has at most
-- one, so that no second table can disagree with it. Room is left in each page, for every task is
-- updated a few times.
CREATE TABLE task (
  task_index  INTEGER PRIMARY KEY,
  spread      INTEGER,            -- place in the scattered order; null for tasks without a block
  status      SMALLINT NOT NULL CHECK (status BETWEEN 0 AND 3),
  lease_id    TEXT,
  token_hash  BYTEA,              -- SHA-256 of the lease's token
  worker      TEXT,
  contributor TEXT,
  team        TEXT,
  expires_at  BIGINT,             -- null when in progress by hand
  share       DOUBLE PRECISION,   -- what the worker says is done, 0 to 1
  answered    INTEGER,
  updated_at  BIGINT NOT NULL
) WITH (fillfactor = 60);

CREATE INDEX task_by_status ON task (status, task_index);
CREATE INDEX task_by_spread ON task (spread) WHERE status = 0 AND spread IS NOT NULL;
CREATE INDEX task_by_expiry ON task (expires_at) WHERE status = 1 AND expires_at IS NOT NULL;
CREATE INDEX task_by_lease ON task (lease_id) WHERE lease_id IS NOT NULL;
CREATE INDEX task_by_end ON task (updated_at) WHERE status = 2;

CREATE TABLE result (
  task_index INTEGER PRIMARY KEY,
  answered   INTEGER NOT NULL,
  bitmap     BYTEA NOT NULL,      -- 8,192 bytes as they are, or fewer: a zstd frame of them
  rtt        BYTEA,               -- a zstd frame of 65,536 bytes
  stored_at  BIGINT NOT NULL
);

-- Both are packed already: let the server not try again.
ALTER TABLE result ALTER COLUMN bitmap SET STORAGE EXTERNAL;
ALTER TABLE result ALTER COLUMN rtt SET STORAGE EXTERNAL;

CREATE TABLE fault (
  id         BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  task_index INTEGER NOT NULL,
  error      TEXT NOT NULL,
  noted_at   BIGINT NOT NULL
);

CREATE INDEX fault_by_task ON fault (task_index);

-- What the ledger was filled with at its first start; its one row is there or it is not.
CREATE TABLE filling (
  id        INTEGER PRIMARY KEY CHECK (id = 0),
  content   TEXT NOT NULL,
  filled_at BIGINT NOT NULL
);

-- Counts kept by triggers, so that no statement can forget them. One row for each backend that has
-- written: replicas that shared one row would wait for each other's commits, and could deadlock.
CREATE TABLE tally (
  backend     INTEGER PRIMARY KEY,
  available   BIGINT NOT NULL,
  in_progress BIGINT NOT NULL,
  done        BIGINT NOT NULL,
  error       BIGINT NOT NULL,
  answered    BIGINT NOT NULL
) WITH (fillfactor = 20);

CREATE FUNCTION task_added() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO tally AS t
  SELECT pg_backend_pid(),
    count(*) FILTER (WHERE status = 0),
    count(*) FILTER (WHERE status = 1),
    count(*) FILTER (WHERE status = 2),
    count(*) FILTER (WHERE status = 3),
    COALESCE(sum(answered), 0)
  FROM added
  ON CONFLICT (backend) DO UPDATE SET
    available = t.available + EXCLUDED.available,
    in_progress = t.in_progress + EXCLUDED.in_progress,
    done = t.done + EXCLUDED.done,
    error = t.error + EXCLUDED.error,
    answered = t.answered + EXCLUDED.answered;
  RETURN NULL;
END
$$;

CREATE TRIGGER task_added AFTER INSERT ON task
REFERENCING NEW TABLE AS added
FOR EACH STATEMENT EXECUTE FUNCTION task_added();

CREATE FUNCTION task_moved() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO tally AS t VALUES (
    pg_backend_pid(),
    (NEW.status = 0)::int - (OLD.status = 0)::int,
    (NEW.status = 1)::int - (OLD.status = 1)::int,
    (NEW.status = 2)::int - (OLD.status = 2)::int,
    (NEW.status = 3)::int - (OLD.status = 3)::int,
    COALESCE(NEW.answered, 0) - COALESCE(OLD.answered, 0))
  ON CONFLICT (backend) DO UPDATE SET
    available = t.available + EXCLUDED.available,
    in_progress = t.in_progress + EXCLUDED.in_progress,
    done = t.done + EXCLUDED.done,
    error = t.error + EXCLUDED.error,
    answered = t.answered + EXCLUDED.answered;
  RETURN NULL;
END
$$;

CREATE TRIGGER task_moved AFTER UPDATE OF status, answered ON task
FOR EACH ROW
WHEN (OLD.status <> NEW.status OR OLD.answered IS DISTINCT FROM NEW.answered)
EXECUTE FUNCTION task_moved();
