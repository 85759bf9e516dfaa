package dev.signalbox.serverfactory;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.storage.StorageConfig;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How often an instance renews its lease. */
class RoundsTest {

  private static final int LOOKS = 300;

  @TempDir Path data;

  @ParameterizedTest
  @CsvSource({
    "9223372036854775807, 500, 500", // nothing will end
    "500, 500, 500",
    "499, 500, 500",
    "498, 500, 499",
    "1, 500, 2",
    "0, 500, 1",
    "-1, 500, 1",
    "-9223372036854775808, 500, 1",
    "9223372036854775807, 1, 1",
    "9223372036854775807, 9223372036854775807, 9223372036854775807",
  })
  void givenTheFirstEnd_whenTheNextRoundIsPlanned_thenItIsAfterThatAndWithinAHeartbeat(
      long firstEndMs, long heartbeatMs, long expectedMs) {
    assertThat(Ownership.untilNextRoundMs(firstEndMs, heartbeatMs)).isEqualTo(expectedMs);
  }

  @Test
  void givenAnInstanceWithoutServers_whenNothingHappens_thenItWritesNothingBeforeTheHeartbeat()
      throws Exception {
    ServerFactoryConfig config = Instance.config(Map.of("heartbeat", "20s"));
    try (Instance one = Instance.of("one", data, config, StorageConfig.of(Map.of()));
        Connection reader =
            DriverManager.getConnection("jdbc:sqlite:" + data.resolve("serverfactory.db"))) {
      one.begin();
      Set<Long> leases = new HashSet<>();
      for (int i = 0; i < LOOKS; i++) {
        leases.add(leaseOf(reader));
        one.list(); // Lets the event loop run, and its timers.
      }

      assertThat(leases).hasSize(1);
    }
  }

  private static long leaseOf(Connection reader) throws SQLException {
    try (Statement statement = reader.createStatement();
        ResultSet row = statement.executeQuery("SELECT lease_until FROM owners")) {
      assertThat(row.next()).isTrue();
      return row.getLong(1);
    }
  }
}
