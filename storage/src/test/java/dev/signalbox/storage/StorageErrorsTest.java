package dev.signalbox.storage;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.signalbox.contracts.ErrorCode;
import dev.signalbox.storage.StorageErrors.Use;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.LoggerFactory;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/** Which uses of a database begin and end an outage, on both engines. */
@ParameterizedClass
@EnumSource(Engine.class)
class StorageErrorsTest {

  @Parameter private Engine engine;
  private StorageErrors errors;

  @BeforeEach
  void prepare() {
    Connector connector =
        switch (engine) {
          case SQLITE -> new SqliteConnector(Path.of("never.db"), StorageConfig.of(Map.of()));
          case POSTGRESQL ->
              new PostgresConnector(
                  StorageConfig.of(Map.of("url", "jdbc:postgresql://127.0.0.1:1/never")), "never");
        };
    errors = new StorageErrors(connector, "sample-service");
  }

  private SQLException full() {
    return switch (engine) {
      case SQLITE -> new SQLiteException("full", SQLiteErrorCode.SQLITE_FULL);
      case POSTGRESQL -> new SQLException("full", "53100");
    };
  }

  private SQLException defect() {
    return switch (engine) {
      case SQLITE -> new SQLiteException("wrong", SQLiteErrorCode.SQLITE_ERROR);
      case POSTGRESQL -> new SQLException("wrong", "42601");
    };
  }

  @Test
  void givenAWriteThatFailed_whenReadsSucceed_thenTheStorageStaysUnavailable() {
    assertThat(errors.of(Use.WRITE, full(), "d").code()).isEqualTo(ErrorCode.STORAGE_UNAVAILABLE);
    errors.succeeded(Use.READ);

    assertThat(errors.available()).isFalse();
    assertThat(errors.fails(Use.WRITE)).isTrue();
    assertThat(errors.fails(Use.READ)).isFalse();

    errors.succeeded(Use.WRITE);
    assertThat(errors.available()).isTrue();
  }

  @Test
  void givenAReadThatFailed_whenAWriteSucceeds_thenTheStorageStaysUnavailable() {
    errors.of(Use.READ, full(), "d");
    errors.succeeded(Use.WRITE);
    assertThat(errors.available()).isFalse();

    errors.succeeded(Use.READ);
    assertThat(errors.available()).isTrue();
  }

  @Test
  void givenBothFailed_whenOnlyOneSucceeds_thenTheStorageStaysUnavailable() {
    errors.of(Use.READ, full(), "d");
    errors.unknownOutcome(full());
    errors.succeeded(Use.READ);
    assertThat(errors.available()).isFalse();

    errors.succeeded(Use.WRITE);
    assertThat(errors.available()).isTrue();
  }

  @Test
  void givenAnOutageOfReadsAndWrites_whenItBeginsAndEnds_thenEachIsLoggedOnce() {
    Logger logger = (Logger) LoggerFactory.getLogger(StorageErrors.class);
    ListAppender<ILoggingEvent> log = new ListAppender<>();
    log.start();
    logger.addAppender(log);
    try {
      for (int i = 0; i < 20; i++) {
        errors.of(Use.WRITE, full(), "d");
        errors.succeeded(Use.READ);
      }
      errors.of(Use.READ, full(), "d");
      errors.succeeded(Use.WRITE);
      errors.succeeded(Use.READ);
      errors.succeeded(Use.WRITE);
    } finally {
      logger.detachAppender(log);
    }

    assertThat(log.list).hasSize(2);
    assertThat(log.list.getFirst().getFormattedMessage())
        .startsWith("sample-service cannot use its storage: ");
    assertThat(log.list.getLast().getFormattedMessage())
        .isEqualTo("sample-service can use its storage again");
  }

  @ParameterizedTest
  @EnumSource(Use.class)
  void givenADefect_whenItIsReported_thenTheStorageStaysAvailable(Use use) {
    assertThat(errors.of(use, defect(), "d").code()).isEqualTo(ErrorCode.STORAGE);
    assertThat(errors.available()).isTrue();
  }
}
