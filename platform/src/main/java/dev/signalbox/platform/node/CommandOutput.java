package dev.signalbox.platform.node;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Where a command writes its results. Remembers the first write error, because {@link PrintStream}
 * hides it: a command whose results are lost must not end with exit code 0.
 */
public final class CommandOutput extends FilterOutputStream {

  /** Exit code of every command whose results could not be written; curl's. */
  public static final int WRITE_ERROR = 23;

  private final String name;
  private @Nullable IOException failure;

  /**
   * An output.
   *
   * @param name how the error message calls it, such as {@code standard output}
   */
  public CommandOutput(OutputStream out, String name) {
    super(out);
    this.name = name;
  }

  /** Standard output of the process, whatever {@link System#out} has become. */
  public static CommandOutput standard() {
    return standard(new FileOutputStream(FileDescriptor.out));
  }

  /** A stream that stands for standard output. */
  public static CommandOutput standard(OutputStream out) {
    return new CommandOutput(out, "standard output");
  }

  /** The same for text. */
  public PrintStream printStream() {
    return new PrintStream(this, false, StandardCharsets.UTF_8);
  }

  /**
   * The exit code of the command that wrote here. Reports a write error, except that the reader has
   * closed the pipe: {@code signalbox … | head} is no mistake of the user.
   *
   * @param code the exit code when everything was written
   */
  public int exitCode(int code, PrintStream err) {
    if (failure == null) {
      return code;
    }
    String reason = String.valueOf(failure.getMessage());
    if (!reason.contains("Broken pipe")) {
      err.println("Error: cannot write to " + name + ": " + reason);
    }
    return WRITE_ERROR;
  }

  /** Whether a write failed. */
  public boolean failed() {
    return failure != null;
  }

  /** Something that may fail to write. */
  @FunctionalInterface
  private interface Write {
    void run() throws IOException;
  }

  private void attempt(Write write) throws IOException {
    try {
      write.run();
    } catch (IOException e) {
      failure = failure == null ? e : failure;
      throw e;
    }
  }

  @Override
  public void write(int b) throws IOException {
    attempt(() -> out.write(b));
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    attempt(() -> out.write(bytes, offset, length));
  }

  @Override
  public void flush() throws IOException {
    attempt(out::flush);
  }

  @Override
  public void close() throws IOException {
    attempt(out::close);
  }
}
