package dev.signalbox.systemtests;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.UncheckedIOException;
import java.time.Duration;
import org.awaitility.Awaitility;

/** Servers on demand, from the side of their clients. */
final class Servers {

  private Servers() {}

  /** Stops all there are, so that a test begins with none. */
  static void stopAll(Deployment system) {
    JsonNode all = active(system);
    for (JsonNode server : all) {
      Http.post(
          system.doors().tasks(),
          "/stop_server",
          "{\"server_id\":\"" + server.path("server_id").asText() + "\"}");
    }
  }

  /** Those there are. */
  static JsonNode active(Deployment system) {
    return Http.get(system.doors().tasks(), "/active_servers").json().path("active_servers");
  }

  /** Runs {@code start_http_server}. */
  static JsonNode start(Deployment system, int port, String pageUri, String data) {
    return Http.post(system.doors().tasks(), "/run_task", task(port, pageUri, data)).json();
  }

  private static String task(int port, String pageUri, String data) {
    return """
    {"task_name":"start_http_server","params":{"port":%d,"page_uri":%s,"response_data":%s}}\
    """
        .formatted(port, Reply.quote(pageUri), Reply.quote(data));
  }

  /** Waits until nothing listens on a port any more. */
  static void awaitGone(int port) {
    Awaitility.await("port " + port + " closed")
        .atMost(Duration.ofSeconds(30))
        .until(() -> refused(port));
  }

  private static boolean refused(int port) {
    try {
      new RawConnection(port).close();
      return false;
    } catch (UncheckedIOException refused) {
      return true;
    }
  }
}
