package dev.signalbox.storage;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Section {@code storage} of the configuration.
 *
 * @param url empty: a SQLite file in the data directory; otherwise {@code
 *     jdbc:postgresql://host:port/database}
 * @param user PostgreSQL user; not used with SQLite
 * @param password PostgreSQL password; not used with SQLite
 * @param maxBatch writes that share one commit at most, 1 to 10,000
 * @param writeQueue writes that may wait for the writer, 1 to 1,000,000; beyond it they are refused
 *     as OVERLOADED
 * @param writeTimeout how long a write may wait for its turn, 10 ms to 10 min; after that it fails
 *     with TIMEOUT without having run
 * @param readers connections and threads for reads, 1 to 64
 * @param readQueue reads that may wait for a connection, 1 to 1,000,000; beyond it they are refused
 *     as OVERLOADED
 * @param readTimeout how long a read may wait for a connection, 10 ms to 10 min
 * @param busyTimeout SQLite: how long to wait for another process's write, 10 ms to 1 min
 * @param connectTimeout PostgreSQL: how long connecting may take, 1 s to 1 min
 * @param statementTimeout PostgreSQL: how long one statement may take, 10 ms to 10 min
 */
public record StorageConfig(
    String url,
    String user,
    String password,
    int maxBatch,
    int writeQueue,
    Duration writeTimeout,
    int readers,
    int readQueue,
    Duration readTimeout,
    Duration busyTimeout,
    Duration connectTimeout,
    Duration statementTimeout) {

  /** SQLite with the default of every setting. */
  public static StorageConfig sqlite() {
    return new StorageConfig(
        "",
        "",
        "",
        512,
        20_000,
        Duration.ofSeconds(5),
        2,
        10_000,
        Duration.ofSeconds(5),
        Duration.ofSeconds(5),
        Duration.ofSeconds(5),
        Duration.ofSeconds(10));
  }

  /** PostgreSQL with the default of every other setting. */
  public static StorageConfig postgresql(String url, String user, String password) {
    StorageConfig base = sqlite();
    return new StorageConfig(
        url,
        user,
        password,
        base.maxBatch,
        base.writeQueue,
        base.writeTimeout,
        base.readers,
        base.readQueue,
        base.readTimeout,
        base.busyTimeout,
        base.connectTimeout,
        base.statementTimeout);
  }

  Engine engine() {
    return url.isEmpty() ? Engine.SQLITE : Engine.POSTGRESQL;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return this == other;
  }

  @Override
  public int hashCode() {
    return System.identityHashCode(this);
  }

  /** Never shows the password. */
  @Override
  public String toString() {
    return "StorageConfig[" + (url.isEmpty() ? "sqlite" : url) + "]";
  }
}
