package dev.signalbox.gateway.door;

import dev.signalbox.gateway.route.RouteMatch;
import dev.signalbox.gateway.route.RouteTable;
import io.vertx.core.http.HttpMethod;
import org.jspecify.annotations.Nullable;

/**
 * A port and what it serves.
 *
 * @param name short name, as in messages
 * @param configKey the setting that moves or shuts it
 * @param port where it is
 * @param tls the certificate when it speaks TLS; null when it speaks in the clear
 * @param own routes of this door alone, looked at first
 * @param shared routes of every door
 */
public record Door(
    String name,
    String configKey,
    DoorPort port,
    @Nullable TlsFiles tls,
    RouteTable own,
    RouteTable shared) {

  /** Whether it speaks TLS. */
  public boolean secure() {
    return tls != null;
  }

  RouteMatch find(HttpMethod method, String path) {
    RouteMatch match = own.find(method, path);
    // A path of this door alone may have its other methods elsewhere.
    return match instanceof RouteMatch.Found ? match : shared.find(method, path);
  }
}
