-- Name of the token that made the server, for the limits of tokens; null without one.
ALTER TABLE servers ADD COLUMN created_by TEXT;
