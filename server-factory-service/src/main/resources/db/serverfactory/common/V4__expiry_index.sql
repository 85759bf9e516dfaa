-- Each heartbeat of each instance looks for the first end, without reading what servers answer.
CREATE INDEX servers_expiring ON servers (expires_at, owner) WHERE expires_at IS NOT NULL;
