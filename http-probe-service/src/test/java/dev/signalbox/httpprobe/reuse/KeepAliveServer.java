package dev.signalbox.httpprobe.reuse;

import dev.signalbox.testsupport.TestCertificate;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** Answers any number of bodiless requests on a connection with the same bytes; counts both. */
final class KeepAliveServer implements AutoCloseable {

  static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

  private final ServerSocket socket;
  private final String scheme;
  private final String answer;
  private final AtomicInteger accepted = new AtomicInteger();
  private final AtomicInteger requests = new AtomicInteger();
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private volatile boolean hangsUpOnSecond;

  private KeepAliveServer(ServerSocket socket, String scheme, String answer) {
    this.socket = socket;
    this.scheme = scheme;
    this.answer = answer;
    Thread.ofVirtual().start(this::accept);
  }

  static KeepAliveServer start(String answer) throws IOException {
    return new KeepAliveServer(
        new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), "http", answer);
  }

  static KeepAliveServer startTls(TestCertificate certificate) throws Exception {
    return new KeepAliveServer(
        certificate
            .context()
            .getServerSocketFactory()
            .createServerSocket(0, 50, InetAddress.getLoopbackAddress()),
        "https",
        OK);
  }

  /** From now on a connection's second request is answered by closing it. */
  void hangUpOnSecond() {
    hangsUpOnSecond = true;
  }

  String url() {
    return scheme + "://127.0.0.1:" + socket.getLocalPort() + "/";
  }

  int accepted() {
    return accepted.get();
  }

  int requests() {
    return requests.get();
  }

  int open() {
    return open.size();
  }

  void closeConnections() throws IOException {
    for (Socket connection : open) {
      connection.close();
    }
  }

  private void accept() {
    while (!socket.isClosed()) {
      try {
        Socket connection = socket.accept();
        accepted.incrementAndGet();
        open.add(connection);
        Thread.ofVirtual().start(() -> serve(connection));
      } catch (IOException closed) {
        return;
      }
    }
  }

  private void serve(Socket connection) {
    try (connection) {
      BufferedReader lines =
          new BufferedReader(
              new InputStreamReader(connection.getInputStream(), StandardCharsets.ISO_8859_1));
      int here = 0;
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.isEmpty()) {
          requests.incrementAndGet();
          if (++here > 1 && hangsUpOnSecond) {
            return;
          }
          connection.getOutputStream().write(answer.getBytes(StandardCharsets.ISO_8859_1));
          connection.getOutputStream().flush();
        }
      }
    } catch (IOException clientWentAway) {
      // It may.
    } finally {
      open.remove(connection);
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
    closeConnections();
  }
}
