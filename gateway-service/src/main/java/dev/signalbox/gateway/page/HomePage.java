package dev.signalbox.gateway.page;

import dev.signalbox.gateway.routing.Requests;
import dev.signalbox.gateway.routing.Response;
import io.vertx.core.Future;
import io.vertx.ext.web.RoutingContext;
import java.util.Map;

/** What {@code GET /} answers while the directory of files has no index.html. */
public final class HomePage {

  private final Pages pages;
  private final Html.Template template;

  public HomePage(Pages pages) {
    this.pages = pages;
    this.template = pages.template("home.html");
  }

  /** The page, for a request whose path is {@code /}. */
  public Future<Response> respond(RoutingContext ctx) {
    return Future.succeededFuture(
        pages.page(
            200,
            template.render(
                Map.of(
                    "version", pages.version(), "origin", Html.of(Requests.origin(ctx, 8080))))));
  }
}
