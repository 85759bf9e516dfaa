-- Every service's schema has this table; see IdempotencyLog.
CREATE TABLE IF NOT EXISTS idempotency (
  scope      TEXT   NOT NULL,
  key        TEXT   NOT NULL,
  digest     BYTEA  NOT NULL,
  reply      TEXT,
  claimed_at BIGINT NOT NULL,
  PRIMARY KEY (scope, key)
);
CREATE INDEX IF NOT EXISTS idempotency_by_age ON idempotency (claimed_at);
