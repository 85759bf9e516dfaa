package dev.signalbox.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signalbox.platform.config.ConfigException;
import dev.signalbox.platform.node.StartException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DoorsTest {

  @Test
  void everyDoorHasAPortOfItsOwn() {
    try (GatewayFixture gateway = GatewayFixture.start()) {
      assertThat(gateway.port("main"))
          .isNotEqualTo(gateway.port("tasks"))
          .isNotEqualTo(gateway.port("codes"))
          .isNotEqualTo(gateway.port("messages"));
      for (String door : new String[] {"main", "tasks", "codes", "messages"}) {
        assertThat(gateway.send(door, "GET", "/health/live", null).status()).isEqualTo(200);
      }
    }
  }

  @Test
  void aDoorMayBeOff() {
    try (GatewayFixture gateway =
        GatewayFixture.start("gateway.tasks-port", "off", "gateway.codes-port", "0")) {
      assertThat(gateway.node().node().banner())
          .containsEntry("tasks", "closed")
          .containsEntry("codes", "closed");
      assertThat(gateway.get("/health/live").status()).isEqualTo(200);
    }
  }

  @Test
  void aClassicDoorWhosePortIsTakenStaysShutAndTheStartGoesOn() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        GatewayFixture gateway =
            GatewayFixture.start("gateway.tasks-port", Integer.toString(taken.getLocalPort()))) {
      assertThat(gateway.node().node().banner().get("tasks"))
          .isEqualTo("closed: port " + taken.getLocalPort() + " cannot be used");
      assertThat(gateway.get("/health/live").status()).isEqualTo(200);
    }
  }

  @Test
  void theMainDoorMustOpen() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      assertThatThrownBy(
              () -> GatewayFixture.start("gateway.port", Integer.toString(taken.getLocalPort())))
          .isInstanceOf(StartException.class)
          .hasMessageContaining(Integer.toString(taken.getLocalPort()))
          .hasMessageContaining("gateway.port");
    }
  }

  @Test
  void listeningBeyondThisMachineNeedsTokensOrAWord() {
    assertThatThrownBy(() -> GatewayFixture.start("gateway.bind", "0.0.0.0"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("gateway.tokens")
        .hasMessageContaining("gateway.auth: off");
  }

  @Test
  void withTheWordItListensEverywhere() {
    try (GatewayFixture gateway =
        GatewayFixture.start(
            "gateway.bind", "0.0.0.0", "gateway.auth", "off", "gateway.hosts", "box,other:7")) {
      int port = gateway.port("main");
      assertThat(hostStatus(port, "localhost:" + port)).isEqualTo(200);
      assertThat(hostStatus(port, "box")).isEqualTo(200);
      assertThat(hostStatus(port, "BOX:1")).isEqualTo(200);
      assertThat(hostStatus(port, "other:7")).isEqualTo(200);
      assertThat(hostStatus(port, "other:8")).isEqualTo(403);
    }
  }

  private static int hostStatus(int port, String host) {
    try (RawClient client = new RawClient(port)) {
      return client.send("GET /health/live HTTP/1.1\r\nHost: " + host + "\r\n\r\n").read().status();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "gateway.port, off",
    "gateway.port, 70000",
    "gateway.tasks-port, x",
    "gateway.tokens, short",
    "gateway.tokens, king:0123456789abcdef",
    "gateway.keep-alive-requests, 0",
    "gateway.max-in-flight, 0",
    "gateway.request-log, loud"
  })
  void aWrongSettingIsNamed(String key, String value) {
    assertThatThrownBy(() -> GatewayFixture.start(key, value))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining(key)
        .hasMessageNotContaining("0123456789abcdef");
  }
}
