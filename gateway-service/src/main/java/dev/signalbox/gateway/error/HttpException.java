package dev.signalbox.gateway.error;

import dev.signalbox.contracts.FieldProblem;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** An error as HTTP status, code and message, not yet in an {@link ErrorShape}. No stack trace. */
public final class HttpException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final int status;
  private final String code;
  private final boolean retryable;
  private final transient List<FieldProblem> problems;
  private final transient Map<String, String> headers;

  HttpException(
      int status,
      String code,
      String message,
      boolean retryable,
      List<FieldProblem> problems,
      Map<String, String> headers) {
    super(message, null, false, false);
    this.status = status;
    this.code = code;
    this.retryable = retryable;
    this.problems = List.copyOf(problems);
    this.headers = Map.copyOf(headers);
  }

  /** An error of the gateway that a retry does not solve. */
  public static HttpException of(int status, String code, String message) {
    return new HttpException(status, code, message, false, List.of(), Map.of());
  }

  /** 400: the request cannot be parsed. */
  public static HttpException malformed(String message) {
    return of(400, "MALFORMED", message);
  }

  public static HttpException notFound(String message) {
    return of(404, "NOT_FOUND", message);
  }

  /** 405 with the allowed methods (RFC 9110 section 15.5.6). */
  public static HttpException methodNotAllowed(String allow) {
    return of(405, "METHOD_NOT_ALLOWED", "Method not allowed; allowed: " + allow)
        .with("Allow", allow);
  }

  public static HttpException forbidden(String message) {
    return of(403, "FORBIDDEN", message);
  }

  /** 412: a precondition of the request failed. */
  public static HttpException preconditionFailed() {
    return of(412, "PRECONDITION_FAILED", "The file is not the version that the request names");
  }

  public static HttpException tooLarge(String message) {
    return of(413, "TOO_LARGE", message);
  }

  /** 415: an unsupported media type or content coding. */
  public static HttpException unsupported(String message) {
    return of(415, "UNSUPPORTED_MEDIA_TYPE", message);
  }

  /**
   * 429: this client has too many requests in flight, or its token sent too many (RFC 6585 section
   * 4).
   */
  public static HttpException tooManyRequests(String message) {
    return new HttpException(
        429, "TOO_MANY_REQUESTS", message, true, List.of(), Map.of("Retry-After", "1"));
  }

  /** 503: the gateway is overloaded. */
  public static HttpException overloaded(String message) {
    return new HttpException(
        503, "OVERLOADED", message, true, List.of(), Map.of("Retry-After", "1"));
  }

  public HttpException with(String header, String value) {
    return with(Map.of(header, value));
  }

  /** With more headers; one that says when to retry makes it retryable. */
  public HttpException with(Map<String, String> more) {
    Map<String, String> all = new HashMap<>(headers);
    all.putAll(more);
    boolean later = retryable || more.containsKey("Retry-After");
    return new HttpException(status, code, message(), later, problems, all);
  }

  public int status() {
    return status;
  }

  public String code() {
    return code;
  }

  public String message() {
    String message = getMessage();
    return message == null ? code : message;
  }

  /** Whether the same request may succeed later. */
  public boolean retryable() {
    return retryable;
  }

  public List<FieldProblem> problems() {
    return problems;
  }

  /** Headers that belong to the status, such as Allow. */
  public Map<String, String> headers() {
    return headers;
  }
}
