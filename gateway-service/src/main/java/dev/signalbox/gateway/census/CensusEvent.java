package dev.signalbox.gateway.census;

import dev.signalbox.contracts.ping.CensusChanged;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A change of the census, as readers of events see it. */
public record CensusEvent(List<Task> tasks, boolean more, Object progress) {

  /** A task that changed. */
  public record Task(
      int taskIndex, String status, @Nullable Integer answered, @Nullable String contributor) {}

  /** The view of a change. */
  public static CensusEvent of(CensusChanged changed) {
    return new CensusEvent(
        changed.tasks().stream()
            .map(task ->
                new Task(
                    task.index(),
                    CensusView.name(task.status()),
                    task.answered(),
                    task.contributor()))
            .toList(),
        changed.more(),
        ProgressView.of(changed.progress()));
  }
}
