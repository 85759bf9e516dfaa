package dev.signalbox.httpprobe;

import static dev.signalbox.httpprobe.ProbeClient.object;
import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.contracts.TaskError;
import dev.signalbox.testsupport.DnsBehaviour;
import dev.signalbox.testsupport.FakeDnsServer;
import dev.signalbox.testsupport.FakeHttpServer;
import dev.signalbox.testsupport.HttpAnswer;
import dev.signalbox.testsupport.TestNode;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.Rcode;

/** Targets that are names, looked up at a resolver that answers as it is told. */
class NamedTargetTest {

  private static FakeDnsServer dns;
  private static TestNode node;
  private static ProbeClient client;

  @BeforeAll
  static void start() {
    dns = FakeDnsServer.start();
    node =
        TestNode.start(
            HttpProbeMain.SERVICE,
            Map.of(
                "guard.allow",
                "127.0.0.0/8",
                "resolver.upstreams",
                dns.resolver(),
                "resolver.timeout",
                "1s",
                "resolver.retries",
                "0"));
    client = new ProbeClient(node);
  }

  @AfterAll
  static void stop() {
    node.close();
    dns.close();
  }

  @Test
  void a_name_is_looked_up_for_each_probe_and_timed() {
    dns.record("host.test. 60 IN A 127.0.0.1");
    try (FakeHttpServer server = FakeHttpServer.start(HttpAnswer.of(200, "ok"))) {
      String url = "http://host.test:" + server.port() + "/";
      Map<String, Object> result = client.probe(url);
      client.probe(url);

      assertThat(result).containsEntry("data", "ok").containsEntry("remote_ip", "127.0.0.1");
      assertThat((Double) object(result, "timings_ms").get("dns")).isPositive();
      assertThat(dns.queries("host.test")).hasSize(4);
    }
  }

  @Test
  void one_forbidden_address_among_permitted_ones_forbids_the_name() {
    dns.record("mixed.test. 60 IN A 127.0.0.1").record("mixed.test. 60 IN AAAA fd00::1");
    try (FakeHttpServer server = FakeHttpServer.start(HttpAnswer.of(200, "secret"))) {
      TaskError error = client.failedProbe("http://mixed.test:" + server.port() + "/");

      assertThat(error.code()).isEqualTo("BLOCKED_TARGET");
      assertThat(server.requests()).isEmpty();
    }
  }

  @Test
  void a_name_that_does_not_exist_is_told_from_one_without_an_address() {
    dns.record("empty.test. 60 IN TXT \"x\"");

    assertThat(client.failedProbe("http://nobody.test/"))
        .isEqualTo(new TaskError("DNS", "nobody.test does not exist", "dns", "resolver", false));
    assertThat(client.failedProbe("http://empty.test/"))
        .isEqualTo(new TaskError("DNS", "empty.test has no address", "dns", "resolver", false));
  }

  @Test
  void a_resolver_that_fails_is_named_and_may_be_asked_again() {
    dns.script("broken.test", DnsBehaviour.rcode(Rcode.SERVFAIL));

    TaskError error = client.failedProbe("http://broken.test/");

    assertThat(error.code()).isEqualTo("DNS");
    assertThat(error.message()).contains("SERVFAIL");
    assertThat(error.retryable()).isTrue();
  }

  @Test
  void a_resolver_that_is_silent_is_a_dns_error_too() {
    dns.script("silent.test", DnsBehaviour.drop());

    TaskError error = client.failedProbe("http://silent.test/");

    assertThat(error.code()).isEqualTo("DNS");
    assertThat(error.phase()).isEqualTo("dns");
    assertThat(error.source()).isEqualTo("resolver");
    assertThat(error.retryable()).isTrue();
  }

  @Test
  void the_probes_own_time_ends_a_look_up() {
    dns.script("slow.test", DnsBehaviour.drop());

    TaskError error = client.failedProbe("http://slow.test/", "timeout_ms", 150);

    assertThat(error.code()).isIn("TIMEOUT", "DNS");
    assertThat(error.phase()).isEqualTo("dns");
  }
}
