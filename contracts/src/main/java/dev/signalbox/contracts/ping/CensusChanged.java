package dev.signalbox.contracts.ping;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Tells that tasks of the census changed. What comes in a quarter of a second is told together.
 *
 * @param tasks as they are now, at most 512
 * @param more whether more changed than are told
 * @param progress how far the census is
 */
public record CensusChanged(List<Task> tasks, boolean more, GetProgressReply progress) {

  /**
   * A task that changed.
   *
   * @param index its index
   * @param status where it stands
   * @param answered addresses that answered; null unless done
   * @param contributor who has or did it, if they want to be listed; else null
   */
  public record Task(
      int index, TaskStatus status, @Nullable Integer answered, @Nullable String contributor) {}
}
