package dev.signalbox.gateway.files;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.contracts.Empty;
import dev.signalbox.contracts.file.AppendUploadRequest;
import dev.signalbox.contracts.file.BeginUploadReply;
import dev.signalbox.contracts.file.FileContract;
import dev.signalbox.contracts.file.FileInfo;
import dev.signalbox.contracts.file.FinishUploadReply;
import dev.signalbox.gateway.FakeService;
import dev.signalbox.gateway.GatewayFixture;
import dev.signalbox.gateway.RawClient;
import dev.signalbox.platform.service.ServiceContext;
import dev.signalbox.platform.service.ServiceEndpoint;
import io.vertx.core.Future;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Clients that take longer for a piece than file-service waits for one. */
class SlowUploadTest {

  private final List<AppendUploadRequest> appended = new CopyOnWriteArrayList<>();
  private final AtomicInteger signs = new AtomicInteger();
  private final AtomicReference<ServiceContext> service = new AtomicReference<>();
  private GatewayFixture gateway;

  @BeforeEach
  void start() {
    gateway =
        GatewayFixture.start(List.of(FakeService.named("file-service", this::serve, service::set)));
  }

  private void serve(ServiceEndpoint endpoint) {
    endpoint
        .serve(
            FileContract.BEGIN_UPLOAD,
            (_, _) ->
                Future.succeededFuture(new BeginUploadReply.Begun("id", service.get().node(), 30)))
        .serveHere(
            FileContract.APPEND_UPLOAD,
            (request, _) -> {
              if (request.data().length() == 0) {
                signs.incrementAndGet();
              } else {
                appended.add(request);
              }
              return Future.succeededFuture(Empty.EMPTY);
            })
        .serveHere(
            FileContract.FINISH_UPLOAD,
            (request, _) ->
                Future.succeededFuture(
                    new FinishUploadReply.Stored(
                        new FileInfo(
                            "/slow.bin", request.totalBytes(), 0, "\"a\"", "text/plain", null),
                        true)));
  }

  @AfterEach
  void stop() {
    gateway.close();
  }

  @Test
  void givenASlowClient_whenItsPieceIsLate_thenFileServiceHearsThatTheUploadGoesOn() {
    try (RawClient client = gateway.raw()) {
      client.send(
          "PUT /api/v1/files/slow.bin HTTP/1.1\r\n$HOST\r\nContent-Length: 10\r\n\r\n01234");
      Awaitility.await().untilAtomic(signs, n -> assertThat(n).isGreaterThan(3));
      client.send("56789");

      assertThat(client.read().status()).isEqualTo(201);
      assertThat(appended)
          .extracting(piece -> new String(piece.data().bytes(), StandardCharsets.US_ASCII))
          .containsExactly("01234", "56789");
    }
  }

  @Test
  void givenAnUploadThatIsOver_whenTimePasses_thenNothingIsSaidOfItAnyMore() {
    try (RawClient client = gateway.raw()) {
      client.send("PUT /api/v1/files/a HTTP/1.1\r\n$HOST\r\nContent-Length: 5\r\n\r\n01234");
      assertThat(client.read().status()).isEqualTo(201);
      int before = signs.get();
      client.send("PUT /api/v1/files/b HTTP/1.1\r\n$HOST\r\nContent-Length: 5\r\n\r\n");
      Awaitility.await().untilAtomic(signs, n -> assertThat(n).isGreaterThan(before + 3));
      client.send("01234");

      assertThat(client.read().status()).isEqualTo(201);
      assertThat(appended).hasSize(2);
    }
  }
}
