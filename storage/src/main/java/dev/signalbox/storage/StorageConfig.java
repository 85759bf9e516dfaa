package dev.signalbox.storage;

import dev.signalbox.platform.config.ConfigException;
import dev.signalbox.platform.config.ConfigProblems;
import dev.signalbox.platform.config.ConfigSource;
import dev.signalbox.platform.config.Configuration;
import dev.signalbox.platform.config.Setting;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * Section {@code storage} of the configuration, shared by the services that keep state.
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
    @Setting(value = "", doc = "empty: SQLite in the data directory; or jdbc:postgresql://…")
        String url,
    @Setting(value = "", doc = "PostgreSQL user") String user,
    @Setting(value = "", doc = "PostgreSQL password", secret = true) String password,
    @Setting(value = "512", doc = "writes that share one commit at most, 1-10000") int maxBatch,
    @Setting(value = "20000", doc = "writes that may wait, 1-1000000; more are refused")
        int writeQueue,
    @Setting(value = "5s", doc = "how long a write may wait for its turn, 10ms-10m")
        Duration writeTimeout,
    @Setting(value = "2", doc = "connections for reads, 1-64") int readers,
    @Setting(value = "10000", doc = "reads that may wait, 1-1000000; more are refused")
        int readQueue,
    @Setting(value = "5s", doc = "how long a read may wait for a connection, 10ms-10m")
        Duration readTimeout,
    @Setting(value = "5s", doc = "SQLite: wait for another process's write, 10ms-1m")
        Duration busyTimeout,
    @Setting(value = "1s", doc = "PostgreSQL: how long connecting may take, 1s-1m")
        Duration connectTimeout,
    @Setting(value = "10s", doc = "PostgreSQL: how long a statement may take, 10ms-10m")
        Duration statementTimeout) {

  /** The section's name. */
  public static final String SECTION = "storage";

  private static final String POSTGRESQL_URL = "jdbc:postgresql:";

  /** Hosts with ports that are numbers, and no user: the driver takes one for a part of a host. */
  private static final Pattern PLACE =
      Pattern.compile(
          "jdbc:postgresql:(//HOST(,HOST)*([/?].*)?|/?[^/?@:]*(\\?.*)?)"
              .replace("HOST", "([^/?@:,\\[\\]]*|\\[[^/?@,\\[\\]]+\\])(:\\d{1,5})?"));

  private static final long MINUTE_MS = 60_000;

  /**
   * Checks every setting.
   *
   * @throws ConfigException with all that is out of range
   */
  public StorageConfig {
    ConfigProblems.of(SECTION)
        .check(
            url.isEmpty() || url.startsWith(POSTGRESQL_URL),
            "url",
            "must be empty or begin with " + POSTGRESQL_URL)
        .check(
            !url.startsWith(POSTGRESQL_URL) || isPostgresqlUrl(url),
            "url",
            "must be jdbc:postgresql://HOST:PORT/DATABASE; user and password are settings of their"
                + " own")
        .range("max-batch", maxBatch, 1, 10_000)
        .range("write-queue", writeQueue, 1, 1_000_000)
        .range("write-timeout (ms)", writeTimeout.toMillis(), 10, 10 * MINUTE_MS)
        .range("readers", readers, 1, 64)
        .range("read-queue", readQueue, 1, 1_000_000)
        .range("read-timeout (ms)", readTimeout.toMillis(), 10, 10 * MINUTE_MS)
        .range("busy-timeout (ms)", busyTimeout.toMillis(), 10, MINUTE_MS)
        .range("connect-timeout (ms)", connectTimeout.toMillis(), 1_000, MINUTE_MS)
        .range("statement-timeout (ms)", statementTimeout.toMillis(), 10, 10 * MINUTE_MS)
        .throwIfAny();
  }

  /**
   * The defaults with some settings changed, for a process without a configuration file.
   *
   * @param settings keys without {@code storage.}, values as in a file
   * @throws ConfigException when a key is unknown or a value does not fit
   */
  public static StorageConfig of(Map<String, String> settings) {
    Map<String, String> keys = new HashMap<>();
    settings.forEach((key, value) -> keys.put(SECTION + "." + key, value));
    return Configuration.bind(
            ConfigSource.of(null, Map.of(), keys), Map.of(SECTION, StorageConfig.class), true)
        .section(SECTION, StorageConfig.class);
  }

  /** Whether the driver understands it: its own errors would repeat a password in it. */
  private static boolean isPostgresqlUrl(String url) {
    if (!PLACE.matcher(url).matches()) {
      return false; // Not shown to the driver, which would log a part of it.
    }
    try {
      new PGSimpleDataSource().setURL(url);
      return true;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  Engine engine() {
    return url.isEmpty() ? Engine.SQLITE : Engine.POSTGRESQL;
  }

  /** Never shows the password, nor one inside the URL. */
  @Override
  public String toString() {
    return "StorageConfig[" + (url.isEmpty() ? "SQLite" : url.replaceFirst("\\?.*", "")) + "]";
  }
}
