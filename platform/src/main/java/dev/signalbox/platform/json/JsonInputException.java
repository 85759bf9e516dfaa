package dev.signalbox.platform.json;

/**
 * A text that {@link StrictJson} does not read. The message is a whole sentence with the place, fit
 * to be shown to the sender of the text. A value: it has no stack trace.
 */
public final class JsonInputException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** Why the text is not read. */
  public enum Kind {
    /** It is not JSON in UTF-8, or not the kind of value that is wanted. */
    MALFORMED,
    /** It is JSON so far, but would build more than {@link JsonLimits} allow. */
    TOO_LARGE
  }

  private final Kind kind;
  private final int line;
  private final int column;

  JsonInputException(Kind kind, String reason, int line, int column) {
    super(
        (kind == Kind.MALFORMED ? "Invalid JSON: " : "The JSON is too large: ")
            + reason
            + " (line "
            + line
            + ", column "
            + column
            + ")",
        null,
        false,
        false);
    this.kind = kind;
    this.line = line;
    this.column = column;
  }

  /** Why the text is not read. */
  public Kind kind() {
    return kind;
  }

  /** Line of the place, from 1. */
  public int line() {
    return line;
  }

  /** Column of the place in bytes, from 1. */
  public int column() {
    return column;
  }
}
