package dev.signalbox.serverfactory.definition;

import java.util.List;
import java.util.Set;

/**
 * Which requests a route is for; all conditions must hold.
 *
 * @param methods one of these, GET standing for HEAD too; empty for any
 * @param headers names in lower case
 */
public record RouteMatch(
    Set<String> methods,
    PathMatch path,
    List<NamedMatcher> headers,
    List<NamedMatcher> query,
    List<NamedMatcher> cookies,
    List<BodyMatch> body) {

  /** A condition on the values of a name. */
  public record NamedMatcher(String name, ValueMatcher matcher) {}

  public RouteMatch {
    methods = Set.copyOf(methods);
    headers = List.copyOf(headers);
    query = List.copyOf(query);
    cookies = List.copyOf(cookies);
    body = List.copyOf(body);
  }

  /** Whether a request's method is meant. HEAD is GET without the body (RFC 9110 section 9.3.2). */
  public boolean takes(String method) {
    return methods.isEmpty()
        || methods.contains(method)
        || (method.equals("HEAD") && methods.contains("GET"));
  }

  /** How many there are beside the path. */
  int conditions() {
    return (methods.isEmpty() ? 0 : 1)
        + headers.size()
        + query.size()
        + cookies.size()
        + body.size();
  }
}
