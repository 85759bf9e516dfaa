package dev.signalbox.gateway.error;

import dev.signalbox.contracts.ErrorCode;
import dev.signalbox.contracts.ServiceException;
import dev.signalbox.gateway.limit.ConcurrencyLimiter;
import dev.signalbox.platform.json.JsonInputException;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Maps failures and error codes to HTTP statuses. */
public final class ErrorStatus {

  private ErrorStatus() {}

  /** The error of a failure; an unexpected failure is a 500 without details. */
  public static HttpException of(@Nullable Throwable failure) {
    return of(failure, 500);
  }

  /** The error of a failure; vertx-web's status decides when the failure is of unknown type. */
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
          switch (refused.reason()) {
            case FULL -> HttpException.overloaded("Too many requests are in flight and queued");
            case WAITED_TOO_LONG ->
                HttpException.overloaded("The request waited too long in the queue");
            case CLIENT ->
                HttpException.tooManyRequests("This client has too many requests in flight");
          };
      // From vertx-web: a malformed path or query.
      case IllegalArgumentException _ when statusCode == 400 ->
          HttpException.malformed("The request target is not well-formed");
      case null, default ->
          statusCode >= 400 && statusCode < 500
              ? HttpException.of(statusCode, "BAD_REQUEST", title(statusCode))
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
        "Internal error; see the log entry of this request id",
        false,
        List.of(),
        Map.of());
  }

  /** The title of a status (RFC 9110). Netty has those of RFC 2616 and RFC 4918 for some. */
  static String title(int status) {
    return switch (status) {
      case 413 -> "Content Too Large";
      case 414 -> "URI Too Long";
      case 416 -> "Range Not Satisfiable";
      case 422 -> "Unprocessable Content";
      case 460 -> "Checksum Mismatch"; // tus 1.0
      default -> HttpResponseStatus.valueOf(status).reasonPhrase();
    };
  }

  public static int status(ErrorCode code) {
    return switch (code) {
      case TOO_LARGE -> 413;
      case IDEMPOTENCY_MISMATCH -> 422;
      case INSUFFICIENT_STORAGE -> 507;
      case INVALID_REQUEST,
          CANCELLED,
          NOT_FOUND,
          CONFLICT,
          LIMIT_REACHED,
          OVERLOADED,
          UNAVAILABLE,
          STOPPING,
          STORAGE_UNAVAILABLE,
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
    if (code == ErrorCode.STORAGE_UNAVAILABLE) {
      return Map.of("Retry-After", "1"); // A database is used again as soon as it is back.
    }
    return switch (code.kind()) {
      // Overload ends quickly; an instance takes seconds to start and announce itself.
      case OVERLOADED -> Map.of("Retry-After", "1");
      case UNAVAILABLE -> Map.of("Retry-After", "5");
      case CALLER, NOT_FOUND, CONFLICT, TIMEOUT, INTERNAL -> Map.of();
    };
  }
}
