package dev.signalbox.serverfactory.definition;

import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.vertx.core.net.TrustOptions;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Another server that requests are forwarded to.
 *
 * @param tls whether it is spoken to over TLS
 * @param host name or address, as in a URL; an IPv6 address without brackets
 * @param port 1 to 65535
 * @param prefix of the target's paths: empty, or begins with a slash and does not end with one
 * @param record whether what it answers becomes a route
 * @param timeout for the whole response
 * @param preserveHost whether it gets the client's Host header instead of its own
 * @param trust whom its certificate is verified by; null for the authorities of the machine
 */
public record ProxyTarget(
    boolean tls,
    String host,
    int port,
    String prefix,
    boolean record,
    Duration timeout,
    boolean preserveHost,
    @Nullable TrustOptions trust) {

  /** Trust in any certificate of any host, for a definition that asks not to verify. */
  public static final TrustOptions UNVERIFIED =
      TrustOptions.wrap(InsecureTrustManagerFactory.INSTANCE.getTrustManagers()[0]);

  /** Whether the certificate must be valid and name the host. */
  public boolean verified() {
    return !UNVERIFIED.equals(trust);
  }
}
