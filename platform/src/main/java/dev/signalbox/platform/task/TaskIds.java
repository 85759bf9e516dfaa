package dev.signalbox.platform.task;

import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Ids for the tasks of a request that have none: {@code <request id>-<random>-<index>}. The random
 * part is drawn for each request, for clients choose request ids as well as the ids of their tasks,
 * so that {@code <request id>-<index>} might be the id of another task.
 */
public final class TaskIds {

  private final String prefix;

  private TaskIds(String prefix) {
    this.prefix = prefix;
  }

  /** Ids for the tasks of a request. */
  public static TaskIds of(String requestId) {
    return new TaskIds(
        requestId + "-" + HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextInt()) + "-");
  }

  /** The id of the task at an index. */
  public String at(long index) {
    return prefix + index;
  }
}
