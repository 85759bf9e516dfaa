package dev.signalbox.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.cli.dns.DnsCommand;
import dev.signalbox.cli.probe.ProbeCommand;
import dev.signalbox.platform.node.Launcher;
import dev.signalbox.testsupport.FakeHttpServer;
import dev.signalbox.testsupport.HttpAnswer;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What another system says of a failure, as a terminal gets it. */
class RemoteErrorTest {

  private static final HttpAnswer FAILED =
      HttpAnswer.of(
          200,
          "{\"error\":{\"code\":\"C\\u001b[2J\",\"message\":\"m\\u001b[2J\",\"retryable\":false}}",
          "Content-Type: application/json");

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream errors = new ByteArrayOutputStream();
  private final PrintStream err = new PrintStream(errors, true, StandardCharsets.UTF_8);

  private void assertHarmless(Launcher.Command command) throws InterruptedException {
    assertThat(command.run()).isNotZero();
    assertThat(errors.toString(StandardCharsets.UTF_8))
        .contains("C\\x1b[2J", "m\\x1b[2J")
        .doesNotContain("\u001b");
  }

  @Test
  void givenACodeWithControlCharacters_whenAProbeFails_thenTheyDoNotReachTheTerminal()
      throws InterruptedException {
    try (FakeHttpServer server = FakeHttpServer.start(FAILED)) {
      assertHarmless(
          new ProbeCommand(List.of("http://a.test/", "--server", server.url("")), out, err));
    }
  }

  @Test
  void givenACodeWithControlCharacters_whenAQueryFails_thenTheyDoNotReachTheTerminal()
      throws InterruptedException {
    try (FakeHttpServer server = FakeHttpServer.start(FAILED)) {
      assertHarmless(new DnsCommand(List.of("a.test", "--server", server.url("")), out, err));
    }
  }
}
