package dev.signalbox.serverfactory.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.contracts.serverfactory.ServerRequest.Header;
import dev.signalbox.platform.guard.GuardRules;
import dev.signalbox.platform.guard.TargetGuard;
import dev.signalbox.platform.json.Json;
import dev.signalbox.platform.json.RequestObject;
import dev.signalbox.platform.limit.MemoryBudget;
import dev.signalbox.platform.limit.UnreadBodies;
import dev.signalbox.serverfactory.body.CompileBudget;
import dev.signalbox.serverfactory.definition.DefinitionLimits;
import dev.signalbox.serverfactory.definition.DefinitionReader;
import dev.signalbox.serverfactory.definition.ProxyTarget;
import dev.signalbox.serverfactory.serving.ReceivedRequests;
import dev.signalbox.serverfactory.serving.UpstreamResponse;
import dev.signalbox.testsupport.TestCertificate;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.PemKeyCertOptions;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateEncodingException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class UpstreamClientTest {

  private static final int MAX_RESPONSE = 100_000;

  private final Vertx vertx = Vertx.vertx();
  private final MemoryBudget arriving = new MemoryBudget(1_000_000);
  private final UnreadBodies memory = new UnreadBodies(arriving);
  private final BlockingQueue<UpstreamResponse> answers = new ArrayBlockingQueue<>(10);
  private final BlockingQueue<Optional<Map<String, Object>>> recorded =
      new ArrayBlockingQueue<>(10);

  @AfterEach
  void close() {
    vertx.close().await();
  }

  private int server(Handler<HttpServerRequest> handler) {
    HttpServer server = vertx.createHttpServer().requestHandler(handler);
    return server.listen(0, "127.0.0.1").await().actualPort();
  }

  private static ProxyTarget target(String host, int port) {
    return new ProxyTarget(false, host, port, "/base", false, Duration.ofSeconds(20), false, null);
  }

  private int forwarding(ProxyTarget target, boolean allowed) {
    return forwarding(target, allowed, UpstreamRates.unlimited());
  }

  /** A server that forwards everything, as a server on demand does. */
  private int forwarding(ProxyTarget target, boolean allowed, UpstreamRates rates) {
    UpstreamClient upstream =
        new UpstreamClient(
            vertx,
            new TargetGuard(new GuardRules(List.of(), List.of(), allowed)),
            rates,
            MAX_RESPONSE);
    return server(request ->
        request
            .body()
            .compose(body -> {
              var received = ReceivedRequests.of(request, body);
              var share = memory.share(Runnable::run, () -> {});
              return upstream
                  .forward(received, target, share)
                  .onSuccess(answer -> {
                    answers.add(answer);
                    recorded.add(RecordedRoute.of(received, answer, 1_000));
                  });
            })
            .onSuccess(answer -> {
              request.response().setStatusCode(answer.status());
              answer
                  .headers()
                  .forEach(
                      header -> request.response().headers().add(header.name(), header.value()));
              request.response().end(answer.body());
            })
            .onFailure(_ -> request.response().setStatusCode(500).end()));
  }

  /** Sends bytes and gives what comes back until the server closes. */
  private static String exchange(int port, String head, String body) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      OutputStream out = socket.getOutputStream();
      out.write(
          (head.replace("\n", "\r\n") + "Connection: close\r\n\r\n" + body)
              .getBytes(StandardCharsets.UTF_8));
      out.flush();
      ByteArrayOutputStream all = new ByteArrayOutputStream();
      InputStream in = socket.getInputStream();
      in.transferTo(all);
      return all.toString(StandardCharsets.UTF_8);
    }
  }

  private static String get(int port, String target) throws IOException {
    return exchange(port, "GET " + target + " HTTP/1.1\nHost: client.example\n", "");
  }

  private UpstreamResponse answer() throws InterruptedException {
    UpstreamResponse answer = answers.poll(30, TimeUnit.SECONDS);
    assertThat(answer).isNotNull();
    return answer;
  }

  private static String text(UpstreamResponse answer) {
    return answer.body().toString(StandardCharsets.UTF_8);
  }

  /** A server that answers with what it got. */
  private int echo() {
    return server(request ->
        request
            .body()
            .onSuccess(body -> {
              List<String> lines = new ArrayList<>();
              lines.add(request.method() + " " + request.uri());
              request
                  .headers()
                  .forEach(
                      h -> lines.add(h.getKey().toLowerCase(Locale.ROOT) + "=" + h.getValue()));
              lines.add("body=" + body);
              request.response().end(String.join("\n", lines));
            }));
  }

  @Test
  void givenARequest_whenForwarded_thenTheTargetGetsItWithoutTheHeadersOfTheConnection()
      throws Exception {
    int port = forwarding(target("127.0.0.1", echo()), true);

    exchange(
        port,
        "POST /a/./b%20c?x=1&y= HTTP/1.1\nHost: client.example\nX-One: 1\nX-Two: a\nX-Two: b\n"
            + "X-Hop: secret\nConnection: x-hop\nKeep-Alive: timeout=5\nTE: trailers\n"
            + "Proxy-Authorization: Basic eA==\nContent-Length: 5\n"
            + "Traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01\n"
            + "Tracestate: a=1\n",
        "hello");

    UpstreamResponse answer = answer();
    assertThat(answer.answered()).isTrue();
    assertThat(answer.status()).isEqualTo(200);
    assertThat(text(answer).lines())
        .contains(
            "POST /base/a/b%20c?x=1&y=",
            "x-one=1", "x-two=a", "x-two=b", "via=1.1 signalbox", "content-length=5", "body=hello")
        .noneMatch(line ->
            line.startsWith("x-hop")
                || line.startsWith("keep-alive")
                || line.startsWith("te=")
                || line.startsWith("connection")
                || line.startsWith("proxy-")
                || line.startsWith("trace")
                || line.contains("client.example"));
  }

  @Test
  void givenATargetThatPreservesTheHost_whenForwarded_thenItGetsTheClients() throws Exception {
    int echo = echo();
    int port =
        forwarding(
            new ProxyTarget(
                false, "127.0.0.1", echo, "", false, Duration.ofSeconds(20), true, null),
            true);

    get(port, "/");

    assertThat(text(answer()).lines()).contains("GET /", "host=client.example");
  }

  @Test
  void givenAName_whenForwarded_thenItIsResolvedAndIsTheHost() throws Exception {
    int echo = echo();
    int port = forwarding(target("localhost", echo), true);

    get(port, "/");

    assertThat(text(answer()).lines()).contains("host=localhost:" + echo);
  }

  @Test
  void givenAnAnswer_whenForwarded_thenItComesBackWithoutTheHeadersOfTheConnection()
      throws Exception {
    int target =
        server(request ->
            request
                .response()
                .setStatusCode(302)
                .putHeader("location", "http://127.0.0.1:9/elsewhere")
                .putHeader("set-cookie", List.<String>of("a=1", "b=2"))
                .putHeader("connection", "x-hop")
                .putHeader("x-hop", "1")
                .putHeader("keep-alive", "timeout=1")
                .end("moved"));
    int port = forwarding(target("127.0.0.1", target), true);

    get(port, "/");

    UpstreamResponse answer = answer();
    assertThat(answer.status()).isEqualTo(302);
    assertThat(answer.headers())
        .containsExactlyInAnyOrder(
            new Header("location", "http://127.0.0.1:9/elsewhere"),
            new Header("set-cookie", "a=1"),
            new Header("set-cookie", "b=2"));
    assertThat(text(answer)).isEqualTo("moved");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "127.0.0.1",
        "localhost",
        "::1",
        "169.254.169.254",
        "10.0.0.1",
        "::ffff:127.0.0.1"
      })
  void givenAnAddressThatTheGuardForbids_whenForwarded_thenNothingIsSentThere(String host)
      throws Exception {
    int target = server(request -> request.response().end("reached"));
    int port = forwarding(target(host, target), false);

    get(port, "/");

    UpstreamResponse answer = answer();
    assertThat(answer.status()).isEqualTo(502);
    assertThat(answer.answered()).isFalse();
    assertThat(text(answer)).contains("is blocked").doesNotContain("reached");
  }

  @Test
  void givenNothingThatListens_whenForwarded_then502() throws Exception {
    int closed;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      closed = socket.getLocalPort();
    }
    int port = forwarding(target("127.0.0.1", closed), true);

    get(port, "/");

    UpstreamResponse answer = answer();
    assertThat(answer.status()).isEqualTo(502);
    assertThat(text(answer)).isEqualTo("127.0.0.1:" + closed + " cannot be connected to\n");
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void givenATargetThatDoesNotFinish_whenTheTimeIsOver_then504AndItsConnectionIsClosed(
      boolean begun) throws Exception {
    BlockingQueue<String> closed = new ArrayBlockingQueue<>(1);
    int silent =
        server(request -> {
          request.connection().closeHandler(_ -> closed.add("closed"));
          if (begun) {
            request.response().setChunked(true).write("a");
          }
        });
    int port =
        forwarding(
            new ProxyTarget(
                false, "127.0.0.1", silent, "", false, Duration.ofSeconds(2), false, null),
            true);

    get(port, "/");

    UpstreamResponse answer = answer();
    assertThat(answer.status()).isEqualTo(504);
    assertThat(text(answer)).contains("did not answer in 2000 ms");
    assertThat(closed.poll(30, TimeUnit.SECONDS)).isEqualTo("closed");
  }

  @ParameterizedTest
  @CsvSource({"100000, 200", "100001, 502"})
  void givenALargeAnswer_whenForwarded_thenItIsBounded(int bytes, int status) throws Exception {
    int target = server(request -> request.response().end(Buffer.buffer(new byte[bytes])));
    int port = forwarding(target("127.0.0.1", target), true);

    get(port, "/");

    assertThat(answer().status()).isEqualTo(status);
  }

  @Test
  void givenManyBytesThatArrive_whenMoreCome_then503() throws Exception {
    arriving.tryAcquire(1_000_000 - 10);
    int target = server(request -> request.response().end(Buffer.buffer(new byte[11])));
    int port = forwarding(target("127.0.0.1", target), true);

    get(port, "/");

    UpstreamResponse answer = answer();
    assertThat(answer.status()).isEqualTo(503);
    assertThat(answer.headers()).contains(new Header("retry-after", "1"));
    assertThat(arriving.held()).isEqualTo(1_000_000 - 10);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "no http at all\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        "",
      })
  void givenATargetThatBreaksOff_whenForwarded_then502(String bytes) throws Exception {
    try (ServerSocket socket = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      Thread.ofVirtual()
          .start(() -> {
            try (Socket accepted = socket.accept()) {
              accepted.getInputStream().read(new byte[4_096]);
              accepted.getOutputStream().write(bytes.getBytes(StandardCharsets.ISO_8859_1));
              accepted.getOutputStream().flush();
            } catch (IOException e) {
              assertThat(e).isNull();
            }
          });
      int port =
          forwarding(target(socket.getInetAddress().getHostAddress(), socket.getLocalPort()), true);

      get(port, "/");

      UpstreamResponse answer = answer();
      assertThat(answer.status()).isEqualTo(502);
      assertThat(answer.answered()).isFalse();
    }
  }

  @Test
  void givenARateOfATarget_whenMoreRequestsCome_thenTheyAre429AndNotForwarded() throws Exception {
    AtomicInteger received = new AtomicInteger();
    int target =
        server(request -> {
          received.incrementAndGet();
          request.response().end("x");
        });
    AtomicLong clock = new AtomicLong();
    UpstreamRates rates = new UpstreamRates(2, () -> 1, clock::get);
    int port = forwarding(target("127.0.0.1", target), true, rates);
    int other = forwarding(target("127.0.0.1", echo()), true, rates);

    for (int status : new int[] {200, 200, 429, 429}) {
      get(port, "/");
      assertThat(answer().status()).isEqualTo(status);
    }
    assertThat(get(port, "/").toLowerCase(Locale.ROOT))
        .startsWith("http/1.1 429 ")
        .contains("retry-after: 1\r\n", "server-factory.proxy-target-rate-per-s");
    assertThat(answer().answered()).isFalse();
    assertThat(received).hasValue(2);

    get(other, "/");
    assertThat(answer().status()).isEqualTo(200);
    clock.addAndGet(TimeUnit.SECONDS.toNanos(1));
    get(port, "/");
    assertThat(answer().status()).isEqualTo(200);
    assertThat(received).hasValue(3);
  }

  @Test
  void givenAProxyOfItself_whenForwarded_thenItEndsAfterThreeHops() throws Exception {
    int[] self = new int[1];
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      self[0] = free.getLocalPort();
    }
    UpstreamClient upstream =
        new UpstreamClient(
            vertx,
            new TargetGuard(new GuardRules(List.of(), List.of(), true)),
            UpstreamRates.unlimited(),
            MAX_RESPONSE);
    ProxyTarget target =
        new ProxyTarget(
            false, "127.0.0.1", self[0], "", false, Duration.ofSeconds(20), false, null);
    vertx
        .createHttpServer()
        .requestHandler(request ->
            request
                .body()
                .compose(body ->
                    upstream.forward(
                        ReceivedRequests.of(request, body),
                        target,
                        memory.share(Runnable::run, () -> {})))
                .onSuccess(answers::add)
                .compose(answer ->
                    Future.succeededFuture(
                        request.response().setStatusCode(answer.status()).end(answer.body()))))
        .listen(self[0], "127.0.0.1")
        .await();

    assertThat(get(self[0], "/")).startsWith("HTTP/1.1 508 ");
    assertThat(answer().status()).isEqualTo(508);
    assertThat(answers).hasSize(3);
  }

  @Test
  void givenHead_whenForwarded_thenTheAnswerHasNoBody() throws Exception {
    int target = server(request -> request.response().putHeader("content-length", "7").end());
    int port = forwarding(target("127.0.0.1", target), true);

    exchange(port, "HEAD / HTTP/1.1\nHost: x\n", "");

    UpstreamResponse answer = answer();
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.body().length()).isZero();
  }

  @Test
  void givenAnAnswer_whenRecorded_thenARouteThatAnswersTheSameWithoutWhatTheClientSent()
      throws Exception {
    int target =
        server(request ->
            request
                .response()
                .setStatusCode(201)
                .putHeader("content-type", "application/json")
                .putHeader("date", "today")
                .putHeader("set-cookie", List.<String>of("a=1", "b=2"))
                .end("{\"a\":\"ü\"}"));
    int port = forwarding(target("127.0.0.1", target), true);

    exchange(
        port,
        "GET /x?q=1&q=2 HTTP/1.1\nHost: h\nAuthorization: Bearer secret\nCookie: c=secret\n",
        "");

    assertThat(Json.text(recorded.poll(30, TimeUnit.SECONDS).orElseThrow()))
        .isEqualTo(
            "{\"name\":\"recorded GET /x\",\"match\":{\"method\":\"GET\",\"path\":\"/x\","
                + "\"query\":{\"q\":[\"1\",\"2\"]}},\"response\":{\"status\":201,\"headers\":"
                + "{\"content-type\":\"application/json\",\"set-cookie\":[\"a=1\",\"b=2\"]},"
                + "\"body\":\"{\\\"a\\\":\\\"ü\\\"}\"}}");
  }

  @Test
  void givenBytesThatAreNoText_whenRecorded_thenTheyAreBase64() throws Exception {
    int target = server(request -> request.response().end(Buffer.buffer(new byte[] {-1, 0, 1})));
    int port = forwarding(target("127.0.0.1", target), true);

    get(port, "/");

    assertThat(Json.tree(recorded.poll(30, TimeUnit.SECONDS).orElseThrow()).at("/response"))
        .isEqualTo(Json.tree(Map.of("status", 200, "body_base64", "/wAB")));
  }

  @ParameterizedTest
  @ValueSource(ints = {1_001, 100_001})
  void givenABodyThatIsTooLarge_whenRecorded_thenThereIsNoRoute(int bytes) throws Exception {
    int target = server(request -> request.response().end(Buffer.buffer(new byte[bytes])));
    int port = forwarding(target("127.0.0.1", target), true);

    get(port, "/");

    assertThat(recorded.poll(30, TimeUnit.SECONDS)).isEmpty();
  }

  /** A server over TLS that answers with its name, and counts its connections. */
  private int tlsServer(TestCertificate certificate, AtomicInteger connections) {
    return vertx
        .createHttpServer(
            new HttpServerOptions()
                .setSsl(true)
                .setKeyCertOptions(
                    new PemKeyCertOptions()
                        .addCertValue(Buffer.buffer(certificate.certificatePem()))
                        .addKeyValue(Buffer.buffer(certificate.keyPem()))))
        .connectionHandler(_ -> connections.incrementAndGet())
        .requestHandler(request -> request.response().end("secure"))
        .listen(0, "127.0.0.1")
        .await()
        .actualPort();
  }

  private static String authority(TestCertificate certificate) {
    try {
      return "-----BEGIN CERTIFICATE-----\n"
          + Base64.getMimeEncoder().encodeToString(certificate.authority().getEncoded())
          + "\n-----END CERTIFICATE-----\n";
    } catch (CertificateEncodingException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A target as a definition has it. */
  private static ProxyTarget read(String url, Map<String, Object> members) {
    Map<String, Object> proxy = new HashMap<>(members);
    proxy.put("url", url);
    RequestObject server = RequestObject.of(Map.of("proxy", proxy));
    ProxyTarget target =
        new DefinitionReader(DefinitionLimits.USUAL)
            .read(server, null, new CompileBudget())
            .proxy();
    server.end();
    return Objects.requireNonNull(target);
  }

  private UpstreamResponse forwarded(ProxyTarget target) throws Exception {
    get(forwarding(target, true), "/");
    return answer();
  }

  @Test
  void givenTheAuthorityOfATarget_whenForwarded_thenItsAnswerComesBack() throws Exception {
    TestCertificate certificate = TestCertificate.issued("localhost", 30, "dns:localhost");
    int port = tlsServer(certificate, new AtomicInteger());

    UpstreamResponse answer =
        forwarded(read("https://localhost:" + port, Map.of("ca_pem", authority(certificate))));

    assertThat(text(answer)).isEqualTo("secure");
  }

  private static List<Arguments> targetsThatAreNotTrusted() {
    TestCertificate certificate = TestCertificate.issued("localhost", 30, "dns:localhost");
    TestCertificate ended = TestCertificate.issued("localhost", -5, "dns:localhost");
    TestCertificate other = TestCertificate.issued("localhost", 30, "dns:localhost");
    TestCertificate named = TestCertificate.issued("other.example", 30, "dns:other.example");
    return List.of(
        Arguments.of("no authority", certificate, Map.of()),
        Arguments.of(
            "another authority",
            certificate,
            Map.of("ca_pem", authority(other), "verify_tls", true)),
        Arguments.of("ended", ended, Map.of("ca_pem", authority(ended))),
        Arguments.of("another name", named, Map.of("ca_pem", authority(named))));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("targetsThatAreNotTrusted")
  void givenACertificateThatDoesNotVerify_whenForwarded_thenTheAnswerNamesTls(
      String why, TestCertificate certificate, Map<String, Object> members) throws Exception {
    int port = tlsServer(certificate, new AtomicInteger());

    UpstreamResponse answer = forwarded(read("https://localhost:" + port, members));

    assertThat(answer.status()).as(why).isEqualTo(502);
    assertThat(text(answer)).startsWith("localhost:" + port + " has no acceptable TLS: ");
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("targetsThatAreNotTrusted")
  void givenACertificateThatDoesNotVerify_whenItNeedNot_thenTheAnswerComesBack(
      String why, TestCertificate certificate, Map<String, Object> members) throws Exception {
    int port = tlsServer(certificate, new AtomicInteger());
    Map<String, Object> unverified = new HashMap<>(members);
    unverified.put("verify_tls", false);

    UpstreamResponse answer = forwarded(read("https://localhost:" + port, unverified));

    assertThat(text(answer)).as(why).isEqualTo("secure");
  }

  @Test
  void givenAnUnverifiedConnection_whenAnotherProxyVerifies_thenItDoesNotGetThatConnection()
      throws Exception {
    TestCertificate certificate = TestCertificate.issued("localhost", 30, "dns:localhost");
    AtomicInteger connections = new AtomicInteger();
    String url = "https://localhost:" + tlsServer(certificate, connections);
    String authority = authority(certificate);
    UpstreamClient upstream =
        new UpstreamClient(
            vertx,
            new TargetGuard(new GuardRules(List.of(), List.of(), true)),
            UpstreamRates.unlimited(),
            MAX_RESPONSE);
    Queue<ProxyTarget> targets =
        new ArrayDeque<>(
            List.of(
                read(url, Map.of("verify_tls", false)),
                read(url, Map.of("verify_tls", false)),
                read(url, Map.of()),
                read(url, Map.of("ca_pem", authority))));
    int port =
        server(request ->
            upstream
                .forward(
                    ReceivedRequests.of(request, Buffer.buffer()),
                    targets.remove(),
                    memory.share(Runnable::run, () -> {}))
                .onSuccess(answers::add)
                .onComplete(_ -> request.response().end()));
    List<Integer> statuses = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      get(port, "/");
      statuses.add(answer().status());
    }

    assertThat(statuses).containsExactly(200, 200, 502, 200);
    assertThat(connections).hasValue(2);
  }
}
