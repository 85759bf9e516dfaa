package dev.signalbox.storage;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Assumptions;

/** A PostgreSQL server for the tests of one JVM, with a database of its own for each test. */
final class TestPostgres {

  private static final AtomicInteger DATABASES = new AtomicInteger();
  private static EmbeddedPostgres server;

  private TestPostgres() {}

  /** An empty database; skips the test when this machine cannot run PostgreSQL. */
  static StorageConfig freshDatabase() {
    EmbeddedPostgres postgres = server();
    String name = "test_" + DATABASES.incrementAndGet();
    try (Connection connection = postgres.getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE DATABASE " + name);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
    return StorageConfig.postgresql(
        postgres.getJdbcUrl("postgres", name).replaceAll("\\?.*", ""), "postgres", "postgres");
  }

  private static synchronized EmbeddedPostgres server() {
    if (server == null) {
      try {
        server = EmbeddedPostgres.builder().start();
        Runtime.getRuntime().addShutdownHook(new Thread(TestPostgres::stop));
      } catch (IOException | RuntimeException e) {
        if (Boolean.getBoolean("signalbox.require.all")) {
          throw new IllegalStateException("PostgreSQL does not start here", e);
        }
        Assumptions.abort("PostgreSQL does not start here: " + e);
      }
    }
    return server;
  }

  private static synchronized void stop() {
    try {
      server.close();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
