package dev.signalbox.systemtests;

import java.nio.charset.StandardCharsets;

/** Requests byte for byte as the clients of the documents send them. */
final class Clients {

  private Clients() {}

  /** {@code requests.post(url, json=payload)} of Python's requests. */
  static Reply requestsPost(int port, String path, String json) {
    return exchange(
        port,
        "POST "
            + path
            + " HTTP/1.1\r\n$HOST\r\nUser-Agent: python-requests/2.31.0\r\n"
            + "Accept-Encoding: gzip, deflate\r\nAccept: */*\r\nConnection: keep-alive\r\n",
        "Content-Type: application/json\r\n",
        json);
  }

  /** {@code requests.get(url)} of Python's requests. */
  static Reply requestsGet(int port, String path) {
    try (RawConnection connection = new RawConnection(port)) {
      return connection
          .send(
              "GET "
                  + path
                  + " HTTP/1.1\r\n$HOST\r\nUser-Agent: python-requests/2.31.0\r\n"
                  + "Accept-Encoding: gzip, deflate\r\nAccept: */*\r\n"
                  + "Connection: keep-alive\r\n\r\n")
          .read();
    }
  }

  /**
   * {@code HTTPConnection.request("POST", path, body=…, headers={"User-Agent": …})} of Python's
   * http.client. Without that header it would be taken for document 2's own client, which cannot
   * read an answer of HTTP.
   */
  static Reply httpClientPost(int port, String path, String body) {
    return exchange(
        port,
        "POST "
            + path
            + " HTTP/1.1\r\n$HOST\r\nAccept-Encoding: identity\r\nUser-Agent: literal-client\r\n",
        "",
        body);
  }

  /** {@code curl -X POST -d body url}. */
  static Reply curlPost(int port, String path, String body) {
    return exchange(
        port,
        "POST " + path + " HTTP/1.1\r\n$HOST\r\nUser-Agent: curl/7.88.1\r\nAccept: */*\r\n",
        "Content-Type: application/x-www-form-urlencoded\r\n",
        body);
  }

  /** {@code curl url}. */
  static Reply curl(int port, String path) {
    try (RawConnection connection = new RawConnection(port)) {
      return connection
          .send(
              "GET "
                  + path
                  + " HTTP/1.1\r\n$HOST\r\nUser-Agent: curl/7.88.1\r\nAccept: */*\r\n\r\n")
          .read();
    }
  }

  private static Reply exchange(int port, String head, String contentType, String body) {
    byte[] content = body.getBytes(StandardCharsets.UTF_8);
    try (RawConnection connection = new RawConnection(port)) {
      return connection
          .send(head + "Content-Length: " + content.length + "\r\n" + contentType + "\r\n")
          .send(content)
          .read();
    }
  }
}
