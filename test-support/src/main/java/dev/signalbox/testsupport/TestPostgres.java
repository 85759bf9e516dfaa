package dev.signalbox.testsupport;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;

/**
 * A real PostgreSQL server for the tests of one JVM, started by the first test that needs it and
 * stopped with the JVM. Each test has a database of its own in it.
 */
public final class TestPostgres {

  private static final AtomicInteger DATABASES = new AtomicInteger();
  private static @Nullable EmbeddedPostgres server;

  /** Why there is none: to try again for each test would take long. */
  private static @Nullable String refusal;

  private TestPostgres() {}

  /**
   * An empty database.
   *
   * @param url JDBC URL
   * @param user its owner
   * @param password the owner's password
   */
  public record FreshDatabase(String url, String user, String password) {

    /** As settings of the section {@code storage}, without its prefix. */
    public Map<String, String> settings() {
      return Map.of("url", url, "user", user, "password", password);
    }
  }

  /**
   * Makes an empty database. Skips the test where PostgreSQL cannot run, unless {@code
   * -Dsignalbox.require.all=true} says that it must.
   */
  public static FreshDatabase freshDatabase() {
    EmbeddedPostgres postgres = server();
    String name = "test_" + DATABASES.incrementAndGet();
    try (Connection connection = postgres.getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE DATABASE " + name);
    } catch (SQLException e) {
      throw new IllegalStateException("cannot create a database", e);
    }
    String url = "jdbc:postgresql://localhost:" + postgres.getPort() + "/" + name;
    return new FreshDatabase(url, "postgres", "postgres");
  }

  private static synchronized EmbeddedPostgres server() {
    if (refusal != null) {
      return Assumptions.abort(refusal);
    }
    if (server == null) {
      try {
        server = EmbeddedPostgres.builder().start();
        Runtime.getRuntime().addShutdownHook(new Thread(TestPostgres::stop, "stop-postgres"));
      } catch (IOException | RuntimeException e) {
        if (Boolean.getBoolean("signalbox.require.all")) {
          throw new IllegalStateException("PostgreSQL does not start here", e);
        }
        refusal = "PostgreSQL does not start here: " + e;
        return Assumptions.abort(refusal);
      }
    }
    return server;
  }

  private static synchronized void stop() {
    if (server != null) {
      try {
        server.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
