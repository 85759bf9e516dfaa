package dev.signalbox.gateway;

import com.fasterxml.jackson.databind.JsonNode;
import dev.signalbox.platform.json.Json;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/** One connection to the tls door, which stays open, in HTTP/1.1. */
final class TlsConnection implements AutoCloseable {

  private static final Pattern LENGTH = Pattern.compile("(?i)\r\ncontent-length: (\\d+)\r\n");

  private final SSLSocket socket;
  private final InputStream in;
  private final int port;

  private TlsConnection(SSLSocket socket, int port) throws IOException {
    this.socket = socket;
    this.in = new BufferedInputStream(socket.getInputStream());
    this.port = port;
  }

  /**
   * Connects and ends the handshake as far as the client is concerned: in TLS 1.3 a server refuses
   * a certificate only afterwards.
   */
  static TlsConnection open(GatewayFixture gateway, SSLContext context, String protocol)
      throws IOException {
    int port = gateway.port("tls");
    SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket("127.0.0.1", port);
    try {
      socket.setSoTimeout(20_000);
      socket.setEnabledProtocols(new String[] {protocol});
      socket.startHandshake();
      return new TlsConnection(socket, port);
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  /** A response. */
  record Answer(int status, String body) {

    JsonNode json() throws IOException {
      return Json.mapper().readTree(body);
    }
  }

  /** GET; each field is a line. */
  Answer get(String path, String... fields) throws IOException {
    StringBuilder head = new StringBuilder("GET " + path + " HTTP/1.1\r\n");
    head.append("Host: localhost:").append(port).append("\r\n");
    for (String field : fields) {
      head.append(field).append("\r\n");
    }
    socket.getOutputStream().write((head + "\r\n").getBytes(StandardCharsets.UTF_8));
    StringBuilder read = new StringBuilder();
    while (read.indexOf("\r\n\r\n") < 0) {
      int next = in.read();
      if (next < 0) {
        throw new EOFException(read.toString());
      }
      read.append((char) next);
    }
    Matcher length = LENGTH.matcher(read);
    int bytes = length.find() ? Integer.parseInt(length.group(1)) : 0;
    String body = new String(in.readNBytes(bytes), StandardCharsets.UTF_8);
    return new Answer(Integer.parseInt(read.substring(9, 12)), body);
  }

  /** When the session of the connection was made, which it may have resumed. */
  long sessionBegan() {
    return socket.getSession().getCreationTime();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
