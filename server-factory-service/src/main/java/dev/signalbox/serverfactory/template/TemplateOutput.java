package dev.signalbox.serverfactory.template;

import java.io.Writer;
import org.jspecify.annotations.Nullable;

/** The text of one rendering as it grows, and the count of what was done for it. */
final class TemplateOutput extends Writer {

  /** Of the rendering on this thread: the library shows a collector neither writer nor scope. */
  static final ScopedValue<TemplateOutput> CURRENT = ScopedValue.newInstance();

  /** A bound that a rendering met. */
  static final class BoundException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String reason;

    BoundException(String reason) {
      super(reason, null, false, false);
      this.reason = reason;
    }

    String reason() {
      return reason;
    }

    /** The bound among the causes of a failure, for the library wraps what a look-up throws. */
    static @Nullable BoundException in(@Nullable Throwable failure) {
      for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
        if (cause instanceof BoundException bound) {
          return bound;
        }
      }
      return null;
    }
  }

  private final StringBuilder text = new StringBuilder(256);
  private final boolean header;
  private int steps;
  private long bytes;

  TemplateOutput(boolean header) {
    this.header = header;
  }

  /** Counts one piece of work. */
  void step() {
    if (++steps > ResponseTemplate.MAX_STEPS) {
      throw new BoundException(
          "the template needs more than " + ResponseTemplate.MAX_STEPS + " steps");
    }
  }

  @Override
  public void write(char[] chars, int offset, int length) {
    append(new String(chars, offset, length));
  }

  @Override
  public void write(String piece, int offset, int length) {
    append(piece.substring(offset, offset + length));
  }

  @Override
  public Writer append(@Nullable CharSequence piece) {
    step();
    if (piece == null) {
      return this;
    }
    for (int i = 0; i < piece.length(); i++) {
      char c = piece.charAt(i);
      // Half a surrogate pair is two of its four bytes.
      bytes += c < 0x80 ? 1 : c < 0x800 || Character.isSurrogate(c) ? 2 : 3;
    }
    if (bytes > ResponseTemplate.MAX_OUTPUT) {
      throw new BoundException(
          "the template makes more than " + ResponseTemplate.MAX_OUTPUT + " bytes");
    }
    text.append(piece);
    return this;
  }

  @Override
  public void flush() {}

  @Override
  public void close() {}

  @Override
  public String toString() {
    if (!header) {
      return text.toString();
    }
    StringBuilder value = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c != '\r' && c != '\n' && c != 0) {
        value.append(c);
      }
    }
    return value.toString();
  }
}
