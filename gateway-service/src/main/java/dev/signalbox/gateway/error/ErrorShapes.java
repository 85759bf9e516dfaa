package dev.signalbox.gateway.error;

import dev.signalbox.contracts.FieldProblem;
import dev.signalbox.gateway.routing.Response;
import dev.signalbox.platform.json.Json;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.Locale;

/** The error shapes of {@code /api/v1} and of the five documents. */
public final class ErrorShapes {

  private record Problem(
      String type,
      String title,
      int status,
      String detail,
      String code,
      String requestId,
      boolean retryable,
      List<FieldProblem> errors) {}

  private record StatusMessage(String status, String message) {}

  private record SuccessError(boolean success, String error) {}

  /** {@code /api/v1}: problem details (RFC 9457) with stable codes. */
  public static final ErrorShape PROBLEM =
      (error, requestId) ->
          Response.of(
                  error.status(),
                  "application/problem+json",
                  Buffer.buffer(
                      Json.bytes(
                          new Problem(
                              "urn:signalbox:problem:"
                                  + error.code().toLowerCase(Locale.ROOT).replace('_', '-'),
                              ErrorStatus.title(error.status()),
                              error.status(),
                              error.message(),
                              error.code(),
                              requestId,
                              error.retryable(),
                              error.problems()))))
              .with(error.headers());

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

  private ErrorShapes() {}

  private static Response json(HttpException error, Object body) {
    return Response.json(error.status(), body).with(error.headers());
  }
}
