package dev.signalbox.contracts;

import org.jspecify.annotations.Nullable;

/**
 * A wish for another level of the log of a process, for some time.
 *
 * @param logger whose, and that of its children: {@value #ROOT} for all that have no level of their
 *     own, or a name of {@value #NAME}
 * @param level null for that of the configuration
 * @param forS after how many seconds it is that of the configuration again: 1 to {@value
 *     #MAX_FOR_S}; without meaning for a null level
 */
public record LogLevelChange(String logger, @Nullable LogLevel level, int forS) {

  /** The name of the parent of all loggers. */
  public static final String ROOT = "ROOT";

  /** What the name of a logger is made of: a regular expression. */
  public static final String NAME = "[A-Za-z0-9._$-]{1,200}";

  /** Longest time, in seconds: a day. */
  public static final int MAX_FOR_S = 86_400;
}
