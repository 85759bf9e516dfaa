package dev.signalbox.contracts;

import java.time.Duration;

/** What every instance of every service serves. */
public final class PlatformContract {

  /** Stands for the service of an operation that all of them serve. */
  public static final String EVERY_SERVICE = "every service";

  /** What is wrong with the process of an instance; served at each instance's own address. */
  public static final Operation<Empty, DiagnoseReply> DIAGNOSE =
      Operation.repeatable(
              "platform.diagnose", Empty.class, DiagnoseReply.class, Duration.ofSeconds(4))
          .servedBy(EVERY_SERVICE);

  /**
   * The levels of the log of an instance's process, and a change of one; served at each instance's
   * own address. {@link ErrorCode#INVALID_REQUEST} for a name or a time out of its range, {@link
   * ErrorCode#LIMIT_REACHED} when too many loggers were changed.
   */
  public static final Operation<LogLevelsRequest, LogLevelsReply> LOG_LEVELS =
      Operation.repeatable(
              "platform.log-levels",
              LogLevelsRequest.class,
              LogLevelsReply.class,
              Duration.ofSeconds(4))
          .servedBy(EVERY_SERVICE);

  private PlatformContract() {}
}
