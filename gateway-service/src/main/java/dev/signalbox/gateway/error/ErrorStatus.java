package dev.signalbox.gateway.error;

import dev.signalbox.contracts.ErrorCode;
import dev.signalbox.contracts.ServiceException;
import dev.signalbox.gateway.limit.ConcurrencyLimiter;
import dev.signalbox.platform.json.JsonInputException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The one place where error codes become HTTP statuses. */
public final class ErrorStatus {

  private ErrorStatus() {}

  /** The error of a failure; anything unexpected is a 500 that says nothing of itself. */
  public static HttpException of(@Nullable Throwable failure) {
    return of(failure, 500);
  }

  /**
   * The same for a failure that comes with a status, as from the framework.
   *
   * @param statusCode of the framework; decides where the failure says nothing
   */
  public static HttpException of(@Nullable Throwable failure, int statusCode) {
    return switch (failure) {
      case HttpException error -> error;
      case ServiceException error -> of(error);
      case JsonInputException json ->
          switch (json.kind()) {
            case MALFORMED -> HttpException.malformed(String.valueOf(json.getMessage()));
            case TOO_LARGE -> HttpException.tooLarge(String.valueOf(json.getMessage()));
          };
      case ConcurrencyLimiter.RefusedException refused ->
          HttpException.overloaded(
              switch (refused.reason()) {
                case FULL -> "Too many requests are in flight and waiting";
                case WAITED_TOO_LONG -> "The request waited too long for others to end";
              });
      // What the framework finds: a path or a query that is not well-formed.
      case IllegalArgumentException _ when statusCode == 400 ->
          HttpException.malformed("The request target is not well-formed");
      case null, default ->
          statusCode >= 400 && statusCode < 500
              ? HttpException.of(statusCode, "BAD_REQUEST", StatusTitles.of(statusCode))
              : internal();
    };
  }

  private static HttpException of(ServiceException error) {
    ErrorCode code = error.code();
    String message = error.getMessage();
    return new HttpException(
        status(code),
        code.name(),
        message == null ? code.name() : message,
        code.retryable(),
        error.problems(),
        headers(code));
  }

  private static HttpException internal() {
    return new HttpException(
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
