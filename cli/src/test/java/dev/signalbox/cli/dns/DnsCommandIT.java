package dev.signalbox.cli.dns;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.signalbox.dns.DnsMain;
import dev.signalbox.gateway.GatewayMain;
import dev.signalbox.platform.json.Json;
import dev.signalbox.testsupport.AuthoritativeZone;
import dev.signalbox.testsupport.DnsBehaviour;
import dev.signalbox.testsupport.FakeDnsServer;
import dev.signalbox.testsupport.TestNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.Rcode;

/** The command against a resolver of our own. */
class DnsCommandIT {

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  private int run(String... arguments) throws InterruptedException {
    return new DnsCommand(
            List.of(arguments),
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8))
        .run();
  }

  private String printed() {
    return out.toString(StandardCharsets.UTF_8);
  }

  @Test
  void printsWhatTheResolverAnswered() throws InterruptedException {
    try (FakeDnsServer server = FakeDnsServer.start().record("a.test. 60 IN A 192.0.2.1")) {
      int code = run("a.test", "@" + server.resolver());

      assertThat(code).isZero();
      assertThat(printed())
          .contains("status: NOERROR")
          .contains("a.test.\t\t\t60\tIN\tA\t192.0.2.1\n")
          .contains(";; SERVER: 127.0.0.1#" + server.port() + " (UDP)");
    }
  }

  @Test
  void printsTheStepsOfATrace() throws InterruptedException {
    AuthoritativeZone zone = AuthoritativeZone.of(".").record("a.test. 60 IN A 192.0.2.1");
    try (FakeDnsServer server = FakeDnsServer.start().otherwise(zone)) {
      assertThat(run("a.test", "--trace-from", server.resolver())).isZero();
      assertThat(printed())
          .startsWith(";; Zone .: a.test. A\n;; 127.0.0.1 at 127.0.0.1#" + server.port())
          .contains("status: NOERROR");
    }
  }

  @Test
  void printsTheStepsOfATraceThatFails() throws InterruptedException {
    try (FakeDnsServer server =
        FakeDnsServer.start().otherwise(DnsBehaviour.rcode(Rcode.REFUSED))) {
      assertThat(run("a.test", "--trace-from", server.resolver())).isEqualTo(9);
      assertThat(printed()).contains("DNS: answered REFUSED");
      assertThat(err.toString(StandardCharsets.UTF_8))
          .contains("no server of . gave a usable response");
    }
  }

  @Test
  void printsTheAddressesOfWhatIsFollowed() throws InterruptedException {
    try (FakeDnsServer server =
        FakeDnsServer.start()
            .record("a.test. 60 IN MX 10 mx.test.")
            .record("mx.test. 60 IN A 192.0.2.1")) {
      assertThat(run("a.test", "MX", "--follow", "@" + server.resolver())).isZero();
      assertThat(printed()).contains(";; FOLLOWED:\nmx.test.\t\t\tIN\tA\t192.0.2.1\n");
    }
  }

  @Test
  void aNameThatDoesNotExistIsAnAnswer() throws InterruptedException {
    try (FakeDnsServer server = FakeDnsServer.start().record("a.test. 60 IN A 192.0.2.1")) {
      assertThat(run("b.test", "@" + server.resolver())).isZero();
      assertThat(printed()).contains("status: NXDOMAIN");
    }
  }

  @Test
  void nobodyAnsweringIsNine() throws InterruptedException {
    assertThat(run("a.test", "@127.0.0.1:1", "--timeout", "300ms", "--retries=0")).isEqualTo(9);
    assertThat(printed()).isEmpty();
    assertThat(err.toString(StandardCharsets.UTF_8)).contains("a.test");
  }

  @Test
  void aTypeThatDoesNotExistIsTwo() throws InterruptedException {
    assertThat(run("a.test", "NONSENSE", "@127.0.0.1:9")).isEqualTo(2);
    assertThat(err.toString(StandardCharsets.UTF_8)).contains("type");
  }

  @Test
  void aRunningSystemGivesTheSameObject() throws InterruptedException, IOException {
    try (FakeDnsServer server = FakeDnsServer.start().record("a.test. 60 IN A 192.0.2.1");
        TestNode node =
            TestNode.start(
                List.of(DnsMain.SERVICE, GatewayMain.SERVICE),
                Map.of(
                    "gateway.port", "any",
                    "gateway.tasks-port", "off",
                    "gateway.codes-port", "off",
                    "gateway.messages-port", "off",
                    "guard.allow-private", "true"))) {
      String door = node.node().banner().get("main").split(" ", 2)[0];

      assertThat(run("a.test", "@" + server.resolver(), "--json")).isZero();
      JsonNode local = Json.mapper().readTree(printed());
      out.reset();
      assertThat(run("a.test", "@" + server.resolver(), "--json", "--server", door)).isZero();
      JsonNode remote = Json.mapper().readTree(printed());

      assertThat(local.path("answers")).isEqualTo(remote.path("answers"));
      assertThat(local.propertyStream().map(Map.Entry::getKey).toList())
          .isEqualTo(remote.propertyStream().map(Map.Entry::getKey).toList());
    }
  }

  @Test
  void aSystemThatIsNotThereIsTen() throws InterruptedException {
    assertThat(run("a.test", "--server", "http://127.0.0.1:1")).isEqualTo(10);
  }
}
