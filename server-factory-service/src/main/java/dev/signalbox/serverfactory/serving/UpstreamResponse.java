package dev.signalbox.serverfactory.serving;

import dev.signalbox.contracts.serverfactory.ServerRequest.Header;
import io.vertx.core.buffer.Buffer;
import java.util.List;

/**
 * What came back for a forwarded request.
 *
 * @param status 200 to 599
 * @param headers without those of the connection and without Content-Length
 * @param body whole, as bounded by the {@link Upstream}
 * @param answered whether the target answered; false for a refusal made here
 */
public record UpstreamResponse(int status, List<Header> headers, Buffer body, boolean answered) {

  public UpstreamResponse {
    headers = List.copyOf(headers);
  }
}
