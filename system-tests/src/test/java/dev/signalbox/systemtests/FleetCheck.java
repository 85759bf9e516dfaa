package dev.signalbox.systemtests;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Whether a fleet is whole: every gateway knows everything and reaches it. */
final class FleetCheck {

  private static final Duration PATIENCE = Duration.ofSeconds(2);
  private static final long POLL = TimeUnit.MILLISECONDS.toNanos(250);
  private static final long QUIET = TimeUnit.SECONDS.toNanos(1);

  private final Fleet fleet;
  private final History history;
  private final SteadyLoad load;
  private String problem = "";

  FleetCheck(Fleet fleet, History history, SteadyLoad load) {
    this.fleet = fleet;
    this.history = history;
    this.load = load;
  }

  /**
   * Seconds from a moment until every capability answered at every gateway and went on to do so,
   * without a failure in the load; -1 when that did not begin in time.
   *
   * @param since the moment
   * @param atMost the time
   * @param holds how long it has to go on: members that see each other again may first merge
   *     seconds later
   */
  double secondsUntilWhole(long since, Duration atMost, Duration holds) {
    long from = System.nanoTime();
    boolean whole = false;
    while (whole || System.nanoTime() - since < atMost.toNanos()) {
      long round = System.nanoTime();
      if (!whole) {
        from = round;
      }
      whole = whole();
      if (whole) {
        LockSupport.parkNanos(round + QUIET - System.nanoTime());
        whole = quietSince(from);
      }
      if (whole && System.nanoTime() - from >= holds.toNanos()) {
        return Math.max(0, (from - since) / 1e9);
      }
      LockSupport.parkNanos(POLL);
    }
    return -1;
  }

  private boolean quietSince(long moment) {
    List<Call> failed =
        history.between(moment, System.nanoTime()).stream()
            .filter(call -> call.failed() && call.start() - moment >= 0)
            .toList();
    if (!failed.isEmpty()) {
      problem = failed.getFirst().gateway() + " " + failed.getFirst().detail();
    }
    return failed.isEmpty();
  }

  /** What was missing when it was looked at last. */
  String problem() {
    return problem;
  }

  private boolean whole() {
    for (FleetMember gateway : fleet.gateways()) {
      List<String> problems = problems(gateway);
      if (!problems.isEmpty()) {
        problem = gateway + ": " + problems.getFirst();
        return false;
      }
    }
    return true;
  }

  private List<String> problems(FleetMember gateway) {
    if (!gateway.askWhetherReady()) {
      return List.of("not ready");
    }
    List<String> problems = new ArrayList<>(missing(gateway));
    if (problems.isEmpty()) {
      load.useAll(gateway).stream().filter(Call::failed).map(Call::detail).forEach(problems::add);
    }
    return problems;
  }

  private List<String> missing(FleetMember gateway) {
    List<String> problems = new ArrayList<>();
    for (String service : Distribution.SERVICES) {
      long known = known(gateway, service);
      long there = fleet.of(service).stream().filter(FleetMember::alive).count();
      if (known != there) {
        problems.add("knows " + known + " of " + there + " of " + service);
      }
    }
    return problems;
  }

  /** How many ready instances of a service a gateway lists. */
  static long known(FleetMember gateway, String service) {
    try (RawConnection connection = RawConnection.to(gateway.address, FleetMember.DOOR, PATIENCE)) {
      long known = 0;
      for (JsonNode item :
          Http.request(connection, "GET", "/api/v1/services", new byte[0]).json().path("items")) {
        if (item.path("service").asText().equals(service)
            && item.path("state").asText().equals("ready")) {
          known++;
        }
      }
      return known;
    } catch (IOException | UncheckedIOException e) {
      return 0;
    }
  }
}
