package dev.signalbox.systemtests;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** A connection that sends exactly what it is told and reads answers one by one. */
final class RawConnection implements AutoCloseable {

  private static final int PATIENCE_MS = 60_000;

  private final Socket socket;
  private final InputStream in;
  private final int port;

  RawConnection(int port) {
    this(port, InetAddress.getLoopbackAddress());
  }

  /** Connects from an address of this machine, such as 127.0.0.2. */
  static RawConnection from(String source, int port) {
    return new RawConnection(port, InetAddress.ofLiteral(source));
  }

  /** Connects to another host of this machine; nothing takes longer than the timeout. */
  static RawConnection to(String host, int port, Duration timeout) throws IOException {
    Socket socket = new Socket();
    try {
      int timeoutMs = Math.toIntExact(timeout.toMillis());
      socket.connect(new InetSocketAddress(InetAddress.ofLiteral(host), port), timeoutMs);
      socket.setSoTimeout(timeoutMs);
      socket.setTcpNoDelay(true);
      return new RawConnection(socket, port);
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  private RawConnection(Socket socket, int port) throws IOException {
    this.socket = socket;
    this.port = port;
    this.in = new BufferedInputStream(socket.getInputStream());
  }

  private RawConnection(int port, InetAddress source) {
    try {
      this.port = port;
      this.socket = new Socket(InetAddress.getLoopbackAddress(), port, source, 0);
      socket.setSoTimeout(PATIENCE_MS);
      socket.setTcpNoDelay(true);
      this.in = new BufferedInputStream(socket.getInputStream());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Sends text as ISO 8859-1; {@code $HOST} stands for a Host header that is allowed. */
  RawConnection send(String text) {
    return send(
        text.replace("$HOST", "Host: localhost:" + port).getBytes(StandardCharsets.ISO_8859_1));
  }

  /** Sends bytes; tells nothing when the other side no longer takes them. */
  RawConnection send(byte[] bytes) {
    trySend(bytes);
    return this;
  }

  /** Sends bytes; whether the connection still took them. */
  boolean trySend(byte[] bytes) {
    try {
      socket.getOutputStream().write(bytes);
      socket.getOutputStream().flush();
      return true;
    } catch (SocketException closed) {
      // An answer may still be there to be read.
      return false;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Whether something has arrived that was not read yet. */
  boolean answered() {
    try {
      return in.available() > 0;
    } catch (IOException closed) {
      return true;
    }
  }

  /** Reads on; whether the other side ends the connection. */
  boolean drained() {
    try {
      in.readAllBytes();
      return true;
    } catch (SocketTimeoutException e) {
      return false;
    } catch (IOException reset) {
      return true;
    }
  }

  /** A GET with an allowed host. */
  Reply get(String path) {
    return send("GET " + path + " HTTP/1.1\r\n$HOST\r\n\r\n").read();
  }

  /** Reads one answer, interim ones excepted. */
  Reply read() {
    return read(true);
  }

  /** Reads the answer to a HEAD. */
  Reply readHead() {
    return read(false);
  }

  private Reply read(boolean withBody) {
    while (true) {
      Reply reply = readNext(withBody);
      if (reply.status() >= 200) {
        return reply;
      }
    }
  }

  /** Reads the next answer, which may be an interim one. */
  Reply readNext() {
    return readNext(true);
  }

  private Reply readNext(boolean withBody) {
    try {
      String statusLine = line();
      Map<String, List<String>> headers = headers();
      boolean empty = !withBody || statusLine.matches("HTTP/1\\.[01] (1\\d\\d|204|304) .*");
      return new Reply(statusLine, headers, empty ? new byte[0] : body(headers));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Reads the first line of what comes, whether or not a line break ends it. */
  String readLine() {
    try {
      StringBuilder line = new StringBuilder();
      for (int c = in.read(); c >= 0 && c != '\n'; c = in.read()) {
        line.append((char) c);
      }
      return line.toString().strip();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Map<String, List<String>> headers() throws IOException {
    Map<String, List<String>> headers = new TreeMap<>();
    for (String line = line(); !line.isEmpty(); line = line()) {
      int colon = line.indexOf(':');
      headers
          .computeIfAbsent(
              line.substring(0, colon).toLowerCase(Locale.ROOT), name -> new ArrayList<>())
          .add(line.substring(colon + 1).strip());
    }
    return headers;
  }

  private byte[] body(Map<String, List<String>> headers) throws IOException {
    if (headers.getOrDefault("transfer-encoding", List.of()).contains("chunked")) {
      ByteArrayOutputStream body = new ByteArrayOutputStream();
      for (int size = chunk(); size > 0; size = chunk()) {
        body.write(in.readNBytes(size));
        line();
      }
      headers();
      return body.toByteArray();
    }
    List<String> length = headers.get("content-length");
    if (length == null) {
      return in.readAllBytes();
    }
    int promised = Integer.parseInt(length.getFirst());
    byte[] body = in.readNBytes(promised);
    if (body.length < promised) {
      throw new IOException("the answer ended after " + body.length + " of " + promised + " bytes");
    }
    return body;
  }

  private int chunk() throws IOException {
    String size = line();
    int semicolon = size.indexOf(';');
    return Integer.parseInt(semicolon < 0 ? size : size.substring(0, semicolon), 16);
  }

  private String line() throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = in.read(); c != '\n'; c = in.read()) {
      if (c < 0) {
        throw new IOException("the connection ended after: " + line);
      }
      if (c != '\r') {
        line.append((char) c);
      }
    }
    return line.toString();
  }

  /** Whether the other side ends the connection without a word more. */
  boolean closedByServer() {
    try {
      return in.read() < 0;
    } catch (SocketTimeoutException e) {
      return false;
    } catch (IOException reset) {
      return true;
    }
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
