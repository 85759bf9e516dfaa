package dev.signalbox.gateway.files;

import dev.signalbox.contracts.file.BeginUploadRequest;
import dev.signalbox.contracts.file.BeginUploadRequest.Kind;
import dev.signalbox.contracts.file.DeleteFileReply;
import dev.signalbox.contracts.file.DeleteFileRequest;
import dev.signalbox.contracts.file.FileContract;
import dev.signalbox.contracts.file.FileInfo;
import dev.signalbox.contracts.file.ListFilesRequest;
import dev.signalbox.gateway.access.Role;
import dev.signalbox.gateway.backend.Backend;
import dev.signalbox.gateway.fault.HttpFault;
import dev.signalbox.gateway.fault.ProblemFaults;
import dev.signalbox.gateway.json.Query;
import dev.signalbox.gateway.route.Answer;
import dev.signalbox.gateway.route.Answers;
import dev.signalbox.gateway.route.Exchange;
import dev.signalbox.gateway.route.Route;
import dev.signalbox.gateway.route.RouteTable;
import dev.signalbox.gateway.route.Routes;
import dev.signalbox.platform.service.ServiceContext;
import io.vertx.core.Future;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import org.jspecify.annotations.Nullable;

/** Section 5, {@code /api/v1/files}. */
public final class FileRoutes implements Routes {

  private static final String PATH = "/api/v1/files";
  private static final String FILE = PATH + "/{path...}";

  private final Backend backend;
  private final Downloads downloads;

  private FileRoutes(Backend backend, Downloads downloads) {
    this.backend = backend;
    this.downloads = downloads;
  }

  /** Routes of both faces onto file-service, for the calling event loop. */
  public static Routes of(ServiceContext context, Backend backend, FilesConfig config) {
    PreparedFiles prepared = new PreparedFiles(config.cacheBytes(), System::nanoTime);
    // Until everybody knows that we listen, age alone ends what is remembered.
    context.bus().subscribe(FileContract.CHANGED, _ -> prepared.clear());
    Downloads downloads =
        new Downloads(context.vertx(), backend, config, context.process(), prepared);
    Routes classic = new ClassicFileRoutes(backend, downloads);
    Routes twins = new FileRoutes(backend, downloads);
    return table -> table.add(classic).add(twins);
  }

  @Override
  public void addTo(RouteTable.Builder table) {
    table
        .add(Route.get(PATH, Role.READER, ProblemFaults.PROBLEM, this::list))
        .add(Route.get(FILE, Role.READER, ProblemFaults.PROBLEM, this::get))
        .add(
            Route.with(HttpMethod.PUT, FILE, Role.OPERATOR, ProblemFaults.PROBLEM, this::put)
                .body(ClassicFileRoutes.STREAMED))
        .add(Route.delete(FILE, Role.OPERATOR, ProblemFaults.PROBLEM, this::delete));
  }

  private record FileView(
      String path, long sizeBytes, String modifiedAt, String etag, String mediaType) {

    static FileView of(FileInfo file) {
      return new FileView(
          file.path(),
          file.sizeBytes(),
          Answers.time(file.modifiedEpochMs()),
          file.etag(),
          file.mediaType());
    }
  }

  private Future<Answer> list(Exchange exchange) {
    Query query = Query.of(exchange);
    String prefix = slashed(query.text("prefix"));
    String after = query.text("after");
    int limit = query.limit();
    query.end();
    return backend
        .call(exchange, FileContract.LIST, new ListFilesRequest(prefix, after, limit))
        .map(page -> Answers.page(page.files().stream().map(FileView::of).toList(), page.next()));
  }

  private static String slashed(@Nullable String prefix) {
    return prefix == null ? "/" : prefix.startsWith("/") ? prefix : "/" + prefix;
  }

  private Future<Answer> get(Exchange exchange) {
    return downloads.answer(exchange, rawPath(exchange));
  }

  private Future<Answer> put(Exchange exchange) {
    UploadMedia.requirePlain(exchange);
    Query.of(exchange).end();
    BeginUploadRequest request =
        new BeginUploadRequest(
            path(exchange),
            Kind.BYTES,
            exchange.stream().declaredBytes(),
            exchange.header(HttpHeaders.IF_MATCH),
            exchange.header(HttpHeaders.IF_NONE_MATCH));
    return UploadRun.store(backend, exchange, request)
        .map(stored -> {
          FileInfo file = stored.file();
          Answer answer =
              Answers.json(stored.created() ? 201 : 200, FileView.of(file))
                  .with("ETag", file.etag());
          return stored.created()
              ? answer.with("Location", PATH + UriPath.escape(file.path()))
              : answer;
        });
  }

  private Future<Answer> delete(Exchange exchange) {
    Query.of(exchange).end();
    DeleteFileRequest request =
        new DeleteFileRequest(path(exchange), exchange.header(HttpHeaders.IF_MATCH));
    return backend
        .call(exchange, FileContract.DELETE, request)
        .map(reply ->
            switch (reply) {
              case DeleteFileReply.Deleted() -> Answer.empty(204);
              case DeleteFileReply.Missing() -> throw HttpFault.notFound("No such file");
              case DeleteFileReply.ConditionFailed() -> throw UploadRun.conditionFailed();
              case DeleteFileReply.Forbidden(String message) ->
                  throw HttpFault.of(403, "FORBIDDEN", message);
            });
  }

  private static String rawPath(Exchange exchange) {
    return "/" + exchange.rawParameters().getFirst();
  }

  private static String path(Exchange exchange) {
    return switch (TargetPath.decode(rawPath(exchange))) {
      case TargetPath.Fine(String path) -> path;
      case TargetPath.Malformed(String message) -> throw HttpFault.malformed(message);
      case TargetPath.Outside(String message) -> throw HttpFault.of(403, "FORBIDDEN", message);
    };
  }
}
