package dev.signalbox.contracts;

import java.util.List;

/**
 * A fault, as opposed to an expected answer: it reaches the caller as its code, message and
 * problems, across processes too. Made without a stack trace unless it has a cause, for it is a
 * value.
 */
public final class ServiceException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final ErrorCode code;
  private final transient List<FieldProblem> problems;

  /** A fault of one sentence. */
  public ServiceException(ErrorCode code, String message) {
    this(code, message, List.of());
  }

  /** A fault with what is wrong in each field. */
  public ServiceException(ErrorCode code, String message, List<FieldProblem> problems) {
    super(message, null, false, false);
    this.code = code;
    this.problems = List.copyOf(problems);
  }

  /** A fault that something else caused; the cause stays in this process, for its log. */
  public ServiceException(ErrorCode code, String message, Throwable cause) {
    super(message, cause);
    this.code = code;
    this.problems = List.of();
  }

  /** An {@link ErrorCode#INVALID_REQUEST} about one field. */
  public static ServiceException invalid(String pointer, String message) {
    return new ServiceException(
        ErrorCode.INVALID_REQUEST, message, List.of(new FieldProblem(pointer, message)));
  }

  /** The stable code. */
  public ErrorCode code() {
    return code;
  }

  /** What is wrong field by field; empty unless the request is invalid. */
  public List<FieldProblem> problems() {
    return problems;
  }
}
