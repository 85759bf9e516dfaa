package dev.signalbox.cli.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.awaitility.Awaitility.await;

import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.junit5.VertxExtension;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Streams of any length in either direction take bounded memory. */
@ExtendWith(VertxExtension.class)
class RemoteSystemTest {

  private static final long ALL = 256L * 1024 * 1024;
  private static final long BOUND = 64L * 1024 * 1024; // The sockets' buffers, mostly.
  private static final int PART = 65_536;

  private Vertx vertx;
  private RemoteSystem system;

  @BeforeEach
  void start(Vertx vertx) {
    this.vertx = vertx;
  }

  @AfterEach
  void stop() {
    system.close();
  }

  @Test
  void givenASystemThatDoesNotRead_whenTasksGoOn_thenTheyAreLeftUnread() throws Exception {
    CompletableFuture<HttpServerRequest> reached = new CompletableFuture<>();
    connect(request -> reached.complete(request.pause()));
    Endless tasks = new Endless();

    ResponseBody response = system.post("/", "application/x-ndjson", tasks);

    HttpServerRequest request = reached.get(20, TimeUnit.SECONDS);
    assertThat(untilItStops(tasks.read)).isPositive().isLessThan(BOUND);

    request.endHandler(_ -> request.response().end("done")).resume();
    assertThat(response.readAllBytes()).asString().isEqualTo("done");
    assertThat(tasks.read).hasValue(ALL);
  }

  @Test
  void givenAnswersThatNobodyReads_whenTheSystemWrites_thenItHasToWait() throws Exception {
    AtomicLong written = new AtomicLong();
    connect(request -> write(request.response().setChunked(true), written));

    ResponseBody response = system.post("/", "application/x-ndjson", new byte[0]);

    assertThat(untilItStops(written)).isPositive().isLessThan(BOUND);

    long read = response.transferTo(OutputStream.nullOutputStream());
    assertThat(read).isEqualTo(ALL);
    assertThat(response.status()).isEqualTo(200);
  }

  @Test
  void givenAConnectionThatBreaks_whenRead_thenItIsAFailureAndNoEnd() throws Exception {
    connect(request -> {
      HttpServerResponse response = request.response().setChunked(true);
      response.write("half of").onComplete(_ -> request.connection().close());
    });

    ResponseBody response = system.post("/", "application/json", new byte[0]);

    assertThatIOException().isThrownBy(response::readAllBytes);
  }

  private static void write(HttpServerResponse response, AtomicLong written) {
    while (written.get() < ALL) {
      response.write(Buffer.buffer(new byte[PART]));
      written.addAndGet(PART);
      if (response.writeQueueFull()) {
        response.drainHandler(_ -> write(response, written));
        return;
      }
    }
    response.end();
  }

  /** What a count comes to when it grows no more. */
  private static long untilItStops(AtomicLong count) {
    AtomicLong last = new AtomicLong(-1);
    await()
        .pollDelay(0, TimeUnit.SECONDS)
        .pollInterval(500, TimeUnit.MILLISECONDS)
        .atMost(30, TimeUnit.SECONDS)
        .until(() -> {
          long now = count.get();
          return now > 0 && last.getAndSet(now) == now;
        });
    return last.get();
  }

  private void connect(Handler<HttpServerRequest> handler) throws TimeoutException {
    HttpServer server =
        vertx
            .createHttpServer()
            .requestHandler(handler)
            .listen(0, "127.0.0.1")
            .await(20, TimeUnit.SECONDS);
    system =
        new RemoteSystem(
            URI.create("http://127.0.0.1:" + server.actualPort()), null, ClientTls.DEFAULT, 60);
  }

  /** Bytes that count themselves. */
  private static final class Endless extends InputStream {

    private final AtomicLong read = new AtomicLong();

    @Override
    public int read() {
      throw new UnsupportedOperationException();
    }

    @Override
    public int read(byte[] bytes, int offset, int length) {
      if (read.get() >= ALL) {
        return -1;
      }
      read.addAndGet(length);
      return length;
    }
  }
}
