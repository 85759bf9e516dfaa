package dev.signalbox.gateway.error;

import dev.signalbox.gateway.routing.Response;
import dev.signalbox.gateway.routing.Responses;
import io.vertx.core.buffer.Buffer;

/** The errors of the five documents. */
public final class ClassicErrors {

  private record StatusMessage(String status, String message) {}

  private record SuccessError(boolean success, String error) {}

  /** Document 1: {@code {"status":"error","message":…}}. */
  public static final ErrorShape STATUS_MESSAGE =
      (error, _) -> json(error, new StatusMessage("error", error.message()));

  /** Documents 2 and 5: {@code {"success":false,"error":…}}. */
  public static final ErrorShape SUCCESS_ERROR =
      (error, _) -> json(error, new SuccessError(false, error.message()));

  /** Documents 3 and 4: one line of text. */
  public static final ErrorShape TEXT =
      (error, _) ->
          Response.of(
                  error.status(),
                  "text/plain; charset=utf-8",
                  Buffer.buffer(error.status() + " " + error.message() + "\n"))
              .with(error.headers());

  private ClassicErrors() {}

  private static Response json(HttpException error, Object body) {
    return Responses.json(error.status(), body).with(error.headers());
  }
}
