package dev.signalbox.cli.probe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.platform.json.Json;
import dev.signalbox.testsupport.FakeHttpServer;
import dev.signalbox.testsupport.HttpAnswer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The command against servers of our own. */
class ProbeCommandIT {

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  private int run(String... arguments) throws InterruptedException {
    return new ProbeCommand(
            List.of(arguments),
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8))
        .run();
  }

  private String printed() {
    return out.toString(StandardCharsets.UTF_8);
  }

  @Test
  void printsWhatCameOfTheRequest() throws InterruptedException {
    try (FakeHttpServer server =
        FakeHttpServer.start(HttpAnswer.of(200, "hello", "X-Box: signal"))) {
      int code = run(server.url("/"), "-i", "--assert", "body contains ell");

      assertThat(code).isZero();
      assertThat(printed())
          .startsWith("HTTP/1.1 200  " + server.url("/") + "  from 127.0.0.1\n")
          .contains("x-box: signal\n", "Body  5 bytes", "passed  body contains ell");
    }
  }

  @Test
  void theBodyAloneGoesToStandardOutput() throws InterruptedException {
    try (FakeHttpServer server = FakeHttpServer.start(HttpAnswer.of(200, "hello\n"))) {
      assertThat(run(server.url("/"), "--body")).isZero();
      assertThat(printed()).isEqualTo("hello\n");
      assertThat(err.toString(StandardCharsets.UTF_8)).contains("HTTP/1.1 200");
    }
  }

  @Test
  void anErrorStatusIsTwentyTwo() throws InterruptedException {
    try (FakeHttpServer server = FakeHttpServer.start(HttpAnswer.of(503, "no"))) {
      assertThat(run(server.url("/"))).isEqualTo(22);
    }
  }

  @Test
  void anAssertionThatDoesNotHoldIsOne() throws InterruptedException, IOException {
    try (FakeHttpServer server = FakeHttpServer.start(HttpAnswer.of(200, "no"))) {
      assertThat(run(server.url("/"), "--assert", "status == 204", "--json")).isEqualTo(1);
      assertThat(Json.mapper().readTree(printed()).path("success").asBoolean(true)).isFalse();
    }
  }

  @Test
  void redirectsAreFollowedWhenAsked() throws InterruptedException {
    try (FakeHttpServer target = FakeHttpServer.start(HttpAnswer.of(200, "there"));
        FakeHttpServer first = FakeHttpServer.start(HttpAnswer.redirect(302, target.url("/")))) {
      assertThat(run(first.url("/"))).isZero();
      assertThat(printed()).startsWith("HTTP/1.1 302");
      out.reset();
      assertThat(run(first.url("/"), "--follow")).isZero();
      assertThat(printed()).startsWith("HTTP/1.1 200").contains("all hops");
    }
  }

  @Test
  void whatIsNotReachedHasTheCodeOfCurl() throws InterruptedException {
    try (FakeHttpServer loop = FakeHttpServer.start(HttpAnswer.redirectLoop());
        FakeHttpServer silent = FakeHttpServer.start(HttpAnswer.silence())) {
      assertThat(run("http://127.0.0.1:1/")).isEqualTo(7);
      assertThat(run(silent.url("/"), "--timeout", "200ms")).isEqualTo(28);
      assertThat(run(loop.url("/"), "--max-redirects", "2")).isEqualTo(47);
      assertThat(printed()).isEmpty();
    }
  }
}
