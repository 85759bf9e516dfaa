package dev.signalbox.httpprobe.exchange;

import dev.signalbox.contracts.Binary;
import dev.signalbox.httpprobe.url.WebUrl;
import java.util.List;

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
}
