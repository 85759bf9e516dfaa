package dev.signalbox.gateway.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.SSLContext;

/** A server that does on each connection what the test says. */
final class ScriptedServer implements AutoCloseable {

  /** What is done on a connection; it is closed at the end. */
  @FunctionalInterface
  interface Script {
    void run(Socket client) throws IOException;
  }

  /** Completes when a connection was closed by the other side. */
  final CompletableFuture<Void> left = new CompletableFuture<>();

  private final ServerSocket server;
  private final Thread accepting;

  private ScriptedServer(ServerSocket server, Script script) {
    this.server = server;
    this.accepting = Thread.ofVirtual().start(() -> accept(script));
  }

  static ScriptedServer on(String address, int port, Script script) {
    try {
      ServerSocket server = new ServerSocket();
      server.setReuseAddress(true);
      server.bind(new InetSocketAddress(InetAddress.ofLiteral(address), port));
      return new ScriptedServer(server, script);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static ScriptedServer of(Script script) {
    return on("127.0.0.1", 0, script);
  }

  static ScriptedServer tls(SSLContext tls, Script script) {
    try {
      return new ScriptedServer(
          tls.getServerSocketFactory().createServerSocket(0, 50, InetAddress.getLoopbackAddress()),
          script);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  int port() {
    return server.getLocalPort();
  }

  private void accept(Script script) {
    while (!server.isClosed()) {
      try {
        Socket client = server.accept();
        Thread.ofVirtual().start(() -> run(client, script));
      } catch (IOException e) {
        return; // Closed by the test.
      }
    }
  }

  private void run(Socket client, Script script) {
    try (client) {
      client.setSoTimeout(20_000);
      script.run(client);
    } catch (IOException e) {
      left.complete(null);
    }
  }

  static void write(Socket client, String text) throws IOException {
    client.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
    client.getOutputStream().flush();
  }

  /** Stops to listen; connections are refused when this returns. */
  void stop() {
    try {
      server.close();
      // Until the thread is back from accept, the system still listens.
      accepting.join();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    stop();
  }
}
