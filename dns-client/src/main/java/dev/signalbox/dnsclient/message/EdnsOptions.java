package dev.signalbox.dnsclient.message;

import org.jspecify.annotations.Nullable;

/**
 * What a query says by EDNS.
 *
 * @param udpSize largest answer taken over UDP, {@value #MIN_UDP_SIZE} to {@value #MAX_UDP_SIZE}
 *     bytes
 * @param clientSubnet whose view of the answer is wanted; null to say nothing
 * @param nsid whether the server is asked for its identifier
 */
public record EdnsOptions(int udpSize, @Nullable ClientSubnet clientSubnet, boolean nsid) {

  /** RFC 6891 section 6.2.3: smaller values count as this one. */
  public static final int MIN_UDP_SIZE = 512;

  /** Receive buffers are this large; anything longer belongs on TCP. */
  public static final int MAX_UDP_SIZE = 4096;

  public EdnsOptions {
    if (udpSize < MIN_UDP_SIZE || udpSize > MAX_UDP_SIZE) {
      throw new IllegalArgumentException("udp_size out of range: " + udpSize);
    }
  }
}
