package dev.signalbox.gateway.handler;

import dev.signalbox.gateway.error.HttpException;
import io.vertx.core.Handler;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.RoutingContext;
import java.util.List;

/**
 * Rules of HTTP that decoders leave to the application. Several lines of a header that is a list
 * are one list (RFC 9110 section 5.3): they are joined here, once, so that nobody after this sees
 * the first line alone.
 */
public final class ProtocolHandler implements Handler<RoutingContext> {

  private static final List<CharSequence> LISTS =
      List.of(
          HttpHeaders.ACCEPT,
          HttpHeaders.ACCEPT_ENCODING,
          HttpHeaders.CONNECTION,
          HttpHeaders.CONTENT_ENCODING,
          HttpHeaders.IF_MATCH,
          HttpHeaders.IF_NONE_MATCH,
          HttpHeaders.TRANSFER_ENCODING,
          HttpHeaders.createOptimized("Sec-Purpose"));

  @Override
  public void handle(RoutingContext ctx) {
    MultiMap headers = ctx.request().headers();
    if (headers.contains("")) {
      ctx.fail(HttpException.malformed("A header line has no name"));
      return;
    }
    for (CharSequence name : LISTS) {
      if (headers.contains(name)) {
        List<String> lines = headers.getAll(name);
        if (lines.size() > 1) {
          headers.set(name, String.join(", ", lines));
        }
      }
    }
    String coding = headers.get(HttpHeaders.TRANSFER_ENCODING);
    if (coding != null && !coding.strip().equalsIgnoreCase("chunked")) {
      // RFC 9112 section 6.1.
      ctx.fail(HttpException.of(501, "NOT_IMPLEMENTED", "The Transfer-Encoding must be chunked"));
      return;
    }
    ctx.next();
  }
}
