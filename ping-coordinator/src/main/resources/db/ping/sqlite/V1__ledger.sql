-- One row for each task of the census. A lease lives in the rows of its tasks: a task has at most
-- one, so that no second table can disagree with it.
CREATE TABLE task (
  task_index  INTEGER PRIMARY KEY,
  spread      INTEGER,            -- place in the scattered order; null for tasks without a block
  status      INTEGER NOT NULL CHECK (status BETWEEN 0 AND 3),
  lease_id    TEXT,
  token_hash  BLOB,               -- SHA-256 of the lease's token
  worker      TEXT,
  contributor TEXT,
  team        TEXT,
  expires_at  INTEGER,            -- null when in progress by hand
  share       REAL,               -- what the worker says is done, 0 to 1
  answered    INTEGER,
  updated_at  INTEGER NOT NULL
);

CREATE INDEX task_by_status ON task (status, task_index);
CREATE INDEX task_by_spread ON task (spread) WHERE status = 0 AND spread IS NOT NULL;
CREATE INDEX task_by_expiry ON task (expires_at) WHERE status = 1 AND expires_at IS NOT NULL;
CREATE INDEX task_by_lease ON task (lease_id) WHERE lease_id IS NOT NULL;
CREATE INDEX task_by_end ON task (updated_at) WHERE status = 2;

CREATE TABLE result (
  task_index INTEGER PRIMARY KEY,
  answered   INTEGER NOT NULL,
  bitmap     BLOB NOT NULL,       -- 8,192 bytes as they are, or fewer: a zstd frame of them
  rtt        BLOB,                -- a zstd frame of 65,536 bytes
  stored_at  INTEGER NOT NULL
);

CREATE TABLE fault (
  id         INTEGER PRIMARY KEY AUTOINCREMENT,
  task_index INTEGER NOT NULL,
  error      TEXT NOT NULL,
  noted_at   INTEGER NOT NULL
);

CREATE INDEX fault_by_task ON fault (task_index);

-- What the ledger was filled with at its first start; its one row is there or it is not.
CREATE TABLE filling (
  id        INTEGER PRIMARY KEY CHECK (id = 0),
  content   TEXT NOT NULL,
  filled_at INTEGER NOT NULL
);

-- Counts kept by triggers, so that no statement can forget them.
CREATE TABLE tally (
  backend     INTEGER PRIMARY KEY,
  available   INTEGER NOT NULL,
  in_progress INTEGER NOT NULL,
  done        INTEGER NOT NULL,
  error       INTEGER NOT NULL,
  answered    INTEGER NOT NULL
);

INSERT INTO tally VALUES (0, 0, 0, 0, 0, 0);

CREATE TRIGGER task_added AFTER INSERT ON task
BEGIN
  UPDATE tally SET
    available = available + (NEW.status = 0),
    in_progress = in_progress + (NEW.status = 1),
    done = done + (NEW.status = 2),
    error = error + (NEW.status = 3),
    answered = answered + COALESCE(NEW.answered, 0);
END;

CREATE TRIGGER task_moved AFTER UPDATE OF status, answered ON task
WHEN OLD.status <> NEW.status OR OLD.answered IS NOT NEW.answered
BEGIN
  UPDATE tally SET
    available = available + (NEW.status = 0) - (OLD.status = 0),
    in_progress = in_progress + (NEW.status = 1) - (OLD.status = 1),
    done = done + (NEW.status = 2) - (OLD.status = 2),
    error = error + (NEW.status = 3) - (OLD.status = 3),
    answered = answered + COALESCE(NEW.answered, 0) - COALESCE(OLD.answered, 0);
END;
