-- One row: the key that signs checkpoints.
CREATE TABLE checkpoint_key (
  one         INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
  private_key BYTEA   NOT NULL, -- PKCS #8
  public_key  BYTEA   NOT NULL  -- SubjectPublicKeyInfo
);
