package dev.signalbox.storage;

import dev.signalbox.contracts.disk.FileMutex;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.configuration.FluentConfiguration;

/** Brings a service's schema to the version its SQL expects. */
final class Migrations {

  private static final Duration LOCK_TIMEOUT = Duration.ofMinutes(1);

  private final Connector connector;
  private final String schema;

  Migrations(Connector connector, String schema) {
    this.connector = connector;
    this.schema = schema;
  }

  /**
   * @param lock a file beside a SQLite database, for Flyway locks PostgreSQL but not SQLite
   */
  void runLocked(Path lock) throws IOException, InterruptedException {
    try (FileMutex _ = FileMutex.acquire(lock, LOCK_TIMEOUT)) {
      run();
    }
  }

  void run() {
    FluentConfiguration configuration =
        Flyway.configure(Migrations.class.getClassLoader())
            .loggers("slf4j")
            .dataSource(connector.migrationSource())
            .locations(locations().toArray(String[]::new));
    if (connector.engine() == Engine.POSTGRESQL) {
      configuration.schemas(schema).createSchemas(true);
    }
    configuration.load().migrate();
  }

  private List<String> locations() {
    String engine = connector.engine().name().toLowerCase(Locale.ROOT);
    List<String> locations = new ArrayList<>();
    for (String folder :
        List.of(
            "db/storage/" + engine, "db/" + schema + "/common", "db/" + schema + "/" + engine)) {
      if (Migrations.class.getClassLoader().getResource(folder) != null) {
        locations.add("classpath:" + folder);
      }
    }
    return locations;
  }
}
