package dev.signalbox.dns;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.contracts.TaskError;
import dev.signalbox.contracts.TaskReply;
import dev.signalbox.contracts.TaskRequest;
import dev.signalbox.contracts.dns.DnsContract;
import dev.signalbox.contracts.dns.DnsResult;
import dev.signalbox.testsupport.DnsBehaviour;
import dev.signalbox.testsupport.FakeDnsServer;
import dev.signalbox.testsupport.TestCertificate;
import dev.signalbox.testsupport.TestNode;
import io.vertx.core.Handler;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.PfxOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateEncodingException;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;

/** TLS and HTTPS, against servers whose certificate only the test trusts. */
class EncryptedTransportTest {

  private static TestCertificate certificate;
  private static TestNode node;
  private final List<HttpServer> httpServers = new CopyOnWriteArrayList<>();

  @BeforeAll
  static void startNode(@TempDir Path directory) throws Exception {
    certificate = TestCertificate.selfSigned("localhost", 2, "ip:127.0.0.1");
    Path trusted = Files.writeString(directory.resolve("trusted.pem"), pem(certificate));
    node =
        TestNode.start(
            DnsMain.SERVICE,
            Map.of(
                "resolver.upstreams",
                "127.0.0.1:9",
                "resolver.tls-trust-file",
                trusted.toString(),
                "guard.allow-private",
                "true",
                // Each event loop has connections of its own.
                "platform.threads",
                "1"));
  }

  @AfterAll
  static void stopNode() {
    node.close();
  }

  @AfterEach
  void stopHttpServers() {
    httpServers.forEach(server -> TestNode.await(server.close()));
  }

  @Test
  void asksOverTlsAndUsesTheConnectionAgain() {
    try (FakeDnsServer dns = FakeDnsServer.startTls(certificate)) {
      dns.record("a.test. 60 IN A 192.0.2.1");

      DnsResult first = result("tls://" + dns.resolver());
      DnsResult second = result("tls://" + dns.resolver());

      assertThat(first.protocol()).isEqualTo("tls");
      assertThat(first.ipAddress()).isEqualTo("192.0.2.1");
      assertThat(first.timingsMs().connect()).isNotNull();
      assertThat(first.timingsMs().tls()).isNotNull();
      assertThat(second.timingsMs().connect()).isNull();
      assertThat(second.timingsMs().tls()).isNull();
      assertThat(dns.connections()).isEqualTo(1);
    }
  }

  @Test
  void refusesATlsResolverWithAnotherNamesCertificate() {
    TestCertificate other = TestCertificate.selfSigned("other.test", 2, "dns:other.test");
    try (FakeDnsServer dns = FakeDnsServer.startTls(other)) {
      TaskError error = error("tls://" + dns.resolver());

      assertThat(error.code()).isEqualTo("TLS");
      assertThat(error.phase()).isEqualTo("tls");
      assertThat(error.retryable()).isFalse();
    }
  }

  @Test
  void failsWhenAPlainServerIsAskedOverTls() {
    try (FakeDnsServer dns = FakeDnsServer.start()) {
      TaskError error = error("tls://" + dns.resolver());

      assertThat(error.code()).isIn("TLS", "TIMEOUT", "CONNECT");
    }
  }

  @Test
  void failsWithATimeoutWhenATlsResolverStaysSilent() {
    try (FakeDnsServer dns = FakeDnsServer.startTls(certificate)) {
      dns.otherwise(DnsBehaviour.drop());

      assertThat(error("tls://" + dns.resolver()).code()).isEqualTo("TIMEOUT");
    }
  }

  @Test
  void asksOverHttpsAndUsesTheConnectionAgain() {
    Set<Object> connections = ConcurrentHashMap.newKeySet();
    String resolver =
        https(request -> {
          connections.add(request.connection());
          request.body().onSuccess(body -> answer(request, dnsAnswer(body)));
        });

    DnsResult first = result(resolver);
    DnsResult second = result(resolver);

    assertThat(first.protocol()).isEqualTo("https");
    assertThat(first.resolver()).isEqualTo(resolver);
    assertThat(first.ipAddress()).isEqualTo("192.0.2.1");
    assertThat(first.timingsMs().connect()).isNotNull();
    assertThat(second.timingsMs().connect()).isNull();
    assertThat(connections).hasSize(1);
  }

  @Test
  void failsOnAnHttpStatusOtherThan200() {
    String resolver = https(request -> request.response().setStatusCode(404).end());

    TaskError error = error(resolver);

    assertThat(error.code()).isEqualTo("PROTOCOL");
    assertThat(error.message()).contains("answered with HTTP status 404");
  }

  @Test
  void failsOnAnotherMediaType() {
    String resolver = https(request -> request.response().end("<html></html>"));

    assertThat(error(resolver).message()).contains("something else than a DNS message");
  }

  @Test
  void givesUpOnABodyThatHasNoEnd() {
    String resolver = https(request -> answer(request, Buffer.buffer(new byte[100_000])));

    assertThat(error(resolver).message()).contains("more than 65,535 bytes");
  }

  @Test
  void resetsTheStreamOfABodyThatHasNoEnd() {
    Promise<Void> reset = Promise.promise();
    String resolver =
        https(request -> {
          HttpServerResponse response = request.response();
          response.exceptionHandler(_ -> reset.tryComplete());
          response.closeHandler(_ -> reset.tryComplete());
          response.setChunked(true).putHeader("content-type", "application/dns-message");
          response.write(Buffer.buffer(new byte[100_000]));
        });

    assertThat(error(resolver).message()).contains("more than 65,535 bytes");
    TestNode.await(reset.future());
  }

  @Test
  void resetsTheStreamOfAnAnswerThatStopsHalfway() {
    Promise<Void> reset = Promise.promise();
    String resolver =
        https(request -> {
          HttpServerResponse response = request.response();
          response.exceptionHandler(_ -> reset.tryComplete());
          response.closeHandler(_ -> reset.tryComplete());
          response.setChunked(true).putHeader("content-type", "application/dns-message");
          response.write(Buffer.buffer(new byte[10]));
        });

    assertThat(error(resolver).code()).isEqualTo("TIMEOUT");
    TestNode.await(reset.future());
  }

  @Test
  void doesNotFollowARedirect() {
    List<String> asked = new CopyOnWriteArrayList<>();
    String resolver =
        https(request -> {
          asked.add(request.path());
          request.response().setStatusCode(307).putHeader("location", "/elsewhere").end();
        });

    assertThat(error(resolver).message()).contains("answered with HTTP status 307");
    assertThat(asked).containsExactly("/dns-query");
  }

  @Test
  void refusesAnHttpsResolverWithAnotherNamesCertificate() {
    TestCertificate other = TestCertificate.selfSigned("other.test", 2, "dns:other.test");
    String resolver = https(other, true, request -> request.response().end());

    TaskError error = error(resolver);

    assertThat(error.code()).isEqualTo("TLS");
    assertThat(error.retryable()).isFalse();
  }

  @Test
  void asksOverHttp1WhenTheResolverDoesNotOfferHttp2() {
    Set<HttpVersion> versions = ConcurrentHashMap.newKeySet();
    String resolver =
        https(
            certificate,
            false,
            request -> {
              versions.add(request.version());
              request.body().onSuccess(body -> answer(request, dnsAnswer(body)));
            });

    assertThat(result(resolver).ipAddress()).isEqualTo("192.0.2.1");
    assertThat(versions).containsExactly(HttpVersion.HTTP_1_1);
  }

  @Test
  void failsOnAnAnswerToAnotherQuestion() {
    String resolver = https(request -> answer(request, Buffer.buffer(new byte[40])));

    assertThat(error(resolver).message()).contains("answered another question");
  }

  @Test
  void failsWithATimeoutWhenAnHttpsResolverStaysSilent() {
    String resolver = https(request -> {});

    assertThat(error(resolver).code()).isEqualTo("TIMEOUT");
  }

  private static String pem(TestCertificate certificate) throws CertificateEncodingException {
    byte[] der = certificate.certificate().getEncoded();
    String base64 = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
    return "-----BEGIN CERTIFICATE-----\n" + base64 + "\n-----END CERTIFICATE-----\n";
  }

  private static Buffer dnsAnswer(Buffer query) {
    try {
      Message message = new Message(query.getBytes());
      Record question = message.getQuestion();
      message.getHeader().setFlag(Flags.QR);
      message.addRecord(
          new ARecord(question.getName(), DClass.IN, 60, InetAddress.ofLiteral("192.0.2.1")),
          Section.ANSWER);
      return Buffer.buffer(message.toWire());
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void answer(HttpServerRequest request, Buffer body) {
    request.response().putHeader("content-type", "application/dns-message").end(body);
  }

  private String https(Handler<HttpServerRequest> handler) {
    return https(certificate, true, handler);
  }

  private String https(TestCertificate shown, boolean http2, Handler<HttpServerRequest> handler) {
    Vertx vertx = node.vertx();
    HttpServerOptions options =
        new HttpServerOptions()
            .setHost("127.0.0.1")
            .setPort(0)
            .setSsl(true)
            .setUseAlpn(http2)
            .setKeyCertOptions(
                new PfxOptions()
                    .setValue(Buffer.buffer(shown.store()))
                    .setPassword(TestCertificate.PASSWORD));
    HttpServer server =
        TestNode.await(vertx.createHttpServer(options).requestHandler(handler).listen());
    httpServers.add(server);
    return "https://127.0.0.1:" + server.actualPort() + "/dns-query";
  }

  private static DnsResult result(String resolver) {
    TaskReply reply = reply(resolver);
    assertThat(reply).isInstanceOf(TaskReply.Finished.class);
    return (DnsResult) ((TaskReply.Finished) reply).result();
  }

  private static TaskError error(String resolver) {
    TaskReply reply = reply(resolver);
    assertThat(reply).isInstanceOf(TaskReply.Failed.class);
    return ((TaskReply.Failed) reply).error();
  }

  private static TaskReply reply(String resolver) {
    Map<String, Object> params =
        Map.of("domain", "a.test", "resolver", resolver, "timeout_ms", 3000);
    return node.call(DnsContract.QUERY_TASK, new TaskRequest("dns_query", new HashMap<>(params)));
  }
}
