package dev.signalbox.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.testsupport.LongTest;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/** A dump of PostgreSQL that was cut short: nobody takes it for whole. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@LongTest
class PostgresBackupFailureIT {

  private static final Doors NONE = new Doors(0, 0, 0, 0);

  private static BackupKit kit;
  private static Path backup;

  @BeforeAll
  static void saveAndCut() throws IOException {
    kit = BackupKit.of(BackupKit.Engine.POSTGRESQL);
    backup = kit.directory.resolve("backup");
    try (OneProcess system = kit.startOriginal()) {
      kit.paste(kit.engine.backup, system.doors());
      system.process().stop();
    }
    try (FileChannel dump =
        FileChannel.open(backup.resolve("signalbox.dump"), StandardOpenOption.WRITE)) {
      dump.truncate(dump.size() / 2);
    }
  }

  @AfterAll
  static void close() {
    if (kit != null) {
      kit.close();
    }
  }

  private static String failedRestore(String commands) {
    return BackupKit.commands(kit.directory, NONE).fail(commands);
  }

  @Test
  @Order(1)
  void givenHalfADump_whenRestored_thenTheCommandNamesItBeforeADatabaseIsMade() {
    assertThat(failedRestore(kit.block(kit.engine.restore))).contains("signalbox.dump: FAILED");

    assertThat(kit.directory.resolve("restored")).doesNotExist();
  }

  @Test
  @Order(2)
  void givenHalfADump_whenRestoredWithoutItsDigest_thenNothingOfItStays() {
    String unchecked =
        kit.block(kit.engine.restore).replaceAll("(?m)^\\(cd backup && sha256sum .*\n", "");

    assertThat(failedRestore(unchecked)).contains("pg_restore: error");

    assertThat(kit.tables("restored")).isZero();
  }

  @Test
  @Order(3)
  void givenADatabaseOfThatName_whenRestored_thenTheCommandLeavesItAlone() {
    String unchecked =
        kit.block(kit.engine.restore)
            .replaceAll("(?m)^\\(cd backup && sha256sum .*\n", "")
            .replaceAll("(?m)^mkdir restored\n", "");

    assertThat(failedRestore(unchecked)).contains("already exists");
  }
}
