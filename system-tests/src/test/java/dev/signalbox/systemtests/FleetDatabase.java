package dev.signalbox.systemtests;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/** A PostgreSQL server that the members reach, and that can be stopped and killed. */
final class FleetDatabase implements AutoCloseable {

  private static final int PORT = 5432;
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Path program;
  private final Path directory;
  private final String address;
  private @Nullable SignalboxProcess server;

  private FleetDatabase(Path program, Path directory, String address) {
    this.program = program;
    this.directory = directory;
    this.address = address;
  }

  /** Makes an empty database and starts its server. */
  static FleetDatabase start(Path home, String address) {
    Path data = home.resolve("postgres-data");
    // One copy for all runs.
    Path programs = home.resolveSibling("postgres");
    try (EmbeddedPostgres maker =
            EmbeddedPostgres.builder()
                .setOverrideWorkingDirectory(programs.toFile())
                .setDataDirectory(data)
                .setCleanDataDirectory(false)
                .setOutputRedirector(ProcessBuilder.Redirect.DISCARD)
                .setErrorRedirector(ProcessBuilder.Redirect.DISCARD)
                .start();
        Connection connection = maker.getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE DATABASE signalbox");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
    try (Stream<Path> files = Files.walk(programs)) {
      Files.writeString(
          data.resolve("pg_hba.conf"), "host all all all trust\n", StandardOpenOption.APPEND);
      Path program = files.filter(file -> file.endsWith("bin/postgres")).findFirst().orElseThrow();
      FleetDatabase database = new FleetDatabase(program, data, address);
      database.start();
      return database;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Starts the server when it does not run, and waits until it takes connections. */
  void start() {
    List<String> command = new ArrayList<>();
    if ("root".equals(System.getProperty("user.name"))) {
      // It refuses root, which nobody is in a user namespace without a mapping.
      command.addAll(List.of("unshare", "-U"));
    }
    command.addAll(List.of(program.toString(), "-D", directory.toString(), "-h", address));
    command.addAll(List.of("-p", Integer.toString(PORT), "-k", "", "-c", "max_connections=300"));
    // After a kill it refuses to start until the last process of its predecessor has ended.
    Awaitility.await("PostgreSQL to take connections")
        .atMost(PATIENCE)
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(50))
        .until(() -> {
          if (server == null || !server.alive()) {
            server = SignalboxProcess.start("postgres", directory.resolveSibling("logs"), command);
          }
          return takesConnections();
        });
  }

  private boolean takesConnections() {
    try (Connection connection =
        DriverManager.getConnection(url() + "?connectTimeout=2", "postgres", "postgres")) {
      return connection.isValid(2);
    } catch (SQLException notYet) {
      return false;
    }
  }

  private SignalboxProcess server() {
    if (server == null) {
      throw new IllegalStateException("the database was not started");
    }
    return server;
  }

  /** Ends it as {@code pg_ctl stop -m fast} does. */
  void stop() {
    server().signal("INT");
    server().awaitExit();
  }

  /** Ends its first process without warning; the others end when they notice. */
  void kill() {
    server().kill();
  }

  /** A connection of its superuser. */
  Connection connect() throws SQLException {
    return DriverManager.getConnection(url() + "?connectTimeout=10", "postgres", "postgres");
  }

  private String url() {
    return "jdbc:postgresql://" + address + ":" + PORT + "/signalbox";
  }

  /** As settings of a service. */
  Map<String, String> settings() {
    return Map.of("storage.url", url(), "storage.user", "postgres", "storage.password", "postgres");
  }

  @Override
  public void close() {
    if (server != null) {
      server.close();
    }
    Programs.run(List.of("rm", "-rf", directory.toString()));
  }
}
