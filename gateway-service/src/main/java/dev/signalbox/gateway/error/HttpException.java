package dev.signalbox.gateway.error;

import dev.signalbox.contracts.FieldProblem;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * An error of a request in terms of HTTP, not yet in the words of a face. A value: it has no stack
 * trace.
 */
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

  /** An error the gateway itself finds: one that repeating does not mend. */
  public static HttpException of(int status, String code, String message) {
    return new HttpException(status, code, message, false, List.of(), Map.of());
  }

  /** 400: the request as a whole cannot be understood. */
  public static HttpException malformed(String message) {
    return of(400, "MALFORMED", message);
  }

  /** 404: no such path. */
  public static HttpException notFound(String message) {
    return of(404, "NOT_FOUND", message);
  }

  /** 405 with the methods that would do (RFC 9110 section 15.5.6). */
  public static HttpException methodNotAllowed(String allow) {
    return of(405, "METHOD_NOT_ALLOWED", "Method not allowed; allowed: " + allow)
        .with("Allow", allow);
  }

  /** 403: understood, and refused whoever asks. */
  public static HttpException forbidden(String message) {
    return of(403, "FORBIDDEN", message);
  }

  /** 412: a condition of the request is not met. */
  public static HttpException preconditionFailed() {
    return of(412, "PRECONDITION_FAILED", "The file is not the version that the request names");
  }

  /** 413: larger than allowed. */
  public static HttpException tooLarge(String message) {
    return of(413, "TOO_LARGE", message);
  }

  /** 415: a media type or coding that is not read here. */
  public static HttpException unsupported(String message) {
    return of(415, "UNSUPPORTED_MEDIA_TYPE", message);
  }

  /** 429: this client has too much under way (RFC 6585 section 4). */
  public static HttpException tooManyRequests(String message) {
    return new HttpException(
        429, "TOO_MANY_REQUESTS", message, true, List.of(), Map.of("Retry-After", "1"));
  }

  /** 503 at once: too much is under way. */
  public static HttpException overloaded(String message) {
    return new HttpException(
        503, "OVERLOADED", message, true, List.of(), Map.of("Retry-After", "1"));
  }

  /** The same with one more header. */
  public HttpException with(String header, String value) {
    return with(Map.of(header, value));
  }

  /** The same with more headers. */
  public HttpException with(Map<String, String> more) {
    Map<String, String> all = new HashMap<>(headers);
    all.putAll(more);
    return new HttpException(status, code, message(), retryable, problems, all);
  }

  /** HTTP status. */
  public int status() {
    return status;
  }

  /** Stable name of the error. */
  public String code() {
    return code;
  }

  /** One sentence. */
  public String message() {
    String message = getMessage();
    return message == null ? code : message;
  }

  /** Whether the same request may succeed later. */
  public boolean retryable() {
    return retryable;
  }

  /** What is wrong field by field. */
  public List<FieldProblem> problems() {
    return problems;
  }

  /** Headers that belong to the status, such as Allow. */
  public Map<String, String> headers() {
    return headers;
  }
}
