package dev.signalbox.gateway.fault;

import dev.signalbox.contracts.FieldProblem;
import dev.signalbox.gateway.json.JsonText;
import dev.signalbox.gateway.route.Answer;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.vertx.core.buffer.Buffer;
import java.util.Locale;

/** The faults of {@code /api/v1}: problem details (RFC 9457) with stable codes. */
public final class ProblemFaults {

  /** {@code application/problem+json}. */
  public static final FaultShape PROBLEM =
      (fault, requestId) ->
          ClassicFaults.headers(
              fault,
              Answer.of(
                  fault.status(),
                  "application/problem+json",
                  Buffer.buffer(body(fault, requestId))));

  private ProblemFaults() {}

  private static String body(HttpFault fault, String requestId) {
    var json = new StringBuilder(256);
    json.append("{\"type\":\"urn:signalbox:problem:")
        .append(fault.code().toLowerCase(Locale.ROOT).replace('_', '-'))
        .append("\",\"title\":")
        .append(JsonText.quote(HttpResponseStatus.valueOf(fault.status()).reasonPhrase()))
        .append(",\"status\":")
        .append(fault.status())
        .append(",\"detail\":")
        .append(JsonText.quote(fault.message()))
        .append(",\"code\":")
        .append(JsonText.quote(fault.code()))
        .append(",\"request_id\":")
        .append(JsonText.quote(requestId))
        .append(",\"retryable\":")
        .append(fault.retryable())
        .append(",\"errors\":[");
    String separator = "";
    for (FieldProblem problem : fault.problems()) {
      json.append(separator)
          .append("{\"pointer\":")
          .append(JsonText.quote(problem.pointer()))
          .append(",\"message\":")
          .append(JsonText.quote(problem.message()))
          .append('}');
      separator = ",";
    }
    return json.append("]}").toString();
  }
}
