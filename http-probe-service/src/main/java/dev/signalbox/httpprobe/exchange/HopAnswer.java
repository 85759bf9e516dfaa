package dev.signalbox.httpprobe.exchange;

import dev.signalbox.httpprobe.body.Body;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What came back from one hop.
 *
 * @param status 100 to 999
 * @param version such as {@code HTTP/1.1} or {@code HTTP/2}
 * @param headers as received, in order
 * @param body null when it was not read, as of a redirect that is followed
 */
public record HopAnswer(int status, String version, List<Header> headers, @Nullable Body body) {

  public HopAnswer {
    headers = List.copyOf(headers);
  }

  /** All values of a header that is a list, as one (RFC 9110, 5.3); empty when there are none. */
  String joined(String name) {
    return headers.stream()
        .filter(h -> h.is(name))
        .map(Header::value)
        .collect(Collectors.joining(","));
  }

  /** All values of a header, in order. */
  public List<String> headers(String name) {
    return headers.stream().filter(h -> h.is(name)).map(Header::value).toList();
  }

  /** A header's first value. */
  public Optional<String> header(String name) {
    return headers.stream().filter(h -> h.is(name)).map(Header::value).findFirst();
  }
}
