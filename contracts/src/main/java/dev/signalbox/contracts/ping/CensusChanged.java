package dev.signalbox.contracts.ping;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Tasks of the census changed. Changes within a quarter of a second are one event.
 *
 * @param tasks as they are now, at most 512
 * @param more whether more tasks changed than are listed
 * @param progress how far the census is
 */
public record CensusChanged(List<Task> tasks, boolean more, GetProgressReply progress) {

  /**
   * A task that changed.
   *
   * @param index its index
   * @param status where it stands
   * @param answered addresses that answered; null unless done
   * @param contributor name of the one that holds or did it, if listed; else null
   */
  public record Task(
      int index, TaskStatus status, @Nullable Integer answered, @Nullable String contributor) {}
}
