package dev.signalbox.worker.site;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A lease as the site gives it.
 *
 * @param contributorKey key of a new contributor, sent once; else null
 */
public record Lease(
    String id,
    String token,
    Instant expiresAt,
    List<LeasedTask> tasks,
    int maxRatePps,
    @Nullable String contributorKey) {

  /** The most tasks that a site leases at once. */
  static final int MOST_TASKS = 64;

  public Lease {
    tasks = List.copyOf(tasks);
  }

  /** A task of it, with the networks that must not be pinged. */
  public record LeasedTask(int index, List<String> exclude) {

    public LeasedTask {
      exclude = List.copyOf(exclude);
    }
  }
}
