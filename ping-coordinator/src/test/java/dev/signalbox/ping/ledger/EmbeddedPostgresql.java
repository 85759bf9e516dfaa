package dev.signalbox.ping.ledger;

import dev.signalbox.storage.StorageConfig;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicInteger;

/** One PostgreSQL server for all tests of this JVM, an empty database for each that asks. */
final class EmbeddedPostgresql {

  private static final AtomicInteger DATABASES = new AtomicInteger();

  private EmbeddedPostgresql() {}

  static StorageConfig newDatabase() {
    String name = "ledger" + DATABASES.incrementAndGet();
    try (var connection = Server.INSTANCE.getPostgresDatabase().getConnection();
        var statement = connection.createStatement()) {
      statement.execute("CREATE DATABASE " + name);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
    return StorageConfig.postgresql(
        Server.INSTANCE.getJdbcUrl("postgres", name), "postgres", "postgres");
  }

  /** Started by the first test that needs it. */
  private static final class Server {
    static final EmbeddedPostgres INSTANCE = start();

    private static EmbeddedPostgres start() {
      try {
        // It stops with the JVM.
        return EmbeddedPostgres.start();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
