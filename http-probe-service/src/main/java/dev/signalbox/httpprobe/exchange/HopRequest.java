package dev.signalbox.httpprobe.exchange;

import dev.signalbox.contracts.Binary;
import dev.signalbox.httpprobe.url.WebUrl;
import java.util.List;
import java.util.stream.Collectors;

/**
 * One request.
 *
 * @param url what to ask for
 * @param method upper case
 * @param headers as the client gave them
 * @param content may be empty
 */
public record HopRequest(WebUrl url, String method, List<Header> headers, Binary content) {

  public HopRequest {
    headers = List.copyOf(headers);
  }

  /** Whether it may be sent again when nothing is known of it (RFC 9110, 9.2.2). */
  public boolean repeatable() {
    return !method.equals("POST") && !method.equals("PATCH");
  }

  /** Its own Host headers, empty for none. */
  public String hosts() {
    return headers.stream()
        .filter(header -> header.is("host"))
        .map(Header::value)
        .collect(Collectors.joining("\n"));
  }

  /** Whether it says who asks; some servers then take everything on the connection for theirs. */
  public boolean identifies() {
    return headers.stream()
        .anyMatch(header -> header.is("authorization") || header.is("proxy-authorization"));
  }
}
