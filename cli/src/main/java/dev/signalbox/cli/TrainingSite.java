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

/**
 * Answers each HTTP request on loopback with the same page: enough of a site for the training run.
 */
final class TrainingSite implements AutoCloseable {

  /** Of the key store, which the script makes for the training run and deletes after it. */
  static final String PASSWORD = "training";

  private static final int BACKLOG = 8;
  private static final int TIMEOUT_MS = 10_000;

  /** A list of services, which the command {@code status} can read. */
  private static final String BODY =
      "{\"items\":[{\"service\":\"training\",\"state\":\"ready\",\"p50_ms\":1.5}],\"next\":null}";

  private static final byte[] PAGE =
      ("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: "
              + BODY.length()
              + "\r\nConnection: close\r\n\r\n"
              + BODY)
          .getBytes(StandardCharsets.US_ASCII);

  private final ServerSocket socket;

  private TrainingSite(ServerSocket socket) {
    this.socket = socket;
    Thread.ofPlatform().daemon().name("page").start(this::serve);
  }

  /**
   * Opens the page on any port.
   *
   * @param keys a PKCS #12 file, to speak TLS
   */
  static TrainingSite open(@Nullable Path keys) throws IOException {
    try {
      ServerSocketFactory sockets =
          keys == null ? ServerSocketFactory.getDefault() : context(keys).getServerSocketFactory();
      return new TrainingSite(
          sockets.createServerSocket(0, BACKLOG, InetAddress.getLoopbackAddress()));
    } catch (GeneralSecurityException e) {
      throw new IOException("the key store of the training run is unusable", e);
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
        client.setSoTimeout(TIMEOUT_MS);
        BufferedReader head =
            new BufferedReader(
                new InputStreamReader(client.getInputStream(), StandardCharsets.ISO_8859_1));
        String line = head.readLine();
        while (line != null && !line.isEmpty()) {
          line = head.readLine();
        }
        client.getOutputStream().write(PAGE);
      } catch (IOException e) {
        // The client disconnected, or the training run has ended and the loop ends.
      }
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
