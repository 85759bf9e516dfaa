package dev.signalbox.gateway.fault;

import dev.signalbox.gateway.json.JsonText;
import dev.signalbox.gateway.route.Answer;
import io.vertx.core.buffer.Buffer;

/** The faults of the five documents. */
public final class ClassicFaults {

  /** Document 1: {@code {"status":"error","message":…}}. */
  public static final FaultShape STATUS_MESSAGE =
      (fault, requestId) ->
          json(fault, "{\"status\":\"error\",\"message\":" + JsonText.quote(fault.message()) + "}");

  /** Documents 2 and 5: {@code {"success":false,"error":…}}. */
  public static final FaultShape SUCCESS_ERROR =
      (fault, requestId) ->
          json(fault, "{\"success\":false,\"error\":" + JsonText.quote(fault.message()) + "}");

  /** Documents 3 and 4: one line of text. */
  public static final FaultShape TEXT =
      (fault, requestId) ->
          headers(
              fault,
              Answer.of(
                  fault.status(),
                  "text/plain; charset=utf-8",
                  Buffer.buffer(fault.status() + " " + fault.message() + "\n")));

  private ClassicFaults() {}

  private static Answer json(HttpFault fault, String body) {
    return headers(fault, Answer.json(fault.status(), Buffer.buffer(body)));
  }

  /** The answer with the headers that belong to the fault's status. */
  public static Answer headers(HttpFault fault, Answer answer) {
    Answer result = answer;
    for (var header : fault.headers().entrySet()) {
      result = result.with(header.getKey(), header.getValue());
    }
    return result;
  }
}
