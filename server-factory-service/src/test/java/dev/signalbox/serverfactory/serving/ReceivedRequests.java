package dev.signalbox.serverfactory.serving;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;

/** Makes received requests for tests of other packages. */
public final class ReceivedRequests {

  private ReceivedRequests() {}

  public static ReceivedRequest of(HttpServerRequest request, Buffer body) {
    return new ReceivedRequest(request, body);
  }
}
