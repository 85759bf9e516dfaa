-- Which servers exist, over the whole cluster. A row is a promise: whatever happens to its owner,
-- some instance listens for it.
CREATE TABLE servers (
  server_id       TEXT    NOT NULL PRIMARY KEY,
  port            INTEGER NOT NULL UNIQUE,
  page_uri        TEXT    NOT NULL UNIQUE,
  response_data   TEXT    NOT NULL,
  -- node id of the instance that listens; empty when nobody does
  owner           TEXT    NOT NULL,
  host            TEXT    NOT NULL,
  created_at      BIGINT  NOT NULL,
  -- 0 until its first listener stood: such a server has not been acknowledged
  bound           INTEGER NOT NULL,
  -- of the request that made it, if it had one
  idempotency_key TEXT
);

-- Instances that may own servers. One whose lease has ended has lost them.
CREATE TABLE owners (
  node        TEXT   NOT NULL PRIMARY KEY,
  lease_until BIGINT NOT NULL
);

-- One row to lock, so that of two starts at once the second sees what the first did.
CREATE TABLE turn (
  id    INTEGER NOT NULL PRIMARY KEY,
  taken BIGINT  NOT NULL
);
INSERT INTO turn (id, taken) VALUES (1, 0);
