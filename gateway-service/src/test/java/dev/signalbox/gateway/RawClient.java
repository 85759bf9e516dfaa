package dev.signalbox.gateway;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** A client that sends exactly what it is told and reads answers one by one. */
public final class RawClient implements AutoCloseable {

  /** An answer. */
  public record Response(String statusLine, Map<String, String> headers, String body) {

    /** The status. */
    public int status() {
      return Integer.parseInt(statusLine.split(" ")[1]);
    }

    /** A header, or an empty text. */
    public String header(String name) {
      return headers.getOrDefault(name.toLowerCase(Locale.ROOT), "");
    }
  }

  private final Socket socket;
  private final int port;

  /** Connects to a port of this machine. */
  public RawClient(int port) {
    try {
      this.port = port;
      this.socket = new Socket(InetAddress.getLoopbackAddress(), port);
      socket.setSoTimeout(15_000);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Sends text as it is; {@code $HOST} stands for a Host header that is allowed. */
  public RawClient send(String text) {
    return send(
        text.replace("$HOST", "Host: localhost:" + port).getBytes(StandardCharsets.ISO_8859_1));
  }

  /** Sends bytes. A connection the server has closed swallows them. */
  public RawClient send(byte[] bytes) {
    try {
      socket.getOutputStream().write(bytes);
      socket.getOutputStream().flush();
    } catch (SocketException e) {
      // Whoever tests that reads the answer next.
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return this;
  }

  /** A GET with the allowed host. */
  public Response get(String path) {
    return send("GET " + path + " HTTP/1.1\r\n$HOST\r\n\r\n").read();
  }

  /** Reads one answer, whose length must be told. */
  public Response read() {
    return read(false);
  }

  /** Reads the answer to a HEAD. */
  public Response readHead() {
    return read(true);
  }

  private Response read(boolean head) {
    try {
      String statusLine = line();
      Map<String, String> headers = new TreeMap<>();
      for (String line = line(); !line.isEmpty(); line = line()) {
        int colon = line.indexOf(':');
        headers.merge(
            line.substring(0, colon).toLowerCase(Locale.ROOT),
            line.substring(colon + 1).strip(),
            (first, second) -> first + ", " + second);
      }
      ByteArrayOutputStream body = new ByteArrayOutputStream();
      if (!head) {
        if (headers.containsKey("content-length")) {
          body.write(
              socket.getInputStream().readNBytes(Integer.parseInt(headers.get("content-length"))));
        } else if (headers.getOrDefault("transfer-encoding", "").equals("chunked")) {
          chunks(body);
        }
      }
      return new Response(statusLine, headers, body.toString(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Reads the head of a chunked answer and its first chunk. */
  public String readChunkAfterHead() {
    try {
      for (String line = line(); !line.isEmpty(); line = line()) {
        // The head is not asked for.
      }
      return readChunk();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Reads one chunk. */
  public String readChunk() {
    try {
      byte[] chunk = socket.getInputStream().readNBytes(Integer.parseInt(line(), 16));
      line();
      return new String(chunk, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Reads so many bytes, whatever they are. */
  public void readSome(int bytes) {
    try {
      socket.getInputStream().skipNBytes(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Everything up to the end of the connection. */
  public String readToEnd() {
    try {
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void chunks(ByteArrayOutputStream body) throws IOException {
    for (int size = Integer.parseInt(line(), 16); size > 0; size = Integer.parseInt(line(), 16)) {
      body.write(socket.getInputStream().readNBytes(size));
      line();
    }
    line();
  }

  private String line() throws IOException {
    InputStream in = socket.getInputStream();
    StringBuilder line = new StringBuilder();
    for (int c = in.read(); c != '\n'; c = in.read()) {
      if (c < 0) {
        throw new IOException("closed after: " + line);
      }
      if (c != '\r') {
        line.append((char) c);
      }
    }
    return line.toString();
  }

  /** Whether the server closes the connection without sending anything more. */
  public boolean closedByServer() {
    try {
      return socket.getInputStream().read() < 0;
    } catch (SocketException e) {
      return true;
    } catch (IOException e) {
      return false;
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
