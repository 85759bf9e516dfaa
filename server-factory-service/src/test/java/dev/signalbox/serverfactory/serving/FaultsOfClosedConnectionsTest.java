package dev.signalbox.serverfactory.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.signalbox.contracts.serverfactory.ServerRequest;
import dev.signalbox.serverfactory.definition.Fault;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.junit5.VertxExtension;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Whenever the connection closes, a request with a fault ends once and holds nothing after it. */
@ExtendWith(VertxExtension.class)
@Timeout(60)
class FaultsOfClosedConnectionsTest {

  /** More than sockets of loopback take from a server whose client reads nothing. */
  private static final int LONG = 16_000_000;

  private static final String GET = "GET /fault HTTP/1.1\r\nHost: x\r\n\r\n";

  /** A response whose memory is counted, and one that resets the connection. */
  private static String routes(String response, Fault fault, boolean tls) {
    return "{'tls':"
        + tls
        + ",'routes':[{'match':{'path':'/fault'},'response':{"
        + response
        + ",'fault':'"
        + fault.label()
        + "'}},{'match':{},'response':{'fault':'connection_reset'}}]}";
  }

  private static void assertEnded(TestServer server, int requests) {
    await()
        .untilAsserted(() -> {
          assertThat(server.stats().inFlight()).isZero();
          assertThat(server.answers.held()).isZero();
        });
    assertThat(server.requests()).hasSize(requests);
    assertThat(server.stats().requests()).isEqualTo(requests);
  }

  @ParameterizedTest
  @EnumSource(Fault.class)
  void givenAStream_whenAnotherHasResetItsConnection_thenItEndsOnceAndHoldsNothing(
      Fault fault, Vertx vertx) throws Exception {
    String made = "'template':true,'body':'{{request.path}}" + "x".repeat(10_000) + "'";
    try (TestServer server = TestServer.of(vertx, routes(made, fault, false));
        Socket socket = server.socket()) {
      // In one piece, so that the server reads them in one turn.
      socket
          .getOutputStream()
          .write(
              Buffer.buffer("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
                  .appendBuffer(frame(4, 0, 0, Buffer.buffer()))
                  .appendBuffer(get(1, "/reset"))
                  .appendBuffer(get(3, "/fault"))
                  .appendBuffer(get(5, "/fault"))
                  .getBytes());

      await().until(() -> server.requests().size() == 3);

      assertEnded(server, 3);
      assertThat(server.requests())
          .extracting(ServerRequest::fault)
          .containsExactly("connection_reset", fault.label(), fault.label());
    }
  }

  /** A request without a body, its header fields by the static table of RFC 7541 or literal. */
  private static Buffer get(int stream, String path) {
    Buffer fields =
        Buffer.buffer()
            .appendByte((byte) 0x82)
            .appendByte((byte) 0x86)
            .appendByte((byte) 0x04)
            .appendByte((byte) path.length())
            .appendString(path)
            .appendByte((byte) 0x01)
            .appendByte((byte) 1)
            .appendString("x");
    return frame(1, 0x5, stream, fields);
  }

  /** RFC 9113 section 4.1. */
  private static Buffer frame(int type, int flags, int stream, Buffer payload) {
    return Buffer.buffer()
        .appendMedium(payload.length())
        .appendByte((byte) type)
        .appendByte((byte) flags)
        .appendInt(stream)
        .appendBuffer(payload);
  }

  static Stream<Arguments> faultsAndTls() {
    return Arrays.stream(Fault.values())
        .flatMap(fault -> Stream.of(true, false).map(tls -> Arguments.of(fault, tls)));
  }

  private static TestServer.Options file(Future<?> ready) {
    TestServer.Options options = new TestServer.Options();
    FileSource.Content content =
        new FileSource.Content(Buffer.buffer(new byte[LONG]), "text/plain");
    options.files = (_, memory) -> memory.takeInTurn(LONG).compose(_ -> ready.map(content));
    return options;
  }

  private static Socket asking(TestServer server, boolean tls) throws Exception {
    Socket socket = tls ? Certificates.connect(server) : server.socket();
    socket.getOutputStream().write(GET.getBytes(StandardCharsets.US_ASCII));
    return socket;
  }

  @ParameterizedTest
  @MethodSource("faultsAndTls")
  void givenAClientThatReadsNothing_whenItLeaves_thenItsRequestEndsOnceAndHoldsNothing(
      Fault fault, boolean tls, Vertx vertx) throws Exception {
    TestServer.Options options = file(Future.succeededFuture());
    try (TestServer server = TestServer.of(vertx, routes("'file':'f'", fault, tls), options)) {
      try (Socket _ = asking(server, tls)) {
        await().until(() -> !server.requests().isEmpty());
      }

      assertEnded(server, 1);
      assertThat(server.requests()).extracting(ServerRequest::fault).containsExactly(fault.label());
    }
  }

  @ParameterizedTest
  @MethodSource("faultsAndTls")
  void givenAResponseThatIsBeingMade_whenTheClientLeaves_thenItsRequestEndsOnceWithoutTheFault(
      Fault fault, boolean tls, Vertx vertx) throws Exception {
    Promise<Void> made = Promise.promise();
    TestServer.Options options = file(made.future());
    try (TestServer server = TestServer.of(vertx, routes("'file':'f'", fault, tls), options)) {
      try (Socket _ = asking(server, tls)) {
        await().until(() -> server.stats().inFlight() == 1);
      }
      await().until(() -> !server.requests().isEmpty());
      made.complete();

      assertEnded(server, 1);
      assertThat(server.requests().getFirst().fault()).isNull();
    }
  }
}
