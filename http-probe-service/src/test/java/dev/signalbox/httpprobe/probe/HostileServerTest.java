package dev.signalbox.httpprobe.probe;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.aayushatharva.brotli4j.encoder.Encoder;
import com.github.luben.zstd.Zstd;
import dev.signalbox.contracts.TaskError;
import dev.signalbox.httpprobe.body.NativeCodings;
import dev.signalbox.testsupport.FakeHttpServer;
import dev.signalbox.testsupport.HttpAnswer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every way to misbehave ends in its error, within the deadline, and gives the socket back. */
class HostileServerTest {

  private static final byte[] ZEROS = new byte[30_000_000];

  private static ProbeRig client;

  @BeforeAll
  static void start() {
    NativeCodings.load();
    client = new ProbeRig();
  }

  @AfterAll
  static void stop() {
    client.close();
  }

  static Stream<Arguments> misbehaviour() {
    return Stream.of(
        Arguments.of("hangs up", HttpAnswer.hangUp(), "PROTOCOL", "first_byte"),
        Arguments.of("truncates", HttpAnswer.truncated(100, "abc"), "PROTOCOL", "download"),
        Arguments.of("truncates chunks", HttpAnswer.truncatedChunks("abc"), "PROTOCOL", "download"),
        Arguments.of("resets", HttpAnswer.resetMidBody("abc"), "PROTOCOL", "download"),
        Arguments.of("babbles", HttpAnswer.raw("HELLO\r\n\r\n"), "PROTOCOL", null),
        Arguments.of("bad version", HttpAnswer.raw("HTTX/1.1 200 OK\r\n\r\n"), "PROTOCOL", null),
        Arguments.of("bad status", HttpAnswer.raw("HTTP/1.1 abc OK\r\n\r\n"), "PROTOCOL", null),
        Arguments.of(
            "two lengths",
            HttpAnswer.raw("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab"),
            "PROTOCOL",
            null),
        Arguments.of(
            "negative length",
            HttpAnswer.raw("HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nab"),
            "PROTOCOL",
            null),
        Arguments.of(
            "bad chunk",
            HttpAnswer.raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nab"),
            "PROTOCOL",
            "download"),
        Arguments.of(
            "switches protocols",
            HttpAnswer.raw("HTTP/1.1 101 Switching\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n"),
            "PROTOCOL",
            "first_byte"),
        Arguments.of(
            "endless line", HttpAnswer.raw("HTTP/1.1 200 " + "x".repeat(20_000)), "PROTOCOL", null),
        Arguments.of(
            "endless headers",
            HttpAnswer.raw("HTTP/1.1 200 OK\r\n" + "X: y\r\n".repeat(20_000)),
            "PROTOCOL",
            null),
        Arguments.of(
            "length and chunks",
            HttpAnswer.raw(
                "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n"
                    + "3\r\nabc\r\n0\r\n\r\n"),
            "PROTOCOL",
            null),
        Arguments.of(
            "half a head",
            HttpAnswer.raw("HTTP/1.1 200 OK\r\nContent-Le"),
            "PROTOCOL",
            "first_byte"),
        Arguments.of(
            "huge chunk size",
            HttpAnswer.raw(
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\nab"),
            "PROTOCOL",
            "download"),
        Arguments.of(
            "endless trailer",
            HttpAnswer.raw(
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n"
                    + "X: y\r\n".repeat(20_000)),
            "PROTOCOL",
            "download"),
        Arguments.of(
            "100,000 headers",
            (HttpAnswer)
                (request, out) -> {
                  out.text("HTTP/1.1 200 OK\r\n");
                  for (int i = 0; i < 100_000; i++) {
                    out.text("X-" + i + ": y\r\n");
                  }
                  out.text("\r\n");
                },
            "PROTOCOL",
            null),
        Arguments.of(
            "storm of interim answers",
            (HttpAnswer)
                (request, out) -> {
                  while (true) {
                    out.text("HTTP/1.1 103 Early\r\n\r\n");
                  }
                },
            "PROTOCOL",
            "first_byte"),
        Arguments.of(
            "redirects nowhere",
            HttpAnswer.redirect(302, "http://" + "x".repeat(9_000)),
            "PROTOCOL",
            "download"),
        Arguments.of("redirect loop", HttpAnswer.redirectLoop(), "TOO_MANY_REDIRECTS", null),
        Arguments.of(
            "redirects to the denied",
            HttpAnswer.redirect(302, "http://169.254.169.254/latest/"),
            "BLOCKED_TARGET",
            "dns"),
        Arguments.of("brotli bomb", bomb("br", brotli(ZEROS)), "BODY_TOO_LARGE", "download"),
        Arguments.of("zstd bomb", bomb("zstd", Zstd.compress(ZEROS)), "BODY_TOO_LARGE", "download"),
        Arguments.of(
            "bomb in a bomb",
            bomb("gzip, zstd", Zstd.compress(HttpAnswer.gzip(ZEROS))),
            "BODY_TOO_LARGE",
            "download"),
        Arguments.of(
            "half a brotli",
            bomb("br", Arrays.copyOf(brotli("hello world".repeat(20).getBytes(UTF_8)), 12)),
            "PROTOCOL",
            "download"),
        Arguments.of(
            "half a zstd",
            bomb("zstd", Arrays.copyOf(Zstd.compress("hello world".getBytes(UTF_8)), 12)),
            "PROTOCOL",
            "download"),
        Arguments.of("broken zstd", bomb("zstd", new byte[100]), "PROTOCOL", "download"),
        Arguments.of(
            "broken brotli",
            bomb("br", "not brotli, surely, is this".getBytes(UTF_8)),
            "PROTOCOL",
            "download"),
        Arguments.of(
            "three codings", bomb("gzip,gzip,gzip", new byte[100]), "PROTOCOL", "download"),
        Arguments.of(
            "a bomb of padding",
            bomb(
                "gzip, gzip",
                HttpAnswer.gzip(Arrays.copyOf(HttpAnswer.gzip(new byte[10]), 1 << 24))),
            "BODY_TOO_LARGE",
            "download"),
        Arguments.of(
            "endless name of a gzip file",
            (HttpAnswer)
                (request, out) -> {
                  out.text("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n");
                  out.bytes(new byte[] {0x1f, (byte) 0x8b, 8, 8, 0, 0, 0, 0, 0, 0});
                  while (true) {
                    out.text("name".repeat(1_000));
                  }
                },
            "BODY_TOO_LARGE",
            "download"),
        Arguments.of("gzip bomb", HttpAnswer.gzipBomb(1L << 30), "BODY_TOO_LARGE", "download"),
        Arguments.of(
            "broken gzip",
            HttpAnswer.of(200, "not gzip at all", "Content-Encoding: gzip"),
            "PROTOCOL",
            "download"),
        Arguments.of(
            "half a gzip",
            HttpAnswer.of(
                200,
                Arrays.copyOf(HttpAnswer.gzip("hello world".getBytes(UTF_8)), 20),
                "Content-Encoding: gzip"),
            "PROTOCOL",
            "download"));
  }

  private static HttpAnswer bomb(String coding, byte[] bytes) {
    return HttpAnswer.of(200, bytes, "Content-Encoding: " + coding);
  }

  private static byte[] brotli(byte[] bytes) {
    try {
      return Encoder.compress(bytes, new Encoder.Parameters().setQuality(1));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("misbehaviour")
  void ends_in_the_right_error(String name, HttpAnswer answer, String code, String phase) {
    try (FakeHttpServer server = FakeHttpServer.start(answer)) {
      TaskError error = client.failedProbe(server.url("/"));

      assertThat(error.code()).as(error.message()).isEqualTo(code);
      assertThat(error.source()).isEqualTo("target");
      if (phase != null) {
        assertThat(error.phase()).isEqualTo(phase);
      }
      await().until(() -> server.openConnections() == 0);
    }
  }

  static Stream<Arguments> invalidHeads() {
    return Stream.of(
        Arguments.of("status of two digits", "HTTP/1.1 99 Early\r\n\r\n"),
        Arguments.of("status of four digits", "HTTP/1.1 1000 Late\r\nContent-Length: 0\r\n\r\n"),
        Arguments.of("status 2000", "HTTP/1.1 2000 OK\r\nContent-Length: 0\r\n\r\n"),
        Arguments.of("status 099", "HTTP/1.1 099 OK\r\nContent-Length: 0\r\n\r\n"),
        Arguments.of("status with a sign", "HTTP/1.1 +20 OK\r\nContent-Length: 0\r\n\r\n"),
        Arguments.of("negative status", "HTTP/1.1 -20 OK\r\nContent-Length: 0\r\n\r\n"),
        Arguments.of("HTTP/2 in a status line", "HTTP/2.0 200 OK\r\nContent-Length: 0\r\n\r\n"),
        Arguments.of("HTTP/0.9 in a status line", "HTTP/0.9 200 OK\r\nContent-Length: 0\r\n\r\n"),
        Arguments.of("HTTP in lower case", "http/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"),
        Arguments.of(
            "two digits of minor version", "HTTP/1.10 200 OK\r\nContent-Length: 0\r\n\r\n"),
        Arguments.of(
            "almost chunked", "HTTP/1.1 200 OK\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n"),
        Arguments.of(
            "not chunked last", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked, gzip\r\n\r\nabc"),
        Arguments.of(
            "not chunked last, two lines",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: gzip\r\n\r\nabc"),
        Arguments.of(
            "a coding nobody asked for",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n1\r\na\r\n0\r\n\r\n"),
        Arguments.of(
            "chunked twice",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n"),
        Arguments.of("empty transfer coding", "HTTP/1.1 200 OK\r\nTransfer-Encoding:\r\n\r\nabc"),
        Arguments.of(
            "identity",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: identity\r\nContent-Length: 3\r\n\r\nabc"),
        Arguments.of(
            "chunks in HTTP/1.0", "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
        Arguments.of(
            "length and almost chunks",
            "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: xchunked\r\n\r\nabc"),
        Arguments.of("no colon", "HTTP/1.1 200 OK\r\nContent-Length 3\r\n\r\nabc"),
        Arguments.of("no colon, one word", "HTTP/1.1 200 OK\r\nnonsense\r\n\r\nabc"),
        Arguments.of("space before the colon", "HTTP/1.1 200 OK\r\nContent-Length : 3\r\n\r\nabc"),
        Arguments.of("tab before the colon", "HTTP/1.1 200 OK\r\nContent-Length\t: 3\r\n\r\nabc"),
        Arguments.of("no name", "HTTP/1.1 200 OK\r\n: 3\r\n\r\nabc"),
        Arguments.of(
            "space before the first name", "HTTP/1.1 200 OK\r\n Content-Length: 3\r\n\r\nabc"),
        Arguments.of(
            "lengths in a list that differ", "HTTP/1.1 200 OK\r\nContent-Length: 1, 2\r\n\r\nab"),
        Arguments.of(
            "two lengths in HTTP/1.0",
            "HTTP/1.0 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab"),
        Arguments.of("length with a plus", "HTTP/1.1 200 OK\r\nContent-Length: +2\r\n\r\nab"),
        Arguments.of("length with a minus", "HTTP/1.1 200 OK\r\nContent-Length: -0\r\n\r\nab"),
        Arguments.of("length in hexadecimal", "HTTP/1.1 200 OK\r\nContent-Length: 0x2\r\n\r\nab"),
        Arguments.of("empty length", "HTTP/1.1 200 OK\r\nContent-Length:\r\n\r\nab"),
        Arguments.of(
            "length beyond 63 bits",
            "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\nab"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("invalidHeads")
  void a_head_that_breaks_the_rules_is_no_answer(String name, String head) {
    try (FakeHttpServer server = FakeHttpServer.start(HttpAnswer.raw(head))) {
      TaskError error = client.failedProbe(server.url("/"));

      assertThat(error.code()).as(error.message()).isEqualTo("PROTOCOL");
    }
  }

  static Stream<Arguments> unusualHeads() {
    return Stream.of(
        Arguments.of(
            "a minor version of tomorrow", "HTTP/1.2 200 OK\r\nContent-Length: 2\r\n\r\nok"),
        Arguments.of("no reason", "HTTP/1.1 200\r\nContent-Length: 2\r\n\r\nok"),
        Arguments.of(
            "the same length twice",
            "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nok"),
        Arguments.of(
            "the same length in a list", "HTTP/1.1 200 OK\r\nContent-Length: 2, 2\r\n\r\nok"),
        Arguments.of(
            "chunked in capitals",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n"),
        Arguments.of(
            "a folded header", "HTTP/1.1 200 OK\r\nX: a\r\n b\r\nContent-Length: 2\r\n\r\nok"),
        Arguments.of("no length", "HTTP/1.0 200 OK\r\n\r\nok"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("unusualHeads")
  void a_head_that_is_only_unusual_is_read(String name, String answer) {
    try (FakeHttpServer server = FakeHttpServer.start(HttpAnswer.raw(answer))) {
      assertThat(client.probe(server.url("/")))
          .containsEntry("status_code", 200)
          .containsEntry("data", "ok");
    }
  }

  @Test
  void a_status_that_no_class_has_is_shown_and_no_success() {
    try (FakeHttpServer server =
        FakeHttpServer.start(HttpAnswer.raw("HTTP/1.1 999 Odd\r\nContent-Length: 0\r\n\r\n"))) {
      assertThat(client.probe(server.url("/")))
          .containsEntry("status_code", 999)
          .containsEntry("success", false);
    }
  }

  @Test
  void what_a_head_answer_says_of_a_body_is_of_no_matter() {
    try (FakeHttpServer server =
        FakeHttpServer.start(
            HttpAnswer.raw(
                "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n"))) {
      assertThat(client.probe(server.url("/"), "method", "HEAD"))
          .containsEntry("status_code", 200)
          .containsEntry("body_bytes", 0L);
    }
  }

  @Test
  void a_silent_server_times_out() {
    try (FakeHttpServer server = FakeHttpServer.start(HttpAnswer.silence())) {
      TaskError error = client.failedProbe(server.url("/"), "timeout_ms", 200);

      assertThat(error.code()).isEqualTo("TIMEOUT");
      assertThat(error.phase()).isEqualTo("first_byte");
      assertThat(error.retryable()).isTrue();
      await().until(() -> server.openConnections() == 0);
    }
  }

  @Test
  void a_server_that_sends_byte_by_byte_times_out() {
    try (FakeHttpServer server = FakeHttpServer.start(HttpAnswer.slow(20))) {
      TaskError error = client.failedProbe(server.url("/"), "timeout_ms", 2_000);

      assertThat(error.code()).isEqualTo("TIMEOUT");
      assertThat(error.phase()).isEqualTo("download");
      await().until(() -> server.openConnections() == 0);
    }
  }

  @Test
  void surplus_bytes_are_ignored() {
    try (FakeHttpServer server = FakeHttpServer.start(HttpAnswer.understated(3, "abcdef"))) {
      assertThat(client.probe(server.url("/"))).containsEntry("data", "abc");
    }
  }

  @Test
  void interim_answers_are_skipped() {
    try (FakeHttpServer server =
        FakeHttpServer.start(
            HttpAnswer.raw(
                "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n"
                    + "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"))) {
      assertThat(client.probe(server.url("/")))
          .containsEntry("status_code", 200)
          .containsEntry("data", "ok");
    }
  }

  @Test
  void an_endless_body_is_cut() {
    try (FakeHttpServer server =
        FakeHttpServer.start((request, out) -> {
          out.head(200);
          while (true) {
            out.bytes(new byte[8_192]);
          }
        })) {
      assertThat(client.probe(server.url("/"), "max_body_bytes", 100_000, "include_body", false))
          .containsEntry("body_bytes", 100_000L)
          .containsEntry("truncated", true);
      await().until(() -> server.openConnections() == 0);
    }
  }

  @Test
  void a_bomb_is_cut_where_the_task_says() {
    try (FakeHttpServer server = FakeHttpServer.start(HttpAnswer.gzipBomb(1L << 28))) {
      assertThat(client.probe(server.url("/"), "max_body_bytes", 1_000, "include_body", false))
          .containsEntry("body_bytes", 1_000L)
          .containsEntry("truncated", true);
    }
  }

  @Test
  void a_port_nobody_listens_on_is_a_connect_error() throws IOException {
    int port;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }
    TaskError error = client.failedProbe("http://127.0.0.1:" + port + "/");

    assertThat(error.code()).isEqualTo("CONNECT");
    assertThat(error.message()).isEqualTo("connection refused by 127.0.0.1 port " + port);
    assertThat(error.phase()).isEqualTo("connect");
  }

  @Test
  void a_head_that_drips_in_times_out() {
    try (FakeHttpServer server =
        FakeHttpServer.start((request, out) -> {
          out.text("HTTP/1.1 200 OK\r\nX: ");
          for (int i = 0; i < 50_000; i++) {
            out.text("y");
            out.flush();
            out.pause(20);
          }
        })) {
      TaskError error = client.failedProbe(server.url("/"), "timeout_ms", 300);

      assertThat(error.code()).isEqualTo("TIMEOUT");
      await().until(() -> server.openConnections() == 0);
    }
  }

  @Test
  void a_server_that_is_silent_after_accepting_times_out() throws IOException {
    try (ServerSocket silent = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      assertThat(
              client.failedProbe(
                  "http://127.0.0.1:" + silent.getLocalPort() + "/", "timeout_ms", 200))
          .satisfies(error -> {
            assertThat(error.code()).isEqualTo("TIMEOUT");
            assertThat(error.phase()).isEqualTo("first_byte");
          });
    }
  }
}
