package dev.signalbox.cli.doctor;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.UnixOperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Looks at the machine and the directory where a system runs or is to run. It changes nothing, and
 * sends nothing.
 */
final class PlaceChecks {

  private static final long MIB = 1 << 20;
  private static final long LITTLE_MEMORY = 512 * MIB;
  private static final long FEW_FILES = 4_096;
  private static final Instant BEFORE_THIS_VERSION = Instant.parse("2026-01-01T00:00:00Z");

  private final Map<String, String> settings;

  /** Checks a place by its settings. */
  PlaceChecks(Map<String, String> settings) {
    this.settings = settings;
  }

  /** Everything but ports and locks, which a running system has. */
  List<PlaceCheck> all() {
    List<PlaceCheck> all = new ArrayList<>();
    all.add(java());
    all.add(clock(Instant.now()));
    all.add(memory());
    all.add(files());
    all.addAll(DataDirectoryChecks.of(setting("platform.data")));
    all.add(loopback());
    all.addAll(SecretChecks.of(settings));
    all.add(resolver(Path.of("/etc/resolv.conf")));
    return all;
  }

  private String setting(String key) {
    return settings.getOrDefault(key, "");
  }

  private static PlaceCheck java() {
    return PlaceCheck.ok(
        "java",
        Runtime.version()
            + " on "
            + System.getProperty("os.name")
            + " "
            + System.getProperty("os.arch"));
  }

  static PlaceCheck clock(Instant now) {
    return now.isBefore(BEFORE_THIS_VERSION)
        ? PlaceCheck.error(
            "clock",
            now + " is before this version was made",
            "Set the clock; certificates, tokens and leases depend on it.")
        : PlaceCheck.ok("clock", now.toString());
  }

  private static PlaceCheck memory() {
    if (!(ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean system)) {
      return PlaceCheck.ok("memory", "unknown");
    }
    long total = system.getTotalMemorySize();
    String text =
        total / MIB + " MiB, " + Runtime.getRuntime().availableProcessors() + " processors";
    return total < LITTLE_MEMORY
        ? PlaceCheck.warning(
            "memory",
            text,
            "Give the machine or container at least " + LITTLE_MEMORY / MIB + " MiB.")
        : PlaceCheck.ok("memory", text);
  }

  private static PlaceCheck files() {
    if (!(ManagementFactory.getOperatingSystemMXBean()
        instanceof UnixOperatingSystemMXBean system)) {
      return PlaceCheck.ok("open files", "no limit is known");
    }
    long most = system.getMaxFileDescriptorCount();
    return most < FEW_FILES
        ? PlaceCheck.warning(
            "open files",
            "at most " + most,
            "Raise the limit (ulimit -n, LimitNOFILE of systemd) to " + FEW_FILES + " or more.")
        : PlaceCheck.ok("open files", "at most " + most);
  }

  private static PlaceCheck loopback() {
    if (!PortChecks.binds("127.0.0.1")) {
      return PlaceCheck.error(
          "loopback", "127.0.0.1 cannot be bound", "Bring the interface lo up.");
    }
    return PlaceCheck.ok(
        "loopback", PortChecks.binds("::1") ? "127.0.0.1 and ::1" : "127.0.0.1; there is no IPv6");
  }

  static PlaceCheck resolver(Path file) {
    try {
      long servers =
          Files.readAllLines(file, StandardCharsets.ISO_8859_1).stream()
              .filter(line -> line.startsWith("nameserver"))
              .count();
      return servers > 0
          ? PlaceCheck.ok("resolver", servers + " in " + file + ", not asked")
          : PlaceCheck.warning(
              "resolver", file + " names none", "Set resolver.upstreams, or mend " + file + ".");
    } catch (IOException e) {
      return PlaceCheck.ok("resolver", "unknown: " + file + " cannot be read");
    }
  }
}
