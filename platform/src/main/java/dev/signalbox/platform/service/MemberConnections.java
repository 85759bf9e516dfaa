package dev.signalbox.platform.service;

import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetClientOptions;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetServerOptions;
import org.jspecify.annotations.Nullable;

/**
 * Connections between members of the cluster beside the bus, for what is too large for it. With
 * keys of the cluster they speak TLS with certificates of both sides, as the bus does.
 */
public interface MemberConnections {

  /** The address at which other members reach this process; null when it is not in a cluster. */
  @Nullable String host();

  /** A server for members; it still has to listen. */
  NetServer server(NetServerOptions options);

  /** A client for servers of members. */
  NetClient client(NetClientOptions options);
}
