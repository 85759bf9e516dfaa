package dev.signalbox.cli.command;

import java.net.URI;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where the tasks of a command run.
 *
 * @param server base URL of a running system; null for this process
 * @param token token for that system; null for none
 * @param tls how that system is known over HTTPS
 * @param settings settings of the services in this process
 */
public record Where(
    @Nullable URI server, @Nullable String token, ClientTls tls, Map<String, String> settings) {

  public Where {
    settings = Map.copyOf(settings);
  }
}
