package dev.signalbox.httpprobe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.httpprobe.probe.ProbeRig;
import dev.signalbox.testsupport.TestCertificate;
import dev.signalbox.testsupport.TestNode;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Targets that answer before they have the whole request, and close. */
class EarlyAnswerTest {

  private static final int TRIES = 10;
  private static final String LONG_BODY = "x".repeat(1_048_576);
  private static final TestCertificate CERTIFICATE =
      TestCertificate.selfSigned("localhost", 30, "ip:127.0.0.1");

  private static TestNode node;
  private static ProbeRig rig;

  @BeforeAll
  static void start() {
    node = TestNode.start(HttpProbeMain.SERVICE, Map.of("guard.allow-private", "true"));
    rig = new ProbeRig();
  }

  @AfterAll
  static void stop() {
    node.close();
    rig.close();
  }

  static Stream<Arguments> answers() {
    return Stream.of(false, true)
        .flatMap(
            secured -> Stream.of(413, 401, 400, 200).map(status -> Arguments.of(status, secured)));
  }

  @ParameterizedTest(name = "{0}, TLS {1}")
  @MethodSource("answers")
  void an_early_answer_is_the_answer(int status, boolean secured) throws Exception {
    try (EarlyServer server = new EarlyServer(status, secured)) {
      for (int i = 0; i < TRIES; i++) {
        assertThat(new ProbeClient(node).probe(server.url(), request()))
            .containsEntry("status_code", status)
            .containsEntry("data", "no");
      }
    }
  }

  @ParameterizedTest(name = "{0}, TLS {1}")
  @MethodSource("answers")
  void an_early_answer_is_the_answer_on_the_jdk_sockets(int status, boolean secured)
      throws Exception {
    try (EarlyServer server = new EarlyServer(status, secured)) {
      for (int i = 0; i < TRIES; i++) {
        assertThat(rig.probe(server.url(), request()))
            .containsEntry("status_code", status)
            .containsEntry("data", "no");
      }
    }
  }

  @Test
  void a_target_that_closes_without_an_answer_is_a_protocol_error() throws Exception {
    try (EarlyServer server = new EarlyServer(0, false)) {
      assertThat(new ProbeClient(node).failedProbe(server.url(), request()).code())
          .isEqualTo("PROTOCOL");
      assertThat(rig.failedProbe(server.url(), request()).code()).isEqualTo("PROTOCOL");
    }
  }

  private static Object[] request() {
    return new Object[] {"method", "POST", "body", LONG_BODY, "verify_tls", false};
  }

  /** Reads the head alone; what is left unread makes its close a reset. */
  private static final class EarlyServer implements AutoCloseable {

    private final ServerSocket socket;
    private final int status;
    private final boolean secured;

    EarlyServer(int status, boolean secured) throws Exception {
      this.status = status;
      this.secured = secured;
      socket =
          secured
              ? CERTIFICATE.context().getServerSocketFactory().createServerSocket()
              : new ServerSocket();
      // So small that the request does not fit into what the systems hold.
      socket.setReceiveBufferSize(8_192);
      socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      Thread.ofVirtual().start(this::accept);
    }

    String url() {
      return (secured ? "https" : "http") + "://127.0.0.1:" + socket.getLocalPort() + "/";
    }

    private void accept() {
      while (!socket.isClosed()) {
        try (Socket connection = socket.accept()) {
          InputStream in = connection.getInputStream();
          for (int seen = 0; seen < 4; ) {
            int b = in.read();
            seen = b == '\r' || b == '\n' ? seen + 1 : b < 0 ? 4 : 0;
          }
          if (status != 0) {
            connection
                .getOutputStream()
                .write(
                    ("HTTP/1.1 " + status + " No\r\nContent-Length: 2\r\n\r\nno")
                        .getBytes(StandardCharsets.US_ASCII));
          }
        } catch (IOException goneOrClosed) {
          // The next connection, or the end of the test.
        }
      }
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }
}
