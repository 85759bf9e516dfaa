package dev.signalbox.systemtests;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.locks.LockSupport;

/** One fault while it happens: what it does to the fleet, and what that has to be excused for. */
final class Trial {

  /**
   * A gateway that cannot be reached: calls that were with it have to fail. One that was ended
   * refuses connections; only one that is silent may leave a client waiting.
   */
  private record Away(String gateway, long from, long to, boolean silent) {

    boolean excuses(Call call) {
      return call.gateway().equals(gateway)
          && call.end() - from >= 0
          && call.start() - to <= 0
          && (silent || call.outcome() != Call.Outcome.LATE);
    }
  }

  /** The default of {@code platform.stop-timeout}, and what the end of a JVM takes. */
  private static final double LONGEST_STOP_S = 9;

  /** The processes it happens to. */
  final Fleet fleet;

  /** What is told in the table. */
  final List<String> notes = new ArrayList<>();

  /** What is not as required. */
  final List<String> misses = new ArrayList<>();

  private final List<Away> away = new ArrayList<>();
  private final List<FleetMember> struck = new ArrayList<>();
  private long sinceStruck;
  private boolean silent;

  Trial(Fleet fleet) {
    this.fleet = fleet;
  }

  /** This fault cannot be made here. */
  static final class SkippedException extends RuntimeException {

    private static final long serialVersionUID = 1;

    SkippedException(String reason) {
      super(reason);
    }
  }

  /** Remembers whom the fault strikes, for its end. */
  private void strike(FleetMember member) {
    if (struck.isEmpty()) {
      sinceStruck = System.nanoTime();
    }
    struck.add(member);
  }

  void kill(FleetMember member) {
    strike(member);
    member.process().kill();
  }

  void pause(FleetMember member) {
    strike(member);
    silent = true;
    member.process().signal("STOP");
  }

  void resume() {
    struck.forEach(member -> member.process().signal("CONT"));
    struck.forEach(this::back);
  }

  void cut(FleetMember member) {
    strike(member);
    silent = true;
    fleet.network.cut(member.name);
  }

  void mend() {
    struck.forEach(member -> fleet.network.mend(member.name));
    struck.forEach(this::back);
  }

  /** Asks a member to stop, which may not cost anything, and waits for its end. */
  void stop(FleetMember member) {
    long start = System.nanoTime();
    member.process().stop();
    double seconds = (System.nanoTime() - start) / 1e9;
    notes.add(String.format(Locale.ROOT, "%s stopped in %.1f s", member, seconds));
    if (seconds > LONGEST_STOP_S) {
      misses.add(String.format(Locale.ROOT, "%s took %.1f s to stop", member, seconds));
    }
    struck.add(member);
  }

  /** Starts again what was ended, one after another. */
  void restart() {
    struck.forEach(member -> start(List.of(member), member.name));
    allBack();
  }

  /** Starts again at once what was ended. */
  void restartTogether() {
    start(struck, "all");
    allBack();
  }

  private void start(List<FleetMember> members, String who) {
    long start = System.nanoTime();
    members.forEach(FleetMember::start);
    members.forEach(FleetMember::awaitReady);
    notes.add(
        String.format(
            Locale.ROOT,
            "%s ready after %.1f s and %.1f s of processor time",
            who,
            (System.nanoTime() - start) / 1e9,
            members.stream().mapToDouble(FleetMember::processorSeconds).sum()));
  }

  private void allBack() {
    struck.forEach(this::back);
    struck.clear();
  }

  private void back(FleetMember member) {
    if (sinceStruck != 0) {
      away.add(new Away(member.name, sinceStruck, System.nanoTime(), silent));
    }
  }

  boolean excuses(Call call) {
    return away.stream().anyMatch(gateway -> gateway.excuses(call));
  }

  /** Lets time pass. */
  static void pass(Duration time) {
    long end = System.nanoTime() + time.toNanos();
    for (long left = time.toNanos(); left > 0; left = end - System.nanoTime()) {
      LockSupport.parkNanos(left);
    }
  }
}
