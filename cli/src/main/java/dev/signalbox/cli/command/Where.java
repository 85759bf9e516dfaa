package dev.signalbox.cli.command;

import java.net.URI;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Who runs the tasks of a command.
 *
 * @param server base URL of a running system; null for this process
 * @param token what to show that system; null for nothing
 * @param settings settings of the services in this process
 */
public record Where(@Nullable URI server, @Nullable String token, Map<String, String> settings) {

  public Where {
    settings = Map.copyOf(settings);
  }
}
