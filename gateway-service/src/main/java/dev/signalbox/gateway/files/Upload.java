package dev.signalbox.gateway.files;

import dev.signalbox.contracts.file.BeginUploadRequest;
import dev.signalbox.contracts.file.FinishUploadReply.Stored;
import dev.signalbox.gateway.backend.Backend;
import dev.signalbox.gateway.error.HttpException;
import dev.signalbox.gateway.routing.RequestScope;
import io.vertx.core.Future;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.RoutingContext;

/** Stores a request's body as one file. */
final class Upload {

  private Upload() {}

  /**
   * Rejects a body that is not the whole, unencoded file.
   *
   * @throws HttpException 415 for a content coding, 400 for a part (RFC 9110 section 14.5)
   */
  static void requireWholeFile(RoutingContext ctx) {
    String coding = ctx.request().headers().get(HttpHeaders.CONTENT_ENCODING);
    if (coding != null && !coding.strip().equalsIgnoreCase("identity")) {
      throw HttpException.unsupported("This call does not accept a Content-Encoding")
          .with("Accept-Encoding", "identity");
    }
    if (ctx.request().headers().get(HttpHeaders.CONTENT_RANGE) != null) {
      throw HttpException.malformed("An upload must be the whole file, without Content-Range");
    }
  }

  /**
   * Stores a body.
   *
   * @return the stored file; on failure file-service stores nothing
   */
  static Future<Stored> store(Backend backend, RoutingContext ctx, BeginUploadRequest request) {
    UploadDigests digests = UploadDigests.of(ctx);
    return UploadSession.begin(backend, ctx, request)
        .compose(session ->
            BodyPump.pump(
                    RequestScope.of(ctx).stream(),
                    piece -> {
                      digests.update(piece);
                      return session.append(piece);
                    })
                .compose(_ -> {
                  digests.verify();
                  return session.finish();
                })
                // Its place is free at once, even if a reply was lost.
                .onFailure(_ -> session.abort()));
  }
}
