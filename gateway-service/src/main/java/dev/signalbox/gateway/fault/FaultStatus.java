package dev.signalbox.gateway.fault;

import dev.signalbox.contracts.ErrorCode;
import dev.signalbox.contracts.ServiceException;
import dev.signalbox.platform.json.JsonInputException;
import java.util.List;
import java.util.Map;

/** The one place where error codes become HTTP statuses. */
public final class FaultStatus {

  private FaultStatus() {}

  /** The fault a failure amounts to; anything unexpected is a 500 that says nothing of itself. */
  public static HttpFault of(Throwable failure) {
    if (failure instanceof HttpFault fault) {
      return fault;
    }
    if (failure instanceof JsonInputException json) {
      String message = String.valueOf(json.getMessage());
      return switch (json.kind()) {
        case MALFORMED -> HttpFault.malformed(message);
        case TOO_LARGE -> HttpFault.tooLarge(message);
      };
    }
    if (failure instanceof ServiceException fault) {
      ErrorCode code = fault.code();
      String message = fault.getMessage();
      return new HttpFault(
          status(code),
          code.name(),
          message == null ? code.name() : message,
          code.retryable(),
          fault.problems(),
          headers(code));
    }
    return new HttpFault(
        500,
        ErrorCode.INTERNAL.name(),
        "Internal error; the log has the details under the request id",
        false,
        List.of(),
        Map.of());
  }

  /** The status of a code. */
  public static int status(ErrorCode code) {
    return switch (code) {
      case TOO_LARGE -> 413;
      case IDEMPOTENCY_MISMATCH -> 422;
      case INVALID_REQUEST,
          CANCELLED,
          NOT_FOUND,
          CONFLICT,
          LIMIT_REACHED,
          OVERLOADED,
          UNAVAILABLE,
          STOPPING,
          TIMEOUT,
          INTERNAL,
          STORAGE ->
          switch (code.kind()) {
            case CALLER -> 400;
            case NOT_FOUND -> 404;
            case CONFLICT -> 409;
            case OVERLOADED, UNAVAILABLE -> 503;
            case TIMEOUT -> 504;
            case INTERNAL -> 500;
          };
    };
  }

  private static Map<String, String> headers(ErrorCode code) {
    return switch (code.kind()) {
      // Overload passes quickly; an instance needs some seconds to start and announce itself.
      case OVERLOADED -> Map.of("Retry-After", "1");
      case UNAVAILABLE -> Map.of("Retry-After", "5");
      case CALLER, NOT_FOUND, CONFLICT, TIMEOUT, INTERNAL -> Map.of();
    };
  }
}
