package dev.signalbox.dns;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.contracts.TaskReply;
import dev.signalbox.contracts.TaskRequest;
import dev.signalbox.contracts.dns.DnsContract;
import dev.signalbox.contracts.dns.DnsResult;
import dev.signalbox.contracts.dns.DnsSecurity;
import dev.signalbox.testsupport.FakeDnsServer;
import dev.signalbox.testsupport.SignedZone;
import dev.signalbox.testsupport.TestNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the client of a task is told about DNSSEC. */
class ValidatedTaskTest {

  @TempDir private Path directory;
  private final SignedZone zone = SignedZone.of("test.").record("a.test. 300 IN A 192.0.2.1");
  private FakeDnsServer dns;
  private TestNode node;

  @BeforeEach
  void start() throws IOException {
    dns = FakeDnsServer.start();
    dns.otherwise(zone);
    Path anchors = Files.writeString(directory.resolve("anchors"), zone.anchor() + "\n");
    node =
        TestNode.start(
            DnsMain.SERVICE,
            Map.of(
                "resolver.upstreams", dns.resolver(),
                "dns.retries", "0",
                "resolver.trust-anchors", anchors.toString()));
  }

  @AfterEach
  void stop() {
    node.close();
    dns.close();
  }

  @Test
  void saysSecureOfWhatIsSigned() {
    TaskReply.Finished reply = ask(Map.of("domain", "a.test", "validate", true));

    assertThat(reply.failure()).isNull();
    assertThat(((DnsResult) reply.result()).dnssec()).isEqualTo(new DnsSecurity("secure", null));
  }

  @Test
  void saysBogusOfAForgeryWhichTheClassicFaceShowsAsError() {
    zone.forged();

    TaskReply.Finished reply = ask(Map.of("domain", "a.test", "validate", true));

    DnsResult result = (DnsResult) reply.result();
    assertThat(result.dnssec().status()).isEqualTo("bogus");
    assertThat(result.ipAddress()).isEqualTo("192.0.2.1");
    assertThat(reply.failure()).startsWith("Failed to resolve domain: a.test is bogus: ");
  }

  @Test
  void saysNothingWhenNobodyWantsToKnow() {
    assertThat(((DnsResult) ask(Map.of("domain", "a.test")).result()).dnssec()).isNull();
    assertThat(dns.queries()).hasSize(1);
  }

  @Test
  void refusesWhatIsNeitherTrueNorFalse() {
    TaskReply reply =
        node.call(
            DnsContract.QUERY_TASK,
            new TaskRequest("dns_query", Map.of("domain", "a.test", "validate", "yes")));

    assertThat(((TaskReply.Failed) reply).error().message())
        .isEqualTo("validate must be true or false");
  }

  private TaskReply.Finished ask(Map<String, Object> params) {
    return (TaskReply.Finished)
        node.call(DnsContract.QUERY_TASK, new TaskRequest("dns_query", params));
  }
}
