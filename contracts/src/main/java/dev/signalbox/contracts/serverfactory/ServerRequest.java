package dev.signalbox.contracts.serverfactory;

import dev.signalbox.contracts.Binary;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A request that a server received, and how it was answered.
 *
 * @param number counts the requests of a server at one owner, from 1
 * @param atEpochMs when its head was read, milliseconds since 1970-01-01 UTC
 * @param peer address of the client
 * @param method such as {@code GET}
 * @param target as in the request line, path and query
 * @param version {@code HTTP/1.0}, {@code HTTP/1.1} or {@code HTTP/2}
 * @param headers in the order they came in
 * @param body its first bytes, as far as they are kept
 * @param bodyBytes length of the whole body
 * @param route name of the route that matched, or its number from 0; null when none did
 * @param status of the response; 0 for a fault without one
 * @param fault which fault was played; null for none
 * @param micros from the head of the request to the end of the response, with delays
 * @param nearest the route that came nearest, when none matched
 */
public record ServerRequest(
    long number,
    long atEpochMs,
    String peer,
    String method,
    String target,
    String version,
    List<Header> headers,
    Binary body,
    long bodyBytes,
    @Nullable String route,
    int status,
    @Nullable String fault,
    long micros,
    @Nullable NearMiss nearest) {

  /** A header as it was received. */
  public record Header(String name, String value) {}

  /**
   * A route that would have matched but for these reasons.
   *
   * @param route its name or number
   * @param reasons such as "header Accept is text/html, not application/json"
   */
  public record NearMiss(String route, List<String> reasons) {}
}
