package dev.signalbox.testsupport;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;

/**
 * A PostgreSQL server of one test, which stops, crashes and comes back on the same port with the
 * same data.
 */
public final class StoppablePostgres implements AutoCloseable {

  private final Path directory;
  private EmbeddedPostgres server;

  private StoppablePostgres(Path directory, EmbeddedPostgres server) {
    this.directory = directory;
    this.server = server;
  }

  /**
   * Starts a server whose data lies in a directory. Skips the test where PostgreSQL cannot run,
   * unless {@code -Dsignalbox.require.all=true} says that it must.
   */
  public static StoppablePostgres start(Path directory) {
    try {
      return new StoppablePostgres(directory, server(directory, 0));
    } catch (IOException | RuntimeException e) {
      if (Boolean.getBoolean("signalbox.require.all")) {
        throw new IllegalStateException("PostgreSQL does not start here", e);
      }
      return Assumptions.abort("PostgreSQL does not start here: " + e);
    }
  }

  private static EmbeddedPostgres server(Path directory, int port) throws IOException {
    return EmbeddedPostgres.builder()
        .setDataDirectory(directory)
        .setCleanDataDirectory(false)
        .setPGStartupWait(Duration.ofSeconds(30))
        .setPort(port)
        .setServerConfig("fsync", "on")
        .start();
  }

  /** Settings of the section {@code storage}, without its prefix. */
  public Map<String, String> settings() {
    return Map.of(
        "url",
        "jdbc:postgresql://localhost:" + server.getPort() + "/postgres",
        "user",
        "postgres",
        "password",
        "postgres");
  }

  /** Stops it as an operator does, ending every session. */
  public void stop() {
    try {
      server.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Kills the postmaster as {@code kill -9} does. */
  public void kill() throws IOException {
    long pid = Long.parseLong(Files.readAllLines(directory.resolve("postmaster.pid")).getFirst());
    ProcessHandle postmaster = ProcessHandle.of(pid).orElseThrow();
    postmaster.destroyForcibly();
    postmaster.onExit().join();
    stop(); // puts away what the fixture holds
  }

  /** Starts it again after {@link #stop} or {@link #kill}. */
  public void startAgain() throws IOException {
    server = server(directory, server.getPort());
  }

  @Override
  public void close() {
    stop();
  }
}
