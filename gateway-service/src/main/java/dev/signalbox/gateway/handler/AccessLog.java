package dev.signalbox.gateway.handler;

import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.SocketAddress;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * One line for each request: timestamp, node and event loop, peer, method, path, status, bytes,
 * milliseconds, request id, trace id if there is one. Belongs to one event loop.
 */
final class AccessLog {

  private static final Logger LOG = LoggerFactory.getLogger("signalbox.requests");
  private static final int MAX_PATH = 2_000;

  private final AccessLogForm form;
  private final String worker;

  /**
   * A log.
   *
   * @param worker node and event loop, document 4's worker id
   */
  AccessLog(AccessLogForm form, String worker) {
    this.form = form;
    this.worker = worker;
  }

  boolean on() {
    return form != AccessLogForm.OFF && LOG.isInfoEnabled();
  }

  void write(
      HttpServerRequest request,
      int status,
      long bytes,
      long nanos,
      String requestId,
      @Nullable String traceId) {
    SocketAddress peer = request.remoteAddress();
    String from = peer == null ? "-" : peer.hostAddress() + ":" + peer.port();
    double millis = nanos / 1e6;
    String path = printable(request.path());
    if (form == AccessLogForm.JSON) {
      LoggingEventBuilder line = LOG.atInfo();
      if (traceId != null) {
        line = line.addKeyValue("trace_id", traceId);
      }
      line.addKeyValue("worker", worker)
          .addKeyValue("peer", from)
          .addKeyValue("method", request.method().name())
          .addKeyValue("path", path)
          .addKeyValue("status", status)
          .addKeyValue("bytes", bytes)
          .addKeyValue("ms", millis)
          .addKeyValue("request_id", requestId)
          .log("request");
    } else {
      LOG.info(
          Instant.now()
              + " "
              + worker
              + " "
              + from
              + " "
              + request.method().name()
              + " "
              + path
              + " "
              + status
              + " "
              + bytes
              + "B "
              + millis
              + "ms "
              + requestId
              + (traceId == null ? "" : " " + traceId));
    }
  }

  /** The path on one line, whatever it holds. */
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
    var line = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < ' ' || c > '~') {
        line.append(String.format("\\u%04x", (int) c));
      } else {
        line.append(c);
      }
    }
    return line.toString();
  }
}
