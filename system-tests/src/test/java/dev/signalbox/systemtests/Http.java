package dev.signalbox.systemtests;

import java.nio.charset.StandardCharsets;

/** Requests as simple clients make them: one a connection, closed afterwards. */
final class Http {

  private static final byte[] NOTHING = new byte[0];

  private Http() {}

  static Reply get(int port, String path, String... headers) {
    return request(port, "GET", path, NOTHING, headers);
  }

  /** POST of a JSON document. */
  static Reply post(int port, String path, String json) {
    return send(port, "POST", path, json, "Content-Type: application/json");
  }

  /** A request with a text as body. */
  static Reply send(int port, String method, String path, String body, String... headers) {
    return request(port, method, path, body.getBytes(StandardCharsets.UTF_8), headers);
  }

  /** Any request; headers are whole lines, and Host and Content-Length are added. */
  static Reply request(int port, String method, String path, byte[] body, String... headers) {
    try (RawConnection connection = new RawConnection(port)) {
      connection.send(bytes(method, path, body, "Connection: close", headers));
      connection.send(body);
      return method.equals("HEAD") ? connection.readHead() : connection.read();
    }
  }

  /** Any request over a connection that is there; the other side closes it after its answer. */
  static Reply request(
      RawConnection connection, String method, String path, byte[] body, String... headers) {
    connection.send(bytes(method, path, body, "Connection: close", headers));
    connection.send(body);
    return connection.read();
  }

  /** The head of a request, for a connection that goes on. */
  static String head(String method, String path, int length, String... headers) {
    StringBuilder head = new StringBuilder(method + " " + path + " HTTP/1.1\r\n$HOST\r\n");
    for (String header : headers) {
      head.append(header).append("\r\n");
    }
    if (length >= 0) {
      head.append("Content-Length: ").append(length).append("\r\n");
    }
    return head.append("\r\n").toString();
  }

  private static String bytes(
      String method, String path, byte[] body, String connection, String... headers) {
    String[] all = new String[headers.length + 1];
    all[0] = connection;
    System.arraycopy(headers, 0, all, 1, headers.length);
    boolean bodiless = body.length == 0 && (method.equals("GET") || method.equals("HEAD"));
    return head(method, path, bodiless ? -1 : body.length, all);
  }
}
