-- A census runs again: what a round found stays when the next one begins.
CREATE TABLE round (
  id         INTEGER PRIMARY KEY,   -- 1, 2, 3, ...; the highest is the current one
  started_at INTEGER NOT NULL,
  ended_at   INTEGER,
  tasks      INTEGER,               -- these three when it has ended
  done       INTEGER,
  answered   INTEGER
);

INSERT INTO round (id, started_at)
VALUES (1, COALESCE((SELECT filled_at FROM filling), CAST(unixepoch('subsec') * 1000 AS INTEGER)));

-- Who works: a contributor with a name and a key, or whoever comes from one address without either.
CREATE TABLE participant (
  id           INTEGER PRIMARY KEY,
  name         TEXT,                -- as it is shown; null for an address
  name_key     TEXT UNIQUE,         -- what two names must not share
  address      TEXT UNIQUE,         -- null for a name
  key_hash     BLOB UNIQUE,         -- SHA-256 of the contributor's key
  team         TEXT,
  listed       INTEGER NOT NULL DEFAULT 0,
  created_at   INTEGER NOT NULL,
  created_from TEXT,                -- the address that a name was first used from
  last_seen    INTEGER NOT NULL,
  recall       INTEGER NOT NULL DEFAULT 0 -- 1: unconfirmed results go back to the pool
);

CREATE INDEX participant_by_origin ON participant (created_from, created_at)
  WHERE created_from IS NOT NULL;
CREATE INDEX participant_recalled ON participant (id) WHERE recall = 1;

-- The days (since 1970-01-01 UTC) on which results came.
CREATE TABLE activity (
  participant INTEGER NOT NULL,
  day         INTEGER NOT NULL,
  PRIMARY KEY (participant, day)
) WITHOUT ROWID;

-- Copy 0 is the task. Further copies are given to others, so that results can be compared.
CREATE TABLE census_task (
  task_index  INTEGER NOT NULL,
  copy        INTEGER NOT NULL DEFAULT 0,
  spread      INTEGER,              -- place in the scattered order; null for tasks without a block
  status      INTEGER NOT NULL CHECK (status BETWEEN 0 AND 3),
  lease_id    TEXT,
  token_hash  BLOB,                 -- SHA-256 of the token of the latest lease
  classic     INTEGER NOT NULL DEFAULT 0, -- 1: handed out without tokens
  participant INTEGER,              -- who has or had the latest lease
  worker      TEXT,
  expires_at  INTEGER,              -- null when in progress by hand
  share       REAL,                 -- what the worker says is done, 0 to 1
  answered    INTEGER,
  updated_at  INTEGER NOT NULL,
  PRIMARY KEY (task_index, copy)
) WITHOUT ROWID;

INSERT INTO census_task (task_index, copy, spread, status, lease_id, token_hash, worker, expires_at,
  share, answered, updated_at)
SELECT task_index, 0, spread, status, lease_id, token_hash, worker, expires_at, share, answered,
  updated_at
FROM task;

DROP TABLE task;
ALTER TABLE census_task RENAME TO task;

CREATE INDEX task_by_status ON task (status, task_index) WHERE copy = 0;
CREATE INDEX task_by_spread ON task (spread) WHERE status = 0 AND copy = 0 AND spread IS NOT NULL;
CREATE INDEX task_copies ON task (spread) WHERE status = 0 AND copy > 0;
CREATE INDEX task_by_expiry ON task (expires_at) WHERE status = 1 AND expires_at IS NOT NULL;
CREATE INDEX task_by_lease ON task (lease_id) WHERE lease_id IS NOT NULL;
CREATE INDEX task_by_holder ON task (participant) WHERE status = 1;
CREATE INDEX task_by_end ON task (updated_at) WHERE status = 2 AND copy = 0;

CREATE TRIGGER task_added AFTER INSERT ON task WHEN NEW.copy = 0
BEGIN
  UPDATE tally SET
    available = available + (NEW.status = 0),
    in_progress = in_progress + (NEW.status = 1),
    done = done + (NEW.status = 2),
    error = error + (NEW.status = 3),
    answered = answered + COALESCE(NEW.answered, 0);
END;

CREATE TRIGGER task_moved AFTER UPDATE OF status, answered ON task
WHEN NEW.copy = 0 AND (OLD.status <> NEW.status OR OLD.answered IS NOT NEW.answered)
BEGIN
  UPDATE tally SET
    available = available + (NEW.status = 0) - (OLD.status = 0),
    in_progress = in_progress + (NEW.status = 1) - (OLD.status = 1),
    done = done + (NEW.status = 2) - (OLD.status = 2),
    error = error + (NEW.status = 3) - (OLD.status = 3),
    answered = answered + COALESCE(NEW.answered, 0) - COALESCE(OLD.answered, 0);
END;

CREATE TRIGGER task_removed AFTER DELETE ON task WHEN OLD.copy = 0
BEGIN
  UPDATE tally SET
    available = available - (OLD.status = 0),
    in_progress = in_progress - (OLD.status = 1),
    done = done - (OLD.status = 2),
    error = error - (OLD.status = 3),
    answered = answered - COALESCE(OLD.answered, 0);
END;

CREATE TABLE census_result (
  round         INTEGER NOT NULL,
  task_index    INTEGER NOT NULL,
  copy          INTEGER NOT NULL DEFAULT 0,
  participant   INTEGER,
  worker        TEXT,
  token_hash    BLOB,               -- of the lease it was submitted under
  content_hash  BLOB,               -- SHA-256 of what was submitted, unpacked
  answered      INTEGER NOT NULL,
  pinged        INTEGER NOT NULL,   -- addresses of the block that were not left out
  packing       INTEGER NOT NULL,   -- 0: 8,192 bytes; 1: a zstd frame of them; 2: of 65,536 times
  confirmations INTEGER NOT NULL DEFAULT 0, -- how many others found the same
  suspicion     TEXT,               -- what its pattern looks like
  stored_at     INTEGER NOT NULL,
  data          BLOB,               -- null for a copy that has been compared
  PRIMARY KEY (round, task_index, copy)
);

INSERT INTO census_result (round, task_index, answered, pinged, packing, data, stored_at)
SELECT 1, task_index, answered, 65536,
  CASE WHEN rtt IS NOT NULL THEN 2 WHEN length(bitmap) = 8192 THEN 0 ELSE 1 END,
  COALESCE(rtt, bitmap), stored_at
FROM result;

DROP TABLE result;
ALTER TABLE census_result RENAME TO result;

CREATE INDEX result_by_participant ON result (round, participant, pinged);
CREATE INDEX result_summary ON result (round, copy, task_index, answered, stored_at);

-- What contributors have earned in rounds that have ended; of the current round it is counted.
CREATE TABLE credit (
  round       INTEGER NOT NULL,
  participant INTEGER NOT NULL,
  tasks       INTEGER NOT NULL,
  addresses   INTEGER NOT NULL,
  PRIMARY KEY (round, participant)
) WITHOUT ROWID;

-- What a contributor's standing rests on.
CREATE TABLE comparison (
  id          INTEGER PRIMARY KEY,
  round       INTEGER NOT NULL,
  task_index  INTEGER NOT NULL,
  participant INTEGER NOT NULL,
  agreed      INTEGER NOT NULL,     -- 1 or 0
  differing   INTEGER NOT NULL,     -- addresses that one found and the other did not
  answering   INTEGER NOT NULL,     -- addresses that either found
  compared_at INTEGER NOT NULL
);

CREATE INDEX comparison_by_participant ON comparison (participant, agreed);

-- Who asked not to be pinged.
CREATE TABLE opt_out (
  id         INTEGER PRIMARY KEY,
  network    TEXT NOT NULL,         -- in CIDR notation
  first_address INTEGER NOT NULL,
  last_address  INTEGER NOT NULL,
  requester  TEXT NOT NULL,
  reason     TEXT,
  source     TEXT NOT NULL,         -- file or api
  created_at INTEGER NOT NULL,
  UNIQUE (network, source)
);

-- Grows with each change of the opt-outs.
CREATE TABLE opt_out_version (
  id      INTEGER PRIMARY KEY CHECK (id = 0),
  version INTEGER NOT NULL
);

INSERT INTO opt_out_version VALUES (0, 0);

-- Blocks that are no tasks because an opt-out leaves nothing of them.
CREATE TABLE left_out (
  task_index INTEGER PRIMARY KEY
);
