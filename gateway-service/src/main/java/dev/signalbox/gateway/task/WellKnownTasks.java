package dev.signalbox.gateway.task;

import java.util.Map;

/**
 * Tasks of the services that belong to Signalbox. Nothing is dispatched by this list: it only lets
 * a gateway that has not heard of a service yet say which one is missing, rather than that there is
 * no such task.
 */
final class WellKnownTasks {

  static final Map<String, String> SERVICES =
      Map.ofEntries(
          Map.entry("dns_query", "dns-service"),
          Map.entry("http_get_request", "http-probe-service"),
          Map.entry("http_get", "http-probe-service"),
          Map.entry("http_probe", "http-probe-service"),
          Map.entry("start_http_server", "server-factory-service"),
          Map.entry("create_http_server", "server-factory-service"),
          Map.entry("create_http_server_task", "server-factory-service"),
          Map.entry("stop_http_server", "server-factory-service"),
          Map.entry("stop_http_active_server", "server-factory-service"),
          Map.entry("list_http_servers", "server-factory-service"),
          Map.entry("list_http_active_servers", "server-factory-service"),
          Map.entry("issue_code", "code-service"),
          Map.entry("store_message", "code-service"));

  private WellKnownTasks() {}
}
