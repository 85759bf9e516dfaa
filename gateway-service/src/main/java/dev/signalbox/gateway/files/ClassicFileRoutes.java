package dev.signalbox.gateway.files;

import dev.signalbox.contracts.file.BeginUploadRequest;
import dev.signalbox.contracts.file.BeginUploadRequest.Kind;
import dev.signalbox.gateway.access.Role;
import dev.signalbox.gateway.backend.Backend;
import dev.signalbox.gateway.fault.ClassicFaults;
import dev.signalbox.gateway.fault.HttpFault;
import dev.signalbox.gateway.json.JsonText;
import dev.signalbox.gateway.route.Answer;
import dev.signalbox.gateway.route.BodyRule;
import dev.signalbox.gateway.route.Exchange;
import dev.signalbox.gateway.route.Route;
import dev.signalbox.gateway.route.RouteTable;
import dev.signalbox.gateway.route.Routes;
import io.vertx.core.Future;

/** Section 5 as documents 3 and 4 have it: every path that is nobody else's is a file. */
public final class ClassicFileRoutes implements Routes {

  /** The service counts: it knows how long an upload may be. */
  static final BodyRule STREAMED = new BodyRule.Streamed(Long.MAX_VALUE);

  private final Backend backend;
  private final Downloads downloads;

  /** Routes onto file-service. */
  ClassicFileRoutes(Backend backend, Downloads downloads) {
    this.backend = backend;
    this.downloads = downloads;
  }

  @Override
  public void addTo(RouteTable.Builder table) {
    table
        .add(
            Route.get(
                "/{path...}",
                Role.READER,
                ClassicFaults.TEXT,
                exchange -> downloads.answer(exchange, exchange.path())))
        .add(
            Route.post("/upload", Role.OPERATOR, ClassicFaults.STATUS_MESSAGE, this::upload)
                .body(STREAMED));
  }

  private Future<Answer> upload(Exchange exchange) {
    Kind kind = UploadMedia.kind(exchange);
    long declared = exchange.stream().declaredBytes();
    if (declared == 0) {
      throw HttpFault.malformed("The content is empty");
    }
    return UploadRun.store(
            backend, exchange, new BeginUploadRequest(null, kind, declared, null, null))
        .map(stored -> {
          String path = UriPath.escape(stored.file().path());
          return Answer.json(
                  201,
                  "{\"status\":\"success\",\"message\":\"File created successfully\","
                      + "\"filepath\":"
                      + JsonText.quote(stored.file().path())
                      + "}")
              .with("Location", path);
        });
  }
}
