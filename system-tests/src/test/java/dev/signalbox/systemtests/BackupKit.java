package dev.signalbox.systemtests;

import dev.signalbox.testsupport.StoppablePostgres;
import dev.signalbox.testsupport.TestPrograms;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A directory with the data of a system, in which the commands of the page about backups run as an
 * operator pastes them.
 */
final class BackupKit implements AutoCloseable {

  /** Where what must not be lost is kept. */
  enum Engine {
    SQLITE("backup", "restore", "curl sqlite3 tar sha256sum"),
    POSTGRESQL(
        "postgresql-backup",
        "postgresql-restore",
        "curl pg_dump pg_restore createdb tar sha256sum");

    /** The note of the block that makes a backup. */
    final String backup;

    /** The note of the block that restores one. */
    final String restore;

    /** What the commands need, separated by spaces. */
    private final String programs;

    Engine(String backup, String restore, String programs) {
      this.backup = backup;
      this.restore = restore;
      this.programs = programs;
    }
  }

  final Engine engine;
  final Path directory;
  private final @Nullable StoppablePostgres postgres;

  private BackupKit(Engine engine, Path directory, @Nullable StoppablePostgres postgres) {
    this.engine = engine;
    this.directory = directory;
    this.postgres = postgres;
  }

  /** Prepares an engine; skips the test when a program of the commands is not there. */
  static BackupKit of(Engine engine) {
    for (String program : engine.programs.split(" ", -1)) {
      TestPrograms.require(program);
    }
    Path directory = Scratch.directory("backup");
    if (engine == Engine.SQLITE) {
      return new BackupKit(engine, directory, null);
    }
    StoppablePostgres server = StoppablePostgres.start(directory.resolve("postgres"));
    BackupKit kit = new BackupKit(engine, directory, server);
    kit.sql("CREATE ROLE signalbox LOGIN");
    kit.sql("CREATE DATABASE signalbox OWNER signalbox");
    return kit;
  }

  private String url() {
    return Objects.requireNonNull(postgres).settings().getOrDefault("url", "");
  }

  private String url(String database) {
    return url().replaceFirst("/postgres$", "/" + database);
  }

  private void sql(String statement) {
    try (Connection connection = DriverManager.getConnection(url(), "postgres", "postgres");
        Statement sql = connection.createStatement()) {
      sql.execute(statement);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** How many tables of the services a database has. */
  int tables(String database) {
    try (Connection connection =
            DriverManager.getConnection(url(database), "postgres", "postgres");
        Statement sql = connection.createStatement();
        var count =
            sql.executeQuery(
                "SELECT count(*) FROM information_schema.tables"
                    + " WHERE table_schema IN ('code', 'ping', 'serverfactory')")) {
      count.next();
      return count.getInt(1);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Starts the system whose data is to be saved. */
  OneProcess startOriginal() {
    return start("data", "signalbox");
  }

  /** Starts a system on what was restored. */
  OneProcess startRestored() {
    return start("restored", "restored");
  }

  private OneProcess start(String data, String database) {
    return OneProcess.start(directory.resolve(data), settings(database));
  }

  private Map<String, String> settings(String database) {
    Map<String, String> settings = new HashMap<>(Shape.settings("ping.initial-tasks", "20000"));
    if (postgres != null) {
      settings.put("storage.url", url(database));
      settings.put("storage.user", "signalbox");
    }
    return settings;
  }

  /** The text of a block of the page, as it is pasted here. */
  String block(String note) {
    String text =
        MarkdownPage.read("docs/operations/backup.md").blocks().stream()
            .filter(each -> each.note().equals(note))
            .map(MarkdownPage.Block::text)
            .findFirst()
            .orElseThrow();
    if (postgres == null) {
      return text;
    }
    String port = url().replaceFirst(".*:(\\d+)/.*", "$1");
    return "export PGHOST=localhost PGPORT=" + port + "\n" + text;
  }

  /** Pastes a block, which must succeed, and returns what it prints. */
  String paste(String note, Doors doors) {
    return commands(directory, doors).run(MarkdownPage.atDoors(block(note), doors));
  }

  /** Commands in a directory, for a system at these doors. */
  static PageCommands commands(Path directory, Doors doors) {
    return PageCommands.in(
        directory, Map.of("SIGNALBOX_SERVER", "http://127.0.0.1:" + doors.main()));
  }

  @Override
  public void close() {
    if (postgres != null) {
      postgres.close();
    }
  }
}
