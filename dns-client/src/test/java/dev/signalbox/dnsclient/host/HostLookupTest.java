package dev.signalbox.dnsclient.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.signalbox.dnsclient.TestClient;
import dev.signalbox.dnsclient.host.HostAddresses.Source;
import dev.signalbox.dnsclient.transport.Fault;
import dev.signalbox.testsupport.DnsBehaviour;
import dev.signalbox.testsupport.FakeDnsServer;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

@ExtendWith(VertxExtension.class)
class HostLookupTest {

  private static final Duration PATIENCE = Duration.ofSeconds(5);

  @TempDir private Path directory;
  private Path hostsFile;
  private FakeDnsServer dns;
  private TestClient client;

  @BeforeEach
  void start(Vertx vertx) throws IOException {
    hostsFile = Files.writeString(directory.resolve("hosts"), "192.0.2.77 Known.test alias\n");
    dns = FakeDnsServer.start();
    client =
        TestClient.open(
            vertx,
            Map.of(
                "resolver.upstreams",
                dns.resolver(),
                "resolver.hosts-file",
                hostsFile.toString(),
                "resolver.retries",
                "0",
                "resolver.refresh",
                "20ms"));
  }

  @AfterEach
  void stop() {
    client.close();
    dns.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"192.0.2.1", "2001:db8::1"})
  void takesAnAddressAsItIs(String literal) {
    assertThat(client.host(literal, PATIENCE)).isEqualTo(found(Source.LITERAL, literal));
    assertThat(dns.queries()).isEmpty();
  }

  @Test
  void asksForBothFamiliesAndThenRemembers() {
    dns.record("a.test. 60 IN A 192.0.2.1").record("a.test. 60 IN AAAA 2001:db8::1");

    assertThat(client.host("a.test", PATIENCE))
        .isEqualTo(found(Source.RESOLVER, "192.0.2.1", "2001:db8::1"));
    assertThat(client.host("A.TEST.", PATIENCE))
        .isEqualTo(found(Source.CACHE, "192.0.2.1", "2001:db8::1"));
    assertThat(dns.queries()).hasSize(2);
  }

  @Test
  void followsAliasesAndTakesNobodyElsesAddress() {
    dns.record("www.test. 60 IN CNAME host.test.").record("host.test. 60 IN A 192.0.2.5");
    dns.script(
        "other.test",
        exchange -> {
          Message answer = exchange.reply();
          answer.addRecord(
              Record.fromString(
                  Name.fromConstantString("unasked.test."),
                  Type.A,
                  DClass.IN,
                  60,
                  "192.0.2.66",
                  Name.root),
              Section.ANSWER);
          exchange.send(answer);
        });

    assertThat(client.host("www.test", PATIENCE)).isEqualTo(found(Source.RESOLVER, "192.0.2.5"));
    assertThat(client.host("other.test", PATIENCE))
        .isEqualTo(new HostAddresses.None(true, "other.test has no address"));
  }

  @Test
  void readsTheHostsFileFirstAndAgainWhenItChanges() throws IOException {
    dns.record("new.test. 60 IN A 192.0.2.8");

    assertThat(client.host("known.TEST.", PATIENCE))
        .isEqualTo(found(Source.HOSTS_FILE, "192.0.2.77"));
    assertThat(dns.queries()).isEmpty();

    Files.writeString(hostsFile, "192.0.2.9 new.test # moved\n2001:db8::9 new.test\n");

    await()
        .untilAsserted(() ->
            assertThat(client.host("new.test", PATIENCE))
                .isEqualTo(found(Source.HOSTS_FILE, "192.0.2.9", "2001:db8::9")));
  }

  @Test
  void doesWithoutAHostsFile() throws IOException {
    Files.delete(hostsFile);
    dns.record("known.test. 60 IN A 192.0.2.8");

    await()
        .untilAsserted(() ->
            assertThat(client.host("known.test", PATIENCE))
                .isInstanceOfSatisfying(
                    HostAddresses.Found.class,
                    found -> assertThat(found.source()).isNotEqualTo(Source.HOSTS_FILE)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"localhost", "LocalHost.", "app.localhost"})
  void knowsThisMachineWithoutAsking(String name) {
    assertThat(client.host(name, PATIENCE)).isEqualTo(found(Source.LOCALHOST, "127.0.0.1", "::1"));
    assertThat(dns.queries()).isEmpty();
  }

  @Test
  void tellsAMissingNameFromOneWithoutAddress() {
    dns.record("mail.test. 60 IN MX 10 mx.test.");

    assertThat(client.host("nowhere.test", PATIENCE))
        .isEqualTo(new HostAddresses.None(false, "nowhere.test does not exist"));
    assertThat(client.host("mail.test", PATIENCE))
        .isEqualTo(new HostAddresses.None(true, "mail.test has no address"));
  }

  @Test
  void tellsASilentResolverFromAMissingName() {
    dns.otherwise(DnsBehaviour.drop());

    assertThat(client.host("a.test", Duration.ofMillis(300)))
        .isInstanceOfSatisfying(
            HostAddresses.Unknown.class,
            unknown -> assertThat(unknown.fault()).isEqualTo(Fault.TIMEOUT));
  }

  @Test
  void tellsARefusalFromAMissingName() {
    dns.otherwise(DnsBehaviour.rcode(Rcode.SERVFAIL));

    assertThat(client.host("a.test", PATIENCE))
        .isEqualTo(new HostAddresses.Unknown(Fault.REFUSED, dns.resolver() + " answered SERVFAIL"));
  }

  @Test
  void showsOneFamilyWhenTheOtherIsNotAnswered() {
    dns.record("half.test. 60 IN A 192.0.2.1");
    dns.script(
        "half.test",
        exchange -> {
          if (exchange.query().getQuestion().getType() == Type.A) {
            exchange.send(exchange.answer());
          }
        });

    assertThat(client.host("half.test", Duration.ofSeconds(2)))
        .isInstanceOfSatisfying(
            HostAddresses.Found.class,
            found -> {
              assertThat(found.addresses()).containsExactly(InetAddress.ofLiteral("192.0.2.1"));
              assertThat(found.missing()).contains("did not answer in time");
            });
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a..b", "127.1", "0x7f.0.0.1", "1.2.3.4.5", "0x7f000001", "a b"})
  void asksForNothingThatIsNoName(String host) {
    assertThat(client.host(host, PATIENCE)).isInstanceOf(HostAddresses.None.class);
    assertThat(dns.queries()).isEmpty();
  }

  @Test
  void endsAnAliasThatLeadsBackToItself() {
    dns.record("a.loop.test. 60 IN CNAME b.loop.test.")
        .record("b.loop.test. 60 IN CNAME a.loop.test.");

    assertThat(client.host("a.loop.test", PATIENCE))
        .isEqualTo(
            new HostAddresses.None(true, "a.loop.test has aliases that lead back to a.loop.test."));
  }

  private static HostAddresses found(Source source, String... addresses) {
    return new HostAddresses.Found(
        Arrays.stream(addresses).map(InetAddress::ofLiteral).toList(), source, null);
  }
}
