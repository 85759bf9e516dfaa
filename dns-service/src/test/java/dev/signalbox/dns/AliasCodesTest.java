package dev.signalbox.dns;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.contracts.TaskReply;
import dev.signalbox.contracts.TaskRequest;
import dev.signalbox.contracts.dns.DnsContract;
import dev.signalbox.contracts.dns.DnsResult;
import dev.signalbox.testsupport.FakeDnsServer;
import dev.signalbox.testsupport.MasterFile;
import dev.signalbox.testsupport.TestNode;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.xbill.DNS.Message;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Section;

/** Responses whose code is about the last name of a chain of aliases (RFC 6604, RFC 6672). */
class AliasCodesTest {

  private static final String SOA = "test. 60 IN SOA ns.test. admin.test. 1 7200 900 1209600 60";
  private static final String LONG =
      String.join(".", "x".repeat(63), "x".repeat(63), "x".repeat(63), "x".repeat(61)) + ".";

  private static TestNode node;
  private FakeDnsServer dns;

  @BeforeAll
  static void startNode() {
    node =
        TestNode.start(
            DnsMain.SERVICE,
            Map.of("resolver.upstreams", "127.0.0.1:9", "guard.allow-private", "true"));
  }

  @AfterAll
  static void stopNode() {
    node.close();
  }

  @BeforeEach
  void startServer() {
    dns = FakeDnsServer.start();
  }

  @AfterEach
  void stopServer() {
    dns.close();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      value = {
        "NOERROR|w.a.test. CNAME b.test.; b.test. A 192.0.2.1|192.0.2.1|-",
        "NXDOMAIN|-|-|w.a.test does not exist (NXDOMAIN)",
        "NXDOMAIN|w.a.test. CNAME b.test.|-|w.a.test is an alias of b.test., which does not exist (NXDOMAIN)",
        "NXDOMAIN|a.test. DNAME b.test.|-|w.a.test is an alias of w.b.test., which does not exist (NXDOMAIN)",
        "NXDOMAIN|w.a.test. CNAME b.test.; b.test. A 192.0.2.1|-|w.a.test is an alias of b.test., which does not exist (NXDOMAIN)",
        "YXDOMAIN|a.test. DNAME LONG|-|w.a.test has a DNAME record above it that makes a name longer than 255 octets (YXDOMAIN)",
        "NOERROR|a.test. DNAME LONG|-|w.a.test has a DNAME record above it that makes a name longer than 255 octets",
        "SERVFAIL|w.a.test. CNAME b.test.|-|w.a.test: RESOLVER answered SERVFAIL",
        "NOERROR|w.a.test. CNAME b.test.|-|w.a.test has no IPv4 address",
        "NOERROR|w.a.test. CNAME w.a.test.; w.a.test. A 192.0.2.1|-|w.a.test has aliases that lead back to w.a.test.",
      })
  void givenAResponseWithAliases_whenAsked_thenCodeAddressAndFindingAgreeFromTheCacheToo(
      String rcode, @Nullable String records, @Nullable String address, @Nullable String finding) {
    dns.otherwise(exchange -> {
      Message reply = exchange.reply();
      reply.getHeader().setRcode(Rcode.value(rcode));
      add(reply, Section.ANSWER, records);
      add(reply, Section.AUTHORITY, SOA);
      exchange.send(reply);
    });

    for (int i = 0; i < 2; i++) {
      TaskReply.Finished reply =
          (TaskReply.Finished)
              node.call(
                  DnsContract.QUERY_TASK,
                  new TaskRequest(
                      "dns_query",
                      Map.of("domain", "w.a.test", "resolver", dns.resolver(), "cache", true)));

      DnsResult result = (DnsResult) reply.result();
      assertThat(result.rcode()).isEqualTo(rcode);
      assertThat(result.ipAddress()).isEqualTo(address);
      assertThat(reply.failure())
          .isEqualTo(
              finding == null
                  ? null
                  : "Failed to resolve domain: " + finding.replace("RESOLVER", dns.resolver()));
    }
  }

  private static void add(Message message, int section, @Nullable String records) {
    if (records != null) {
      MasterFile.records(records.replace("LONG", LONG))
          .forEach(record -> message.addRecord(record, section));
    }
  }
}
