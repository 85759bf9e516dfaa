package dev.signalbox.contracts;

import java.util.List;

/**
 * Levels of the log of a process.
 *
 * @param process id of the process; equal for all services in it
 * @param host name of the machine or container
 * @param pid id of the process on its host
 * @param level of all loggers that have none of their own
 * @param changed levels that differ from the configuration for some time, by name
 */
public record LogLevelsReply(
    String process, String host, long pid, LogLevel level, List<Changed> changed)
    implements ProcessReply {

  public LogLevelsReply {
    changed = List.copyOf(changed);
  }

  /**
   * A level for some time.
   *
   * @param logger its name
   * @param level for now
   * @param untilEpochMs when it ends, milliseconds since 1970-01-01 UTC
   */
  public record Changed(String logger, LogLevel level, long untilEpochMs) {}
}
