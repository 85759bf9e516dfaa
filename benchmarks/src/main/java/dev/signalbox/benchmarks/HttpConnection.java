package dev.signalbox.benchmarks;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** A connection to a door on 127.0.0.1 that is kept alive, for one request after the other. */
final class HttpConnection implements AutoCloseable {

  private static final int PATIENCE_MS = 30_000;

  /** What came back. */
  @SuppressWarnings("ArrayRecordComponent")
  record Answer(int status, byte[] body) {

    String text() {
      return new String(body, StandardCharsets.UTF_8);
    }

    @Override
    public String toString() {
      return status + " " + text();
    }
  }

  private final Socket socket;
  private final InputStream in;
  private final OutputStream out;
  private final int port;

  HttpConnection(int port) throws IOException {
    this.port = port;
    this.socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(PATIENCE_MS);
    this.in = new BufferedInputStream(socket.getInputStream(), 1 << 14);
    this.out = socket.getOutputStream();
  }

  Answer get(String path) throws IOException {
    return send("GET " + path, "", new byte[0]);
  }

  /**
   * Sends a request and waits for its answer.
   *
   * @param request method and path
   * @param headers each ended by CR LF
   */
  Answer send(String request, String headers, byte[] body) throws IOException {
    String head =
        request
            + " HTTP/1.1\r\nHost: 127.0.0.1:"
            + port
            + "\r\n"
            + headers
            + (body.length == 0 ? "" : "Content-Length: " + body.length + "\r\n")
            + "\r\n";
    byte[] start = head.getBytes(StandardCharsets.US_ASCII);
    byte[] message = new byte[start.length + body.length];
    System.arraycopy(start, 0, message, 0, start.length);
    System.arraycopy(body, 0, message, start.length, body.length);
    out.write(message);
    return receive();
  }

  private Answer receive() throws IOException {
    String status = HttpHead.line(in);
    int length = 0;
    for (String header = HttpHead.line(in); !header.isEmpty(); header = HttpHead.line(in)) {
      String name = header.toLowerCase(Locale.ROOT);
      if (name.startsWith("content-length:")) {
        length = Integer.parseInt(header.substring("content-length:".length()).strip());
      } else if (name.startsWith("transfer-encoding:")) {
        throw new IOException("an answer without a length");
      }
    }
    byte[] body = in.readNBytes(length);
    if (body.length < length) {
      throw new IOException("the connection ended in a body");
    }
    return new Answer(Integer.parseInt(status.split(" ", 3)[1]), body);
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
