package dev.signalbox.ping.ledger;

import dev.signalbox.storage.Engine;

/**
 * Where the SQL of the two engines differs.
 *
 * @param now the database's clock in milliseconds since 1970-01-01 UTC, the same value throughout a
 *     statement: replicas on machines with different clocks agree on when a lease ends
 * @param lock ends a SELECT of rows that the transaction is about to change
 * @param lockFree the same, leaving out rows another transaction holds
 */
record Dialect(String now, String lock, String lockFree) {

  static Dialect of(Engine engine) {
    return switch (engine) {
      // One writer at a time: a SELECT inside a write needs no locks.
      case SQLITE -> new Dialect("CAST(unixepoch('subsec') * 1000 AS INTEGER)", "", "");
      case POSTGRESQL ->
          new Dialect(
              "CAST(EXTRACT(EPOCH FROM statement_timestamp()) * 1000 AS BIGINT)",
              " FOR UPDATE",
              " FOR UPDATE SKIP LOCKED");
    };
  }

  /** Fills the {@code {now}}, {@code {lock}} and {@code {lock-free}} of a statement. */
  String sql(String template) {
    return template
        .replace("{now}", now)
        .replace("{lock}", lock)
        .replace("{lock-free}", lockFree)
        .strip();
  }
}
