package dev.signalbox.gateway.files;

import dev.signalbox.contracts.ErrorKind;
import dev.signalbox.contracts.ServiceException;
import dev.signalbox.contracts.file.FileContract;
import dev.signalbox.contracts.file.FileInfo;
import dev.signalbox.contracts.file.FolderInfo;
import dev.signalbox.contracts.file.ListFilesReply;
import dev.signalbox.contracts.file.ListFilesRequest;
import dev.signalbox.contracts.file.PathText;
import dev.signalbox.gateway.backend.Backend;
import dev.signalbox.gateway.error.HttpException;
import dev.signalbox.gateway.json.Query;
import dev.signalbox.gateway.page.Html;
import dev.signalbox.gateway.page.Pages;
import dev.signalbox.gateway.routing.Response;
import dev.signalbox.platform.uri.UriPath;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.ext.web.RoutingContext;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Folders as HTML pages of at most 1,000 entries. Belongs to one event loop. */
final class FolderPages {

  private static final int ENTRIES = 1_000;

  /** Names of files come from clients, so the page runs no script and calls nothing. */
  private static final String POLICY =
      "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none';"
          + " frame-ancestors 'none'";

  private static final DateTimeFormatter MINUTES =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm").withZone(ZoneOffset.UTC);

  private static final List<String> UNITS = List.of("kB", "MB", "GB", "TB", "PB", "EB");

  private final Vertx vertx;
  private final Backend backend;
  private final Pages pages;
  private final boolean archives;
  private final Html.Template page;
  private final Html.Template row;

  /**
   * Pages with a link to an archive of the folder, or without.
   *
   * @param archives whether archives are offered
   */
  FolderPages(Vertx vertx, Backend backend, Pages pages, boolean archives) {
    this.vertx = vertx;
    this.backend = backend;
    this.pages = pages;
    this.archives = archives;
    this.page = pages.template("folder.html");
    this.row = pages.template("folder-row.html");
  }

  /**
   * Responds with the page of a folder, or sends the client to it when the path lacks its slash.
   *
   * @param path decoded ({@link PathText}); file-service found no file there
   */
  Future<Response> respond(RoutingContext ctx, String path) {
    FolderPath folder = FolderPath.of(path);
    boolean slash = path.endsWith("/");
    String after = slash ? after(ctx) : null;
    return list(
            backend,
            ctx,
            new ListFilesRequest(
                folder.path(),
                after == null ? null : folder.child(after),
                slash ? ENTRIES : 1,
                true))
        .recover(failure ->
            Future.failedFuture(
                isNoFolder(failure) ? HttpException.notFound("No such file") : failure))
        .compose(reply ->
            slash
                ? vertx
                    .executeBlocking(() -> html(folder, after, reply), false)
                    .map(html -> pages.page(200, Objects.requireNonNull(html), POLICY, "no-cache"))
                : Future.succeededFuture(redirect(ctx, folder)));
  }

  /** Lists a folder, or files below it; a service that does not know folders is being updated. */
  static Future<ListFilesReply> list(
      Backend backend, RoutingContext ctx, ListFilesRequest request) {
    return backend
        .call(ctx, FileContract.LIST, request)
        .map(reply -> {
          if (request.folder() && reply.folders() == null) {
            throw HttpException.overloaded("file-service is being updated; retry");
          }
          return reply;
        });
  }

  /** Whether a listing failed because its path names no folder that is served. */
  static boolean isNoFolder(Throwable failure) {
    return failure instanceof ServiceException fault
        && (fault.code().kind() == ErrorKind.NOT_FOUND || fault.code().kind() == ErrorKind.CALLER);
  }

  /**
   * Sends a client to a folder with its slash, without which relative links would lead elsewhere.
   * The Location begins with one slash: two would name another host.
   */
  static Response redirect(RoutingContext ctx, FolderPath folder) {
    String query = ctx.request().query();
    boolean plain = query != null && query.chars().allMatch(c -> c > ' ' && c < 0x7f);
    return Response.empty(301)
        .with("Location", TargetPath.encode(folder.path()) + (plain ? "?" + query : ""));
  }

  /** The name after which the page begins; other parameters have no effect. */
  private static @Nullable String after(RoutingContext ctx) {
    String after = Query.ofBytes(ctx).text("after");
    return after == null || after.isEmpty()
        ? null
        : PathText.of(after.getBytes(StandardCharsets.ISO_8859_1));
  }

  private Html html(FolderPath folder, @Nullable String after, ListFilesReply reply) {
    List<Html> rows = new ArrayList<>();
    List<FolderInfo> folders = Objects.requireNonNull(reply.folders());
    for (FolderInfo inside : folders) {
      rows.add(
          row(folder.relative(inside.path()), "folder", Html.of("–"), inside.modifiedEpochMs()));
    }
    for (FileInfo file : reply.files()) {
      rows.add(
          row(
              folder.relative(file.path()),
              "file",
              Html.of(size(file.sizeBytes())),
              file.modifiedEpochMs()));
    }
    String next = reply.next();
    boolean none = rows.isEmpty();
    return page.render(
        Map.ofEntries(
            Map.entry("version", pages.version()),
            Map.entry("path", Html.of(PathText.readable(folder.path()))),
            Map.entry("parent_hidden", Html.hidden(folder.root())),
            Map.entry("archive_hidden", Html.hidden(!archives || (none && after == null))),
            Map.entry("rows", Html.joined(rows)),
            Map.entry("table_hidden", Html.hidden(none)),
            Map.entry("none_hidden", Html.hidden(!none)),
            Map.entry(
                "none_text", Html.of(after == null ? "This folder is empty." : "No more files.")),
            Map.entry("pages_hidden", Html.hidden(after == null && next == null)),
            Map.entry("first_hidden", Html.hidden(after == null)),
            Map.entry("next_hidden", Html.hidden(next == null)),
            Map.entry("next", Html.of(next == null ? "" : encoded(folder.relative(next))))));
  }

  private Html row(String name, String kind, Html size, long modifiedEpochMs) {
    return row.render(
        Map.of(
            "kind", Html.of(kind),
            // Relative, for a proxy may serve the page elsewhere; "./" since a name may have a
            // colon.
            "href", Html.of("./" + TargetPath.encode(name)),
            "name", Html.of(PathText.readable(name)),
            "size", size,
            "at", Html.of(Response.time(modifiedEpochMs)),
            "at_text", Html.of(MINUTES.format(Instant.ofEpochMilli(modifiedEpochMs)))));
  }

  /** A name ({@link PathText}) for a query, where more characters have a meaning than in a path. */
  private static String encoded(String name) {
    StringBuilder encoded = new StringBuilder();
    for (byte b : PathText.bytes(name)) {
      char c = (char) (b & 0xff);
      if (UriPath.isUnreserved(c) || c == '/') {
        encoded.append(c);
      } else {
        UriPath.encode(b, encoded);
      }
    }
    return encoded.toString();
  }

  /** A size with three digits at least, such as 1.23 MB. */
  static String size(long bytes) {
    if (bytes < 1_000) {
      return bytes + " B";
    }
    double value = bytes / 1_000.0;
    int unit = 0;
    // What would be rounded to 1000 is 1.00 of the next unit.
    while (value >= 999.5 && unit < UNITS.size() - 1) {
      value /= 1_000;
      unit++;
    }
    String format = value < 9.995 ? "%.2f %s" : value < 99.95 ? "%.1f %s" : "%.0f %s";
    return String.format(Locale.ROOT, format, value, UNITS.get(unit));
  }
}
