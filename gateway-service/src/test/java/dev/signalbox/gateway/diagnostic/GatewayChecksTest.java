package dev.signalbox.gateway.diagnostic;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.contracts.Announcement;
import dev.signalbox.gateway.access.Access;
import dev.signalbox.gateway.diagnostic.GatewayChecks.CertificateFile;
import dev.signalbox.gateway.task.ServiceDirectory;
import dev.signalbox.platform.diagnostic.FindingCode;
import dev.signalbox.platform.diagnostic.Symptom;
import dev.signalbox.platform.token.TokenEntry;
import dev.signalbox.platform.token.TokenLimits;
import dev.signalbox.testsupport.TestCertificate;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GatewayChecksTest {

  @TempDir Path directory;

  private final AtomicLong nanos = new AtomicLong();
  private final ServiceDirectory services =
      new ServiceDirectory(TimeUnit.SECONDS.toNanos(6), nanos::get);

  private static Announcement instance(String service, String node, String version, String state) {
    return new Announcement(
        service,
        node,
        "host-1",
        version,
        1,
        state,
        List.of(),
        List.of(),
        new Announcement.Load(0, 0, 0, null, null),
        null);
  }

  private List<String> missing(String... required) {
    return GatewayChecks.missing(services, List.of(required)).stream()
        .map(Symptom::subject)
        .toList();
  }

  @Test
  void givenAServiceThatWasThere_whenItsLastInstanceStops_thenItIsMissingUntilOneIsBack() {
    services.onAnnouncement(instance("dns-service", "n-1", "1", "ready"));
    services.onAnnouncement(instance("dns-service", "n-2", "1", "ready"));
    services.onAnnouncement(instance("dns-service", "n-1", "1", "stopped"));
    assertThat(missing()).isEmpty();

    services.onAnnouncement(instance("dns-service", "n-2", "1", "draining"));
    assertThat(missing()).containsExactly("dns-service");

    services.onAnnouncement(instance("dns-service", "n-3", "1", "ready"));
    assertThat(missing()).isEmpty();
  }

  @Test
  void givenARequiredServiceThatNeverWasThere_whenChecked_thenItIsMissing() {
    assertThat(missing("file-service")).containsExactly("file-service");
    assertThat(missing()).isEmpty();
  }

  @Test
  void givenAnInstanceThatFallsSilent_whenSwept_thenItIsLostUntilAnotherTakesItsPlace() {
    services.onAnnouncement(instance("dns-service", "n-1", "1", "ready"));
    services.onAnnouncement(instance("code-service", "n-2", "1", "draining"));
    nanos.set(TimeUnit.SECONDS.toNanos(7));
    services.sweep();
    assertThat(services.lost())
        .extracting(lost -> lost.announcement().node())
        .containsExactly("n-1");

    services.onAnnouncement(instance("dns-service", "n-3", "1", "ready"));
    assertThat(services.lost()).isEmpty();
  }

  @Test
  void givenALostInstance_whenNobodyReplacesIt_thenItIsForgottenAfterAQuarterOfAnHour() {
    services.onAnnouncement(instance("dns-service", "n-1", "1", "ready"));
    nanos.set(TimeUnit.SECONDS.toNanos(7));
    services.sweep();
    nanos.set(TimeUnit.SECONDS.toNanos(901));
    services.sweep();

    assertThat(services.lost()).isEmpty();
  }

  @Test
  void givenInstancesOfTwoVersions_whenChecked_thenEachIsCounted() {
    List<Announcement> same =
        List.of(instance("a", "1", "1.0", "ready"), instance("b", "2", "1.0", "ready"));
    assertThat(GatewayChecks.versions(same)).isEmpty();

    assertThat(
            GatewayChecks.versions(
                List.of(same.get(0), same.get(1), instance("b", "3", "1.1", "ready"))))
        .extracting(Symptom::detail)
        .containsExactly("Versions of the instances that run: 1.0 (2), 1.1 (1).");
  }

  @ParameterizedTest
  @CsvSource({"80, 0", "81, 1", "0, 0", "100, 1"})
  void givenConnections_whenChecked_thenMoreThanFourFifthsAreAFinding(int open, int findings) {
    assertThat(GatewayChecks.connections(open, 100)).hasSize(findings);
  }

  private static TokenEntry token(String name, Instant end) {
    return TokenEntry.of(name, "reader", name + "-token-0123456789", end, 0);
  }

  @Test
  void givenTokens_whenTheyEndSoonOrHaveEndedLately_thenEachIsAFindingWithoutItsSecret() {
    Instant now = Instant.parse("2026-06-01T00:00:00Z");
    Access access =
        Access.of(
            List.of(),
            List.of(
                token("far", now.plus(Duration.ofDays(15))),
                token("soon", now.plus(Duration.ofDays(13))),
                token("over", now.minus(Duration.ofDays(1))),
                token("ancient", now.minus(Duration.ofDays(31))),
                token("never", null)),
            InstantSource.system());

    List<Symptom> found = GatewayChecks.tokens(access, () -> now);

    assertThat(found).extracting(Symptom::code).containsOnly(FindingCode.TOKEN_EXPIRES).hasSize(2);
    assertThat(found)
        .extracting(Symptom::detail)
        .containsExactlyInAnyOrder(
            "The token soon ends at 2026-06-14T00:00:00Z.",
            "The token over has ended at 2026-05-31T00:00:00Z.");
  }

  @Test
  void givenACertificate_whenItsEndComesNear_thenItIsAFindingUntilItIsRenewed() throws IOException {
    Path file = directory.resolve("cert.pem");
    Files.writeString(file, certificateOf(20));
    Instant[] now = {Instant.now()};
    CertificateFile check = new CertificateFile(file, () -> null, () -> now[0]);
    assertThat(check.check()).isEmpty();

    now[0] = now[0].plus(Duration.ofDays(10));
    assertThat(check.check().getFirst().detail()).contains("expires at", "in 9 days");
    now[0] = now[0].plus(Duration.ofDays(11));
    assertThat(check.check().getFirst().detail()).contains("has expired at");

    Files.writeString(file, certificateOf(90));
    Files.setLastModifiedTime(file, FileTime.from(Instant.now().plusSeconds(60)));
    assertThat(check.check()).isEmpty();

    now[0] = now[0].minus(Duration.ofDays(60));
    assertThat(check.check().getFirst().detail()).contains("is not valid before");
  }

  @Test
  void givenSeveralAuthorities_whenOneOfThemEnds_thenTheFindingHasTheFileAndTheEarliestEnd()
      throws IOException {
    TestCertificate first = TestCertificate.selfSigned("a", 90);
    TestCertificate second = TestCertificate.selfSigned("b", 10);
    Path file =
        Files.writeString(
            directory.resolve("ca.pem"), first.certificatePem() + second.certificatePem());

    assertThat(new CertificateFile(file, () -> null, InstantSource.system()).check())
        .singleElement()
        .satisfies(symptom -> {
          assertThat(symptom.detail())
              .startsWith(file + " expires at " + second.certificate().getNotAfter().toInstant());
          assertThat(symptom.subject()).isEqualTo(file.toString());
        });
  }

  @Test
  void givenARenewedCertificateThatTheDoorDoesNotUse_whenChecked_thenTheFindingSaysWhyUntilItDoes()
      throws IOException {
    Path file = Files.writeString(directory.resolve("cert.pem"), certificateOf(90));
    AtomicReference<String> reason = new AtomicReference<>("key.pem is not the key of cert.pem");
    CertificateFile check = new CertificateFile(file, reason::get, InstantSource.system());

    assertThat(check.check())
        .extracting(Symptom::detail)
        .containsExactly(file + " is not in use: key.pem is not the key of cert.pem.");

    reason.set(null);
    assertThat(check.check()).isEmpty();
  }

  private static String certificateOf(int days) {
    return TestCertificate.selfSigned("localhost", days, "dns:localhost").certificatePem();
  }

  @Test
  void givenALineOfACertificate_whenItEndsSoon_thenTheFindingSaysThatItIsOne() {
    Instant now = Instant.parse("2026-06-01T00:00:00Z");
    TokenEntry line =
        TokenEntry.of(
            "ci",
            "reader",
            TestCertificate.selfSigned("ci", 90).certificate(),
            now.plus(Duration.ofDays(1)),
            TokenLimits.NONE);
    Access access = Access.of(List.of(), List.of(line), InstantSource.system());

    assertThat(GatewayChecks.tokens(access, () -> now))
        .extracting(Symptom::detail)
        .containsExactly("The certificate ci ends at 2026-06-02T00:00:00Z.");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "no certificate",
        "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
        "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
        "\u0000\uFFFF"
      })
  void givenAFileThatIsNoCertificate_whenChecked_thenThatIsTheFinding(String text)
      throws IOException {
    Path file = Files.writeString(directory.resolve("cert.pem"), text);

    assertThat(new CertificateFile(file, () -> null, InstantSource.system()).check())
        .extracting(Symptom::code)
        .containsExactly(FindingCode.TLS_CERTIFICATE);
  }

  @Test
  void givenNoFileOrAHugeOne_whenChecked_thenThatIsTheFinding() throws IOException {
    Path file = directory.resolve("cert.pem");
    CertificateFile check = new CertificateFile(file, () -> null, InstantSource.system());
    assertThat(check.check().getFirst().detail()).contains("cannot be read");

    Files.write(file, new byte[(1 << 20) + 1]);
    assertThat(check.check().getFirst().detail()).contains("is larger than 1 MiB");
  }
}
