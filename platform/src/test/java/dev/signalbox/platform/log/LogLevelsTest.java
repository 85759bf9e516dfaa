package dev.signalbox.platform.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import dev.signalbox.contracts.ErrorCode;
import dev.signalbox.contracts.LogLevel;
import dev.signalbox.contracts.LogLevelChange;
import dev.signalbox.contracts.LogLevelsReply;
import dev.signalbox.contracts.ServiceException;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Levels that change for some time. */
class LogLevelsTest {

  private static final String NAME = "dev.signalbox.storage";

  private final LoggerContext loggers = new LoggerContext();
  private final AtomicLong nanos = new AtomicLong();
  private final LogLevels levels =
      new LogLevels(loggers, "p-1", "h", () -> Instant.ofEpochSecond(1_000), nanos::get);

  private LogLevelsReply change(String logger, LogLevel level, int seconds) {
    return levels.change(new LogLevelChange(logger, level, seconds));
  }

  private void pass(long seconds) {
    nanos.addAndGet(TimeUnit.SECONDS.toNanos(seconds));
    levels.expire();
  }

  @ParameterizedTest
  @EnumSource(LogLevel.class)
  void givenALogger_whenItsLevelIsChanged_thenItAndItsChildrenHaveIt(LogLevel level) {
    LogLevelsReply reply = change(NAME, level, 60);

    assertThat(loggers.getLogger(NAME + ".Database").getEffectiveLevel())
        .isEqualTo(Level.toLevel(level.name()));
    assertThat(loggers.getLogger("dev.signalbox").getLevel()).isNull();
    assertThat(reply.changed()).containsExactly(new LogLevelsReply.Changed(NAME, level, 1_060_000));
  }

  @ParameterizedTest
  @ValueSource(strings = {"ROOT", "root", "Root"})
  void givenTheRoot_whenItsLevelIsChanged_thenAllWithoutALevelHaveIt(String root) {
    loggers.getLogger("ROOT").setLevel(Level.INFO);
    loggers.getLogger("com.hazelcast").setLevel(Level.ERROR);

    LogLevelsReply reply = change(root, LogLevel.DEBUG, 60);

    assertThat(reply.level()).isEqualTo(LogLevel.DEBUG);
    assertThat(reply.changed()).extracting(LogLevelsReply.Changed::logger).containsExactly("ROOT");
    assertThat(loggers.getLogger(NAME).getEffectiveLevel()).isEqualTo(Level.DEBUG);
    assertThat(loggers.getLogger("com.hazelcast").getEffectiveLevel()).isEqualTo(Level.ERROR);
  }

  @Test
  void givenAChangedLevel_whenItsTimeIsOver_thenItIsThatOfTheConfiguration() {
    loggers.getLogger("com.hazelcast").setLevel(Level.ERROR);
    change("com.hazelcast", LogLevel.DEBUG, 60);
    change(NAME, LogLevel.DEBUG, 61);

    pass(59);
    assertThat(levels.levels().changed()).hasSize(2);
    pass(1);

    assertThat(loggers.getLogger("com.hazelcast").getLevel()).isEqualTo(Level.ERROR);
    assertThat(levels.levels().changed())
        .extracting(LogLevelsReply.Changed::logger)
        .containsExactly(NAME);
    pass(1);
    assertThat(loggers.getLogger(NAME).getLevel()).isNull();
    assertThat(levels.levels().changed()).isEmpty();
  }

  @Test
  void givenALevelThatWasChangedTwice_whenItIsReset_thenItIsThatOfTheConfiguration() {
    loggers.getLogger(NAME).setLevel(Level.WARN);
    change(NAME, LogLevel.ERROR, 60);
    change(NAME, LogLevel.DEBUG, 60);

    LogLevelsReply reply = levels.change(new LogLevelChange(NAME, null, 0));

    assertThat(reply.changed()).isEmpty();
    assertThat(loggers.getLogger(NAME).getLevel()).isEqualTo(Level.WARN);
  }

  @Test
  void givenALevelThatWasChangedAgain_whenTheFirstTimeIsOver_thenTheSecondHolds() {
    change(NAME, LogLevel.ERROR, 10);
    pass(9);
    change(NAME, LogLevel.DEBUG, 10);
    pass(9);

    assertThat(loggers.getLogger(NAME).getLevel()).isEqualTo(Level.DEBUG);
    pass(1);
    assertThat(loggers.getLogger(NAME).getLevel()).isNull();
  }

  @Test
  void givenNothingWasChanged_whenALevelIsReset_thenNothingChanges() {
    loggers.getLogger(NAME).setLevel(Level.WARN);

    levels.change(new LogLevelChange(NAME, null, 0));

    assertThat(loggers.getLogger(NAME).getLevel()).isEqualTo(Level.WARN);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "a b", "a/b", "a\n", "ä", "${jndi:x}"})
  void givenAWrongName_whenALevelIsChanged_thenItIsAnErrorOfTheField(String name) {
    assertThatThrownBy(() -> change(name, LogLevel.DEBUG, 60))
        .isInstanceOfSatisfying(
            ServiceException.class,
            e -> {
              assertThat(e.code()).isEqualTo(ErrorCode.INVALID_REQUEST);
              assertThat(e.problems().getFirst().pointer()).isEqualTo("/logger");
            });
  }

  @ParameterizedTest
  @CsvSource({"0, false", "1, true", "86400, true", "86401, false", "-1, false"})
  void givenATime_whenALevelIsChanged_thenItIsOfASecondToADay(int seconds, boolean allowed) {
    if (allowed) {
      assertThat(change(NAME, LogLevel.DEBUG, seconds).changed()).hasSize(1);
    } else {
      assertThatThrownBy(() -> change(NAME, LogLevel.DEBUG, seconds))
          .isInstanceOf(ServiceException.class);
      assertThat(levels.levels().changed()).isEmpty();
    }
  }

  @Test
  void givenTwoHundredNames_whenOneMoreIsNamed_thenItIsRefusedAndTheOthersStillChange() {
    IntStream.range(0, 200).forEach(i -> change("a.b" + i, LogLevel.DEBUG, 1));
    pass(1);

    assertThatThrownBy(() -> change("a.b200", LogLevel.DEBUG, 1))
        .isInstanceOfSatisfying(
            ServiceException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.LIMIT_REACHED));
    assertThat(change("a.b7", LogLevel.DEBUG, 1).changed()).hasSize(1);
  }
}
