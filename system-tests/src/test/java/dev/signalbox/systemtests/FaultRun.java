package dev.signalbox.systemtests;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.signalbox.systemtests.Call.Outcome;
import dev.signalbox.systemtests.FaultResult.Cell;
import dev.signalbox.systemtests.Trial.SkippedException;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Makes one fault after another happen to a fleet under load, and writes down what each cost. Runs
 * as a process of its own, isolated where that is possible.
 */
final class FaultRun implements AutoCloseable {

  /** A share of the calls that a slow machine may fail. */
  private static final double FEW = 0.02;

  private static final Duration BASELINE = Duration.ofSeconds(3);
  private static final Duration LONGEST_HEAL = Duration.ofSeconds(60);

  /** Failures further apart than this are two bursts. */
  private static final long APART = Duration.ofSeconds(2).toNanos();

  private final Fleet fleet;
  private final History history = new History();
  private final SteadyLoad load;
  private final FleetCheck check;
  private final HistoryCheck historyCheck;

  private FaultRun(Fleet fleet) {
    this.fleet = fleet;
    this.load = new SteadyLoad(fleet, history);
    this.check = new FleetCheck(fleet, history, load);
    this.historyCheck = new HistoryCheck(fleet, history);
  }

  /**
   * The first argument is the file for the results, then come settings of all members as {@code
   * key=value}, the others are names of faults.
   */
  public static void main(String[] arguments) throws IOException {
    List<String> names = new ArrayList<>();
    Map<String, String> settings = new java.util.HashMap<>();
    for (String argument : List.of(arguments).subList(1, arguments.length)) {
      int equals = argument.indexOf('=');
      if (equals > 0) {
        settings.put(argument.substring(0, equals), argument.substring(equals + 1));
      } else {
        names.add(argument);
      }
    }
    OwnProcess.endWithParent();
    List<FaultResult> results = new ArrayList<>();
    FleetNetwork network = Fleet.network();
    ObjectMapper mapper = new ObjectMapper();
    for (Fleet.Members found : Fleet.Members.values()) {
      List<Fault> faults =
          Faults.all().stream()
              .filter(fault -> names.contains(fault.name()))
              .filter(
                  fault -> fault.name().equals(Faults.BY_LIST) == (found == Fleet.Members.BY_LIST))
              .toList();
      if (!faults.isEmpty()) {
        say("starting the fleet, its members " + found);
        try (FaultRun run = new FaultRun(Fleet.start(network, found, settings))) {
          for (Fault fault : faults) {
            results.add(run.run(fault));
            // After each, so that a run that is cut off leaves what it has.
            mapper.writeValue(Path.of(arguments[0]).toFile(), results);
          }
        }
      }
    }
    if (names.contains(Overload.NAME)) {
      results.add(Overload.run(network, settings));
      mapper.writeValue(Path.of(arguments[0]).toFile(), results);
    }
  }

  static void say(String what) {
    System.out.println(java.time.LocalTime.now(java.time.ZoneOffset.UTC).withNano(0) + " " + what);
  }

  private FaultResult run(Fault fault) {
    FaultResult result = new FaultResult();
    result.fault = fault.name();
    result.required = fault.required().text();
    result.machineLoad = ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
    try {
      measure(fault, result);
    } catch (SkippedException e) {
      load.off();
      result.skipped = String.valueOf(e.getMessage());
    } catch (RuntimeException | AssertionError e) {
      load.off();
      result.misses.add(
          "broken off: " + String.valueOf(e.getMessage()).lines().findFirst().orElse(""));
      result.healMissed = true;
      startAgain(result);
    }
    say(FaultTable.line(result));
    result.misses.forEach(miss -> say("  missed: " + miss));
    result.notes.forEach(note -> say("  " + note));
    return result;
  }

  private void measure(Fault fault, FaultResult result) {
    Faults.prepare(fault, fleet);
    load.grace(fault.required().grace());
    load.on();
    Trial.pass(BASELINE);
    if (check.secondsUntilWhole(System.nanoTime(), LONGEST_HEAL, Duration.ZERO) < 0) {
      load.off();
      startAgain(result);
      load.on();
      check.secondsUntilWhole(System.nanoTime(), LONGEST_HEAL, Duration.ZERO);
    }
    say(fault.name());
    Trial trial = new Trial(fleet);
    long from = System.nanoTime();
    fault.inject().accept(trial);
    Trial.pass(fault.hold());
    fault.heal().accept(trial);
    long healed = System.nanoTime();
    result.heal = check.secondsUntilWhole(healed, LONGEST_HEAL, fault.required().holds());
    long to = System.nanoTime();
    load.off();
    result.notes.addAll(trial.notes);
    result.misses.addAll(trial.misses);
    if (result.heal < 0) {
      result.healMissed = true;
      result.misses.add("not whole after " + LONGEST_HEAL.toSeconds() + " s: " + check.problem());
      result.broken.add("not whole: " + check.problem());
      startAgain(result);
    } else if (result.heal > fault.required().heal()) {
      result.healMissed = true;
      result.misses.add(String.format(Locale.ROOT, "whole after %.1f s", result.heal));
    }
    HistoryCheck.Findings findings = historyCheck.look();
    result.misses.addAll(findings.notes());
    result.broken.addAll(findings.notes());
    for (Capability capability : Capability.values()) {
      List<Call> calls =
          history.between(from, to).stream()
              .filter(call -> call.capability() == capability)
              .filter(call -> call.outcome() == Outcome.WRONG || !trial.excuses(call))
              .sorted(Comparator.comparingLong(Call::start))
              .toList();
      Cell cell = cell(calls, healed);
      cell.lost = findings.lost(capability);
      cell.doubled = findings.doubled(capability);
      cell.wrong += findings.wrong(capability);
      require(fault.required(), capability, cell, result);
      result.cells.put(capability, cell);
      calls.stream()
          .filter(Call::failed)
          .limit(1)
          .forEach(call ->
              result.notes.add(
                  String.format(
                      Locale.ROOT,
                      "%s %.1f s after the start, %.1f s long, %s",
                      call.gateway(),
                      (call.start() - from) / 1e9,
                      call.seconds(),
                      call.detail())));
    }
  }

  private void startAgain(FaultResult result) {
    say("  not whole, every member is started again: " + check.problem());
    result.notes.add("every member was started again");
    fleet.startAgain();
    check.secondsUntilWhole(System.nanoTime(), LONGEST_HEAL, Duration.ZERO);
  }

  private static Cell cell(List<Call> calls, long healed) {
    Cell cell = new Cell();
    cell.calls = calls.size();
    long burstFrom = 0;
    long burstTo = 0;
    for (Call call : calls) {
      cell.slowest = Math.max(cell.slowest, call.seconds());
      if (call.outcome() == Outcome.WRONG) {
        cell.wrong++;
      } else if (call.failed()) {
        if (cell.failed == 0 || call.start() - burstTo > APART) {
          burstFrom = call.start();
          burstTo = call.end();
        }
        cell.failed++;
        cell.unnamed += call.outcome() == Outcome.UNNAMED ? 1 : 0;
        cell.late += call.outcome() == Outcome.LATE ? 1 : 0;
        burstTo = Math.max(burstTo, call.end());
        cell.burst = Math.max(cell.burst, (burstTo - burstFrom) / 1e9);
      } else if (cell.firstWrite < 0 && call.end() - healed >= 0 && writes(call)) {
        cell.firstWrite = (call.end() - healed) / 1e9;
      }
    }
    return cell;
  }

  private static boolean writes(Call call) {
    return List.of("code", "message", "lease", "submit", "upload", "start").contains(call.action());
  }

  private static void require(
      Requirement required, Capability capability, Cell cell, FaultResult result) {
    List<String> misses = new ArrayList<>();
    if (cell.lost + cell.doubled + cell.wrong > 0) {
      misses.add("%d lost, %d doubled, %d wrong".formatted(cell.lost, cell.doubled, cell.wrong));
      result.broken.add(capability + ": " + misses.getLast());
    }
    if (required.failures() == 0 && cell.failed > cell.calls * FEW) {
      result.broken.add(capability + ": " + cell.failed + " of " + cell.calls + " calls failed");
    }
    if (cell.calls == 0) {
      misses.add("no calls");
    }
    boolean concerned =
        !(required.database() && capability.inDatabase)
            && !(required.files() && capability == Capability.FILES);
    int failures = required.database() || required.files() ? 0 : required.failures();
    if (concerned && cell.failed > failures) {
      misses.add(cell.failed + " failed");
    }
    if (cell.burst > required.burst()) {
      misses.add(String.format(Locale.ROOT, "an error burst of %.1f s", cell.burst));
    }
    if (cell.slowest > required.slowest()) {
      misses.add(String.format(Locale.ROOT, "a call of %.1f s", cell.slowest));
    }
    if (cell.late > 0) {
      misses.add(cell.late + " without an answer by the deadline");
    }
    if (cell.unnamed > 0) {
      misses.add(cell.unnamed + " errors that are 500 or do not name " + capability.service);
    }
    if (required.database()
        && capability.inDatabase
        && capability != Capability.SERVERS
        && (cell.firstWrite < 0 || cell.firstWrite > 1)) {
      misses.add(String.format(Locale.ROOT, "the first good write after %.1f s", cell.firstWrite));
    }
    cell.missed = !misses.isEmpty();
    if (cell.missed) {
      result.misses.add(capability + ": " + String.join(", ", misses));
    }
  }

  @Override
  public void close() {
    load.off();
    try {
      HistoryCheck.Findings findings = historyCheck.lookAgain();
      findings.notes().forEach(note -> say("in the end: " + note));
    } finally {
      fleet.close();
    }
  }
}
