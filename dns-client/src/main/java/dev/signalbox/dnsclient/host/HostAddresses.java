package dev.signalbox.dnsclient.host;

import dev.signalbox.dnsclient.transport.Fault;
import java.net.InetAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What is known about the addresses of a host. */
public sealed interface HostAddresses {

  /**
   * There are some.
   *
   * @param addresses IPv4 first, each family in the order it was answered; never empty
   * @param source where they are from
   * @param missing why one family may be incomplete, as a sentence; null when both are known
   */
  record Found(List<InetAddress> addresses, Source source, @Nullable String missing)
      implements HostAddresses {

    public Found {
      addresses = List.copyOf(addresses);
    }
  }

  /**
   * There is no such host, or it has no address: a finding, not a failure.
   *
   * @param exists whether the name exists, and with it the one it is an alias of
   * @param reason as a sentence
   */
  record None(boolean exists, String reason) implements HostAddresses {}

  /**
   * No resolver answered; a later look-up may succeed.
   *
   * @param fault why
   * @param reason as a sentence
   */
  record Unknown(Fault fault, String reason) implements HostAddresses {}

  /** Where addresses are from. */
  enum Source {
    /** The host was an address. */
    LITERAL,
    /** The machine's hosts file. */
    HOSTS_FILE,
    /** {@code localhost} (RFC 6761 section 6.3). */
    LOCALHOST,
    /** A resolver, asked now. */
    RESOLVER,
    /** A resolver, asked earlier. */
    CACHE
  }
}
