package dev.signalbox.testsupport;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.zip.GZIPOutputStream;

/** How a {@link FakeHttpServer} answers a request; each factory is one way to behave or not to. */
@FunctionalInterface
public interface HttpAnswer {

  /** Writes the answer; the connection closes afterwards. */
  void answer(HttpReceived request, HttpWriter out) throws IOException;

  /** A proper answer. */
  static HttpAnswer of(int status, String body, String... headers) {
    return of(status, body.getBytes(StandardCharsets.UTF_8), headers);
  }

  /** A proper answer of bytes. */
  static HttpAnswer of(int status, byte[] body, String... headers) {
    return (request, out) -> {
      out.head(status, withLength(headers, body.length));
      if (!request.method().equals("HEAD")) {
        out.bytes(body);
      }
    };
  }

  /** Sends the client elsewhere. */
  static HttpAnswer redirect(int status, String location) {
    return of(status, "elsewhere", "Location: " + location);
  }

  /** Every path leads to itself with one letter more. */
  static HttpAnswer redirectLoop() {
    return (request, out) -> {
      String target = request.target();
      out.head(302, "Location: " + target + "x", "Content-Length: 0");
    };
  }

  /** Promises more bytes than it sends. */
  static HttpAnswer truncated(int promised, String sent) {
    return (request, out) -> {
      out.head(200, "Content-Length: " + promised);
      out.text(sent);
    };
  }

  /** A chunked body without its end. */
  static HttpAnswer truncatedChunks(String sent) {
    return (request, out) -> {
      out.head(200, "Transfer-Encoding: chunked");
      out.text(Integer.toHexString(sent.length()) + "\r\n" + sent + "\r\n5\r\nab");
    };
  }

  /** Promises fewer bytes than it sends. */
  static HttpAnswer understated(int promised, String sent) {
    return truncated(promised, sent);
  }

  /** Breaks the connection off with a reset in the middle of the body. */
  static HttpAnswer resetMidBody(String sent) {
    return (request, out) -> {
      out.head(200, "Content-Length: 1000000");
      out.text(sent);
      out.flush();
      out.reset();
    };
  }

  /** One byte of the body at a time, a pause before each, for as long as the client stays. */
  static HttpAnswer slow(long pauseMs) {
    return (request, out) -> {
      out.head(200, "Content-Length: 1000000");
      out.flush();
      for (int i = 0; i < 1_000_000; i++) {
        out.pause(pauseMs);
        out.text("x");
        out.flush();
      }
    };
  }

  /** Says nothing until the client leaves. */
  static HttpAnswer silence() {
    return (request, out) -> out.untilClientLeaves();
  }

  /** Nothing but the end of the connection. */
  static HttpAnswer hangUp() {
    return (request, out) -> {};
  }

  /** Bytes that may be anything. */
  static HttpAnswer raw(String text) {
    return (request, out) -> out.text(text);
  }

  /** A gzip body of zeros far larger than it looks. */
  static HttpAnswer gzipBomb(long bytes) {
    byte[] bomb = gzip(bytes);
    return (request, out) -> {
      out.head(200, withLength(new String[] {"Content-Encoding: gzip"}, bomb.length));
      out.bytes(bomb);
    };
  }

  /** A gzip body of a text. */
  static HttpAnswer gzipped(String text) {
    byte[] body = gzip(text.getBytes(StandardCharsets.UTF_8));
    return of(200, body, "Content-Encoding: gzip", "Content-Type: text/plain");
  }

  /** A text as gzip. */
  static byte[] gzip(byte[] content) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (OutputStream gzip = new GZIPOutputStream(bytes)) {
      gzip.write(content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  private static byte[] gzip(long zeros) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    byte[] block = new byte[65_536];
    try (OutputStream gzip = new GZIPOutputStream(bytes)) {
      for (long left = zeros; left > 0; left -= block.length) {
        gzip.write(block, 0, (int) Math.min(left, block.length));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  private static String[] withLength(String[] headers, int length) {
    String[] all = new String[headers.length + 1];
    System.arraycopy(headers, 0, all, 0, headers.length);
    all[headers.length] = "Content-Length: " + length;
    return all;
  }
}
