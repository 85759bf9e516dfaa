package dev.signalbox.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import javax.net.ServerSocketFactory;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** Answers each HTTP request on loopback with the same page: enough of a site for a rehearsal. */
final class StillPage implements AutoCloseable {

  /** Of the key store, which is made for the rehearsal and thrown away after it. */
  static final String PASSWORD = "rehearsal";

  private static final int BACKLOG = 8;
  private static final int PATIENCE_MS = 10_000;

  private static final byte[] PAGE =
      "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok"
          .getBytes(StandardCharsets.US_ASCII);

  private final ServerSocket socket;

  private StillPage(ServerSocket socket) {
    this.socket = socket;
    Thread.ofPlatform().daemon().name("page").start(this::serve);
  }

  /**
   * Opens the page on any port.
   *
   * @param keys a PKCS #12 file, to speak TLS
   */
  static StillPage open(@Nullable Path keys) throws IOException {
    try {
      ServerSocketFactory sockets =
          keys == null ? ServerSocketFactory.getDefault() : context(keys).getServerSocketFactory();
      return new StillPage(
          sockets.createServerSocket(0, BACKLOG, InetAddress.getLoopbackAddress()));
    } catch (GeneralSecurityException e) {
      throw new IOException("the rehearsal's keys cannot be used", e);
    }
  }

  private static SSLContext context(Path keys) throws IOException, GeneralSecurityException {
    char[] password = PASSWORD.toCharArray();
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(keys)) {
      store.load(in, password);
    }
    KeyManagerFactory managers =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    managers.init(store, password);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(managers.getKeyManagers(), null, null);
    return context;
  }

  String address() {
    return "127.0.0.1:" + socket.getLocalPort();
  }

  private void serve() {
    while (!socket.isClosed()) {
      try (Socket client = socket.accept()) {
        client.setSoTimeout(PATIENCE_MS);
        BufferedReader head =
            new BufferedReader(
                new InputStreamReader(client.getInputStream(), StandardCharsets.ISO_8859_1));
        String line = head.readLine();
        while (line != null && !line.isEmpty()) {
          line = head.readLine();
        }
        client.getOutputStream().write(PAGE);
      } catch (IOException e) {
        // This visitor has left, or the rehearsal is over: the next look at the socket tells.
      }
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
