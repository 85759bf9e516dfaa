package dev.signalbox.systemtests;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Two of every service as real processes in one cluster, with PostgreSQL and the targets of tasks
 * beside them. A load balancer stands before the gateways: it takes those that say they are ready.
 */
final class Fleet implements AutoCloseable {

  /** How the members find each other. */
  enum Members {
    /** One name resolves to all. */
    BY_NAME,
    /** All addresses are listed. */
    BY_LIST
  }

  /** Port of the members of a cluster. */
  static final int CLUSTER_PORT = 5701;

  /** Of a disk that a fault fills: soon. */
  private static final int DISK_MIB = 256;

  private static final long HEALTH_MS = 250;
  private static final int START_ATTEMPTS = 3;

  private static final String GATEWAY = "gateway-service";
  private static final String STRANGER = "stranger";

  /** The service of each member. */
  private static final Map<String, String> MEMBERS = members(Distribution.SERVICES);

  /** The links between the members. */
  final FleetNetwork network;

  /** Its database. */
  final FleetDatabase database;

  private final Path home = Scratch.directory("fleet");
  private final FleetTargets targets;
  private final List<FleetMember> members = new ArrayList<>();
  private final FleetMember stranger;
  private final AtomicInteger turn = new AtomicInteger();
  private final ScheduledExecutorService health =
      Executors.newSingleThreadScheduledExecutor(Thread.ofPlatform().daemon().factory());

  private Fleet(
      FleetNetwork network,
      List<String> services,
      Members found,
      Map<String, String> more,
      int diskMib) {
    this.network = network;
    this.targets = FleetTargets.start(network.hub());
    this.database = FleetDatabase.start(home, network.hub());
    makeDisks(diskMib);
    Map<String, String> options = new HashMap<>();
    options.put("platform.cluster-name", "fleet-" + UUID.randomUUID());
    options.put("platform.cluster-port", Integer.toString(CLUSTER_PORT));
    Map<String, String> planned = members(services);
    options.put("platform.cluster-members", members(found, planned.keySet()));
    options.put("config", SettingsFile.write(home, settings(more)).toString());
    planned.forEach(
        (name, service) -> members.add(new FleetMember(name, service, network, home, options)));
    options.put("config", SettingsFile.write(home, settings(Map.of())).toString());
    this.stranger = new FleetMember(STRANGER, "dns-service", network, home, options);
  }

  /**
   * Two members of each service, with their service, in the order in which they start. The gateways
   * come after one of each other service, so that the oldest member is no gateway.
   */
  static Map<String, String> members(List<String> services) {
    List<String> others = services.stream().filter(service -> !service.equals(GATEWAY)).toList();
    Map<String, String> members = new LinkedHashMap<>();
    others.forEach(service -> members.put(service + "-1", service));
    members.put(GATEWAY + "-1", GATEWAY);
    members.put(GATEWAY + "-2", GATEWAY);
    others.forEach(service -> members.put(service + "-2", service));
    return Collections.unmodifiableMap(members);
  }

  /** The network of a fleet; one for all fleets of a process. */
  static FleetNetwork network() {
    List<String> names = new ArrayList<>(MEMBERS.keySet());
    names.add(STRANGER);
    return Isolation.here()
        ? NamespaceNetwork.make(names)
        : new LoopbackNetwork(names, "no network namespaces can be made here");
  }

  /** Starts everything and waits until all are ready. */
  static Fleet start(FleetNetwork network, Members found, Map<String, String> settings) {
    return start(network, Distribution.SERVICES, found, settings);
  }

  /** The same with disks of another size, in MiB. */
  static Fleet start(
      FleetNetwork network, Members found, Map<String, String> settings, int diskMib) {
    return start(network, Distribution.SERVICES, found, settings, diskMib);
  }

  /** Starts two members of each of some services and waits until all are ready. */
  static Fleet start(
      FleetNetwork network, List<String> services, Members found, Map<String, String> settings) {
    return start(network, services, found, settings, DISK_MIB);
  }

  private static Fleet start(
      FleetNetwork network,
      List<String> services,
      Members found,
      Map<String, String> settings,
      int diskMib) {
    Fleet fleet = new Fleet(network, services, found, settings, diskMib);
    try {
      fleet.startMembers();
      fleet.health.scheduleWithFixedDelay(fleet::askGateways, 0, HEALTH_MS, TimeUnit.MILLISECONDS);
      return fleet;
    } catch (Throwable e) {
      fleet.close();
      throw e;
    }
  }

  private String members(Members found, Set<String> names) {
    if (found == Members.BY_NAME && network.whyWhole().isEmpty()) {
      return NamespaceNetwork.ALIAS;
    }
    return String.join(",", names.stream().map(network::address).toList());
  }

  private Map<String, String> settings(Map<String, String> more) {
    Map<String, String> settings = new HashMap<>(database.settings());
    settings.put("platform.log-format", "text");
    settings.put("gateway.auth", "off");
    settings.put("gateway.hosts", "*");
    settings.put("gateway.tasks-port", "off");
    settings.put("gateway.codes-port", "off");
    settings.put("gateway.messages-port", "off");
    settings.put("gateway.request-log", "false");
    settings.put("guard.allow-private", "true");
    settings.put("resolver.upstreams", network.hub() + ":5353");
    settings.put("dns.cache-default", "off");
    settings.put("file.root", files().toString());
    settings.put("server-factory.limit", "100");
    settings.put("ping.check-percent", "0"); // the history has each task once
    settings.putAll(more);
    settings.values().removeIf(String::isEmpty);
    return settings;
  }

  /** What the replicas of file-service serve. */
  Path files() {
    return home.resolve("files");
  }

  /** Small disks, that a fault may fill, where mounts are this process's own. */
  private void makeDisks(int mib) {
    for (Path disk : disks()) {
      try {
        Files.createDirectories(disk);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      if (Isolation.here()) {
        Programs.Outcome mounted =
            Programs.run(
                List.of(
                    "mount", "-t", "tmpfs", "-o", "size=" + mib + "m", "none", disk.toString()));
        if (mounted.exitCode() != 0) {
          throw new IllegalStateException(mounted.toString());
        }
      }
    }
  }

  /** The disks of files and of {@code messages.log}. */
  List<Path> disks() {
    return List.of(
        files(), home.resolve("data-code-service-1"), home.resolve("data-code-service-2"));
  }

  /** Starts all members; the whole again should one of them not get ready. */
  void startMembers() {
    for (int attempt = 1; ; attempt++) {
      try {
        startPairs();
        return;
      } catch (AssertionError e) {
        if (attempt == START_ATTEMPTS) {
          throw e;
        }
        String what = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
        System.out.println("  the fleet starts again: " + what);
        killMembers();
      }
    }
  }

  /** Two at a time: on two cores more would take each other for dead. */
  private void startPairs() {
    for (int i = 0; i < members.size(); i += 2) {
      List<FleetMember> pair = members.subList(i, Math.min(i + 2, members.size()));
      pair.forEach(FleetMember::start);
      pair.forEach(FleetMember::awaitReady);
    }
  }

  /** Undoes whatever a fault that was broken off has left, and starts all members again. */
  void startAgain() {
    network.restore();
    database.start();
    killMembers();
    startMembers();
  }

  /** Ends all members without warning. */
  void killMembers() {
    members.stream().filter(FleetMember::alive).forEach(member -> member.process().kill());
  }

  private void askGateways() {
    gateways().forEach(gateway -> Thread.ofVirtual().start(gateway::askWhetherReady));
  }

  List<FleetMember> members() {
    return members;
  }

  FleetMember member(String name) {
    return members.stream().filter(m -> m.name.equals(name)).findFirst().orElseThrow();
  }

  /** All of one service. */
  List<FleetMember> of(String service) {
    return members.stream().filter(member -> member.service.equals(service)).toList();
  }

  List<FleetMember> gateways() {
    return of(GATEWAY);
  }

  /** The gateways in the order in which the load balancer tries them for the next request. */
  List<FleetMember> balanced() {
    List<FleetMember> gateways = gateways();
    int first = Math.floorMod(turn.getAndIncrement(), gateways.size());
    List<FleetMember> order = new ArrayList<>(gateways.subList(first, gateways.size()));
    order.addAll(gateways.subList(0, first));
    // Stable: of two that are ready, or not, the turn decides.
    order.sort(Comparator.comparing(FleetMember::ready, Comparator.reverseOrder()));
    return order;
  }

  /** The member that coordinates the others: the one that started first. */
  FleetMember oldest() {
    return members.stream()
        .filter(FleetMember::alive)
        .reduce((a, b) -> a.olderThan(b) ? a : b)
        .orElseThrow();
  }

  /** Of one service the member that started last. */
  FleetMember youngest(String service) {
    return of(service).stream().reduce((a, b) -> a.olderThan(b) ? b : a).orElseThrow();
  }

  /** A process that knows the cluster's name and addresses, and none of its secrets. */
  FleetMember stranger() {
    return stranger;
  }

  Path home() {
    return home;
  }

  @Override
  public void close() {
    health.shutdownNow();
    killMembers();
    if (stranger.alive()) {
      stranger.process().kill();
    }
    database.close();
    targets.close();
    if (Isolation.here()) {
      disks().forEach(disk -> Programs.run(List.of("umount", disk.toString())));
    }
  }
}
