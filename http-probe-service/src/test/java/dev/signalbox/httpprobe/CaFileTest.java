package dev.signalbox.httpprobe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signalbox.testsupport.FakeHttpServer;
import dev.signalbox.testsupport.HttpAnswer;
import dev.signalbox.testsupport.TestCertificate;
import dev.signalbox.testsupport.TestNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Authorities that the operator trusts beside those of the machine. */
class CaFileTest {

  private static final TestCertificate KNOWN =
      TestCertificate.selfSigned("a.example", 30, "ip:127.0.0.1");
  private static final TestCertificate UNKNOWN =
      TestCertificate.selfSigned("b.example", 30, "ip:127.0.0.1");

  @TempDir private Path directory;

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void certificates_verify_by_the_file(boolean nativeTls) throws IOException {
    try (TestNode node = node(file(KNOWN.certificatePem()), nativeTls);
        FakeHttpServer known = FakeHttpServer.startTls(KNOWN, HttpAnswer.of(200, "ok"));
        FakeHttpServer unknown = FakeHttpServer.startTls(UNKNOWN, HttpAnswer.of(200, "ok"))) {
      ProbeClient client = new ProbeClient(node);

      assertThat(client.probe(known.url("/"))).containsEntry("data", "ok");
      assertThat(client.failedProbe(unknown.url("/")).code()).isEqualTo("TLS");
    }
  }

  @Test
  void authorities_of_a_task_count_instead_of_the_file() throws IOException {
    try (TestNode node = node(file(KNOWN.certificatePem()), true);
        FakeHttpServer known = FakeHttpServer.startTls(KNOWN, HttpAnswer.of(200, "ok"))) {
      assertThat(
              new ProbeClient(node)
                  .failedProbe(known.url("/"), "ca_pem", UNKNOWN.certificatePem())
                  .code())
          .isEqualTo("TLS");
    }
  }

  static Stream<String> wrongFiles() {
    return Stream.of("", "nothing", KNOWN.keyPem(), KNOWN.certificatePem() + KNOWN.keyPem());
  }

  @ParameterizedTest
  @MethodSource("wrongFiles")
  void a_file_of_anything_else_ends_the_start(String content) throws IOException {
    Path file = file(content);

    assertThatThrownBy(() -> node(file, true)).hasMessageContaining("http-probe.ca-file");
  }

  @Test
  void a_file_that_is_not_there_ends_the_start() {
    assertThatThrownBy(() -> node(directory.resolve("none.pem"), true))
        .hasMessageContaining("http-probe.ca-file");
  }

  private Path file(String content) throws IOException {
    return Files.writeString(directory.resolve("ca.pem"), content);
  }

  private static TestNode node(Path file, boolean nativeTls) {
    return TestNode.start(
        HttpProbeMain.SERVICE,
        Map.of(
            "guard.allow-private",
            "true",
            "http-probe.native-tls",
            Boolean.toString(nativeTls),
            "http-probe.ca-file",
            file.toString()));
  }
}
