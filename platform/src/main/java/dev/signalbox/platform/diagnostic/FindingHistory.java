package dev.signalbox.platform.diagnostic;

import dev.signalbox.contracts.DiagnoseReply;
import dev.signalbox.contracts.DiagnoseReply.Finding;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Since when each finding has been there. A finding is told once it has lasted as long as its code
 * asks, and stays until it has not been seen for {@link #HOLD}: one that comes and goes faster is
 * one finding, whose beginning is its first. Any thread may use it.
 */
public final class FindingHistory {

  /** A finding that has not been seen for so long is over. */
  public static final Duration HOLD = Duration.ofSeconds(12);

  private record Key(
      @Nullable String node, FindingCode code, @Nullable String service, String subject) {}

  private static final class Episode {
    private final long firstNanos;
    private final long sinceEpochMs;
    private long lastNanos;
    private String detail;

    Episode(long nanos, long epochMs, String detail) {
      this.firstNanos = nanos;
      this.sinceEpochMs = epochMs;
      this.lastNanos = nanos;
      this.detail = detail;
    }
  }

  /**
   * A symptom and whose it is.
   *
   * @param service of the symptom; null for the process
   * @param node instance of that service; null for the process
   */
  public record Seen(@Nullable String service, @Nullable String node, Symptom symptom) {}

  private final InstantSource clock;
  private final LongSupplier nanos;
  private final Map<Key, Episode> episodes = new HashMap<>();

  /**
   * A history without findings.
   *
   * @param clock tells when something began
   * @param nanos as {@link System#nanoTime()}, tells how long it has lasted
   */
  public FindingHistory(InstantSource clock, LongSupplier nanos) {
    this.clock = clock;
    this.nanos = nanos;
  }

  /** Takes all that was seen at one look. */
  public synchronized void update(Collection<Seen> all) {
    long now = nanos.getAsLong();
    long epochMs = clock.millis();
    for (Seen seen : all) {
      Symptom symptom = seen.symptom();
      Key key = new Key(seen.node(), symptom.code(), seen.service(), symptom.subject());
      Episode episode = episodes.get(key);
      if (episode != null) {
        episode.lastNanos = now;
        episode.detail = symptom.detail();
      } else if (episodes.size() < DiagnoseReply.MOST_FINDINGS) {
        episodes.put(key, new Episode(now, epochMs, symptom.detail()));
      }
    }
    episodes.values().removeIf(episode -> now - episode.lastNanos > HOLD.toNanos());
  }

  /** What there is, errors first, then by their beginning. */
  public synchronized List<Finding> findings() {
    return episodes.entrySet().stream()
        .filter(entry -> {
          Episode episode = entry.getValue();
          long lasted = episode.lastNanos - episode.firstNanos;
          return lasted >= entry.getKey().code().lasting().toNanos();
        })
        .sorted(
            Comparator.comparing(
                    (Map.Entry<Key, Episode> entry) -> entry.getKey().code().severity())
                .thenComparingLong(entry -> entry.getValue().sinceEpochMs)
                .thenComparing(entry -> entry.getKey().code())
                .thenComparing(entry -> entry.getKey().subject()))
        .map(entry -> finding(entry.getKey(), entry.getValue()))
        .toList();
  }

  private static Finding finding(Key key, Episode episode) {
    FindingCode code = key.code();
    return new Finding(
        code.name(),
        code.severity().label(),
        code.title(),
        episode.detail,
        episode.sinceEpochMs,
        key.service(),
        key.node(),
        code.action(),
        code.docs());
  }
}
