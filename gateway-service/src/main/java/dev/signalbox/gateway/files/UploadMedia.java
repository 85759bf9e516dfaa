package dev.signalbox.gateway.files;

import dev.signalbox.contracts.file.BeginUploadRequest.Kind;
import dev.signalbox.gateway.error.HttpException;
import dev.signalbox.gateway.json.MediaTypes;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.RoutingContext;

/** What may be uploaded without a name, by its media type. */
final class UploadMedia {

  private UploadMedia() {}

  /**
   * The kind of a body.
   *
   * @throws HttpException 415 for a media type or coding that is not taken
   */
  static Kind kind(RoutingContext ctx) {
    requirePlain(ctx);
    return switch (MediaTypes.essence(ctx)) {
      case "application/json" -> Kind.JSON;
      // What curl -d says of any text it sends; it is stored as it comes.
      case "text/plain", "application/x-www-form-urlencoded" -> Kind.TEXT;
      case "application/octet-stream" -> Kind.BYTES;
      case null -> Kind.BYTES;
      default ->
          throw HttpException.unsupported(
              "The Content-Type must be application/json, text/plain or application/octet-stream");
    };
  }

  /**
   * Insists on a body that is the whole file as it is.
   *
   * @throws HttpException 415 for a content coding, 400 for a part (RFC 9110 section 14.5)
   */
  static void requirePlain(RoutingContext ctx) {
    String coding = ctx.request().headers().get(HttpHeaders.CONTENT_ENCODING);
    if (coding != null && !coding.strip().equalsIgnoreCase("identity")) {
      throw HttpException.unsupported(
              "A Content-Encoding is not taken here; send the file as it is")
          .with("Accept-Encoding", "identity");
    }
    if (ctx.request().headers().get(HttpHeaders.CONTENT_RANGE) != null) {
      throw HttpException.malformed("A part of a file cannot be stored");
    }
  }
}
