CREATE TABLE code (
  uuid      TEXT    NOT NULL PRIMARY KEY,
  code      TEXT    NOT NULL,
  issued_at INTEGER NOT NULL
) WITHOUT ROWID;

-- Text is kept as bytes: it may hold NUL, which a text column of PostgreSQL may not.
CREATE TABLE message (
  id        INTEGER NOT NULL PRIMARY KEY,
  uuid      TEXT    NOT NULL,
  text      BLOB    NOT NULL,
  stored_at INTEGER NOT NULL,
  hash      BLOB    NOT NULL
);
CREATE INDEX message_by_uuid ON message (uuid, id);

-- One row: the last message. Shows when the end of the log was cut off.
CREATE TABLE message_head (
  one  INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
  id   INTEGER NOT NULL,
  hash BLOB    NOT NULL
);
INSERT INTO message_head (one, id, hash) VALUES (1, 0, zeroblob(32));
