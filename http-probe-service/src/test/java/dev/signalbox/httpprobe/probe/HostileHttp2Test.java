package dev.signalbox.httpprobe.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.signalbox.contracts.TaskError;
import dev.signalbox.testsupport.FakeHttpServer;
import dev.signalbox.testsupport.HttpAnswer;
import dev.signalbox.testsupport.HttpWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** HTTP/2 servers, in frames written by hand (RFC 9113, 4.1), that break their promises. */
class HostileHttp2Test {

  private static final int DATA = 0;
  private static final int HEADERS = 1;
  private static final int RST_STREAM = 3;
  private static final int SETTINGS = 4;
  private static final int GOAWAY = 7;
  private static final int CONTINUATION = 9;
  private static final int END_STREAM = 1;
  private static final int END_HEADERS = 4;
  // Netty's first stream of a client, the one before being kept for an upgrade.
  private static final int STREAM = 3;
  // RFC 7541, 6.1: index 8 is ":status: 200".
  private static final byte[] STATUS_200 = {(byte) 0x88};

  private static ProbeRig client;

  @BeforeAll
  static void start() {
    client = new ProbeRig();
  }

  @AfterAll
  static void stop() {
    client.close();
  }

  /** What a server does after its settings. */
  @FunctionalInterface
  interface Frames {
    void write(HttpWriter out) throws IOException;
  }

  static Stream<Arguments> misbehaviour() {
    return Stream.of(
        of("goes away", out -> frame(out, GOAWAY, 0, 0, ints(0, 0)), "first_byte"),
        of("goes away in anger", out -> frame(out, GOAWAY, 0, 0, ints(0, 11)), "first_byte"),
        of("resets the stream", out -> frame(out, RST_STREAM, 0, STREAM, ints(2)), "first_byte"),
        of(
            "resets the stream after the head",
            out -> {
              frame(out, HEADERS, END_HEADERS, STREAM, STATUS_200);
              frame(out, RST_STREAM, 0, STREAM, ints(2));
            },
            "download"),
        of(
            "goes away after the head",
            out -> {
              frame(out, HEADERS, END_HEADERS, STREAM, STATUS_200);
              frame(out, GOAWAY, 0, 0, ints(0, 2));
            },
            "download"),
        of("sends data first", out -> frame(out, DATA, 0, STREAM, new byte[10]), null),
        of("frame too large", out -> frame(out, DATA, 0, STREAM, new byte[20_000]), null),
        of("data on a stream nobody opened", out -> frame(out, DATA, 0, 77, new byte[10]), null),
        of(
            "status of two digits",
            out -> frame(out, HEADERS, END_HEADERS | END_STREAM, STREAM, status("99")),
            "first_byte"),
        of(
            "status of four digits",
            out -> frame(out, HEADERS, END_HEADERS | END_STREAM, STREAM, status("1000")),
            "first_byte"),
        of(
            "no number for a status",
            out -> frame(out, HEADERS, END_HEADERS | END_STREAM, STREAM, status("abc")),
            null),
        of(
            "no status",
            out -> frame(out, HEADERS, END_HEADERS | END_STREAM, STREAM, literals(5)),
            null),
        of("broken head", out -> frame(out, HEADERS, END_HEADERS, STREAM, ints(-1, -1)), null),
        of(
            "endless head",
            out -> {
              frame(out, HEADERS, 0, STREAM, STATUS_200);
              while (true) {
                frame(out, CONTINUATION, 0, STREAM, literals(16_000));
              }
            },
            null),
        of(
            "settings out of range",
            out -> frame(out, SETTINGS, 0, 0, new byte[] {0, 4, -1, -1, -1, -1}),
            null));
  }

  private static Arguments of(String name, Frames frames, String phase) {
    return Arguments.of(name, frames, phase);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("misbehaviour")
  void ends_in_a_protocol_error(String name, Frames frames, String phase) {
    HttpAnswer answer =
        (request, out) -> {
          frame(out, SETTINGS, 0, 0, new byte[0]);
          frames.write(out);
          out.flush();
          out.untilClientLeaves();
        };
    try (FakeHttpServer server = FakeHttpServer.start(answer)) {
      TaskError error =
          client.failedProbe(server.url("/"), "http_version", "2", "timeout_ms", 5_000);

      assertThat(error.code()).as(error.message()).isEqualTo("PROTOCOL");
      if (phase != null) {
        assertThat(error.phase()).isEqualTo(phase);
      }
      await().until(() -> server.openConnections() == 0);
    }
  }

  @Test
  void an_answer_before_the_whole_request_is_the_answer() {
    HttpAnswer answer =
        (request, out) -> {
          frame(out, SETTINGS, 0, 0, new byte[0]);
          frame(out, HEADERS, END_HEADERS | END_STREAM, STREAM, status("413"));
          // RFC 9113, 8.1: so a server asks to be spared the rest.
          frame(out, RST_STREAM, 0, STREAM, ints(0));
          out.flush();
          out.untilClientLeaves();
        };
    try (FakeHttpServer server = FakeHttpServer.start(answer)) {
      assertThat(
              client.probe(
                  server.url("/"),
                  "http_version",
                  "2",
                  "method",
                  "POST",
                  "body",
                  "x".repeat(1_000_000)))
          .containsEntry("status_code", 413);
    }
  }

  private static void frame(HttpWriter out, int type, int flags, int stream, byte[] payload)
      throws IOException {
    int length = payload.length;
    out.bytes(
        new byte[] {
          (byte) (length >> 16), (byte) (length >> 8), (byte) length, (byte) type, (byte) flags
        });
    out.bytes(ints(stream));
    out.bytes(payload);
  }

  // RFC 7541, 6.2.2: a literal value for the name of index 8, ":status".
  private static byte[] status(String value) {
    byte[] head = new byte[value.length() + 2];
    head[0] = 8;
    head[1] = (byte) value.length();
    System.arraycopy(value.getBytes(StandardCharsets.US_ASCII), 0, head, 2, value.length());
    return head;
  }

  private static byte[] ints(int... values) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * values.length);
    for (int value : values) {
      bytes.putInt(value);
    }
    return bytes.array();
  }

  // RFC 7541, 6.2.2: literal fields without indexing, "a: b" each.
  private static byte[] literals(int length) {
    byte[] bytes = new byte[length / 5 * 5];
    for (int i = 0; i < bytes.length; i += 5) {
      bytes[i + 1] = 1;
      bytes[i + 2] = 'a';
      bytes[i + 3] = 1;
      bytes[i + 4] = 'b';
    }
    return bytes;
  }
}
