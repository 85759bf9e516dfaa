package dev.signalbox.platform.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class CommandOutputTest {

  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private final PrintStream errors = new PrintStream(err, true, StandardCharsets.UTF_8);

  /** The call that fails. */
  enum Call {
    WRITE_BYTE,
    WRITE_BYTES,
    FLUSH,
    CLOSE
  }

  private static final class Failing extends OutputStream {

    private final Call failing;
    private final String message;

    Failing(Call failing, String message) {
      this.failing = failing;
      this.message = message;
    }

    private void on(Call call) throws IOException {
      if (call == failing) {
        throw new IOException(message);
      }
    }

    @Override
    public void write(int b) throws IOException {
      on(Call.WRITE_BYTE);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      on(Call.WRITE_BYTES);
    }

    @Override
    public void flush() throws IOException {
      on(Call.FLUSH);
    }

    @Override
    public void close() throws IOException {
      on(Call.CLOSE);
    }
  }

  private String reported() {
    return err.toString(StandardCharsets.UTF_8);
  }

  @Test
  void givenAWorkingOutput_whenTheCommandEnds_thenItsOwnExitCodeStays() {
    CommandOutput output = CommandOutput.standard(new ByteArrayOutputStream());
    output.printStream().append("text").flush();

    assertThat(output.exitCode(7, errors)).isEqualTo(7);
    assertThat(reported()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void givenAFullDisk_whenACallFailsBehindAPrintStream_thenItIsReportedAndTheCodeIsWriteError(
      Call call) {
    CommandOutput output = CommandOutput.standard(new Failing(call, "No space left on device"));
    try (PrintStream out = output.printStream()) {
      out.write('x');
      out.print("text");
      out.flush();
    }

    assertThat(output.exitCode(0, errors)).isEqualTo(CommandOutput.WRITE_ERROR);
    assertThat(reported())
        .isEqualTo("Error: cannot write to standard output: No space left on device\n");
  }

  @Test
  void givenAReaderThatLeft_whenWriting_thenTheCodeIsWriteErrorWithoutAMessage() {
    CommandOutput output = CommandOutput.standard(new Failing(Call.WRITE_BYTES, "Broken pipe"));
    output.printStream().append("text").flush();

    assertThat(output.exitCode(0, errors)).isEqualTo(CommandOutput.WRITE_ERROR);
    assertThat(reported()).isEmpty();
  }
}
