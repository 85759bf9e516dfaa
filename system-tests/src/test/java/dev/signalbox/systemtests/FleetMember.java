package dev.signalbox.systemtests;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** One process of a fleet, and the same again after it was ended and started. */
final class FleetMember {

  /** Port of the main door of a gateway. */
  static final int DOOR = 8080;

  private static final int MANAGEMENT = 9090;
  private static final Duration PATIENCE = Duration.ofSeconds(1);

  /** By which faults and the table call it. */
  final String name;

  /** What it serves. */
  final String service;

  /** Its address. */
  final String address;

  private final FleetNetwork network;
  private final Path home;
  private final Map<String, String> options = new HashMap<>();
  private List<String> wrapper = List.of();
  private Path distribution = Distribution.HOME;
  private @Nullable SignalboxProcess process;
  private long startedAt;
  private volatile boolean ready;

  FleetMember(
      String name, String service, FleetNetwork network, Path home, Map<String, String> options) {
    this.name = name;
    this.service = service;
    this.network = network;
    this.address = network.address(name);
    this.home = home;
    this.options.putAll(options);
    this.options.put("data", data().toString());
    this.options.put("platform.cluster-host", address);
    this.options.put("platform.management-host", address);
    this.options.put("platform.management-port", Integer.toString(MANAGEMENT));
    if (service.equals("gateway-service")) {
      this.options.put("gateway.bind", address);
    }
    if (service.equals("server-factory-service")) {
      this.options.put("server-factory.bind", address);
    }
  }

  Path data() {
    return home.resolve("data-" + name);
  }

  /** Runs the process of the next start under another command. */
  void wrap(String... command) {
    wrapper = List.of(command);
  }

  /** Runs another distribution from the next start on. */
  void install(Path home) {
    distribution = home;
  }

  /** Starts its process and does not wait. */
  void start() {
    List<String> command = new ArrayList<>(wrapper);
    command.addAll(Distribution.service(distribution, service, options));
    process = SignalboxProcess.start(name, home.resolve("logs"), network.enter(name, command));
    startedAt = System.nanoTime();
  }

  SignalboxProcess process() {
    if (process == null) {
      throw new IllegalStateException(name + " was not started");
    }
    return process;
  }

  boolean alive() {
    return process != null && process.alive();
  }

  boolean olderThan(FleetMember other) {
    return startedAt - other.startedAt < 0;
  }

  /** Waits until it says that it is ready. */
  void awaitReady() {
    process().await("to be ready", this::askWhetherReady);
  }

  /** Asks it whether it is ready, and remembers the answer. */
  boolean askWhetherReady() {
    boolean answer;
    try (RawConnection connection = RawConnection.to(address, MANAGEMENT, PATIENCE)) {
      answer = Http.request(connection, "GET", "/health/ready", new byte[0]).status() == 200;
    } catch (IOException | UncheckedIOException no) {
      answer = false;
    }
    ready = answer;
    return answer;
  }

  /** Whether it was ready when asked last. */
  boolean ready() {
    return ready;
  }

  /** Memory it holds, in MiB. */
  long residentMib() {
    return status("VmRSS:") / 1_024;
  }

  /** Its threads. */
  long threads() {
    return status("Threads:");
  }

  /** Files, sockets and whatever else it has open. */
  long openFiles() {
    try (Stream<Path> files = Files.list(Path.of("/proc/" + process().pid() + "/fd"))) {
      return files.count();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private long status(String field) {
    try {
      return Files.readAllLines(Path.of("/proc/" + process().pid() + "/status")).stream()
          .filter(line -> line.startsWith(field))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
          .findFirst()
          .orElse(0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Processor seconds it has used. */
  double processorSeconds() {
    return ProcessHandle.of(process().pid())
            .flatMap(handle -> handle.info().totalCpuDuration())
            .orElse(Duration.ZERO)
            .toMillis()
        / 1e3;
  }

  @Override
  public String toString() {
    return name;
  }
}
