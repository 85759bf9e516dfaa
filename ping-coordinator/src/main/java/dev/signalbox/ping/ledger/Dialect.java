package dev.signalbox.ping.ledger;

import dev.signalbox.storage.Engine;
import java.util.regex.Pattern;

/**
 * Where the SQL of the two engines differs.
 *
 * @param now the database's clock in milliseconds since 1970-01-01 UTC, the same value throughout a
 *     statement: replicas on machines with different clocks agree on when a lease ends
 * @param lock ends a SELECT of rows that the transaction is about to change
 * @param lockFree the same, leaving out rows another transaction holds
 * @param least the function that gives the least of its arguments
 * @param greatest the function that gives the greatest
 * @param index how a statement names the index to go by
 */
record Dialect(
    String now, String lock, String lockFree, String least, String greatest, Hint index) {

  /** How an index is named in a statement. */
  enum Hint {
    /** SQLite has no statistics of a ledger whose tasks all move: left alone it sorts them all. */
    INDEXED_BY,
    /** PostgreSQL chooses well and has no words for it. */
    NONE
  }

  private static final Pattern INDEX = Pattern.compile("\\{index (\\w+)}");

  static Dialect of(Engine engine) {
    return switch (engine) {
      // One writer at a time: a SELECT inside a write needs no locks.
      case SQLITE ->
          new Dialect(
              "CAST(unixepoch('subsec') * 1000 AS INTEGER)", "", "", "min", "max", Hint.INDEXED_BY);
      case POSTGRESQL ->
          new Dialect(
              "CAST(EXTRACT(EPOCH FROM statement_timestamp()) * 1000 AS BIGINT)",
              " FOR UPDATE",
              " FOR UPDATE SKIP LOCKED",
              "LEAST",
              "GREATEST",
              Hint.NONE);
    };
  }

  /**
   * Fills the {@code {now}}, {@code {lock}}, {@code {lock-free}}, {@code {least}}, {@code
   * {greatest}} and {@code {index NAME}} of a statement.
   */
  String sql(String template) {
    return INDEX
        .matcher(template)
        .replaceAll(
            switch (index) {
              case INDEXED_BY -> "INDEXED BY $1";
              case NONE -> "";
            })
        .replace("{now}", now)
        .replace("{lock}", lock)
        .replace("{lock-free}", lockFree)
        .replace("{least}", least)
        .replace("{greatest}", greatest)
        .strip();
  }
}
