-- A census runs again: what a round found stays when the next one begins.
CREATE TABLE round (
  id         INTEGER PRIMARY KEY, -- 1, 2, 3, ...; the highest is the current one
  started_at BIGINT NOT NULL,
  ended_at   BIGINT,
  tasks      INTEGER, -- these three when it has ended
  done       INTEGER,
  answered   BIGINT
);

INSERT INTO round (id, started_at)
VALUES (1, COALESCE((SELECT filled_at FROM filling), CAST(EXTRACT(EPOCH FROM now()) * 1000 AS BIGINT)));

-- Who works: a contributor with a name and a key, or whoever comes from one address without either.
CREATE TABLE participant (
  id           BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name         TEXT, -- as it is shown; null for an address
  name_key     TEXT UNIQUE, -- what two names must not share
  address      TEXT UNIQUE, -- null for a name
  key_hash     BYTEA UNIQUE, -- SHA-256 of the contributor's key
  team         TEXT,
  listed       SMALLINT NOT NULL DEFAULT 0,
  created_at   BIGINT NOT NULL,
  created_from TEXT, -- the address that a name was first used from
  last_seen    BIGINT NOT NULL,
  recall       SMALLINT NOT NULL DEFAULT 0 -- 1: unconfirmed results go back to the pool
);

CREATE INDEX participant_by_origin ON participant (created_from, created_at)
  WHERE created_from IS NOT NULL;
CREATE INDEX participant_recalled ON participant (id) WHERE recall = 1;

-- The days (since 1970-01-01 UTC) on which results came.
CREATE TABLE activity (
  participant BIGINT NOT NULL,
  day         INTEGER NOT NULL,
  PRIMARY KEY (participant, day)
);

-- Copy 0 is the task. Further copies are given to others, so that results can be compared.
CREATE TABLE census_task (
  task_index  INTEGER NOT NULL,
  copy        SMALLINT NOT NULL DEFAULT 0,
  spread      INTEGER, -- place in the scattered order; null for tasks without a block
  status      SMALLINT NOT NULL CHECK (status BETWEEN 0 AND 3),
  lease_id    TEXT,
  token_hash  BYTEA, -- SHA-256 of the token of the latest lease
  classic     SMALLINT NOT NULL DEFAULT 0, -- 1: handed out without tokens
  participant BIGINT, -- who has or had the latest lease
  worker      TEXT,
  expires_at  BIGINT, -- null when in progress by hand
  share       DOUBLE PRECISION, -- what the worker says is done, 0 to 1
  answered    INTEGER,
  updated_at  BIGINT NOT NULL,
  PRIMARY KEY (task_index, copy)
) WITH (fillfactor = 60);

INSERT INTO census_task (task_index, copy, spread, status, lease_id, token_hash, worker, expires_at,
  share, answered, updated_at)
SELECT task_index, 0, spread, status, lease_id, token_hash, worker, expires_at, share, answered,
  updated_at
FROM task;

DROP TABLE task;
ALTER TABLE census_task RENAME TO task;
ALTER INDEX census_task_pkey RENAME TO task_pkey;

CREATE INDEX task_by_status ON task (status, task_index) WHERE copy = 0;
CREATE INDEX task_by_spread ON task (spread) WHERE status = 0 AND copy = 0 AND spread IS NOT NULL;
CREATE INDEX task_copies ON task (spread) WHERE status = 0 AND copy > 0;
CREATE INDEX task_by_expiry ON task (expires_at) WHERE status = 1 AND expires_at IS NOT NULL;
CREATE INDEX task_by_lease ON task (lease_id) WHERE lease_id IS NOT NULL;
CREATE INDEX task_by_holder ON task (participant) WHERE status = 1;
CREATE INDEX task_by_end ON task (updated_at) WHERE status = 2 AND copy = 0;

CREATE OR REPLACE FUNCTION task_added() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO tally AS t
  SELECT pg_backend_pid(),
    count(*) FILTER (WHERE status = 0),
    count(*) FILTER (WHERE status = 1),
    count(*) FILTER (WHERE status = 2),
    count(*) FILTER (WHERE status = 3),
    COALESCE(sum(answered), 0)
  FROM added WHERE copy = 0
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

CREATE TRIGGER task_moved AFTER UPDATE OF status, answered ON task
FOR EACH ROW
WHEN (NEW.copy = 0
  AND (OLD.status <> NEW.status OR OLD.answered IS DISTINCT FROM NEW.answered))
EXECUTE FUNCTION task_moved();

CREATE FUNCTION task_removed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO tally AS t
  SELECT pg_backend_pid(),
    -count(*) FILTER (WHERE status = 0),
    -count(*) FILTER (WHERE status = 1),
    -count(*) FILTER (WHERE status = 2),
    -count(*) FILTER (WHERE status = 3),
    -COALESCE(sum(answered), 0)
  FROM removed WHERE copy = 0
  ON CONFLICT (backend) DO UPDATE SET
    available = t.available + EXCLUDED.available,
    in_progress = t.in_progress + EXCLUDED.in_progress,
    done = t.done + EXCLUDED.done,
    error = t.error + EXCLUDED.error,
    answered = t.answered + EXCLUDED.answered;
  RETURN NULL;
END
$$;

CREATE TRIGGER task_removed AFTER DELETE ON task
REFERENCING OLD TABLE AS removed
FOR EACH STATEMENT EXECUTE FUNCTION task_removed();

CREATE TABLE census_result (
  round         INTEGER NOT NULL,
  task_index    INTEGER NOT NULL,
  copy          SMALLINT NOT NULL DEFAULT 0,
  participant   BIGINT,
  worker        TEXT,
  token_hash    BYTEA, -- of the lease it was submitted under
  content_hash  BYTEA, -- SHA-256 of what was submitted, unpacked
  answered      INTEGER NOT NULL,
  pinged        INTEGER NOT NULL, -- addresses of the block that were not left out
  packing       SMALLINT NOT NULL, -- 0: 8,192 bytes; 1: a zstd frame of them; 2: of 65,536 times
  confirmations INTEGER NOT NULL DEFAULT 0, -- how many others found the same
  suspicion     TEXT, -- what its pattern looks like
  stored_at     BIGINT NOT NULL,
  data          BYTEA, -- null for a copy that has been compared
  PRIMARY KEY (round, task_index, copy)
);

INSERT INTO census_result (round, task_index, answered, pinged, packing, data, stored_at)
SELECT 1, task_index, answered, 65536,
  CASE WHEN rtt IS NOT NULL THEN 2 WHEN octet_length(bitmap) = 8192 THEN 0 ELSE 1 END,
  COALESCE(rtt, bitmap), stored_at
FROM result;

DROP TABLE result;
ALTER TABLE census_result RENAME TO result;
ALTER INDEX census_result_pkey RENAME TO result_pkey;

-- Packed already: let the server not try again.
ALTER TABLE result ALTER COLUMN data SET STORAGE EXTERNAL;

CREATE INDEX result_by_participant ON result (round, participant, pinged);
CREATE INDEX result_summary ON result (round, copy, task_index, answered, stored_at);

-- What contributors have earned in rounds that have ended; of the current round it is counted.
CREATE TABLE credit (
  round       INTEGER NOT NULL,
  participant BIGINT NOT NULL,
  tasks       INTEGER NOT NULL,
  addresses   BIGINT NOT NULL,
  PRIMARY KEY (round, participant)
);

-- What a contributor's standing rests on.
CREATE TABLE comparison (
  id          BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  round       INTEGER NOT NULL,
  task_index  INTEGER NOT NULL,
  participant BIGINT NOT NULL,
  agreed      SMALLINT NOT NULL, -- 1 or 0
  differing   INTEGER NOT NULL, -- addresses that one found and the other did not
  answering   INTEGER NOT NULL, -- addresses that either found
  compared_at BIGINT NOT NULL
);

CREATE INDEX comparison_by_participant ON comparison (participant, agreed);

-- Who asked not to be pinged.
CREATE TABLE opt_out (
  id         BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  network    TEXT NOT NULL, -- in CIDR notation
  first_address BIGINT NOT NULL,
  last_address  BIGINT NOT NULL,
  requester  TEXT NOT NULL,
  reason     TEXT,
  source     TEXT NOT NULL, -- file or api
  created_at BIGINT NOT NULL,
  UNIQUE (network, source)
);

-- Grows with each change of the opt-outs.
CREATE TABLE opt_out_version (
  id      INTEGER PRIMARY KEY CHECK (id = 0),
  version BIGINT NOT NULL
);

INSERT INTO opt_out_version VALUES (0, 0);

-- Blocks that are no tasks because an opt-out leaves nothing of them.
CREATE TABLE left_out (
  task_index INTEGER PRIMARY KEY
);
