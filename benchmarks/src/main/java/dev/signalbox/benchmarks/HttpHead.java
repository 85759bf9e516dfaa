package dev.signalbox.benchmarks;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/** Reads over the head of an HTTP/1.1 response. */
final class HttpHead {

  private HttpHead() {}

  /** The status line; the stream stands at the body afterwards. */
  static String read(InputStream in) throws IOException {
    String status = line(in);
    String header = status;
    while (!header.isEmpty()) {
      header = line(in);
    }
    return status;
  }

  static String line(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    int c = in.read();
    while (c != '\n') {
      if (c < 0) {
        throw new EOFException("the connection ended in a head");
      }
      line.append((char) c);
      c = in.read();
    }
    byte[] bytes = line.toString().getBytes(StandardCharsets.ISO_8859_1);
    return new String(bytes, StandardCharsets.UTF_8).strip();
  }
}
