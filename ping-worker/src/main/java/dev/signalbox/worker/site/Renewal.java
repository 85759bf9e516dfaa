package dev.signalbox.worker.site;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A lease that goes on.
 *
 * @param expiresAt its new end
 * @param exclude the tasks that it still has, each with the networks that must not be pinged from
 *     now on; null when the site does not say
 */
public record Renewal(Instant expiresAt, @Nullable Map<Integer, List<String>> exclude) {

  public Renewal {
    exclude = exclude == null ? null : Map.copyOf(exclude);
  }
}
