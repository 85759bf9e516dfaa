package dev.signalbox.serverfactory.definition;

import dev.signalbox.serverfactory.template.ResponseTemplate;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A response of a route.
 *
 * @param status 200 to 599; 103 sends the headers as early hints, and then all with status 200
 * @param headers Content-Type among them if there is a body
 * @param delay before it; null for none
 * @param dribble how its body is sent; null for at once
 * @param fault what goes wrong instead; null for nothing
 * @param faultPercent how often
 * @param error what is answered instead now and then; null for nothing
 * @param proxy where the request is forwarded to; null for nowhere
 * @param times how often it is played in a row
 */
public record RouteResponse(
    int status,
    List<Header> headers,
    Body body,
    @Nullable Delay delay,
    @Nullable Dribble dribble,
    @Nullable Fault fault,
    double faultPercent,
    @Nullable ErrorRate error,
    @Nullable ProxyTarget proxy,
    int times) {

  public RouteResponse {
    headers = List.copyOf(headers);
  }

  /**
   * A header.
   *
   * @param name in lower case
   * @param value as it is sent, when there is no template
   */
  public record Header(
      CharSequence name, CharSequence value, @Nullable ResponseTemplate template) {}

  /** Errors in place of responses. */
  public record ErrorRate(int status, double percent) {}

  /** The content. */
  public sealed interface Body {

    /** Bytes that are the same for every request; not to be changed. */
    record Bytes(Buffer bytes) implements Body {}

    /** A text made for each request. */
    record Template(ResponseTemplate template) implements Body {}

    /** A file of the file service. */
    record File(String path) implements Body {}
  }

  /** No body. */
  public static final Body EMPTY = new Body.Bytes(Buffer.buffer());
}
