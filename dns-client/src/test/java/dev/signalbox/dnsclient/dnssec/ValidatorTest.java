package dev.signalbox.dnsclient.dnssec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.signalbox.dnsclient.TestClient;
import dev.signalbox.dnsclient.dnssec.Verdict.Status;
import dev.signalbox.dnsclient.message.DomainNames;
import dev.signalbox.dnsclient.message.QueryOptions;
import dev.signalbox.dnsclient.resolver.LookupOutcome.Answered;
import dev.signalbox.dnsclient.resolver.LookupOutcome.Unanswered;
import dev.signalbox.dnsclient.resolver.LookupRequest;
import dev.signalbox.dnsclient.transport.Fault;
import dev.signalbox.dnsclient.transport.RetryPolicy;
import dev.signalbox.platform.bus.Cancellation;
import dev.signalbox.testsupport.DnsBehaviour;
import dev.signalbox.testsupport.FakeDnsServer;
import dev.signalbox.testsupport.SignedZone;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Section;
import org.xbill.DNS.SimpleResolver;
import org.xbill.DNS.Type;
import org.xbill.DNS.dnssec.ValidatingResolver;

/** Zones signed here, by keys that only the test trusts. */
@ExtendWith(VertxExtension.class)
class ValidatorTest {

  @TempDir private Path directory;
  private final SignedZone zone =
      SignedZone.of("test.")
          .record("a.test. 300 IN A 192.0.2.1")
          .record("unsigned.test. 300 IN NS ns1.unsigned.test.")
          .record("www.unsigned.test. 300 IN A 192.0.2.2");
  private FakeDnsServer dns;
  private Vertx vertx;
  private TestClient client;

  @BeforeEach
  void start(Vertx vertx) throws IOException {
    this.vertx = vertx;
    dns = FakeDnsServer.start();
    dns.otherwise(zone);
    client = client(Map.of());
  }

  private TestClient client(Map<String, String> more) throws IOException {
    Path anchors = Files.writeString(directory.resolve("anchors"), zone.anchor() + "\n");
    Map<String, String> settings = new HashMap<>(more);
    settings.put("resolver.trust-anchors", anchors.toString());
    settings.put("resolver.upstreams", dns.resolver());
    return TestClient.open(vertx, settings);
  }

  @AfterEach
  void stop() {
    client.close();
    dns.close();
  }

  @Test
  void holdsAnUnbrokenChainForSecure() {
    Validated validated = validate("a.test", Type.A);

    assertThat(validated.verdict()).isEqualTo(new Verdict(Status.SECURE, null));
    Answered answered = (Answered) validated.outcome();
    assertThat(answered.message().getSection(Section.ANSWER)).hasSize(2);
    assertNothingLeft();
  }

  @Test
  void holdsTheProofThatANameIsMissingForSecure() {
    Validated validated = validate("nowhere.test", Type.A);

    assertThat(validated.verdict()).isEqualTo(new Verdict(Status.SECURE, null));
    assertThat(((Answered) validated.outcome()).message().getRcode()).isEqualTo(Rcode.NXDOMAIN);
  }

  @Test
  void holdsTheProofThatATypeIsMissingForSecure() {
    assertThat(validate("a.test", Type.MX).verdict()).isEqualTo(new Verdict(Status.SECURE, null));
  }

  @Test
  void holdsWhatIsBelowAnUnsignedDelegationForInsecure() {
    assertThat(status("www.unsigned.test", Type.A)).isEqualTo(Status.INSECURE);
  }

  @Test
  void takesAHashedProofOfAnUnsignedDelegation() {
    zone.hashed();

    assertThat(status("www.unsigned.test", Type.A)).isEqualTo(Status.INSECURE);
  }

  @Test
  void takesAHashedProofThatANameIsMissing() {
    zone.hashed();

    Validated validated = validate("deep.nowhere.test", Type.A);

    assertThat(validated.verdict()).isEqualTo(new Verdict(Status.SECURE, null));
    assertThat(((Answered) validated.outcome()).message().getRcode()).isEqualTo(Rcode.NXDOMAIN);
  }

  @Test
  void takesAHashedProofThatATypeIsMissing() {
    zone.hashed();

    assertThat(validate("a.test", Type.MX).verdict()).isEqualTo(new Verdict(Status.SECURE, null));
  }

  @Test
  void holdsAHashedProofOfAnotherNameForBogus() {
    zone.hashed().denying("a.test.");

    assertThat(status("nowhere.test", Type.A)).isEqualTo(Status.BOGUS);
  }

  @Test
  void holdsAProofOfAnotherNameForBogus() {
    zone.denying("unsigned.test.");

    assertThat(status("nowhere.test", Type.A)).isEqualTo(Status.BOGUS);
  }

  @Test
  void takesAWildcardsAnswerWithTheProofThatNothingIsCloser() {
    zone.record("*.wild.test. 300 IN A 192.0.2.5");

    Validated validated = validate("any.wild.test", Type.A);

    assertThat(validated.verdict()).isEqualTo(new Verdict(Status.SECURE, null));
    assertThat(((Answered) validated.outcome()).message().getSection(Section.ANSWER).getFirst())
        .extracting(record -> record.getName().toString())
        .isEqualTo("any.wild.test.");
  }

  @Test
  void takesAWildcardsAnswerWithAHashedProof() {
    zone.record("*.wild.test. 300 IN A 192.0.2.5").hashed();

    assertThat(status("any.wild.test", Type.A)).isEqualTo(Status.SECURE);
  }

  @Test
  void holdsAWildcardsAnswerWithoutProofForBogus() {
    zone.record("*.wild.test. 300 IN A 192.0.2.5").denying("a.test.");

    assertThat(status("any.wild.test", Type.A)).isEqualTo(Status.BOGUS);
  }

  @Test
  void holdsWhatIsBelowNoAnchorForInsecureOrUnknown() {
    dns.record("a.elsewhere. 60 IN A 192.0.2.3").script("a.elsewhere", DnsBehaviour.answer());

    assertThat(status("a.elsewhere", Type.A)).isIn(Status.INSECURE, Status.INDETERMINATE);
  }

  @Test
  void holdsAWrongSignatureForBogus() {
    zone.forged();

    Validated validated = validate("a.test", Type.A);

    assertThat(validated.verdict().status()).isEqualTo(Status.BOGUS);
    assertThat(validated.verdict().reason()).contains("a.test.");
    // Shown as it came, for whoever looks for the mistake.
    assertThat(((Answered) validated.outcome()).message().getSection(Section.ANSWER)).hasSize(2);
    assertNothingLeft();
  }

  @Test
  void holdsAnExpiredSignatureForBogus() {
    zone.valid(Instant.now().minus(Duration.ofDays(9)), Instant.now().minus(Duration.ofDays(2)));

    assertThat(status("a.test", Type.A)).isEqualTo(Status.BOGUS);
  }

  @Test
  void holdsASignatureOfTheFutureForBogus() {
    zone.valid(Instant.now().plus(Duration.ofDays(2)), Instant.now().plus(Duration.ofDays(9)));

    assertThat(status("a.test", Type.A)).isEqualTo(Status.BOGUS);
  }

  @Test
  void holdsAnUnsignedAnswerOfASignedZoneForBogus() {
    dns.record("a.test. 60 IN A 192.0.2.66").script("a.test", DnsBehaviour.answer());

    assertThat(status("a.test", Type.A)).isEqualTo(Status.BOGUS);
  }

  @Test
  void holdsAMissingNameWithoutProofForBogus() {
    dns.script("nowhere.test", DnsBehaviour.rcode(Rcode.NXDOMAIN));

    assertThat(status("nowhere.test", Type.A)).isEqualTo(Status.BOGUS);
  }

  @Test
  void cannotTellWhenTheKeysAreNotToBeHad() {
    dns.script("test", DnsBehaviour.rcode(Rcode.SERVFAIL));

    Validated validated = validate("a.test", Type.A);

    assertThat(validated.verdict())
        .isEqualTo(
            new Verdict(
                Status.INDETERMINATE,
                dns.resolver() + " answered SERVFAIL when asked for test. DNSKEY"));
    assertThat(validated.outcome()).isInstanceOf(Answered.class);
  }

  @Test
  void cannotTellWhenThereIsNoTime() {
    dns.script("test", DnsBehaviour.drop());

    Validated validated =
        TestClient.await(begin("a.test", Type.A, Duration.ofSeconds(2), Cancellation.NEVER));

    assertThat(validated.verdict().status()).isEqualTo(Status.INDETERMINATE);
    assertThat(validated.outcome()).isInstanceOf(Answered.class);
    assertNothingLeft();
  }

  @Test
  void cannotTellWhenTheChainIsTooLong() throws IOException {
    try (TestClient strict = client(Map.of("resolver.validation-queries", "1"))) {
      LookupRequest request = request("a.test", Type.A, Duration.ofSeconds(5));

      Validated validated =
          strict.on(() -> strict.client().validate(request, strict.client(), Cancellation.NEVER));

      assertThat(validated.verdict())
          .isEqualTo(
              new Verdict(Status.INDETERMINATE, "the chain of trust needs more than 1 queries"));
      assertThat(dns.queries()).hasSize(1);
    }
  }

  @Test
  void hasNoVerdictWhenNobodyAnswers() {
    dns.otherwise(DnsBehaviour.drop());

    Validated validated =
        TestClient.await(begin("a.test", Type.A, Duration.ofMillis(300), Cancellation.NEVER));

    assertThat(validated.verdict()).isNull();
    assertThat(((Unanswered) validated.outcome()).fault()).isEqualTo(Fault.TIMEOUT);
    assertNothingLeft();
  }

  @Test
  void leavesNothingBehindWhenItIsCancelled() {
    dns.script("test", DnsBehaviour.drop());
    Cancellation cancellation = client.cancellable();
    Future<Validated> validating = begin("a.test", Type.A, Duration.ofSeconds(15), cancellation);
    await().until(() -> !dns.queries("test").isEmpty());

    cancellation.request();

    assertThat(TestClient.await(validating).verdict().status()).isEqualTo(Status.INDETERMINATE);
    assertNothingLeft();
  }

  @Test
  void refusesToStartWithoutAnchors() throws IOException {
    Path empty = Files.writeString(directory.resolve("empty"), "; nothing\n");

    assertThatThrownBy(() ->
            TestClient.open(vertx, Map.of("resolver.trust-anchors", empty.toString())).close())
        .hasMessageContaining("holds no DS or DNSKEY record");
  }

  @Test
  void knowsTheRootsKeysByItself() throws IOException {
    TrustAnchors.read("").into(new ValidatingResolver(new SimpleResolver()));
  }

  private Status status(String name, int type) {
    return validate(name, type).verdict().status();
  }

  private Validated validate(String name, int type) {
    return TestClient.await(begin(name, type, Duration.ofSeconds(10), Cancellation.NEVER));
  }

  private Future<Validated> begin(
      String name, int type, Duration timeout, Cancellation cancellation) {
    return client.begin(() ->
        client.client().validate(request(name, type, timeout), client.client(), cancellation));
  }

  private LookupRequest request(String name, int type, Duration timeout) {
    return new LookupRequest(
        DomainNames.question(name, type),
        QueryOptions.standard(1232),
        true,
        List.of(TestClient.upstream(dns.resolver())),
        new RetryPolicy(timeout.toNanos(), 0),
        false);
  }

  private void assertNothingLeft() {
    await().until(() -> client.load().queries() == 0 && client.load().validations() == 0);
  }
}
