-- Every service's schema has this table: what tells its database from any other; see Database.
CREATE TABLE IF NOT EXISTS database_identity (
  one      INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
  identity TEXT    NOT NULL
);
INSERT INTO database_identity (one, identity)
  VALUES (1, replace(gen_random_uuid()::text, '-', '')) ON CONFLICT DO NOTHING;
