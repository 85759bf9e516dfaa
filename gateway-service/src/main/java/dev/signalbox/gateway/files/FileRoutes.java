package dev.signalbox.gateway.files;

import static dev.signalbox.gateway.routing.Response.respond;

import dev.signalbox.contracts.Operation;
import dev.signalbox.contracts.file.BeginUploadRequest;
import dev.signalbox.contracts.file.BeginUploadRequest.Kind;
import dev.signalbox.contracts.file.DeleteFileReply;
import dev.signalbox.contracts.file.DeleteFileRequest;
import dev.signalbox.contracts.file.FileContract;
import dev.signalbox.contracts.file.FileInfo;
import dev.signalbox.contracts.file.FolderInfo;
import dev.signalbox.contracts.file.ListFilesRequest;
import dev.signalbox.contracts.file.MoveFileReply;
import dev.signalbox.contracts.file.MoveFileRequest;
import dev.signalbox.contracts.file.PathText;
import dev.signalbox.gateway.access.Role;
import dev.signalbox.gateway.backend.Backend;
import dev.signalbox.gateway.error.ErrorShapes;
import dev.signalbox.gateway.error.HttpException;
import dev.signalbox.gateway.json.MediaTypes;
import dev.signalbox.gateway.json.Query;
import dev.signalbox.gateway.routing.GuardedRouter;
import dev.signalbox.gateway.routing.RequestScope;
import dev.signalbox.gateway.routing.Requests;
import dev.signalbox.gateway.routing.Response;
import dev.signalbox.gateway.routing.RouteRules;
import dev.signalbox.gateway.routing.Section;
import dev.signalbox.platform.json.RequestObject;
import io.vertx.core.Future;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.RoutingContext;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Section 5, {@code /api/v1/files}. */
public final class FileRoutes implements Section {

  private static final String PATH = "/api/v1/files";
  private static final String FILE = PATH + "/*";

  /** Room for a path of 3,072 bytes, each as an escape. */
  private static final int MAX_ACTION_BYTES = 65_536;

  private static final int MAX_TO = 9_216;

  private final Backend backend;
  private final Downloads downloads;

  public FileRoutes(Backend backend, Downloads downloads) {
    this.backend = backend;
    this.downloads = downloads;
  }

  @Override
  public void mount(GuardedRouter router) {
    RouteRules reads = RouteRules.reads(Role.READER, ErrorShapes.PROBLEM);
    RouteRules changes = RouteRules.changes(Role.OPERATOR, ErrorShapes.PROBLEM);
    router.get(PATH, reads).handler(respond(this::list));
    router.get(FILE, reads).useNormalizedPath(false).handler(respond(this::get));
    router
        .put(FILE, changes.body(ClassicFileRoutes.STREAMED))
        .useNormalizedPath(false)
        .handler(respond(this::put));
    router
        .post(FILE, changes.body(new RouteRules.BodyRule.Whole(MAX_ACTION_BYTES)))
        .useNormalizedPath(false)
        .handler(respond(this::act));
    router.delete(FILE, changes.bodyless()).useNormalizedPath(false).handler(respond(this::delete));
  }

  /**
   * A file.
   *
   * @param path for a reader: U+FFFD stands for what is not UTF-8
   * @param href where it is, whatever bytes its name has
   */
  private record FileView(
      String path, String href, long sizeBytes, String modifiedAt, String etag, String mediaType) {

    static FileView of(FileInfo file) {
      return new FileView(
          PathText.readable(file.path()),
          PATH + TargetPath.encode(file.path()),
          file.sizeBytes(),
          Response.time(file.modifiedEpochMs()),
          file.etag(),
          file.mediaType());
    }
  }

  private Future<Response> list(RoutingContext ctx) {
    if (downloads.wantsArchive(ctx)) {
      return downloads.respond(ctx, "/");
    }
    Query query = Query.ofBytes(ctx);
    String prefix = slashed(pathText(query.text("prefix")));
    String after = pathText(query.text("after"));
    int limit = query.limit();
    String delimiter = query.text("delimiter");
    boolean folder = delimiter != null;
    if (folder && !"/".equals(delimiter)) {
      query.problem("delimiter", "must be /");
    }
    if (folder && !prefix.endsWith("/")) {
      query.problem("prefix", "must end with a slash when there is a delimiter");
    }
    query.end();
    return FolderPages.list(backend, ctx, new ListFilesRequest(prefix, after, limit, folder))
        .map(page -> {
          List<FileView> files = page.files().stream().map(FileView::of).toList();
          List<FolderInfo> folders = page.folders();
          return folders == null
              ? Response.page(files, page.next())
              : Response.json(
                  200,
                  new FolderPage(
                      folders.stream().map(FolderView::of).toList(), files, page.next()));
        });
  }

  /**
   * What is directly in a folder.
   *
   * @param items its files, on the pages after the last folder
   */
  private record FolderPage(
      List<FolderView> folders, List<FileView> items, @Nullable String next) {}

  /** A folder; path and href as those of a file, with a slash at the end. */
  private record FolderView(String path, String href, String modifiedAt) {

    static FolderView of(FolderInfo folder) {
      return new FolderView(
          PathText.readable(folder.path()),
          PATH + TargetPath.encode(folder.path()),
          Response.time(folder.modifiedEpochMs()));
    }
  }

  private static @Nullable String pathText(@Nullable String bytes) {
    return bytes == null ? null : PathText.of(bytes.getBytes(StandardCharsets.ISO_8859_1));
  }

  private static String slashed(@Nullable String prefix) {
    return prefix == null ? "/" : prefix.startsWith("/") ? prefix : "/" + prefix;
  }

  private Future<Response> get(RoutingContext ctx) {
    return downloads.respond(ctx, rawPath(ctx));
  }

  private Future<Response> put(RoutingContext ctx) {
    Upload.requireWholeFile(ctx);
    Query.of(ctx).end();
    BeginUploadRequest request =
        new BeginUploadRequest(
            path(ctx),
            Kind.BYTES,
            RequestScope.of(ctx).declaredBytes(),
            Preconditions.tags(ctx.request().headers(), HttpHeaders.IF_MATCH),
            Preconditions.tags(ctx.request().headers(), HttpHeaders.IF_NONE_MATCH));
    return Upload.store(backend, ctx, request).map(done -> stored(done.file(), done.created()));
  }

  /** Moves or copies a file. */
  private Future<Response> act(RoutingContext ctx) {
    MediaTypes.requireJson(ctx);
    Query.of(ctx).end();
    String from = path(ctx);
    RequestObject fields = RequestObject.parse(RequestScope.of(ctx).body().getBytes());
    String action = fields.oneOf("action", "", List.of("move", "copy"));
    if (!fields.has("action")) {
      fields.problem("action", "is required");
    }
    String to = fields.line("to", MAX_TO);
    if (!to.isEmpty() && !to.startsWith("/")) {
      fields.problem("to", "must begin with a slash");
    }
    boolean overwrite = fields.bool("overwrite", true);
    fields.end();
    MoveFileRequest request =
        new MoveFileRequest(
            from,
            to,
            overwrite,
            Preconditions.tags(ctx.request().headers(), HttpHeaders.IF_MATCH),
            Preconditions.tags(ctx.request().headers(), HttpHeaders.IF_NONE_MATCH));
    Operation<MoveFileRequest, MoveFileReply> operation =
        action.equals("move") ? FileContract.MOVE : FileContract.COPY;
    return backend
        .callWhileWanted(ctx, operation, request)
        .map(reply ->
            switch (reply) {
              case MoveFileReply.Done(FileInfo file, boolean created) -> stored(file, created);
              case MoveFileReply.Missing() -> throw HttpException.notFound("No such file");
              case MoveFileReply.ConditionFailed() -> throw HttpException.preconditionFailed();
              case MoveFileReply.Forbidden(String message) ->
                  throw HttpException.forbidden(message);
            });
  }

  private static Response stored(FileInfo file, boolean created) {
    Response answer =
        Response.json(created ? 201 : 200, FileView.of(file)).with("ETag", file.etag());
    return created ? answer.with("Location", PATH + TargetPath.encode(file.path())) : answer;
  }

  private Future<Response> delete(RoutingContext ctx) {
    Query.of(ctx).end();
    DeleteFileRequest request =
        new DeleteFileRequest(
            path(ctx), Preconditions.tags(ctx.request().headers(), HttpHeaders.IF_MATCH));
    return backend
        .call(ctx, FileContract.DELETE, request)
        .map(reply ->
            switch (reply) {
              case DeleteFileReply.Deleted() -> Response.empty(204);
              case DeleteFileReply.Missing() -> throw HttpException.notFound("No such file");
              case DeleteFileReply.ConditionFailed() -> throw HttpException.preconditionFailed();
              case DeleteFileReply.Forbidden(String message) ->
                  throw HttpException.forbidden(message);
            });
  }

  private static String rawPath(RoutingContext ctx) {
    return Requests.rawPath(ctx).substring(PATH.length());
  }

  private static String path(RoutingContext ctx) {
    return switch (TargetPath.decode(rawPath(ctx))) {
      case TargetPath.Fine(String path) -> path;
      case TargetPath.Malformed(String message) -> throw HttpException.malformed(message);
    };
  }
}
