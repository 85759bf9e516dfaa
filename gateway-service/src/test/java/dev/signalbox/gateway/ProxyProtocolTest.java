package dev.signalbox.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.signalbox.platform.json.Json;
import dev.signalbox.testsupport.TestCertificate;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Doors to which a balancer at 127.0.0.1, the test, writes the PROXY protocol. */
class ProxyProtocolTest {

  private static final byte[] SIGNATURE = {
    0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a
  };

  private static final int LOCAL = 0x20;
  private static final int PROXY = 0x21;
  private static final int TCP_V4 = 0x11;
  private static final int UDP_V4 = 0x12;
  private static final int TCP_V6 = 0x21;
  private static final int UNSPECIFIED = 0x00;

  private static final String WHOAMI =
      "GET /api/v1/whoami HTTP/1.1\r\n$HOST\r\nX-Forwarded-For: 198.51.100.1\r\n\r\n";

  @TempDir private static Path files;
  private static TestCertificate certificate;
  private static GatewayFixture gateway;

  @BeforeAll
  static void start() throws IOException {
    certificate = TestCertificate.selfSigned("localhost", 10, "dns:localhost");
    Files.writeString(files.resolve("cert.pem"), certificate.certificatePem());
    Files.writeString(files.resolve("key.pem"), certificate.keyPem());
    gateway =
        GatewayFixture.start(
            "gateway.trusted-proxies",
            "127.0.0.1",
            "gateway.proxy-protocol",
            "main,tls",
            "gateway.max-connections-per-client",
            "1",
            "gateway.tls-port",
            "any",
            "gateway.tls-certificate",
            files.resolve("cert.pem").toString(),
            "gateway.tls-key",
            files.resolve("key.pem").toString());
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  private static String caller(RawClient client) throws IOException {
    JsonNode caller = Json.mapper().readTree(client.send(WHOAMI).read().body());
    return caller.path("address").asText();
  }

  private static byte[] version2(int command, int family, byte[]... addresses) {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    for (byte[] address : addresses) {
      body.writeBytes(address);
    }
    return ByteBuffer.allocate(16 + body.size())
        .put(SIGNATURE)
        .put((byte) command)
        .put((byte) family)
        .putShort((short) body.size())
        .put(body.toByteArray())
        .array();
  }

  private static byte[] address(String text) throws IOException {
    return InetAddress.getByName(text).getAddress();
  }

  private static byte[] ports() {
    return ByteBuffer.allocate(4).putShort((short) 4711).putShort((short) 8080).array();
  }

  @ParameterizedTest
  @CsvSource({
    "PROXY TCP4 203.0.113.9 192.0.2.1 4711 8080, 203.0.113.9",
    "PROXY TCP6 2001:db8::9 2001:db8::1 4711 8080, 2001:db8:0:0:0:0:0:9",
    "PROXY UNKNOWN, 127.0.0.1",
    "PROXY UNKNOWN ffff::1 ffff::2 1 2, 127.0.0.1"
  })
  void givenVersion1_whenAConnectionBeginsWithIt_thenTheClientIsTheOneThatItNames(
      String line, String client) throws IOException {
    try (RawClient raw = gateway.raw()) {
      assertThat(caller(raw.send(line + "\r\n"))).isIn(client, shortened(client));
    }
  }

  /** The form that the proxy wrote. */
  private static String shortened(String address) {
    return address.replace(":0:0:0:0:0:", "::");
  }

  @Test
  void givenVersion2_whenAConnectionBeginsWithIt_thenTheClientIsTheOneThatItNames()
      throws IOException {
    try (RawClient v4 = gateway.raw();
        RawClient v6 = gateway.raw();
        RawClient local = gateway.raw();
        RawClient unspecified = gateway.raw()) {
      v4.send(version2(PROXY, TCP_V4, address("203.0.113.10"), address("192.0.2.1"), ports()));
      v6.send(version2(PROXY, TCP_V6, address("2001:db8:1::9"), address("2001:db8::1"), ports()));
      local.send(version2(LOCAL, UNSPECIFIED));
      unspecified.send(version2(PROXY, UNSPECIFIED));

      assertThat(caller(v4)).isEqualTo("203.0.113.10");
      assertThat(InetAddress.getByName(caller(v6)))
          .isEqualTo(InetAddress.getByName("2001:db8:1::9"));
      // What a client of such a connection says in X-Forwarded-For does not count.
      assertThat(caller(local)).isEqualTo("127.0.0.1");
      assertThat(caller(unspecified)).isEqualTo("127.0.0.1");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET /api/v1/whoami HTTP/1.1\r\n",
        "PROXY TCP4 203.0.113.900 192.0.2.1 4711 8080\r\n",
        "PROXY TCP4 203.0.113.9 192.0.2.1 4711 80800\r\n",
        "PROXY TCP4 203.0.113.9 192.0.2.1\r\n",
        "PROXY TCP9 203.0.113.9 192.0.2.1 4711 8080\r\n"
      })
  void givenABeginningThatIsNone_whenItIsRead_thenTheConnectionIsClosedWithoutAnAnswer(
      String beginning) {
    try (RawClient raw = gateway.raw()) {
      assertThat(raw.send(beginning + WHOAMI).closedByServer()).isTrue();
    }
  }

  @Test
  void givenALineWithoutAnEnd_whenItIsLongerThanAny_thenTheConnectionIsClosed() {
    try (RawClient raw = gateway.raw()) {
      assertThat(raw.send("PROXY TCP4 " + "1".repeat(500)).closedByServer()).isTrue();
    }
  }

  @Test
  void givenDatagramsInVersion2_whenItIsRead_thenTheConnectionIsClosed() throws IOException {
    try (RawClient raw = gateway.raw()) {
      raw.send(version2(PROXY, UDP_V4, address("203.0.113.9"), address("192.0.2.1"), ports()));

      assertThat(raw.send(WHOAMI).closedByServer()).isTrue();
    }
  }

  @Test
  void givenABeginningThatIsCutOff_whenNoMoreComes_thenTheConnectionIsClosed() {
    try (RawClient raw = gateway.raw()) {
      assertThat(raw.send("PROXY TCP4 203.0").closedByServer()).isTrue();
    }
  }

  @Test
  void givenClientsOfABalancer_whenOneHasItsShareOfConnections_thenOnlyItsNextOneIsClosed()
      throws IOException {
    try (RawClient one = gateway.raw();
        RawClient again = gateway.raw();
        RawClient other = gateway.raw()) {
      assertThat(caller(one.send("PROXY TCP4 203.0.113.20 192.0.2.1 1 2\r\n")))
          .isEqualTo("203.0.113.20");

      assertThat(again.send("PROXY TCP4 203.0.113.20 192.0.2.1 1 2\r\n").closedByServer()).isTrue();
      assertThat(caller(other.send("PROXY TCP4 203.0.113.21 192.0.2.1 1 2\r\n")))
          .isEqualTo("203.0.113.21");
    }
  }

  @Test
  void givenTheTlsDoor_whenTheHeaderComesBeforeTls_thenTheClientIsTheOneThatItNames()
      throws IOException {
    int port = gateway.port("tls");
    try (Socket plain = new Socket(InetAddress.getLoopbackAddress(), port)) {
      plain.setSoTimeout(15_000);
      plain
          .getOutputStream()
          .write("PROXY TCP4 203.0.113.30 192.0.2.1 1 2\r\n".getBytes(StandardCharsets.US_ASCII));
      SSLSocketFactory factory = certificate.trustingContext().getSocketFactory();
      try (SSLSocket tls = (SSLSocket) factory.createSocket(plain, "localhost", port, true)) {
        tls.getOutputStream()
            .write(
                WHOAMI
                    .replace("$HOST", "Host: localhost:" + port + "\r\nConnection: close")
                    .getBytes(StandardCharsets.US_ASCII));

        assertThat(new String(tls.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
            .contains("\"address\":\"203.0.113.30\"", "\"secure\":true");
      }
    }
  }

  @Test
  void givenADoorWithoutIt_whenAConnectionBeginsWithIt_thenItIsNoRequest() {
    try (RawClient raw = new RawClient(gateway.port("tasks"))) {
      assertThat(
              raw.send("PROXY TCP4 203.0.113.9 192.0.2.1 4711 8080\r\n" + WHOAMI).read().status())
          .isBetween(400, 505);
    }
  }

  @Test
  void givenAPeerThatIsNotTrusted_whenItsConnectionBeginsWithIt_thenItIsClosed() {
    try (GatewayFixture strict =
            GatewayFixture.start(
                "gateway.trusted-proxies", "10.0.0.0/8", "gateway.proxy-protocol", "main");
        RawClient raw = strict.raw()) {
      raw.send("PROXY TCP4 10.0.0.1 192.0.2.1 4711 8080\r\n" + WHOAMI);

      assertThat(raw.closedByServer()).isTrue();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "main, '', needs gateway.trusted-proxies",
    "front, 127.0.0.1, must have names of doors"
  })
  void givenASettingThatCannotBe_whenStarted_thenTheErrorNamesIt(
      String doors, String proxies, String rule) {
    assertThatThrownBy(() ->
            GatewayFixture.start(
                "gateway.proxy-protocol", doors, "gateway.trusted-proxies", proxies))
        .hasStackTraceContaining("gateway.proxy-protocol")
        .hasStackTraceContaining(rule);
  }
}
