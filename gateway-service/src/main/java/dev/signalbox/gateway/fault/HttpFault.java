package dev.signalbox.gateway.fault;

import dev.signalbox.contracts.FieldProblem;
import java.util.List;
import java.util.Map;

/**
 * Why a request is not answered as it wished, in terms of HTTP but not yet in the words of a face.
 * A value: it has no stack trace.
 */
public final class HttpFault extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final int status;
  private final String code;
  private final boolean retryable;
  private final transient List<FieldProblem> problems;
  private final transient Map<String, String> headers;

  HttpFault(
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

  /** A fault the gateway itself finds: one that repeating does not mend. */
  public static HttpFault of(int status, String code, String message) {
    return new HttpFault(status, code, message, false, List.of(), Map.of());
  }

  /** 400: the request as a whole cannot be understood. */
  public static HttpFault malformed(String message) {
    return of(400, "MALFORMED", message);
  }

  /** 404: no such path. */
  public static HttpFault notFound(String message) {
    return of(404, "NOT_FOUND", message);
  }

  /** 405 with the methods that would do (RFC 9110 section 15.5.6). */
  public static HttpFault methodNotAllowed(String allow) {
    return new HttpFault(
        405,
        "METHOD_NOT_ALLOWED",
        "Method not allowed; allowed: " + allow,
        false,
        List.of(),
        Map.of("Allow", allow));
  }

  /** 413: larger than allowed. */
  public static HttpFault tooLarge(String message) {
    return of(413, "TOO_LARGE", message);
  }

  /** 415: a media type or coding that is not read here. */
  public static HttpFault unsupported(String message) {
    return of(415, "UNSUPPORTED_MEDIA_TYPE", message);
  }

  /** 503 at once: too much is under way. */
  public static HttpFault overloaded(String message) {
    return new HttpFault(503, "OVERLOADED", message, true, List.of(), Map.of("Retry-After", "1"));
  }

  /** The same with one more header. */
  public HttpFault with(String header, String value) {
    var more = new java.util.HashMap<>(headers);
    more.put(header, value);
    return new HttpFault(status, code, message(), retryable, problems, more);
  }

  /** HTTP status. */
  public int status() {
    return status;
  }

  /** Stable name of the fault. */
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
