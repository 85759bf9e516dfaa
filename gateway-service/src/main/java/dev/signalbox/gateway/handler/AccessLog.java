package dev.signalbox.gateway.handler;

import dev.signalbox.gateway.client.ClientAddress;
import io.vertx.core.http.HttpServerRequest;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * Logs one line for each request: node and event loop, client, method, path, status, bytes,
 * milliseconds, request id, the trusted proxy between, and the trace id when traced. These are
 * key-value pairs of the event, so that the log format decides between JSON fields and words.
 * Belongs to one event loop.
 */
final class AccessLog {

  private static final Logger LOG = LoggerFactory.getLogger("signalbox.requests");
  private static final int MAX_PATH = 2_000;

  private final boolean on;
  private final String worker;

  /**
   * A log.
   *
   * @param on whether lines are written from the level info on, or from debug on only
   * @param worker node and event loop: document 4's worker id
   */
  AccessLog(boolean on, String worker) {
    this.on = on;
    this.worker = worker;
  }

  boolean enabled() {
    return on ? LOG.isInfoEnabled() : LOG.isDebugEnabled();
  }

  void write(
      HttpServerRequest request,
      ClientAddress client,
      int status,
      long bytes,
      long nanos,
      String requestId,
      @Nullable String traceId) {
    double millis = nanos / 1e6;
    String path = printable(request.path());
    LoggingEventBuilder line =
        LOG.atInfo()
            .addKeyValue("worker", worker)
            .addKeyValue("peer", client.text())
            .addKeyValue("method", request.method().name())
            .addKeyValue("path", path)
            .addKeyValue("status", status)
            .addKeyValue("bytes", bytes)
            .addKeyValue("ms", millis)
            .addKeyValue("request_id", requestId);
    if (client.proxied()) {
      line = line.addKeyValue("proxy", client.proxy());
    }
    if (traceId != null) {
      line = line.addKeyValue("trace_id", traceId);
    }
    line.log("request");
  }

  /** The path as printable ASCII, escaped and shortened. */
  private static String printable(@Nullable String path) {
    String text = path == null ? "" : path;
    if (text.length() > MAX_PATH) {
      text = text.substring(0, MAX_PATH) + "...";
    }
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) < ' ' || text.charAt(i) > '~') {
        return escaped(text);
      }
    }
    return text;
  }

  private static String escaped(String text) {
    return text.chars()
        .mapToObj(c -> c < ' ' || c > '~' ? "\\u%04x".formatted(c) : Character.toString(c))
        .collect(Collectors.joining());
  }
}
