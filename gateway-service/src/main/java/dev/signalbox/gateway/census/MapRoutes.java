package dev.signalbox.gateway.census;

import static dev.signalbox.gateway.routing.Response.respond;

import dev.signalbox.contracts.Binary;
import dev.signalbox.contracts.ErrorCode;
import dev.signalbox.contracts.ServiceException;
import dev.signalbox.contracts.Sha256;
import dev.signalbox.contracts.file.EntityTags;
import dev.signalbox.contracts.ping.ListMapLabelsRequest;
import dev.signalbox.contracts.ping.MapPosterReply;
import dev.signalbox.contracts.ping.MapPosterRequest;
import dev.signalbox.contracts.ping.MapTheme;
import dev.signalbox.contracts.ping.MapTileReply;
import dev.signalbox.contracts.ping.MapTileRequest;
import dev.signalbox.contracts.ping.PingContract;
import dev.signalbox.gateway.access.Role;
import dev.signalbox.gateway.backend.Backend;
import dev.signalbox.gateway.error.ErrorShapes;
import dev.signalbox.gateway.json.Query;
import dev.signalbox.gateway.routing.GuardedRouter;
import dev.signalbox.gateway.routing.Requests;
import dev.signalbox.gateway.routing.Response;
import dev.signalbox.gateway.routing.RouteRules;
import dev.signalbox.gateway.routing.Section;
import dev.signalbox.platform.json.WholeNumber;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.RoutingContext;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** Section 7, {@code /api/v1/census/map}: the tiles of the map, its names, and it as a poster. */
public final class MapRoutes implements Section {

  private static final int MAX_ZOOM = 8;
  private static final int ETAG_BYTES = 16;

  /** Part of the last segment, since OpenAPI's parameters are whole segments. */
  private static final String SUFFIX = ".png";

  private final Backend backend;

  public MapRoutes(Backend backend) {
    this.backend = backend;
  }

  @Override
  public void mount(GuardedRouter router) {
    RouteRules reads = RouteRules.reads(Role.READER, ErrorShapes.PROBLEM);
    router.get("/api/v1/census/map/:z/:x/:y", reads).handler(respond(this::tile));
    router.get("/api/v1/census/map/labels", reads).handler(respond(this::labels));
    router.get("/api/v1/census/export.png", reads).handler(respond(this::poster));
  }

  private Future<Response> tile(RoutingContext ctx) {
    Query query = Query.of(ctx);
    MapTheme theme = theme(query);
    query.end();
    String file = Requests.pathParameter(ctx, "y");
    if (!file.endsWith(SUFFIX)) {
      throw new ServiceException(ErrorCode.NOT_FOUND, "Tiles end in " + SUFFIX);
    }
    int z = number("z", Requests.pathParameter(ctx, "z"), MAX_ZOOM);
    int last = (1 << z) - 1;
    int x = number("x", Requests.pathParameter(ctx, "x"), last);
    int y = number("y", file.substring(0, file.length() - SUFFIX.length()), last);
    return backend
        .call(ctx, PingContract.MAP_TILE, new MapTileRequest(z, x, y, theme, etag(ctx)))
        .map(reply ->
            switch (reply) {
              case MapTileReply.Tile tile -> png(ctx, tile.png(), tile.etag());
              case MapTileReply.NotModified same ->
                  Response.empty(304).with("ETag", quoted(same.etag()));
            })
        .map(response -> response.with("Cache-Control", "no-cache"));
  }

  private Future<Response> labels(RoutingContext ctx) {
    Query.of(ctx).end();
    return backend
        .call(ctx, PingContract.LIST_MAP_LABELS, new ListMapLabelsRequest())
        .map(reply -> {
          Response labels = Response.page(reply.labels(), null);
          String hash = hash(labels.body().getBytes());
          Response response = known(ctx, hash) ? Response.empty(304) : labels;
          // Weak: the bytes differ when they are compressed.
          return response.with("ETag", "W/\"" + hash + '"').with("Cache-Control", "no-cache");
        });
  }

  private Future<Response> poster(RoutingContext ctx) {
    Query query = Query.of(ctx);
    MapTheme theme = theme(query);
    query.end();
    return backend
        .call(ctx, PingContract.MAP_POSTER, new MapPosterRequest(theme, etag(ctx)))
        .map(reply ->
            switch (reply) {
              case MapPosterReply.Poster poster ->
                  png(ctx, poster.png(), poster.etag())
                      .with("Cache-Control", maxAge(poster.maxAgeSeconds()))
                      .with("Content-Disposition", "inline; filename=\"census.png\"");
              case MapPosterReply.NotModified same ->
                  Response.empty(304)
                      .with("ETag", quoted(same.etag()))
                      .with("Cache-Control", maxAge(same.maxAgeSeconds()));
            });
  }

  /** An image, or 304 when any of the client's tags names it. */
  private static Response png(RoutingContext ctx, Binary png, String etag) {
    return (known(ctx, etag)
            ? Response.empty(304)
            : Response.of(200, "image/png", Buffer.buffer(png.bytes())))
        .with("ETag", quoted(etag));
  }

  private static String quoted(String etag) {
    return '"' + etag + '"';
  }

  private static String maxAge(int seconds) {
    // Not for caches that others share: who may read may be known by a token.
    return seconds == 0 ? "no-cache" : "private, max-age=" + seconds;
  }

  private static String hash(byte[] content) {
    return HexFormat.of().formatHex(Sha256.of(content), 0, ETAG_BYTES);
  }

  private static MapTheme theme(Query query) {
    String text = query.text("theme");
    if (text != null && !text.equals("light") && !text.equals("dark")) {
      query.problem("theme", "must be light or dark");
    }
    return "dark".equals(text) ? MapTheme.DARK : MapTheme.LIGHT;
  }

  private static int number(String name, String text, int max) {
    return (int)
        WholeNumber.parse(text, 0, max)
            .orElseThrow(() ->
                ServiceException.invalid("/" + name, "must be a whole number from 0 to " + max));
  }

  /** Whether the client has the content of a tag (RFC 9110 section 13.1.2). */
  private static boolean known(RoutingContext ctx, String etag) {
    String condition = ctx.request().headers().get(HttpHeaders.IF_NONE_MATCH);
    return condition != null && EntityTags.name(condition, quoted(etag), true);
  }

  /** The entity tag of the request when it has one, which need not come from the service again. */
  private static @Nullable String etag(RoutingContext ctx) {
    String known = ctx.request().headers().get(HttpHeaders.IF_NONE_MATCH);
    if (known == null) {
      return null;
    }
    String strong = known.startsWith("W/") ? known.substring(2) : known;
    return strong.length() > 2 && strong.startsWith("\"") && strong.endsWith("\"")
        ? strong.substring(1, strong.length() - 1)
        : null;
  }
}
