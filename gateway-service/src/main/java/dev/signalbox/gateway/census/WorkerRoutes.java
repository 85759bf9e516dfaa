package dev.signalbox.gateway.census;

import static dev.signalbox.gateway.routing.Response.respond;

import dev.signalbox.gateway.access.Role;
import dev.signalbox.gateway.error.ErrorShapes;
import dev.signalbox.gateway.error.HttpException;
import dev.signalbox.gateway.files.Downloads;
import dev.signalbox.gateway.json.Query;
import dev.signalbox.gateway.routing.GuardedRouter;
import dev.signalbox.gateway.routing.Requests;
import dev.signalbox.gateway.routing.Response;
import dev.signalbox.gateway.routing.RouteRules;
import dev.signalbox.gateway.routing.Section;
import io.vertx.core.Future;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Section 7, {@code /api/v1/census}: the programs that volunteers run. */
public final class WorkerRoutes implements Section {

  private static final Pattern PLATFORM = Pattern.compile("[a-z0-9]{1,20}-[a-z0-9]{1,20}");

  private static final String COMMON = "worker-linux-x64.tar.gz";
  private static final Pattern ARCHIVE =
      Pattern.compile("worker-[a-z0-9]{1,20}-[a-z0-9]{1,20}[.]tar[.]gz");

  private final Downloads downloads;
  private final Path archives;

  /**
   * @param archives directory of {@code worker.zip} and {@code worker-PLATFORM.tar.gz}
   */
  public WorkerRoutes(Downloads downloads, Path archives) {
    this.downloads = downloads;
    this.archives = archives;
  }

  /**
   * The archive with a runtime that a directory has, by its name; that of Linux on x64 when there
   * is none. Reads the directory.
   */
  public static String offered(Path archives) {
    try (Stream<Path> files = Files.list(archives)) {
      return files
          .filter(file -> Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS))
          .map(file -> file.getFileName().toString())
          .filter(name -> ARCHIVE.matcher(name).matches())
          .min(
              Comparator.comparing((String name) -> !name.equals(COMMON))
                  .thenComparing(name -> name))
          .orElse(COMMON);
    } catch (IOException e) {
      return COMMON;
    }
  }

  @Override
  public void mount(GuardedRouter router) {
    RouteRules open = RouteRules.reads(Role.PUBLIC, ErrorShapes.PROBLEM);
    router
        .get("/api/v1/census/worker.zip", open)
        .handler(
            respond(ctx ->
                send(ctx, "worker.zip", "This site has no worker for volunteers to download")));
    router
        .get("/api/v1/census/worker-:platform.tar.gz", open)
        .handler(
            respond(ctx -> {
              String platform = Requests.pathParameter(ctx, "platform");
              String missing =
                  "This site has no worker with its own runtime for that platform;"
                      + " worker.zip needs Java 25";
              if (!PLATFORM.matcher(platform).matches()) {
                throw HttpException.notFound(missing);
              }
              return send(ctx, "worker-" + platform + ".tar.gz", missing);
            }));
  }

  private Future<Response> send(RoutingContext ctx, String name, String missing) {
    Query.of(ctx).end();
    return downloads.respondLocal(ctx, archives.resolve(name), missing);
  }
}
