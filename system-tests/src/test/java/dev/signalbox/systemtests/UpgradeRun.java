package dev.signalbox.systemtests;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Changes a fleet under load from one build to the next and back, one process at a time. Runs as a
 * process of its own, isolated where that is possible.
 */
final class UpgradeRun implements AutoCloseable {

  /** To the next build in the order of the policy. */
  static final String UP = "to the next build, services first";

  /** Back in the reverse order. */
  static final String DOWN = "back, gateways first";

  /** To the next build in the other order. */
  static final String UP_GATEWAYS_FIRST = "to the next build, gateways first";

  /** One process of a build that does not understand the others. */
  static final String INCOMPATIBLE = "to a build that requires a field";

  private static final String GATEWAY = "gateway-service";
  private static final String CODES = "code-service";
  private static final List<String> SERVICES =
      List.of("dns-service", "server-factory-service", "file-service", CODES, GATEWAY);

  /** How many capabilities its load uses. */
  static final int CAPABILITIES =
      (int) Stream.of(Capability.values()).filter(each -> SERVICES.contains(each.service)).count();

  /** So that one replica alone takes the uploads of both, also on a machine that is slow. */
  private static final Map<String, String> SETTINGS = Map.of("file.max-uploads", "100");

  private static final Duration STEADY = Duration.ofSeconds(3);
  private static final Duration WHOLE = Duration.ofSeconds(30);
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final Fleet fleet;
  private final Set<FleetMember> upgraded = new HashSet<>();
  private final History history = new History();
  private final SteadyLoad load;
  private final FleetCheck check;
  private final HistoryCheck historyCheck;
  private final String oldVersion;
  private final String newVersion;
  private final Path incompatible;

  private UpgradeRun(Fleet fleet, Path incompatible) {
    this.fleet = fleet;
    this.incompatible = incompatible;
    this.load = new SteadyLoad(fleet, history);
    this.check = new FleetCheck(fleet, history, load);
    this.historyCheck = new HistoryCheck(fleet, history);
    this.oldVersion = versions(fleet.gateways().getFirst(), GATEWAY).getFirst();
    // The next build is of other sources and has the commit of this one.
    this.newVersion = oldVersion.replaceFirst("^[^+]*", NextBuild.VERSION);
  }

  /** The argument is the file for the results. */
  public static void main(String[] arguments) throws IOException, SQLException {
    OwnProcess.endWithParent();
    List<UpgradeResult> results = new ArrayList<>();
    Path next = NextBuild.compatible(Scratch.directory("next-build"));
    Path incompatible = NextBuild.incompatible(Scratch.directory("incompatible-build"));
    FleetNetwork network = Fleet.network();
    StartCache.make(next);
    Fleet fleet = Fleet.start(network, SERVICES, Fleet.Members.BY_NAME, SETTINGS);
    try (UpgradeRun run = new UpgradeRun(fleet, incompatible)) {
      List<FleetMember> all = run.servicesFirst(SERVICES);
      // Only their messages differ.
      List<FleetMember> some = run.servicesFirst(List.of(CODES, GATEWAY));
      results.add(run.change(UP, all, next));
      results.add(run.change(DOWN, all.reversed(), Distribution.HOME));
      results.add(run.change(INCOMPATIBLE, List.of(fleet.member(CODES + "-1")), incompatible));
      results.add(run.change(UP_GATEWAYS_FIRST, some.reversed(), next));
    } finally {
      // What there is, for a run that was broken off.
      new ObjectMapper().writeValue(Path.of(arguments[0]).toFile(), results);
    }
  }

  private List<FleetMember> servicesFirst(List<String> services) {
    Stream<FleetMember> others =
        services.stream()
            .filter(service -> !service.equals(GATEWAY))
            .flatMap(service -> fleet.of(service).stream());
    return Stream.concat(others, fleet.gateways().stream()).toList();
  }

  private UpgradeResult change(String name, List<FleetMember> members, Path build)
      throws SQLException {
    UpgradeResult result = new UpgradeResult();
    result.name = name;
    FaultRun.say(name);
    load.on();
    long id = lastId();
    Trial.pass(STEADY);
    // Processes that have only just started are slow, which is no matter of their builds.
    boolean warm = check.secondsUntilWhole(System.nanoTime(), WHOLE, Duration.ZERO) >= 0;
    if (!warm) {
      result.failed.add("not whole before: " + check.problem());
    }
    long from = System.nanoTime();
    id = look(result, fields(), fields(), id);
    long start = System.nanoTime();
    for (FleetMember member : members) {
      Fields before = fields();
      move(result, from, member, build);
      id = look(result, before, fields(), id);
    }
    result.seconds = (System.nanoTime() - start) / 1e9;
    Trial.pass(STEADY);
    look(result, fields(), fields(), id);
    if (build.equals(incompatible)) {
      members.forEach(member -> restart(member, Distribution.HOME));
    }
    if (check.secondsUntilWhole(System.nanoTime(), WHOLE, Duration.ZERO) < 0) {
      result.failed.add("not whole in the end: " + check.problem());
    }
    versions(result);
    long to = System.nanoTime();
    load.off();
    count(result, from, history.between(from, to));
    report(result);
    result.lost.addAll(historyCheck.look().notes());
    result.lost.forEach(note -> FaultRun.say("  " + note));
    return result;
  }

  /** As an operator does it: asks the process to stop, starts the other build, waits for it. */
  private void move(UpgradeResult result, long from, FleetMember member, Path build) {
    long start = System.nanoTime();
    member.process().stop();
    long stopped = System.nanoTime();
    restart(member, build);
    result.notes.add(
        String.format(
            Locale.ROOT,
            "%s at %.1f s: stopped in %.1f s, ready after %.1f s",
            member,
            (start - from) / 1e9,
            (stopped - start) / 1e9,
            (System.nanoTime() - stopped) / 1e9));
  }

  /** Stops a process if it still runs, and starts it from a build. */
  private void restart(FleetMember member, Path build) {
    if (member.alive()) {
      member.process().stop();
    }
    member.install(build);
    member.start();
    member.awaitReady();
    if (build.equals(Distribution.HOME)) {
      upgraded.remove(member);
    } else {
      upgraded.add(member);
    }
  }

  private static void count(UpgradeResult result, long from, List<Call> calls) {
    for (Call call : calls) {
      result.calls.merge(call.capability(), 1, Integer::sum);
      if (call.failed()) {
        String failure =
            String.format(
                Locale.ROOT,
                "%s through %s at %.1f s for %.1f s: %s %s",
                call.capability(),
                call.gateway(),
                (call.start() - from) / 1e9,
                call.seconds(),
                call.outcome(),
                call.detail());
        (isReset(call) ? result.resets : result.failed).add(failure);
      }
    }
  }

  /** As the kernel resets what a listener that closes has not accepted: see decision 0073. */
  private static boolean isReset(Call call) {
    return call.action().equals("visit") && call.detail().endsWith("Connection reset");
  }

  private static void report(UpgradeResult result) {
    FaultRun.say(
        String.format(
            Locale.ROOT,
            "%s in %.1f s, requests: %s, messages by added field: %s",
            result.name,
            result.seconds,
            result.calls,
            result.messages));
    Stream.of(result.notes, result.failed, result.resets, result.fields, result.versions)
        .flatMap(List::stream)
        .limit(60)
        .forEach(line -> FaultRun.say("  " + line));
  }

  /** What has to be in the added field of messages that are stored now. */
  private enum Fields {
    SET,
    NOT_SET,
    EITHER
  }

  private Fields fields() {
    long gateways = fleet.gateways().stream().filter(upgraded::contains).count();
    long services = fleet.of(CODES).stream().filter(upgraded::contains).count();
    if (gateways == 0 || services == 0) {
      return Fields.NOT_SET;
    }
    return gateways == fleet.gateways().size() && services == fleet.of(CODES).size()
        ? Fields.SET
        : Fields.EITHER;
  }

  /** Looks at the field of the messages since an id; returns the id of the last one now. */
  private long look(UpgradeResult result, Fields before, Fields after, long since)
      throws SQLException {
    long last = lastId();
    if (before != after || before == Fields.EITHER) {
      return last;
    }
    int set = 0;
    int notSet = 0;
    if (hasColumn()) {
      String sql = "SELECT origin FROM code.message WHERE id > ? AND id <= ?";
      try (Connection connection = fleet.database.connect();
          PreparedStatement statement = connection.prepareStatement(sql)) {
        statement.setLong(1, since);
        statement.setLong(2, last);
        try (ResultSet rows = statement.executeQuery()) {
          while (rows.next()) {
            String origin = rows.getString(1);
            if (origin == null) {
              notSet++;
            } else if (origin.equals(NextBuild.ORIGIN)) {
              set++;
            } else {
              result.fields.add("origin " + origin);
            }
          }
        }
      }
    } else {
      notSet = Math.toIntExact(last - since);
    }
    result.messages.merge(before.name(), set + notSet, Integer::sum);
    if ((before == Fields.SET ? notSet : set) > 0) {
      result.fields.add(
          "messages %d to %d: %d set, %d not set, want %s"
              .formatted(since + 1, last, set, notSet, before));
    }
    return last;
  }

  private boolean hasColumn() throws SQLException {
    return number(
            "SELECT count(*) FROM information_schema.columns WHERE table_schema = 'code'"
                + " AND table_name = 'message' AND column_name = 'origin'")
        > 0;
  }

  private long lastId() throws SQLException {
    return number("SELECT coalesce(max(id), 0) FROM code.message");
  }

  private long number(String sql) throws SQLException {
    try (Connection connection = fleet.database.connect();
        PreparedStatement statement = connection.prepareStatement(sql);
        ResultSet row = statement.executeQuery()) {
      row.next();
      return row.getLong(1);
    }
  }

  private void versions(UpgradeResult result) {
    for (FleetMember gateway : fleet.gateways()) {
      for (String service : SERVICES) {
        List<String> wanted =
            fleet.of(service).stream()
                .map(member -> upgraded.contains(member) ? newVersion : oldVersion)
                .sorted()
                .toList();
        List<String> shown = versions(gateway, service);
        if (!shown.equals(wanted)) {
          result.versions.add(gateway + " shows " + service + " as " + shown + ", not " + wanted);
        }
      }
    }
  }

  /** The versions of the ready processes of a service, as a gateway shows them. */
  private static List<String> versions(FleetMember gateway, String service) {
    List<String> versions = new ArrayList<>();
    try (RawConnection connection = RawConnection.to(gateway.address, FleetMember.DOOR, PATIENCE)) {
      Reply reply = Http.request(connection, "GET", "/api/v1/services", new byte[0]);
      for (JsonNode item : reply.json().path("items")) {
        if (item.path("service").asText().equals(service)
            && item.path("state").asText().equals("ready")) {
          versions.add(item.path("version").asText());
        }
      }
    } catch (IOException e) {
      versions.add(e.toString());
    }
    versions.sort(null);
    return versions;
  }

  @Override
  public void close() {
    load.off();
    fleet.close();
  }
}
