package dev.signalbox.serverfactory.journal;

import dev.signalbox.contracts.Binary;
import dev.signalbox.contracts.serverfactory.ServerRequest;
import dev.signalbox.contracts.serverfactory.ServerRequest.Header;
import dev.signalbox.contracts.serverfactory.ServerRequest.NearMiss;
import dev.signalbox.contracts.serverfactory.ServerRequestFilter;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A request as the server came to know it. It holds what was received as it is; texts are made of
 * it when somebody reads the journal.
 *
 * @param atEpochMs when its head was read
 * @param body as far as it is kept
 * @param bodyBytes length of the whole body
 * @param route label of the route that matched; null when none did
 * @param status of the response; 0 for none
 * @param fault label of the fault that was played; null for none
 * @param micros until the response ended
 * @param nearest what kept the nearest route from matching, or a route from answering; null for
 *     nothing
 */
public record JournalEntry(
    long atEpochMs,
    SocketAddress peer,
    String method,
    String target,
    HttpVersion version,
    MultiMap headers,
    Buffer body,
    long bodyBytes,
    @Nullable String route,
    int status,
    @Nullable String fault,
    long micros,
    @Nullable NearMiss nearest) {

  /** Of the objects, beside what texts and bytes take. */
  private static final int OBJECT_BYTES = 320;

  private static final int HEADER_BYTES = 120;

  /** About what it takes in memory. */
  int size() {
    int size = OBJECT_BYTES + target.length() + body.length();
    for (Map.Entry<String, String> header : headers) {
      size += HEADER_BYTES + header.getKey().length() + header.getValue().length();
    }
    if (nearest != null) {
      for (String reason : nearest.reasons()) {
        size += HEADER_BYTES + reason.length();
      }
    }
    return size;
  }

  boolean matches(ServerRequestFilter filter) {
    return (filter.method() == null || filter.method().equals(method))
        && (filter.path() == null || filter.path().equals(path()))
        && (filter.pathPrefix() == null || path().startsWith(filter.pathPrefix()))
        && (filter.route() == null || filter.route().equals(route))
        && (filter.status() == null || filter.status() == status)
        && (!filter.unmatched() || route == null)
        && (filter.bodyContains() == null
            || body.toString(StandardCharsets.UTF_8).contains(filter.bodyContains()));
  }

  private String path() {
    int query = target.indexOf('?');
    return query < 0 ? target : target.substring(0, query);
  }

  ServerRequest render(long number) {
    List<Header> rendered = new ArrayList<>();
    for (Map.Entry<String, String> header : headers) {
      rendered.add(new Header(header.getKey(), header.getValue()));
    }
    return new ServerRequest(
        number,
        atEpochMs,
        String.valueOf(peer),
        method,
        target,
        switch (version) {
          case HTTP_1_0 -> "HTTP/1.0";
          case HTTP_1_1 -> "HTTP/1.1";
          case HTTP_2 -> "HTTP/2";
        },
        rendered,
        new Binary(body.getBytes()),
        bodyBytes,
        route,
        status,
        fault,
        micros,
        nearest);
  }
}
