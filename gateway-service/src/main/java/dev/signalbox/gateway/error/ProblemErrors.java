package dev.signalbox.gateway.error;

import dev.signalbox.contracts.FieldProblem;
import dev.signalbox.gateway.routing.Response;
import dev.signalbox.platform.json.Json;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.Locale;

/** The errors of {@code /api/v1}: problem details (RFC 9457) with stable codes. */
public final class ProblemErrors {

  private record Problem(
      String type,
      String title,
      int status,
      String detail,
      String code,
      String requestId,
      boolean retryable,
      List<FieldProblem> errors) {}

  /** {@code application/problem+json}. */
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
                              StatusTitles.of(error.status()),
                              error.status(),
                              error.message(),
                              error.code(),
                              requestId,
                              error.retryable(),
                              error.problems()))))
              .with(error.headers());

  private ProblemErrors() {}
}
