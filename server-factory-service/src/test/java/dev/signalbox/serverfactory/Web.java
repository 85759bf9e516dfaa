package dev.signalbox.serverfactory;

import dev.signalbox.testsupport.FreePorts;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;

/** A client of the servers under test. */
final class Web {

  /**
   * Lowest of 200 ports that are this process's own: another that runs these tests at the same time
   * must not take a port that was just given back here. Those of one build, at most four, share
   * none; those of two seldom do.
   */
  static final int FIRST_PORT =
      20_000
          + 200
              * (4 * (int) (ProcessHandle.current().pid() % 15)
                  + Integer.getInteger("signalbox.fork", 1) % 4);

  static final int LAST_PORT = FIRST_PORT + 199;

  private Web() {}

  static HttpResponse<String> get(int port, String path) {
    return send("GET", port, path);
  }

  static HttpResponse<String> get(String address, int port, String path) {
    return send("GET", address, port, path);
  }

  static HttpResponse<String> send(String method, int port, String path) {
    return send(method, "127.0.0.1", port, path);
  }

  private static HttpResponse<String> send(String method, String address, int port, String path) {
    // A client of its own each time: a connection kept from a stopped server would answer for the
    // next one on its port.
    try (HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
      return client.send(
          HttpRequest.newBuilder(URI.create("http://" + address + ":" + port + path))
              .method(method, HttpRequest.BodyPublishers.noBody())
              .build(),
          HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  static boolean listens(int port) {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return socket.isConnected();
    } catch (ConnectException refused) {
      return false;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static ServerSocket occupied() {
    try {
      return new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A port that was free a moment ago. */
  static int freePort() {
    return FreePorts.next();
  }
}
