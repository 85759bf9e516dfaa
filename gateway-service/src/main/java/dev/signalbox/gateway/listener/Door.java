package dev.signalbox.gateway.listener;

import io.vertx.core.Handler;
import io.vertx.core.http.HttpServerRequest;
import org.jspecify.annotations.Nullable;

/**
 * A port and what it serves.
 *
 * @param name short name, as in messages
 * @param configKey the setting that moves or shuts it
 * @param port where it is
 * @param tls the certificate when it speaks TLS; null when it speaks in the clear
 */
public record Door(String name, String configKey, DoorPort port, @Nullable TlsFiles tls) {

  /** Whether it speaks TLS. */
  public boolean secure() {
    return tls != null;
  }

  /** Makes what answers the requests of a door once its port is known. */
  @FunctionalInterface
  public interface Application {

    /**
     * The handler of requests.
     *
     * @param port the port really listened on
     */
    Handler<HttpServerRequest> on(Door door, int port);
  }
}
