package dev.signalbox.gateway.routing;

import dev.signalbox.gateway.client.ClientAddress;
import dev.signalbox.gateway.error.HttpException;
import io.vertx.core.Future;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.net.HostAndPort;
import io.vertx.ext.web.RoutingContext;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Reads bodies and paths of requests. */
public final class Requests {

  /** Going through a larger body would block the event loop for too long. */
  public static final int LARGE = 131_072;

  private Requests() {}

  /**
   * Parses the body of a request, off the event loop when it is large, and goes on with what it is.
   *
   * @param parser its exceptions go to the failure handler
   */
  public static <T, R> Future<R> parse(
      RoutingContext ctx, Function<byte[], T> parser, Function<T, Future<R>> next) {
    byte[] body = RequestScope.of(ctx).body().getBytes();
    return body.length > LARGE
        ? ctx.vertx()
            .executeBlocking(() -> parser.apply(body), false)
            .compose(parsed -> next.apply(Objects.requireNonNull(parsed)))
        : next.apply(parser.apply(body));
  }

  /**
   * A parameter of the route's path, decoded.
   *
   * @throws HttpException 400 unless well-formed UTF-8 without control characters
   */
  public static String pathParameter(RoutingContext ctx, String name) {
    String value = Objects.requireNonNull(ctx.pathParam(name), name);
    for (int i = 0; i < value.length(); i++) {
      // vertx-web decodes invalid UTF-8 as the replacement character.
      if (value.charAt(i) == '\ufffd' || Character.isISOControl(value.charAt(i))) {
        throw HttpException.malformed(
            "The path is not well-formed percent-encoded UTF-8 without control characters");
      }
    }
    return value;
  }

  /** The address of the client, as text; null when it came from no network. */
  public static @Nullable String clientAddress(RoutingContext ctx) {
    return RequestScope.of(ctx).client().host();
  }

  /** The path as received, not decoded, without the query. */
  public static String rawPath(RoutingContext ctx) {
    String path = ctx.request().path();
    return path == null || path.isEmpty() ? "/" : path;
  }

  /**
   * The origin of the site as the client calls it, which the HostRule has checked.
   *
   * @param port of localhost, for a client that sends no Host
   */
  public static String origin(RoutingContext ctx, int port) {
    ClientAddress client = RequestScope.of(ctx).client();
    String host = client.authority();
    if (host == null) {
      host = ctx.request().headers().get(HttpHeaders.HOST);
    }
    return (client.secure() ? "https://" : "http://")
        + (host == null || host.isEmpty() ? "localhost:" + port : host);
  }

  /** The host that the client called, which the HostRule has checked; null without one. */
  public static @Nullable HostAndPort authority(RoutingContext ctx) {
    String named = RequestScope.of(ctx).client().authority();
    return named == null ? ctx.request().authority() : HostAndPort.parseAuthority(named, -1);
  }
}
