package dev.signalbox.contracts;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one live instance of a service tells every gateway: on start, on change, every two seconds
 * and once more when it stops taking work.
 *
 * @param service name of the service, such as {@code dns-service}
 * @param node id of this instance, unique in the cluster and new at every start
 * @param host name of the machine or container it runs on
 * @param version version of the service's jar, with the commit it was built from where that is
 *     known: {@code 1.0.0+0123456789ab}
 * @param sinceEpochMs when it started, milliseconds since 1970-01-01 UTC
 * @param state {@code starting, ready, draining} or {@code stopped}
 * @param operations addresses it serves
 * @param taskTypes task types it offers
 * @param load how busy it is
 * @param database identity of the database or directory it uses, equal for all that share it; null
 *     without one, and from versions that do not tell
 */
public record Announcement(
    String service,
    String node,
    String host,
    String version,
    long sinceEpochMs,
    String state,
    List<String> operations,
    List<TaskType> taskTypes,
    Load load,
    @Nullable String database) {

  /** Every gateway listens here. */
  public static final EventType<Announcement> EVENT =
      new EventType<>("platform.instance.announced", Announcement.class);

  /** Asks every instance to announce itself now; for gateways that have just started. */
  public static final EventType<Empty> WANTED =
      new EventType<>("platform.announcement.wanted", Empty.class);

  public Announcement {
    operations = List.copyOf(operations);
    taskTypes = List.copyOf(taskTypes);
  }

  /** Whether it has not taken work yet. */
  public boolean starting() {
    return state.equals("starting");
  }

  /** Whether it takes work. */
  public boolean ready() {
    return state.equals("ready");
  }

  /**
   * How busy an instance is.
   *
   * @param inFlight requests under way
   * @param handled requests answered since start, failures included
   * @param failed requests that ended in a fault since start
   * @param p50Ms median time to answer over the last one to two minutes, milliseconds; null when
   *     there were no requests
   * @param p99Ms 99th percentile of the same
   */
  public record Load(
      long inFlight, long handled, long failed, @Nullable Double p50Ms, @Nullable Double p99Ms) {}
}
