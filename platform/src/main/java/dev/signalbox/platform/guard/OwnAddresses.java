package dev.signalbox.platform.guard;

import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The addresses of this machine's interfaces, read again when they are older than a few seconds: an
 * interface may come or change its address while the process runs.
 */
final class OwnAddresses {

  /** The addresses of the machine this process runs on; one for all guards of the process. */
  static final OwnAddresses OF_THIS_MACHINE =
      new OwnAddresses(OwnAddresses::ofInterfaces, System::nanoTime);

  /** How old what was read may be, nanoseconds. */
  static final long MOST_AGE = 5_000_000_000L;

  private static final Logger LOG = LoggerFactory.getLogger(OwnAddresses.class);

  /** Reads the addresses of all interfaces. */
  @FunctionalInterface
  interface Reader {
    Set<InetAddress> read() throws SocketException;
  }

  private record Snapshot(Set<InetAddress> addresses, long readAt) {}

  private final Reader reader;
  private final LongSupplier clock;
  private final AtomicReference<@Nullable Snapshot> latest = new AtomicReference<>();

  OwnAddresses(Reader reader, LongSupplier clock) {
    this.reader = reader;
    this.clock = clock;
  }

  boolean contain(InetAddress address) {
    return current().contains(address);
  }

  private Set<InetAddress> current() {
    Snapshot known = latest.get();
    long now = clock.getAsLong();
    if (known != null && now - known.readAt() < MOST_AGE) {
      return known.addresses();
    }
    // Claimed before it is read, so that of several event loops one reads and none waits.
    Set<InetAddress> before = known == null ? Set.of() : known.addresses();
    if (known != null && !latest.compareAndSet(known, new Snapshot(before, now))) {
      return before;
    }
    try {
      Set<InetAddress> read = Set.copyOf(reader.read());
      latest.set(new Snapshot(read, now));
      return read;
    } catch (SocketException unreadable) {
      LOG.warn("cannot read the addresses of this machine: {}", unreadable.getMessage());
      latest.set(new Snapshot(before, now));
      return before;
    }
  }

  private static Set<InetAddress> ofInterfaces() throws SocketException {
    return NetworkInterface.networkInterfaces()
        .flatMap(NetworkInterface::inetAddresses)
        .collect(Collectors.toSet());
  }
}
