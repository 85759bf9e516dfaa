package dev.signalbox.testsupport;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.SSLServerSocket;
import org.jspecify.annotations.Nullable;

/**
 * An HTTP/1.1 server on loopback that answers each request as scripted, however wrong, and
 * remembers what it was asked. One request a connection unless the answer leaves it open.
 */
public final class FakeHttpServer implements AutoCloseable {

  private final ServerSocket socket;
  private final String scheme;
  private final HttpAnswer answer;
  private final List<HttpReceived> requests = new CopyOnWriteArrayList<>();
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();

  private FakeHttpServer(ServerSocket socket, String scheme, HttpAnswer answer) {
    this.socket = socket;
    this.scheme = scheme;
    this.answer = answer;
    Thread.ofVirtual().start(this::accept);
  }

  /** In the clear, on 127.0.0.1 and a free port. */
  public static FakeHttpServer start(HttpAnswer answer) {
    try {
      InetAddress loopback = InetAddress.getLoopbackAddress();
      return new FakeHttpServer(new ServerSocket(0, 1024, loopback), "http", answer);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Over TLS, HTTP/1.1 alone, on 127.0.0.1 and a free port. */
  public static FakeHttpServer startTls(TestCertificate certificate, HttpAnswer answer) {
    try {
      InetAddress loopback = InetAddress.getLoopbackAddress();
      ServerSocket socket =
          certificate.context().getServerSocketFactory().createServerSocket(0, 1024, loopback);
      return new FakeHttpServer(socket, "https", answer);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** As {@link #startTls}, for clients that identify themselves by a certificate it trusts. */
  public static FakeHttpServer startMutualTls(
      TestCertificate certificate, TestCertificate trusted, String protocol, HttpAnswer answer) {
    try {
      InetAddress loopback = InetAddress.getLoopbackAddress();
      SSLServerSocket socket =
          (SSLServerSocket)
              certificate
                  .context(trusted)
                  .getServerSocketFactory()
                  .createServerSocket(0, 1024, loopback);
      socket.setNeedClientAuth(true);
      socket.setEnabledProtocols(new String[] {protocol});
      return new FakeHttpServer(socket, "https", answer);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public int port() {
    return socket.getLocalPort();
  }

  /** URL of a path, with 127.0.0.1 as host. */
  public String url(String path) {
    return scheme + "://127.0.0.1:" + port() + path;
  }

  /** What was asked so far. */
  public List<HttpReceived> requests() {
    return List.copyOf(requests);
  }

  /** Connections that neither side has closed. */
  public int openConnections() {
    return open.size();
  }

  private void accept() {
    while (!socket.isClosed()) {
      try {
        Socket connection = socket.accept();
        open.add(connection);
        Thread.ofVirtual().start(() -> serve(connection));
      } catch (IOException closed) {
        return;
      }
    }
  }

  private void serve(Socket connection) {
    try (connection) {
      HttpWriter writer = new HttpWriter(connection);
      @Nullable HttpReceived request = HttpReceived.read(connection.getInputStream());
      if (request != null) {
        requests.add(request);
        answer.answer(request, writer);
        writer.flush();
      }
    } catch (IOException clientWentAway) {
      // Leaving is a client's right, and often what a test is about.
    } finally {
      open.remove(connection);
    }
  }

  @Override
  public void close() {
    try {
      socket.close();
      for (Socket connection : open) {
        connection.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
