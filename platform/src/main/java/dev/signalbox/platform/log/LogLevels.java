package dev.signalbox.platform.log;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import dev.signalbox.contracts.ErrorCode;
import dev.signalbox.contracts.LogLevel;
import dev.signalbox.contracts.LogLevelChange;
import dev.signalbox.contracts.LogLevelsReply;
import dev.signalbox.contracts.ServiceException;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * Levels of the log of this process. A change is for some time, since one that is forgotten fills a
 * disk. Any thread may use it.
 */
public final class LogLevels {

  /** A logger that was named once is there for ever, so that not any number of them may be. */
  private static final int MOST_NAMES = 200;

  private static final org.slf4j.Logger LOG = LoggerFactory.getLogger(LogLevels.class);
  private static final Pattern NAME = Pattern.compile(LogLevelChange.NAME);

  /** {@code configured} is null for a logger that follows its parent. */
  private record Changed(
      @Nullable Level configured, LogLevel level, long endNanos, long endEpochMs) {}

  private final LoggerContext loggers;
  private final String process;
  private final String host;
  private final InstantSource clock;
  private final LongSupplier nanos;
  private final Set<String> names = new HashSet<>();
  private final Map<String, Changed> changed = new TreeMap<>();

  /**
   * The levels of this process, as configured.
   *
   * @param process its id
   * @param host name of the machine
   */
  public LogLevels(String process, String host) {
    this(
        (LoggerContext) LoggerFactory.getILoggerFactory(),
        process,
        host,
        InstantSource.system(),
        System::nanoTime);
  }

  LogLevels(
      LoggerContext loggers, String process, String host, InstantSource clock, LongSupplier nanos) {
    this.loggers = loggers;
    this.process = process;
    this.host = host;
    this.clock = clock;
    this.nanos = nanos;
  }

  /**
   * Changes a level. Where it was changed before, the time begins anew.
   *
   * @throws ServiceException {@link ErrorCode#INVALID_REQUEST}, {@link ErrorCode#LIMIT_REACHED}
   */
  public synchronized LogLevelsReply change(LogLevelChange change) {
    String name = name(change.logger());
    LogLevel level = change.level();
    if (level == null) {
      end(name);
      return levels();
    }
    if (change.forS() < 1 || change.forS() > LogLevelChange.MAX_FOR_S) {
      throw ServiceException.invalid("/for_s", "must be 1 to " + LogLevelChange.MAX_FOR_S);
    }
    if (!names.contains(name) && names.size() >= MOST_NAMES) {
      throw new ServiceException(
          ErrorCode.LIMIT_REACHED,
          "The levels of "
              + MOST_NAMES
              + " loggers were changed since the process started; change"
              + " that of one of their parents");
    }
    names.add(name);
    Changed before = changed.get(name);
    Logger logger = loggers.getLogger(name);
    Level configured = before == null ? logger.getLevel() : before.configured;
    changed.put(
        name,
        new Changed(
            configured,
            level,
            nanos.getAsLong() + TimeUnit.SECONDS.toNanos(change.forS()),
            clock.millis() + TimeUnit.SECONDS.toMillis(change.forS())));
    logger.setLevel(Level.toLevel(level.name()));
    LOG.info("The level of {} is {} for {} s", name, level.label(), change.forS());
    return levels();
  }

  private static String name(String logger) {
    if (!NAME.matcher(logger).matches()) {
      throw ServiceException.invalid("/logger", "must match " + LogLevelChange.NAME);
    }
    return logger.equalsIgnoreCase(LogLevelChange.ROOT) ? LogLevelChange.ROOT : logger;
  }

  /** Takes changes back whose time is over; to be called every few seconds. */
  public synchronized void expire() {
    long now = nanos.getAsLong();
    List.copyOf(changed.entrySet()).stream()
        .filter(each -> now - each.getValue().endNanos >= 0)
        .forEach(each -> end(each.getKey()));
  }

  private void end(String name) {
    Changed ended = changed.remove(name);
    if (ended != null) {
      loggers.getLogger(name).setLevel(ended.configured);
      LOG.info("The level of {} is that of the configuration again", name);
    }
  }

  /** The levels now. */
  public synchronized LogLevelsReply levels() {
    return new LogLevelsReply(
        process,
        host,
        ProcessHandle.current().pid(),
        level(loggers.getLogger(LogLevelChange.ROOT)),
        changed.entrySet().stream()
            .map(each ->
                new LogLevelsReply.Changed(
                    each.getKey(), each.getValue().level, each.getValue().endEpochMs))
            .toList());
  }

  private static LogLevel level(Logger logger) {
    Level level = logger.getEffectiveLevel();
    return Level.DEBUG.isGreaterOrEqual(level)
        ? LogLevel.DEBUG
        : LogLevel.valueOf(level.toString());
  }
}
