package dev.signalbox.serverfactory.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.signalbox.contracts.serverfactory.ServerRequest.Header;
import dev.signalbox.platform.json.Json;
import dev.signalbox.platform.limit.MemoryBudget;
import dev.signalbox.serverfactory.definition.Page;
import io.netty.pkitesting.X509Bundle;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.junit5.VertxExtension;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(VertxExtension.class)
class HttpRulesTest {

  private static final String HELLO = "{'routes':[{'match':{},'response':{'body':'hello'}}]}";
  private static final String HOST = "Host: x\r\n";

  @Test
  void givenAPage_whenItIsAskedFor_thenItIsAnsweredAsEver(Vertx vertx) {
    TestServer.Options options = new TestServer.Options();
    options.page = new Page("/p", "This is a test page!");
    try (TestServer server = TestServer.of(vertx, "{}", options)) {
      HttpResponse<String> page = server.get("/p?x");
      HttpResponse<String> posted =
          server.send(
              HttpRequest.newBuilder(server.uri("/p"))
                  .POST(HttpRequest.BodyPublishers.ofString("x")));

      assertThat(page.statusCode()).isEqualTo(200);
      assertThat(page.body()).isEqualTo("This is a test page!");
      assertThat(page.headers().firstValue("content-type")).contains("text/plain; charset=utf-8");
      assertThat(posted.statusCode()).isEqualTo(405);
      assertThat(posted.headers().firstValue("allow")).contains("GET, HEAD");
      assertThat(server.get("/other").body()).isEqualTo("Not Found");
      assertThat(server.requests()).extracting("route").containsExactly("page", "page", null);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          false | GET / HTTP/1.1~~                       | 400
          false | GET / HTTP/1.1~Host: a~Host: a~~       | 400
          false | GET / HTTP/1.1~Host: a~~               | 200
          false | GET / HTTP/1.0~~                       | 200
          false | GET / HTTP/1.0~Host: a~Host: b~~       | 400
          true  | GET / HTTP/1.1~~                       | 200
          true  | GET / HTTP/1.1~Host: a~Host: b~~       | 200
          false | nonsense~~                             | 400
          false | GET / HTTP/1.1~Host: a~Bad Header: x~~ | 400
          """)
  void givenAHead_whenItIsSent_thenTheHostRuleDecides(
      boolean lax, String head, int status, Vertx vertx) throws IOException {
    String json =
        "{'lax':" + lax + ",'routes':[{'match':{},'response':{'headers':{'connection':'close'}}}]}";
    try (TestServer server = TestServer.of(vertx, json);
        Socket socket = server.socket()) {
      socket.getOutputStream().write(head.replace("~", "\r\n").getBytes(StandardCharsets.US_ASCII));
      byte[] line = socket.getInputStream().readNBytes("HTTP/1.1 200".length());

      assertThat(new String(line, StandardCharsets.US_ASCII)).endsWith(" " + status);
    }
  }

  @Test
  void givenAnyResponse_whenItIsSent_thenItHasDateAndServer(Vertx vertx) throws IOException {
    try (TestServer server = TestServer.of(vertx, HELLO)) {
      for (String head : new String[] {"GET / HTTP/1.0\r\n\r\n", "nonsense\r\n\r\n"}) {
        assertThat(server.raw(head).toLowerCase(java.util.Locale.ROOT))
            .contains("server: signalbox\r\n")
            .containsPattern("date: [a-z]{3}, [0-9]{2} [a-z]{3} [0-9]{4} [0-9:]{8} gmt\r\n");
      }
    }
  }

  @Test
  void givenPipelinedRequests_whenTheyAreSent_thenTheyAreAnsweredInOrder(Vertx vertx)
      throws IOException {
    String json =
        "{'routes':[{'match':{'path':'/slow'},'response':{'body':'slow','delay_ms':50}},"
            + "{'match':{'path':'/fast'},'response':{'body':'fast'}}]}";
    try (TestServer server = TestServer.of(vertx, json)) {
      String answers =
          server.raw(
              "GET /slow HTTP/1.1\r\n"
                  + HOST
                  + "\r\nGET /fast HTTP/1.1\r\n"
                  + HOST
                  + "Connection: close\r\n\r\n");

      assertThat(answers).containsSubsequence("slow", "fast");
    }
  }

  @Test
  void givenHead_whenItIsAnswered_thenTheLengthIsThatOfTheBodyLeftOut(Vertx vertx)
      throws IOException {
    try (TestServer server = TestServer.of(vertx, HELLO)) {
      String answer = server.raw("HEAD / HTTP/1.1\r\n" + HOST + "Connection: close\r\n\r\n");

      assertThat(answer).contains("content-length: 5\r\n").endsWith("\r\n\r\n");
    }
  }

  @Test
  void givenKeepAlive_whenRequestsFollow_thenTheyUseOneConnection(Vertx vertx) {
    try (TestServer server = TestServer.of(vertx, HELLO)) {
      server.get("/");
      server.get("/");

      assertThat(server.stats().connections()).isEqualTo(1);
      assertThat(server.stats().requests()).isEqualTo(2);
    }
  }

  @Test
  void givenStatus204_whenItIsAnswered_thenThereIsNoLength(Vertx vertx) {
    try (TestServer server =
        TestServer.of(vertx, "{'routes':[{'match':{},'response':{'status':204}}]}")) {
      HttpResponse<String> response = server.get("/");

      assertThat(response.statusCode()).isEqualTo(204);
      assertThat(response.headers().firstValue("content-length")).isEmpty();
    }
  }

  @Test
  void givenStatus103_whenItIsAnswered_thenHintsComeBeforeTheResponse(Vertx vertx)
      throws IOException {
    String json =
        "{'routes':[{'match':{},'response':{'status':103,'headers':{'link':'</a>'},'body':'x'}}]}";
    try (TestServer server = TestServer.of(vertx, json)) {
      assertThat(server.raw("GET / HTTP/1.1\r\n" + HOST + "Connection: close\r\n\r\n"))
          .containsSubsequence("HTTP/1.1 103 ", "HTTP/1.1 200 ", "\r\n\r\nx");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"EC", "RSA"})
  void givenACertificateOfItsOwn_whenAClientConnects_thenItIsShownThatOne(
      String algorithm, Vertx vertx) throws Exception {
    X509Bundle bundle = Certificates.of(algorithm);
    Map<String, Object> tls =
        Map.of(
            "certificate_pem",
            bundle.getCertificatePathPEM(),
            "private_key_pem",
            bundle.getPrivateKeyPEM());
    try (TestServer server =
            TestServer.of(vertx, Json.text(Map.of("routes", List.of(), "tls", tls)));
        SSLSocket socket = Certificates.connect(server)) {
      assertThat(socket.getSession().getPeerCertificates()[0]).isEqualTo(bundle.getCertificate());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "false, true, HTTP_2",
    "false, false, HTTP_1_1",
    "true, true, HTTP_2",
    "true, false, HTTP_1_1"
  })
  void givenAServer_whenAClientOfHttp2Comes_thenTheVersionIsAsDefined(
      boolean tls, boolean http2, HttpClient.Version expected, Vertx vertx) throws Exception {
    String json = HELLO.replace("{'routes'", "{'tls':" + tls + ",'http2':" + http2 + ",'routes'");
    try (TestServer server = TestServer.of(vertx, json);
        HttpClient client =
            HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_2)
                .sslContext(Certificates.trusting())
                .build()) {
      String uri = (tls ? "https" : "http") + "://localhost:" + server.port() + "/a?b";
      HttpResponse<String> response = null;
      for (int i = 0; i < 3; i++) {
        response =
            TestServer.send(
                client,
                HttpRequest.newBuilder(java.net.URI.create(uri))
                    .POST(HttpRequest.BodyPublishers.ofString("body")));
      }

      assertThat(response.version()).isEqualTo(expected);
      assertThat(response.body()).isEqualTo("hello");
      assertThat(server.requests().getLast().target()).isEqualTo("/a?b");
      assertThat(server.requests().getLast().bodyBytes()).isEqualTo(4);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      textBlock =
          """
          true                                                  | https://a | *         | -
          {'origins':['https://a']}                             | https://a | https://a | -
          {'origins':['https://a']}                             | https://b | -         | -
          {'origins':['*'],'credentials':true}                  | https://b | https://b | true
          """)
  void givenCors_whenAPageOfAnOriginAsks_thenItIsAllowedOrNot(
      String cors, String origin, String allowed, String credentials, Vertx vertx) {
    try (TestServer server =
        TestServer.of(vertx, HELLO.replace("{'routes'", "{'cors':" + cors + ",'routes'"))) {
      HttpResponse<String> plain =
          server.send(HttpRequest.newBuilder(server.uri("/")).header("Origin", origin));
      HttpResponse<String> preflight =
          server.send(
              HttpRequest.newBuilder(server.uri("/"))
                  .header("Origin", origin)
                  .header("Access-Control-Request-Method", "PUT")
                  .method("OPTIONS", HttpRequest.BodyPublishers.noBody()));

      for (HttpResponse<String> response : List.of(plain, preflight)) {
        assertThat(response.headers().firstValue("access-control-allow-origin").orElse(null))
            .isEqualTo(allowed);
        assertThat(response.headers().firstValue("access-control-allow-credentials").orElse(null))
            .isEqualTo(credentials);
      }
      assertThat(plain.body()).isEqualTo("hello");
      assertThat(preflight.statusCode()).isEqualTo(allowed == null ? 403 : 204);
      assertThat(preflight.headers().firstValue("access-control-allow-methods").orElse(null))
          .isEqualTo(allowed == null ? null : "PUT");
    }
  }

  @Test
  void givenATemplate_whenItIsPlayed_thenTheRequestIsInIt(Vertx vertx) {
    String json =
        "{'routes':[{'match':{'path_pattern':'/u/{id}'},'response':{'template':true,"
            + "'headers':{'x-q':'{{request.query.q}}'},"
            + "'json':{'id':'{{path.id}}','n':'{{counter}}','b':'{{request.json.a}}'}}}]}";
    try (TestServer server = TestServer.of(vertx, json)) {
      HttpResponse<String> response =
          server.send(
              HttpRequest.newBuilder(server.uri("/u/a%22b?q=1%0D%0AX:%202"))
                  .POST(HttpRequest.BodyPublishers.ofString("{\"a\":7}")));

      assertThat(response.body()).isEqualTo("{\"id\":\"a\\\"b\",\"n\":\"1\",\"b\":\"7\"}");
      assertThat(response.headers().firstValue("x-q")).contains("1X: 2");
    }
  }

  @Test
  void givenAFile_whenItIsPlayed_thenItIsReadFromTheSource(Vertx vertx) {
    try (TestServer server =
        TestServer.of(vertx, "{'routes':[{'match':{},'response':{'file':'a/b'}}]}")) {
      assertThat(server.get("/").body()).isEqualTo("/a/b");
      assertThat(server.get("/").headers().firstValue("content-type")).contains("text/x-path");
    }
  }

  @Test
  void givenARecordingProxy_whenNoRouteMatches_thenTheAnswerIsForwardedAndRecorded(Vertx vertx) {
    TestServer.Options options = new TestServer.Options();
    ConcurrentLinkedQueue<String> recorded = new ConcurrentLinkedQueue<>();
    options.upstream =
        (request, target, _) ->
            Future.succeededFuture(
                new UpstreamResponse(
                    203,
                    List.of(new Header("x-up", target.host())),
                    Buffer.buffer(request.target()),
                    true));
    options.recorder = (request, response) -> recorded.add(request.target());
    String json =
        "{'proxy':{'url':'http://up.example:81/x','record':true},"
            + "'routes':[{'match':{'path':'/own'},'response':{}},"
            + "{'match':{'path':'/sent'},'response':{'proxy':{'url':'http://other.example'}}}]}";
    try (TestServer server = TestServer.of(vertx, json, options)) {
      HttpResponse<String> forwarded = server.get("/else?a");

      assertThat(forwarded.statusCode()).isEqualTo(203);
      assertThat(forwarded.body()).isEqualTo("/else?a");
      assertThat(forwarded.headers().firstValue("x-up")).contains("up.example");
      assertThat(server.get("/own").statusCode()).isEqualTo(200);
      assertThat(server.get("/sent").headers().firstValue("x-up")).contains("other.example");
      assertThat(recorded).containsExactly("/else?a");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Content-Length: 11\r\n\r\n",
        "Content-Length: 11\r\nExpect: 100-continue\r\n\r\n",
        "Transfer-Encoding: chunked\r\n\r\nb\r\nhello world\r\n",
        "Content-Length: 99999999999999999999\r\n\r\n"
      })
  void givenABodyTooLarge_whenItIsSent_thenItIsRefused(String rest, Vertx vertx)
      throws IOException {
    TestServer.Options options = new TestServer.Options().limits(10, 10, 10, 20_000, 20_000);
    try (TestServer server = TestServer.of(vertx, HELLO, options)) {
      assertThat(server.raw("POST / HTTP/1.1\r\n" + HOST + rest))
          .containsPattern("^HTTP/1.1 4(13|00) ");
      assertThat(server.bodies.held()).isZero();
    }
  }

  @Test
  void givenExpectContinue_whenTheBodyIsTaken_thenTheClientIsToldToGoOn(Vertx vertx)
      throws IOException {
    try (TestServer server = TestServer.of(vertx, HELLO);
        Socket socket = server.socket()) {
      socket
          .getOutputStream()
          .write(
              ("POST / HTTP/1.1\r\n" + HOST + "Content-Length: 1\r\nExpect: 100-continue\r\n\r\n")
                  .getBytes(StandardCharsets.US_ASCII));
      byte[] line = socket.getInputStream().readNBytes(12);

      assertThat(new String(line, StandardCharsets.US_ASCII)).isEqualTo("HTTP/1.1 100");
    }
  }

  @Test
  void givenASlowBody_whenItsTimeIsOver_thenItIsRefused(Vertx vertx) throws IOException {
    TestServer.Options options = new TestServer.Options().limits(10, 10, 10, 100, 20_000);
    try (TestServer server = TestServer.of(vertx, HELLO, options)) {
      assertThat(server.raw("POST / HTTP/1.1\r\n" + HOST + "Content-Length: 5\r\n\r\nab"))
          .startsWith("HTTP/1.1 408 ");
      assertThat(server.bodies.held()).isZero();
    }
  }

  @Test
  void givenNoRoomForBodies_whenOneIsSent_thenItIsRefused(Vertx vertx) {
    TestServer.Options options = new TestServer.Options();
    options.bodies = new MemoryBudget(3);
    try (TestServer server = TestServer.of(vertx, HELLO, options)) {
      HttpResponse<String> response =
          server.send(
              HttpRequest.newBuilder(server.uri("/"))
                  .POST(HttpRequest.BodyPublishers.ofString("four")));

      assertThat(response.statusCode()).isEqualTo(503);
      assertThat(response.headers().firstValue("retry-after")).contains("1");
      assertThat(server.bodies.held()).isZero();
    }
  }

  @Test
  @SuppressWarnings("try") // The client that leaves is what is tested.
  void givenTooManyInFlight_whenOneMoreComes_thenItIsRefused(Vertx vertx) throws IOException {
    TestServer.Options options = new TestServer.Options().limits(10, 1, 10, 20_000, 20_000);
    String json = "{'routes':[{'match':{},'response':{'delay_ms':600000}}]}";
    try (TestServer server = TestServer.of(vertx, json, options);
        Socket waiting = server.socket()) {
      waiting
          .getOutputStream()
          .write(("GET / HTTP/1.1\r\n" + HOST + "\r\n").getBytes(StandardCharsets.US_ASCII));
      await().until(() -> server.stats().inFlight() == 1);

      assertThat(server.get("/").statusCode()).isEqualTo(503);

      waiting.close();
      await().until(() -> server.stats().inFlight() == 0);
    }
  }

  @Test
  void givenNoMoreConnections_whenOneMoreComes_thenItIsClosed(Vertx vertx) throws IOException {
    TestServer.Options options = new TestServer.Options().limits(1, 10, 10, 20_000, 20_000);
    String json = HELLO.replace("{'routes'", "{'http2':false,'routes'");
    try (TestServer server = TestServer.of(vertx, json, options)) {
      server.get("/");

      try (Socket second = server.socket()) {
        assertThat(second.getInputStream().read()).isNegative();
      }
    }
  }

  @Test
  void givenAHeldConnection_whenRoutesAreReplaced_thenItStaysAndGetsTheNewOnes(Vertx vertx)
      throws IOException {
    try (TestServer server = TestServer.of(vertx, HELLO);
        Socket socket = server.socket()) {
      byte[] request = ("GET / HTTP/1.1\r\n" + HOST + "\r\n").getBytes(StandardCharsets.US_ASCII);
      socket.getOutputStream().write(request);
      assertThat(until(socket, "hello")).contains("200");

      server.replace(HELLO.replace("hello", "hallo"));
      socket.getOutputStream().write(request);

      assertThat(until(socket, "hallo")).contains("200");
    }
  }

  private static String until(Socket socket, String end) throws IOException {
    StringBuilder read = new StringBuilder();
    while (read.indexOf(end) < 0) {
      int b = socket.getInputStream().read();
      assertThat(b).isNotNegative();
      read.append((char) b);
    }
    return read.toString();
  }

  @Test
  void givenNoLease_whenARequestComes_thenTheConnectionClosesUnanswered(Vertx vertx)
      throws IOException {
    try (TestServer server = TestServer.of(vertx, HELLO)) {
      server.mayServe.set(false);

      assertThat(server.raw("GET / HTTP/1.1\r\n" + HOST + "\r\n")).isEmpty();
      assertThat(server.leaseEnds).hasValue(1);
    }
  }

  @Test
  void givenAClientThatReadsNothing_whenTheBodyIsLong_thenItsConnectionIsClosed(Vertx vertx)
      throws IOException {
    TestServer.Options options = new TestServer.Options().limits(10, 10, 10, 20_000, 2_000);
    String json = "{'routes':[{'match':{},'response':{'body':'" + "x".repeat(3_000_000) + "'}}]}";
    try (TestServer server = TestServer.of(vertx, json, options);
        Socket socket = new Socket()) {
      socket.setReceiveBufferSize(4_096);
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port()));
      socket
          .getOutputStream()
          .write(
              ("GET / HTTP/1.1\r\n" + HOST + "\r\n").repeat(5).getBytes(StandardCharsets.US_ASCII));

      await().until(() -> server.stats().requests() > 0 && server.stats().connections() == 0);
      assertThat(server.stats().inFlight()).isZero();
    }
  }

  @Test
  void givenALongBody_whenItIsRead_thenItIsWhole(Vertx vertx) {
    String body = "0123456789".repeat(100_000);
    try (TestServer server =
        TestServer.of(vertx, "{'routes':[{'match':{},'response':{'body':'" + body + "'}}]}")) {
      assertThat(server.get("/").body()).isEqualTo(body);
      assertThat(server.get("/").body()).isEqualTo(body);
      assertThat(server.stats().sentBytes()).isEqualTo(2L * body.length());
    }
  }
}
