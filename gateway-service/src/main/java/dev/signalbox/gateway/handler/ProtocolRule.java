package dev.signalbox.gateway.handler;

import dev.signalbox.gateway.error.HttpException;
import dev.signalbox.gateway.routing.RequestScope;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.RoutingContext;
import java.util.List;

/**
 * Rules of HTTP that decoders leave to the application, and those of the fields of trusted proxies.
 * It joins the lines of a list header into one (RFC 9110 section 5.3), so that later handlers never
 * read only its first line.
 */
public final class ProtocolRule implements RequestRule {

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
  public void check(RoutingContext ctx) {
    MultiMap headers = ctx.request().headers();
    if (headers.contains("")) {
      throw HttpException.malformed("A header line has no name");
    }
    String problem = RequestScope.of(ctx).client().problem();
    if (problem != null) {
      throw HttpException.malformed(problem);
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
      throw HttpException.of(501, "NOT_IMPLEMENTED", "The Transfer-Encoding must be chunked");
    }
  }
}
