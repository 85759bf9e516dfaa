package dev.signalbox.gateway.routing;

import io.vertx.ext.web.ParsedHeaderValue;
import io.vertx.ext.web.ParsedHeaderValues;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.function.Function;

/** Reads headers with weights, such as Accept (RFC 9110 section 12.5), through vertx-web. */
public final class PreferenceHeaders {

  private PreferenceHeaders() {}

  /**
   * Reads a header.
   *
   * @param header selects the header
   * @param reader converts its values; it gets none when the header is absent, or malformed, which
   *     makes vertx-web throw
   */
  public static <H extends ParsedHeaderValue, T> T read(
      RoutingContext ctx,
      Function<ParsedHeaderValues, List<H>> header,
      Function<List<H>, T> reader) {
    try {
      return reader.apply(header.apply(ctx.parsedHeaders()));
    } catch (IndexOutOfBoundsException malformed) {
      return reader.apply(List.of());
    }
  }
}
