-- Servers with a definition: routes, a name, TLS, an end. A table of its own, for SQLite cannot
-- take NOT NULL from a column.
CREATE TABLE servers_with_definitions (
  server_id       TEXT    NOT NULL PRIMARY KEY,
  port            INTEGER NOT NULL UNIQUE,
  -- null for a server without a page
  page_uri        TEXT    UNIQUE,
  response_data   TEXT    NOT NULL,
  owner           TEXT    NOT NULL,
  host            TEXT    NOT NULL,
  created_at      BIGINT  NOT NULL,
  bound           INTEGER NOT NULL,
  idempotency_key TEXT,
  -- good in place of the id; null for none
  name            TEXT    UNIQUE,
  -- JSON as it was read and checked, what was imported as the routes it became; null for none
  definition      TEXT,
  -- JSON array of what an import did not understand; null for nothing
  import_notes    TEXT,
  -- of the definition, so that servers can be listed without reading it
  routes          INTEGER NOT NULL DEFAULT 0,
  tls             INTEGER NOT NULL DEFAULT 0,
  -- milliseconds since 1970 by the clock of the database; null for never
  expires_at      BIGINT,
  -- counts the changes of the definition: an owner that serves another one loads it again
  revision        BIGINT  NOT NULL DEFAULT 0
);

INSERT INTO servers_with_definitions
  (server_id, port, page_uri, response_data, owner, host, created_at, bound, idempotency_key)
  SELECT server_id, port, page_uri, response_data, owner, host, created_at, bound, idempotency_key
  FROM servers;

DROP TABLE servers;

ALTER TABLE servers_with_definitions RENAME TO servers;
