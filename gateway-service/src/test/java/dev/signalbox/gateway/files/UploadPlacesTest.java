package dev.signalbox.gateway.files;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.file.FileMain;
import dev.signalbox.gateway.GatewayFixture;
import dev.signalbox.gateway.RawClient;
import dev.signalbox.testsupport.FileTree;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The rule of document 4: five uploads at once, counted from the first byte of each. */
class UploadPlacesTest {

  private static final int SENDERS = 100;

  @TempDir Path root;
  private GatewayFixture gateway;

  /** How a client leaves. */
  enum Farewell {
    RESET {
      @Override
      void leave(Socket socket) throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
      }
    },
    CLOSE {
      @Override
      void leave(Socket socket) throws IOException {
        socket.close();
      }
    },
    HALF_CLOSE {
      @Override
      void leave(Socket socket) throws IOException {
        socket.shutdownOutput();
      }
    };

    abstract void leave(Socket socket) throws IOException;
  }

  @BeforeEach
  void start() {
    // What frees a place in these tests is never the passing of time.
    gateway =
        GatewayFixture.start(
            List.of(FileMain.SERVICE), "file.root", root.toString(), "file.upload-idle", "1h");
  }

  @AfterEach
  void stop() {
    gateway.close();
  }

  private static String begun(String host) {
    return "POST /upload HTTP/1.1\r\n"
        + host
        + "\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\nx";
  }

  private List<Path> hidden() {
    return FileTree.files(root).stream()
        .filter(file -> file.getFileName().toString().startsWith(".upload-"))
        .toList();
  }

  private long underWay() {
    return hidden().stream().filter(file -> file.toFile().length() > 0).count();
  }

  @Test
  void givenAHundredSenders_whenAllHoldTheirUploadOpen_thenFiveAreStoredAndTheOthersRefused()
      throws InterruptedException {
    AtomicInteger refused = new AtomicInteger();
    AtomicInteger stored = new AtomicInteger();
    List<RawClient> clients = new ArrayList<>();
    List<Thread> readers = new ArrayList<>();
    try {
      for (int i = 0; i < SENDERS; i++) {
        RawClient client = gateway.raw();
        clients.add(client);
        readers.add(
            Thread.startVirtualThread(() -> {
              client.send(begun("$HOST"));
              RawClient.Response answer = client.read();
              if (answer.status() == 503 && !answer.header("Retry-After").isEmpty()) {
                refused.incrementAndGet();
              } else if (answer.status() == 201) {
                stored.incrementAndGet();
              }
            }));
      }

      Awaitility.await().until(() -> refused.get() == SENDERS - 5 && underWay() == 5);

      assertThat(stored).hasValue(0);
      for (int i = 0; i < SENDERS; i++) {
        if (readers.get(i).isAlive()) {
          clients.get(i).send("y");
        }
      }
      for (Thread reader : readers) {
        reader.join();
      }
      assertThat(stored).hasValue(5);
      assertThat(refused).hasValue(SENDERS - 5);
    } finally {
      clients.forEach(RawClient::close);
    }
  }

  @ParameterizedTest
  @EnumSource
  void givenEveryPlaceTaken_whenTheClientsLeave_thenEveryPlaceIsFreeAndNothingIsLeft(
      Farewell farewell) throws IOException {
    int port = gateway.port("main");
    List<Socket> sockets = new ArrayList<>();
    try {
      for (int i = 0; i < 5; i++) {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        sockets.add(socket);
        socket
            .getOutputStream()
            .write(begun("Host: localhost:" + port).getBytes(StandardCharsets.US_ASCII));
      }
      Awaitility.await().until(() -> underWay() == 5);

      for (Socket socket : sockets) {
        farewell.leave(socket);
      }

      Awaitility.await().until(() -> hidden().isEmpty());
      List<RawClient> next = new ArrayList<>();
      try {
        for (int i = 0; i < 5; i++) {
          next.add(gateway.raw().send(begun("$HOST")));
        }
        Awaitility.await().until(() -> underWay() == 5);
      } finally {
        next.forEach(RawClient::close);
      }
    } finally {
      for (Socket socket : sockets) {
        socket.close();
      }
    }
  }
}
