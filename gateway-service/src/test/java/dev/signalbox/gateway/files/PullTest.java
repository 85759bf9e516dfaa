package dev.signalbox.gateway.files;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.gateway.GatewayFixture;
import dev.signalbox.gateway.GatewayFixture.Reply;
import dev.signalbox.gateway.RawClient;
import java.util.Arrays;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Large files of another process: a file-service that says so answers piece by piece. */
class PullTest {

  private final DistantFiles files = new DistantFiles();
  private GatewayFixture gateway;

  @BeforeEach
  void start() {
    gateway =
        GatewayFixture.start(
            List.of(files.service()), "gateway.stall-timeout", "1s", "files.cache-bytes", "0");
  }

  @AfterEach
  void stop() {
    gateway.close();
  }

  private Reply get(String... headers) {
    return gateway.send("main", "GET", "/distant.bin", null, headers);
  }

  @Test
  void givenADistantFile_whenGot_thenEveryByteIsRightAndFewPiecesAreAhead() {
    Reply reply = get();

    assertThat(reply.status()).isEqualTo(200);
    assertThat(reply.http().body()).isEqualTo(files.content());
    assertThat(files.mostAtOnce()).isBetween(2, 8);
  }

  @Test
  void givenPiecesThatComeOutOfOrder_whenGot_thenTheyAreWrittenInOrder() {
    files.answerInReverse();

    assertThat(get().http().body()).isEqualTo(files.content());
  }

  @Test
  void givenRanges_whenGot_thenOnlyTheirBytesAreAskedFor() {
    Reply one = get("Range", "bytes=300000-1299999");

    assertThat(one.status()).isEqualTo(206);
    assertThat(one.http().body())
        .isEqualTo(Arrays.copyOfRange(files.content(), 300_000, 1_300_000));
    assertThat(files.bytesRead()).isEqualTo(1_000_000);
    Reply several = get("Range", "bytes=0-9,1000000-1000009");
    assertThat(several.status()).isEqualTo(206);
    assertThat(several.http().body()).hasSize(Integer.parseInt(several.header("Content-Length")));
  }

  @Test
  void givenAnotherFileBeforeTheFirstByte_whenGot_thenItIsFoundAgain() {
    files.changedForTheNext(8);

    assertThat(get().http().body()).isEqualTo(files.content());
  }

  @Test
  void givenAFileThatKeepsChanging_whenGot_thenTheClientIsToldToComeBack() {
    files.changedForTheNext(1_000);

    Reply reply = get();

    assertThat(reply.status()).isEqualTo(503);
    assertThat(reply.header("Retry-After")).isNotEmpty();
    assertThat(reply.header("ETag")).isEmpty();
    assertThat(reply.header("Content-Disposition")).isEmpty();
    assertThat(reply.body()).contains("changing");
  }

  @Test
  void givenAFileThatChangesInTheMiddle_whenGot_thenTheConnectionEndsShort() {
    files.changedFrom(1_500_000);
    try (RawClient client = gateway.raw()) {
      client.send("GET /distant.bin HTTP/1.1\r\n$HOST\r\nConnection: keep-alive\r\n\r\n");

      RawClient.Response response = client.read();

      assertThat(response.status()).isEqualTo(200);
      assertThat(response.header("Content-Length")).isEqualTo(String.valueOf(DistantFiles.SIZE));
      assertThat(response.body().length()).isLessThan(DistantFiles.SIZE);
      assertThat(client.closedByServer()).isTrue();
    }
  }

  @Test
  void givenAClientThatTakesNothing_whenTheTimeIsUp_thenItIsCutOffAndFewPiecesWereRead() {
    files.endless();
    try (RawClient client = gateway.raw()) {
      client.send("GET /distant.bin HTTP/1.1\r\n$HOST\r\n\r\n");

      // Nothing is read from the socket, so only the server can end this.
      Awaitility.await().until(() -> files.quiet());
      assertThat(files.bytesRead()).isLessThan(200L << 20);
      Awaitility.await()
          .untilAsserted(() ->
              assertThat(
                      gateway
                          .get("/metrics")
                          .body()
                          .lines()
                          .filter(line -> line.startsWith("signalbox_gateway_in_flight"))
                          .toList())
                  .allMatch(line -> line.endsWith(" 0.0")));
    }
  }

  @Test
  void givenAClientThatLeaves_whenGone_thenNoMoreIsRead() {
    files.endless();
    try (RawClient client = gateway.raw()) {
      client.send("GET /distant.bin HTTP/1.1\r\n$HOST\r\n\r\n");
      Awaitility.await().until(() -> files.bytesRead() > 0);
    }
    Awaitility.await().until(() -> files.quiet());
  }

  @Test
  void givenNoFileService_whenGot_thenItIsNamed() {
    try (GatewayFixture alone = GatewayFixture.start()) {
      Reply reply = alone.get("/index.html");

      assertThat(reply.status()).isEqualTo(503);
      assertThat(reply.body()).contains("file-service");
      assertThat(reply.header("Retry-After")).isNotEmpty();
    }
  }
}
