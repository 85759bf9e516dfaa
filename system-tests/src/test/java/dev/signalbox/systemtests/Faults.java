package dev.signalbox.systemtests;

import dev.signalbox.systemtests.Trial.SkippedException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Function;

/** Every fault there is. */
final class Faults {

  private static final Duration NOT_AT_ALL = Duration.ZERO;
  private static final Duration UNTIL_NOTICED = Duration.ofSeconds(8);
  private static final Duration PAUSE = Duration.ofSeconds(20);
  private static final Duration CUT = Duration.ofSeconds(15);
  private static final Duration DATABASE = Duration.ofSeconds(10);
  private static final List<String> CLOCKS =
      List.of(
          "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1",
          "/usr/lib/aarch64-linux-gnu/faketime/libfaketimeMT.so.1");

  private Faults() {}

  /**
   * Of these the short form is made up. {@link UpgradeIT} restarts one member after the other under
   * the same load.
   */
  static final List<String> SHORT =
      List.of(
          "kill-9 code-service",
          "SIGTERM ping-coordinator",
          "SIGSTOP the oldest member",
          "split by name");

  /** All, in the order of the table. */
  static List<Fault> all() {
    List<Fault> all = new ArrayList<>();
    for (String service : Distribution.SERVICES) {
      all.add(killed("kill-9 " + service, fleet -> List.of(fleet.youngest(service))));
    }
    all.add(killed("kill-9 the oldest member", fleet -> List.of(fleet.oldest())));
    all.add(
        killed(
            "kill-9 two of four members",
            fleet -> List.of(fleet.youngest("code-service"), fleet.youngest("ping-coordinator"))));
    all.add(paused("SIGSTOP dns-service", fleet -> fleet.youngest("dns-service")));
    all.add(paused("SIGSTOP code-service", fleet -> fleet.youngest("code-service")));
    all.add(paused("SIGSTOP gateway-service", fleet -> fleet.youngest("gateway-service")));
    all.add(paused("SIGSTOP the oldest member", Fleet::oldest));
    for (String service : Distribution.SERVICES) {
      all.add(
          new Fault(
              "SIGTERM " + service,
              Requirement.NOTHING_FAILS,
              trial -> trial.stop(trial.fleet.youngest(service)),
              Duration.ofSeconds(3),
              Trial::restart));
    }
    all.add(
        rolling(
            "rolling restart of one of each",
            fleet -> Distribution.SERVICES.stream().map(fleet::youngest).toList()));
    all.add(rolling("rolling restart of all", fleet -> List.copyOf(fleet.members())));
    all.add(
        new Fault(
            "PostgreSQL stopped",
            Requirement.DATABASE,
            trial -> trial.fleet.database.stop(),
            DATABASE,
            trial -> trial.fleet.database.start()));
    all.add(
        new Fault(
            "PostgreSQL killed",
            Requirement.DATABASE,
            trial -> trial.fleet.database.kill(),
            Duration.ofSeconds(1),
            trial -> trial.fleet.database.start()));
    all.add(cut("link cut dns-service", fleet -> fleet.youngest("dns-service")));
    all.add(cut("link cut ping-coordinator", fleet -> fleet.youngest("ping-coordinator")));
    all.add(cut("link cut gateway-service", fleet -> fleet.youngest("gateway-service")));
    all.add(cut("link cut the oldest member", Fleet::oldest));
    all.add(split("split by name"));
    all.add(new Fault("disk full", Requirement.DISK, Faults::fill, DATABASE, Faults::free));
    all.add(
        new Fault(
            "clocks five minutes ahead",
            Requirement.NOTHING_FAILS,
            trial -> clocks(trial, "+300s"),
            Duration.ofSeconds(15),
            trial -> clocks(trial, "+0s")));
    all.add(
        new Fault("zeros to the bus", Requirement.NOTHING_FAILS, Faults::zeros, CUT, trial -> {}));
    all.add(
        new Fault(
            "garbage to the cluster port",
            Requirement.NOTHING_FAILS,
            Faults::garbage,
            UNTIL_NOTICED,
            trial -> {}));
    all.add(
        new Fault(
            "a stranger joins",
            Requirement.NOTHING_FAILS,
            trial -> trial.fleet.stranger().start(),
            CUT,
            Faults::lookForStranger));
    all.add(
        new Fault(
            "cold start when others are busy",
            Requirement.NOTHING_FAILS,
            trial -> trial.stop(trial.fleet.youngest("code-service")),
            NOT_AT_ALL,
            trial -> busily(trial::restart)));
    all.add(
        new Fault(
            "all started at once",
            Requirement.STARTS,
            trial -> trial.fleet.members().forEach(trial::kill),
            NOT_AT_ALL,
            Trial::restartTogether));
    all.add(split(BY_LIST));
    return all;
  }

  /** For this one the members have to find each other by a list. */
  static final String BY_LIST = "split by list";

  private static Fault killed(String name, Function<Fleet, List<FleetMember>> which) {
    return new Fault(
        name,
        Requirement.KILLED,
        trial -> which.apply(trial.fleet).forEach(trial::kill),
        UNTIL_NOTICED,
        Trial::restart);
  }

  private static Fault paused(String name, Function<Fleet, FleetMember> which) {
    return new Fault(
        name,
        Requirement.HANGS,
        trial -> trial.pause(which.apply(trial.fleet)),
        PAUSE,
        Trial::resume);
  }

  private static Fault cut(String name, Function<Fleet, FleetMember> which) {
    return new Fault(
        name,
        Requirement.HANGS,
        trial -> {
          requireLinks(trial);
          trial.cut(which.apply(trial.fleet));
        },
        CUT,
        Trial::mend);
  }

  private static Fault rolling(String name, Function<Fleet, List<FleetMember>> which) {
    return new Fault(
        name,
        Requirement.NOTHING_FAILS,
        trial ->
            which
                .apply(trial.fleet)
                .forEach(member -> {
                  trial.stop(member);
                  trial.restart();
                }),
        NOT_AT_ALL,
        trial -> {});
  }

  private static Fault split(String name) {
    return new Fault(
        name,
        Requirement.MERGES,
        trial -> {
          requireLinks(trial);
          trial.fleet.network.split(half(trial.fleet, "-1"), half(trial.fleet, "-2"));
        },
        PAUSE,
        trial -> trial.fleet.network.merge(half(trial.fleet, "-1"), half(trial.fleet, "-2")));
  }

  private static List<String> half(Fleet fleet, String end) {
    return fleet.members().stream().map(m -> m.name).filter(n -> n.endsWith(end)).toList();
  }

  private static void requireLinks(Trial trial) {
    String why = trial.fleet.network.whyWhole();
    if (!why.isEmpty()) {
      throw new SkippedException(why);
    }
  }

  private static void fill(Trial trial) {
    if (!Isolation.here()) {
      throw new SkippedException("no small disk can be mounted here");
    }
    for (Path disk : trial.fleet.disks()) {
      try (OutputStream out = Files.newOutputStream(disk.resolve(".filler"))) {
        byte[] zeros = new byte[65_536];
        while (disk.toFile().getUsableSpace() > 0) {
          out.write(zeros, 0, (int) Math.min(zeros.length, disk.toFile().getUsableSpace()));
        }
      } catch (IOException full) {
        // That is what it is for.
      }
    }
  }

  private static void free(Trial trial) {
    for (Path disk : trial.fleet.disks()) {
      try {
        Files.deleteIfExists(disk.resolve(".filler"));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private static Path offset(Trial trial) {
    return trial.fleet.home().resolve("clock");
  }

  /** Sets the clocks of half of the services; their processes have to run with such a clock. */
  private static void clocks(Trial trial, String offset) {
    try {
      Files.writeString(offset(trial), offset + "\n");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What has to be done before the load: some faults need members that run in a special way. */
  static void prepare(Fault fault, Fleet fleet) {
    if (!fault.name().startsWith("clocks")) {
      return;
    }
    String library =
        CLOCKS.stream()
            .filter(file -> Files.exists(Path.of(file)))
            .findFirst()
            .orElseThrow(() -> new SkippedException("libfaketime is not installed"));
    Trial trial = new Trial(fleet);
    clocks(trial, "+0s");
    for (String name :
        List.of(
            "code-service-2",
            "ping-coordinator-2",
            "server-factory-service-2",
            "gateway-service-2")) {
      FleetMember member = fleet.member(name);
      member.wrap(
          "env",
          "LD_PRELOAD=" + library,
          "FAKETIME_TIMESTAMP_FILE=" + offset(trial),
          "FAKETIME_CACHE_DURATION=1",
          // Time that passes is real: without these two, waits of a JVM end at once.
          "FAKETIME_FORCE_MONOTONIC_FIX=0",
          "FAKETIME_DONT_FAKE_MONOTONIC=1");
      try {
        trial.stop(member);
        trial.restart();
      } finally {
        member.wrap();
      }
    }
  }

  private static void zeros(Trial trial) {
    byte[] mebibyte = new byte[1 << 20];
    for (FleetMember member :
        List.of(trial.fleet.member("gateway-service-1"), trial.fleet.member("code-service-1"))) {
      for (int port : busPorts(member)) {
        try (Socket socket = new Socket()) {
          socket.connect(new InetSocketAddress(member.address, port), 2_000);
          for (int i = 0; i < 49; i++) {
            socket.getOutputStream().write(mebibyte);
          }
          Trial.pass(Duration.ofSeconds(2));
        } catch (IOException refused) {
          trial.notes.add(member + " refused the zeros");
        }
        if (!member.alive()) {
          trial.misses.add(member + " has ended");
        }
      }
    }
  }

  /** Where a member listens besides its doors, its health and Hazelcast. */
  private static List<Integer> busPorts(FleetMember member) {
    try {
      Path net = Path.of("/proc/" + member.process().pid() + "/net");
      List<String> lines = new ArrayList<>(Files.readAllLines(net.resolve("tcp")));
      lines.addAll(Files.readAllLines(net.resolve("tcp6")));
      return lines.stream()
          .map(line -> line.strip().split("\\s+"))
          .filter(fields -> fields.length > 3 && fields[3].equals("0A"))
          .map(fields -> fields[1])
          .map(local -> Integer.parseInt(local.substring(local.lastIndexOf(':') + 1), 16))
          .filter(port -> port > 10_000)
          .distinct()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void garbage(Trial trial) {
    byte[] garbage = new byte[1 << 20];
    new Random(7).nextBytes(garbage);
    for (FleetMember member : trial.fleet.members()) {
      try (Socket socket = new Socket()) {
        socket.connect(new InetSocketAddress(member.address, Fleet.CLUSTER_PORT), 2_000);
        socket.getOutputStream().write(garbage);
      } catch (IOException refused) {
        // Good.
      }
    }
  }

  private static void lookForStranger(Trial trial) {
    long known =
        trial.fleet.gateways().stream()
            .mapToLong(gateway -> FleetCheck.known(gateway, "dns-service"))
            .max()
            .orElse(0);
    trial.fleet.stranger().process().kill();
    if (known > 2) {
      trial.misses.add("a process without any secret became a member and was given work");
    }
  }

  private static void busily(Runnable start) {
    List<Thread> burners = new ArrayList<>();
    for (int i = 0; i < Runtime.getRuntime().availableProcessors(); i++) {
      burners.add(
          Thread.ofPlatform()
              .daemon()
              .start(() -> {
                long value = 0;
                while (!Thread.interrupted()) {
                  value = value * 31 + 7;
                }
                Thread.currentThread().setName("burnt " + value);
              }));
    }
    try {
      start.run();
    } finally {
      burners.forEach(Thread::interrupt);
    }
  }
}
