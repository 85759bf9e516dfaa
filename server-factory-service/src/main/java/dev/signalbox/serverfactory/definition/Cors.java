package dev.signalbox.serverfactory.definition;

import java.util.List;
import java.util.Set;

/**
 * What pages of other origins may do, as the Fetch standard has it.
 *
 * @param origins such as {@code https://example.org}; an asterisk for all
 * @param methods that a preflight allows; empty for the one it asks for
 * @param headers that a preflight allows; empty for those it asks for
 * @param exposeHeaders that a script may read
 * @param credentials whether cookies are sent
 * @param maxAgeS how long a preflight counts; negative to leave it to the browser
 */
public record Cors(
    Set<String> origins,
    List<String> methods,
    List<String> headers,
    List<String> exposeHeaders,
    boolean credentials,
    long maxAgeS) {

  /** Everything, for all origins, without cookies. */
  public static final Cors ALL = new Cors(Set.of("*"), List.of(), List.of(), List.of(), false, -1);

  public Cors {
    origins = Set.copyOf(origins);
    methods = List.copyOf(methods);
    headers = List.copyOf(headers);
    exposeHeaders = List.copyOf(exposeHeaders);
  }
}
