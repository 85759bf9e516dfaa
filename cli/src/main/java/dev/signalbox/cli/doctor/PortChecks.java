package dev.signalbox.cli.doctor;

import dev.signalbox.cli.doctor.GatewayDoors.Door;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Looks whether the ports of the settings can be opened: each is bound for a moment. What one that
 * is taken means depends on who answered there.
 */
final class PortChecks {

  private static final int UNPRIVILEGED = 1024;
  private static final String MANAGEMENT = "platform.management-port";
  private static final String MANAGEMENT_HOST = "platform.management-host";

  /** Why a port cannot be opened. */
  enum Obstacle {
    IN_USE,
    NO_PERMISSION
  }

  private final GatewayDoors doors;
  private final String managementHost;
  private final SystemAnswer.Kind system;
  private final int askedPort;
  private final PortHolder holders;

  /**
   * Checks ports.
   *
   * @param system what came of asking the system of this place
   * @param askedPort the port where it was asked; 0 for none of these
   */
  PortChecks(Map<String, String> settings, SystemAnswer.Kind system, int askedPort) {
    this(settings, system, askedPort, PortHolder.SYSTEM);
  }

  private PortChecks(
      Map<String, String> settings, SystemAnswer.Kind system, int askedPort, PortHolder holders) {
    this.doors = new GatewayDoors(settings);
    this.managementHost = settings.getOrDefault(MANAGEMENT_HOST, "127.0.0.1");
    this.system = system;
    this.askedPort = askedPort;
    this.holders = holders;
  }

  /** The process at the port that was asked. */
  Optional<PortHolder.Holder> asked() {
    return askedPort == 0 ? Optional.empty() : holders.of(askedPort);
  }

  /** All ports with a number. */
  List<PlaceCheck> all() {
    List<PlaceCheck> found = new ArrayList<>();
    String address = GatewayDoors.numeric(doors.bind());
    if (!binds(address)) {
      found.add(noAddress(GatewayDoors.BIND, address));
    } else {
      for (Door door : GatewayDoors.ALL) {
        doors.port(door.key()).ifPresent(port -> found.add(check(door, address, port)));
      }
    }
    doors
        .port(MANAGEMENT)
        .ifPresent(port -> {
          String host = GatewayDoors.numeric(managementHost);
          found.add(
              binds(host)
                  ? check(new Door("management", MANAGEMENT), host, port)
                  : noAddress(MANAGEMENT_HOST, host));
        });
    return found;
  }

  private static PlaceCheck noAddress(String key, String address) {
    return PlaceCheck.error(
        key, address + " is no address of this machine", "Set " + key + " to one that is.");
  }

  private PlaceCheck check(Door door, String address, int port) {
    String name = "port " + port;
    String key = door.key();
    IOException failure = bind(address, port);
    if (failure == null) {
      return PlaceCheck.ok(name, "free (" + key + ")");
    }
    boolean main = door.name().equals("main") || door.name().equals("management");
    PlaceCheck.Status bad = main ? PlaceCheck.Status.ERROR : PlaceCheck.Status.WARNING;
    if (obstacle(failure, port, holders.listens(port)) == Obstacle.NO_PERMISSION) {
      return new PlaceCheck(
          name,
          bad,
          "the user " + System.getProperty("user.name") + " may not open it (" + key + ")",
          "Set "
              + key
              + " to 1024 or above, or give the process CAP_NET_BIND_SERVICE"
              + " (AmbientCapabilities of systemd).");
    }
    Optional<PortHolder.Holder> holder = holders.of(port);
    boolean same = port == askedPort || !PortHolder.differ(holder, asked());
    boolean known = holder.isPresent() && asked().isPresent();
    String has = holder.map(held -> ": " + held + " has it").orElse("");
    String taken = "taken (" + key + ")" + has;
    if (system.running() && same) {
      return PlaceCheck.ok(name, taken);
    }
    if (system == SystemAnswer.Kind.SILENT && same && (port == askedPort || known)) {
      String who = holder.map(PortHolder.Holder::toString).orElse("a process");
      return new PlaceCheck(
          name,
          bad,
          who + " listens and does not answer (" + key + ")",
          "See whether it is paused"
              + holder.map(held -> " (kill -CONT " + held.pid() + " resumes it)").orElse("")
              + " or has no processor time, and look at its log.");
    }
    if (system == SystemAnswer.Kind.UNASKED || doors.proxied(door)) {
      return PlaceCheck.warning(
          name,
          taken + ", and it was not asked what it is",
          "If that is not the system of this place, set " + key + " to another port.");
    }
    boolean foreign = system == SystemAnswer.Kind.FOREIGN && port == askedPort;
    return new PlaceCheck(
        name,
        bad,
        taken + (foreign ? "; it is not Signalbox" : ""),
        "Stop what has it, or set " + key + " to another" + (main ? "." : " or to off."));
  }

  /** By the text of the system only where nothing else tells: it may be in another language. */
  static Obstacle obstacle(IOException failure, int port, boolean listens) {
    String text = String.valueOf(failure.getMessage());
    if (listens || text.contains("in use")) {
      return Obstacle.IN_USE;
    }
    return port < UNPRIVILEGED || text.contains("denied")
        ? Obstacle.NO_PERMISSION
        : Obstacle.IN_USE;
  }

  /** Whether an address is one of this machine. */
  static boolean binds(String address) {
    return bind(address, 0) == null;
  }

  private static @Nullable IOException bind(String address, int port) {
    try (ServerSocket socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(InetAddress.getByName(address), port));
      return null;
    } catch (IOException e) {
      return e;
    }
  }
}
