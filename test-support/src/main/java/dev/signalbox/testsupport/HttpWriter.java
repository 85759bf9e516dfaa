package dev.signalbox.testsupport;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.StandardSocketOptions;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.locks.LockSupport;

/** What a {@link HttpAnswer} writes to. */
public final class HttpWriter {

  private final Socket socket;
  private final OutputStream out;

  HttpWriter(Socket socket) throws IOException {
    this.socket = socket;
    this.out = new BufferedOutputStream(socket.getOutputStream());
  }

  /** Status line, header lines and the empty line. */
  public void head(int status, String... headers) throws IOException {
    StringBuilder head = new StringBuilder("HTTP/1.1 " + status + " Whatever\r\n");
    for (String header : headers) {
      head.append(header).append("\r\n");
    }
    text(head.append("\r\n").toString());
  }

  /** Text as it is. */
  public void text(String text) throws IOException {
    bytes(text.getBytes(StandardCharsets.UTF_8));
  }

  /** Bytes as they are. */
  public void bytes(byte[] bytes) throws IOException {
    out.write(bytes);
  }

  public void flush() throws IOException {
    out.flush();
  }

  /** Ends the connection with a reset instead of a farewell. */
  public void reset() throws IOException {
    socket.setOption(StandardSocketOptions.SO_LINGER, 0);
    socket.close();
  }

  /** Waits before going on. */
  public void pause(long ms) {
    LockSupport.parkNanos(ms * 1_000_000);
  }

  /** Waits until the client has closed its side. */
  public void untilClientLeaves() throws IOException {
    while (socket.getInputStream().read() >= 0) {
      // Whatever it still says is of no interest.
    }
  }
}
