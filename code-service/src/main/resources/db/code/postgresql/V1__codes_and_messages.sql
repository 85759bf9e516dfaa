CREATE TABLE code (
  uuid      TEXT   NOT NULL PRIMARY KEY,
  code      TEXT   NOT NULL,
  issued_at BIGINT NOT NULL
);

-- Text is kept as bytes: it may hold NUL, which a text column may not.
CREATE TABLE message (
  id        BIGINT NOT NULL PRIMARY KEY,
  uuid      TEXT   NOT NULL,
  text      BYTEA  NOT NULL,
  stored_at BIGINT NOT NULL,
  hash      BYTEA  NOT NULL
);
CREATE INDEX message_by_uuid ON message (uuid, id);

-- One row: the last message. Replicas lock it to append one after the other, and it shows when the
-- end of the log was cut off.
CREATE TABLE message_head (
  one  INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
  id   BIGINT  NOT NULL,
  hash BYTEA   NOT NULL
) WITH (fillfactor = 10);
INSERT INTO message_head (one, id, hash) VALUES (1, 0, decode(repeat('00', 32), 'hex'));
