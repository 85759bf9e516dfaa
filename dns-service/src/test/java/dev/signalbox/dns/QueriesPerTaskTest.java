package dev.signalbox.dns;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.contracts.TaskReply;
import dev.signalbox.contracts.TaskRequest;
import dev.signalbox.contracts.dns.DnsContract;
import dev.signalbox.testsupport.FakeDnsServer;
import dev.signalbox.testsupport.TestNode;
import java.net.InetAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Message;
import org.xbill.DNS.NSRecord;
import org.xbill.DNS.Name;
import org.xbill.DNS.Section;

/** Everything that sends queries for a task counts towards one limit. */
class QueriesPerTaskTest {

  private static final int MOST = 5;

  private TestNode node;
  private FakeDnsServer dns;

  @BeforeEach
  void start() {
    dns = FakeDnsServer.start();
    for (int i = 0; i < 8; i++) {
      dns.record("a.test. 60 IN MX 10 h" + i + ".test.")
          .record("h" + i + ".test. 60 IN A 192.0.2." + i);
    }
    node =
        TestNode.start(
            DnsMain.SERVICE,
            Map.of(
                "resolver.upstreams",
                dns.resolver(),
                "guard.allow-private",
                "true",
                "dns.retries",
                "0",
                "dns.max-queries-per-task",
                String.valueOf(MOST)));
  }

  @AfterEach
  void stop() {
    node.close();
    dns.close();
  }

  static Stream<Arguments> tasks() {
    return Stream.of(
        Arguments.of("follow", Map.of("type", "MX", "follow", true), "LIMIT_REACHED"),
        Arguments.of(
            "validate",
            Map.of("types", List.of("A", "MX", "NS", "TXT", "CAA"), "validate", true),
            "indeterminate"),
        Arguments.of(
            "follow and validate",
            Map.of("type", "MX", "follow", true, "validate", true),
            "LIMIT_REACHED"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("tasks")
  void givenATaskThatLeadsToManyQueries_whenRun_thenItSendsNoMoreThanAllowedAndSaysSo(
      String name, Map<String, Object> more, String words) {
    Map<String, Object> params = new HashMap<>(more);
    params.put("domain", "a.test");
    params.put("cache", false);

    TaskReply reply = run(params);

    assertThat(dns.queries()).hasSize(MOST);
    assertThat(reply.toString()).contains(words).contains("more than " + MOST + " queries");
  }

  @Test
  void givenManyResolversByName_whenRun_thenItSendsNoMoreThanAllowedAndSaysSo() {
    List<String> resolvers = List.of(dns.resolver(), "r1.test", "r2.test", "r3.test");

    TaskReply reply = run(Map.of("domain", "a.test", "resolvers", resolvers));

    assertThat(dns.queries()).hasSize(MOST);
    assertThat(reply.toString())
        .contains("LIMIT_REACHED")
        .contains("r3.test:53 has no known address");
  }

  @Test
  void givenATraceThatNeedsManyQueries_whenRun_thenItSendsNoMoreThanAllowedAndFails() {
    // Each response refers to a zone one label further down, at the same server.
    dns.otherwise(exchange -> {
      Message reply = exchange.reply();
      Name asked = exchange.query().getQuestion().getName();
      Name cut = new Name(asked, asked.labels() - dns.queries().size() - 1);
      Name server = Name.fromString("ns", cut);
      reply.addRecord(new NSRecord(cut, DClass.IN, 60, server), Section.AUTHORITY);
      reply.addRecord(
          new ARecord(server, DClass.IN, 60, InetAddress.ofLiteral("127.0.0.1")),
          Section.ADDITIONAL);
      exchange.send(reply);
    });

    TaskReply reply =
        run(
            Map.of(
                "domain",
                "h.g.f.e.d.c.b.a.test",
                "trace",
                true,
                "trace_from",
                List.of(dns.resolver())));

    assertThat(dns.queries()).hasSize(MOST);
    assertThat(((TaskReply.Failed) reply).error().code()).isEqualTo("LIMIT_REACHED");
  }

  private TaskReply run(Map<String, Object> params) {
    return node.call(DnsContract.QUERY_TASK, new TaskRequest("dns_query", params));
  }
}
