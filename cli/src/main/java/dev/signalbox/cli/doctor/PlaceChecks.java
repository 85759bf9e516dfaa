package dev.signalbox.cli.doctor;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.UnixOperatingSystemMXBean;
import dev.signalbox.platform.tls.PemCertificates;
import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Looks at the machine and the directory where a system runs or is to run. It changes nothing, and
 * sends nothing: ports are bound for a moment, names are not resolved.
 */
final class PlaceChecks {

  private static final long MIB = 1 << 20;
  private static final long LEAST_DISK = 100 * MIB;
  private static final double LITTLE_DISK = 0.1;
  private static final long LITTLE_MEMORY = 512 * MIB;
  private static final long FEW_FILES = 4_096;
  private static final int MOST_DATABASES = 50;
  private static final int MOST_CERTIFICATES = 20;
  private static final Duration SOON = Duration.ofDays(14);
  private static final byte[] SQLITE = "SQLite format 3\0".getBytes(StandardCharsets.US_ASCII);
  private static final Instant BEFORE_THIS_VERSION = Instant.parse("2026-01-01T00:00:00Z");
  private static final List<String> DOORS =
      List.of("gateway.port", "gateway.tasks-port", "gateway.codes-port", "gateway.messages-port");

  private final Map<String, String> settings;
  private final boolean running;
  private final PortHolder holders;

  /**
   * Checks a place.
   *
   * @param settings values by key, as far as they are known
   * @param running whether a system runs there, which holds its ports
   */
  PlaceChecks(Map<String, String> settings, boolean running) {
    this(settings, running, new PortHolder(Path.of("/proc")));
  }

  PlaceChecks(Map<String, String> settings, boolean running, PortHolder holders) {
    this.settings = settings;
    this.running = running;
    this.holders = holders;
  }

  /** Everything. */
  List<PlaceCheck> all() {
    List<PlaceCheck> all = new ArrayList<>();
    all.add(java());
    all.add(clock(Instant.now()));
    all.add(memory());
    all.add(files());
    all.addAll(directory());
    all.add(loopback());
    all.addAll(ports());
    all.addAll(secrets());
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

  private List<PlaceCheck> directory() {
    String name = "data directory";
    Path data;
    try {
      data = Path.of(setting("platform.data")).toAbsolutePath().normalize();
    } catch (InvalidPathException e) {
      return List.of(PlaceCheck.error(name, "no path: " + e.getReason(), "Correct --data."));
    }
    if (Files.exists(data) && !Files.isDirectory(data)) {
      return List.of(
          PlaceCheck.error(name, data + " is no directory", "Choose another with --data."));
    }
    Path there = data;
    while (!Files.exists(there) && there.getParent() != null) {
      there = there.getParent();
    }
    List<PlaceCheck> found = new ArrayList<>();
    try {
      if (!Files.isDirectory(there) || !Files.isWritable(there)) {
        found.add(
            PlaceCheck.error(
                name,
                there + " is not writable for " + System.getProperty("user.name"),
                "Change its owner, or choose another with --data."));
      } else if (!there.equals(data)) {
        found.add(PlaceCheck.ok(name, data + " will be made"));
      } else {
        found.add(owner(name, data));
      }
      found.add(disk(there));
      if (there.equals(data)) {
        found.addAll(databases(data));
      }
    } catch (IOException e) {
      found.add(PlaceCheck.error(name, data + ": " + e, "Look at the disk."));
    }
    return found;
  }

  private static PlaceCheck owner(String name, Path data) throws IOException {
    String owner = Files.getOwner(data).getName();
    String user = System.getProperty("user.name");
    if (!owner.equals(user)) {
      return PlaceCheck.warning(
          name,
          data + " belongs to " + owner + ", and this is " + user,
          "Run Signalbox as the owner of its data directory.");
    }
    if (open(data)) {
      return PlaceCheck.warning(name, data + " can be read by other users", "chmod 700 " + data);
    }
    return PlaceCheck.ok(name, data + " is writable");
  }

  private static boolean open(Path path) throws IOException {
    if (!path.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      return false;
    }
    Set<PosixFilePermission> modes = Files.getPosixFilePermissions(path);
    return modes.contains(PosixFilePermission.GROUP_WRITE)
        || modes.contains(PosixFilePermission.OTHERS_READ)
        || modes.contains(PosixFilePermission.OTHERS_WRITE);
  }

  private static PlaceCheck disk(Path there) throws IOException {
    FileStore store = Files.getFileStore(there);
    long free = store.getUsableSpace();
    long total = store.getTotalSpace();
    String text =
        String.format(
            Locale.ROOT,
            "%d of %d MiB free, %.1f %%",
            free / MIB,
            total / MIB,
            total > 0 ? free * 100.0 / total : 0);
    if (free < LEAST_DISK) {
      return PlaceCheck.error("disk", text, "Make room, or choose another disk with --data.");
    }
    return free < total * LITTLE_DISK
        ? PlaceCheck.warning("disk", text, "Make room, or choose another disk with --data.")
        : PlaceCheck.ok("disk", text);
  }

  /** Looks at their first bytes alone: opening a database may repair it, or wait for its lock. */
  private static List<PlaceCheck> databases(Path data) throws IOException {
    List<PlaceCheck> found = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(data, "*.db")) {
      for (Path file : files) {
        if (found.size() == MOST_DATABASES) {
          break;
        }
        found.add(database(file));
      }
    }
    return found;
  }

  private static PlaceCheck database(Path file) {
    String name = "database " + file.getFileName();
    try {
      if (!Files.isRegularFile(file) || !Files.isReadable(file) || !Files.isWritable(file)) {
        return PlaceCheck.error(
            name, file + " cannot be read and written", "Change its owner or permissions.");
      }
      long bytes = Files.size(file);
      if (bytes > 0) {
        try (InputStream in = Files.newInputStream(file)) {
          if (!Arrays.equals(in.readNBytes(SQLITE.length), SQLITE)) {
            return PlaceCheck.error(
                name,
                file + " is no SQLite database",
                "Restore it from a backup (docs/operations/backup.md).");
          }
        }
      }
      return PlaceCheck.ok(name, bytes / 1024 + " KiB");
    } catch (IOException e) {
      return PlaceCheck.error(name, file + ": " + e, "Look at the disk.");
    }
  }

  private static PlaceCheck loopback() {
    if (!binds("127.0.0.1", 0)) {
      return PlaceCheck.error(
          "loopback", "127.0.0.1 cannot be bound", "Bring the interface lo up.");
    }
    return PlaceCheck.ok(
        "loopback", binds("::1", 0) ? "127.0.0.1 and ::1" : "127.0.0.1; there is no IPv6");
  }

  private static boolean binds(String address, int port) {
    try (ServerSocket socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(InetAddress.getByName(address), port));
      return true;
    } catch (IOException | IllegalArgumentException e) {
      return false;
    }
  }

  private List<PlaceCheck> ports() {
    List<PlaceCheck> found = new ArrayList<>();
    String bind = setting("gateway.bind");
    // A name is not resolved: that might ask a server.
    String address = bind.matches("[0-9.]+|\\[?[0-9A-Fa-f:]+]?") ? bind : "127.0.0.1";
    for (String key : DOORS) {
      String text = setting(key);
      if (!text.matches("[0-9]{1,5}") || text.equals("0") || Integer.parseInt(text) > 65_535) {
        continue;
      }
      int port = Integer.parseInt(text);
      String name = "port " + port;
      if (binds(address, port)) {
        found.add(PlaceCheck.ok(name, "free (" + key + ")"));
        continue;
      }
      String holder = holders.of(port).map(held -> ": " + held + " has it").orElse("");
      String detail = "taken (" + key + ")" + holder;
      if (running) {
        found.add(PlaceCheck.ok(name, detail));
      } else if (key.equals(DOORS.getFirst())) {
        found.add(
            PlaceCheck.error(name, detail, "Stop what has it, or set " + key + " to another."));
      } else {
        found.add(
            PlaceCheck.warning(
                name, detail, "Stop what has it, or set " + key + " to another or to off."));
      }
    }
    return found;
  }

  private List<PlaceCheck> secrets() {
    List<PlaceCheck> found = new ArrayList<>();
    for (String key : List.of("gateway.tokens-file", "gateway.tls-key")) {
      String text = setting(key);
      if (!text.isEmpty()) {
        found.add(secret(key, text));
      }
    }
    if (!setting("gateway.tls-certificate").isEmpty()) {
      found.add(certificate(setting("gateway.tls-certificate"), Instant.now()));
    }
    return found;
  }

  private static PlaceCheck secret(String key, String text) {
    try {
      Path file = Path.of(text);
      if (!Files.isReadable(file)) {
        return PlaceCheck.error(key, file + " cannot be read", "Change its owner or " + key + ".");
      }
      return open(file)
          ? PlaceCheck.warning(key, file + " is open to other users", "chmod 600 " + file)
          : PlaceCheck.ok(key, file + " is readable");
    } catch (IOException | InvalidPathException e) {
      return PlaceCheck.error(key, "cannot be read: " + e.getMessage(), "Correct " + key + ".");
    }
  }

  static PlaceCheck certificate(String text, Instant now) {
    String key = "gateway.tls-certificate";
    String renew = "Renew gateway.tls-certificate and gateway.tls-key.";
    try {
      List<X509Certificate> chain =
          PemCertificates.read(
              Files.readString(Path.of(text), StandardCharsets.ISO_8859_1), MOST_CERTIFICATES);
      if (chain.isEmpty()) {
        return PlaceCheck.error(key, text + " has no certificate", renew);
      }
      Instant end = chain.getFirst().getNotAfter().toInstant();
      if (!now.isBefore(end)) {
        return PlaceCheck.error(key, text + " has expired at " + end, renew);
      }
      return end.isBefore(now.plus(SOON))
          ? PlaceCheck.warning(key, text + " expires at " + end, renew)
          : PlaceCheck.ok(key, text + " is valid until " + end);
    } catch (IOException | CertificateException | InvalidPathException e) {
      return PlaceCheck.error(key, text + " cannot be read: " + e.getMessage(), renew);
    }
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
