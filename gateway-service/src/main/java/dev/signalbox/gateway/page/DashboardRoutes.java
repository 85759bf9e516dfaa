package dev.signalbox.gateway.page;

import static dev.signalbox.gateway.routing.Response.respond;

import dev.signalbox.gateway.access.Role;
import dev.signalbox.gateway.error.HttpException;
import dev.signalbox.gateway.routing.GuardedRouter;
import dev.signalbox.gateway.routing.Response;
import dev.signalbox.gateway.routing.RouteRules;
import dev.signalbox.gateway.routing.Section;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.Map;

/**
 * The dashboard: one page for all of its views, and the files of every page. They are public, as
 * they hold nothing but code; what they show comes from the API with the token of the reader.
 */
public final class DashboardRoutes implements Section {

  /** Views at {@code /ui/NAME}, beside the overview at {@code /ui/}. */
  private static final List<String> VIEWS =
      List.of("tasks", "servers", "messages", "files", "settings");

  private static final String FOREVER = "public, max-age=31536000, immutable";

  /** For a file of another version, which a page of another replica refers to. */
  private static final String CHECKED = "no-cache";

  private final JarFiles files;
  private final Response page;
  private final RouteRules open;

  public DashboardRoutes(Vertx vertx, Pages pages) {
    this.files = new JarFiles(vertx);
    this.open = RouteRules.reads(Role.PUBLIC, pages.errors()).undescribed();
    this.page =
        pages.page(
            200,
            pages
                .template("dashboard.html")
                .render(Map.of("version", pages.version(), "shell", pages.shell(false))),
            Pages.POLICY,
            CHECKED);
  }

  @Override
  public void mount(GuardedRouter router) {
    Response toFolder = Response.empty(308).with("Location", "/ui/");
    // The route of /ui matches /ui/ too.
    router
        .get("/ui", open)
        .handler(
            respond(ctx ->
                Future.succeededFuture(ctx.normalizedPath().endsWith("/") ? page : toFolder)));
    VIEWS.forEach(view ->
        router.get("/ui/" + view, open).handler(respond(_ -> Future.succeededFuture(page))));
    router.get(Assets.PREFIX + "*", open).handler(respond(this::asset));
  }

  private Future<Response> asset(RoutingContext ctx) {
    String path = ctx.normalizedPath().substring(Assets.PREFIX.length());
    int slash = path.indexOf('/');
    String name = path.substring(slash + 1);
    String resource = Assets.resource(name);
    if (slash < 0 || resource.isEmpty()) {
      throw HttpException.notFound("No such file");
    }
    boolean current = path.substring(0, slash).equals(Assets.VERSION);
    return files.response(ctx, resource, Assets.mediaType(name), current ? FOREVER : CHECKED);
  }
}
