package dev.signalbox.gateway.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signalbox.gateway.access.Caller.Verdict;
import dev.signalbox.gateway.limit.TokenQuota;
import dev.signalbox.platform.token.TokenEntry;
import dev.signalbox.platform.token.TokenEntry.Credential;
import dev.signalbox.platform.token.TokenLimits;
import dev.signalbox.testsupport.TestAuthority;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CallerTest {

  private static final Instant END = Instant.parse("2027-01-31T00:00:00Z");
  private static final String TOKEN = "token-of-this-test";
  private static final String HEADER = "Bearer " + TOKEN;

  private static TokenEntry named(String name, String role) {
    return TokenEntry.of(name, role, TOKEN, END, 0);
  }

  @ParameterizedTest
  @CsvSource({"-1, GRANTED", "0, EXPIRED", "1, EXPIRED"})
  void givenATokenWithAnEnd_whenTheTimeComes_thenItIsRefusedFromThenOn(
      long nanos, Verdict verdict) {
    AtomicReference<Instant> now = new AtomicReference<>(END.plusNanos(nanos));
    Access access = Access.of(List.of(), List.of(named("a", "admin")), now::get);

    assertThat(access.caller(HEADER, null).check(Role.OPERATOR)).isEqualTo(verdict);
    assertThat(access.caller(HEADER, null).check(Role.PUBLIC)).isEqualTo(Verdict.GRANTED);
  }

  @Test
  void givenTokensOfTheFile_whenTheyAreReplaced_thenOnlyTheNewOnesAndThoseOfTheSettingsAreKnown() {
    TokenEntry setting = TokenEntry.plain("reader:token-of-the-settings").orElseThrow();
    Access access = Access.of(List.of(setting), List.of(named("a", "admin")), () -> Instant.EPOCH);

    access.replace(List.of());

    assertThat(access.caller(HEADER, null).check(Role.READER)).isEqualTo(Verdict.UNKNOWN);
    assertThat(access.caller("Bearer token-of-the-settings", null).check(Role.READER))
        .isEqualTo(Verdict.GRANTED);
  }

  @Test
  void givenANamedTokenThatIsInTheSettingsToo_whenReplaced_thenItIsRefusedAndNothingChanges() {
    TokenEntry setting = TokenEntry.plain("reader:" + TOKEN).orElseThrow();
    Access access = Access.of(List.of(setting), List.of(), () -> Instant.EPOCH);

    assertThatThrownBy(() -> access.replace(List.of(named("a", "admin"))))
        .hasMessage("the token a must not be in gateway.tokens too");

    assertThat(access.caller(HEADER, null).check(Role.ADMIN)).isEqualTo(Verdict.FORBIDDEN);
  }

  @Test
  void givenAPlainTokenWithTwoRoles_whenChecked_thenEitherRoleIsGranted() {
    Access access =
        Access.of(
            Access.parse(List.of("worker:" + TOKEN, "operator:" + TOKEN)),
            List.of(),
            () -> Instant.EPOCH);
    Caller caller = access.caller(HEADER, null);

    assertThat(caller.check(Role.WORKER)).isEqualTo(Verdict.GRANTED);
    assertThat(caller.check(Role.OPERATOR)).isEqualTo(Verdict.GRANTED);
    assertThat(caller.check(Role.ADMIN)).isEqualTo(Verdict.FORBIDDEN);
    assertThat(caller.token()).extracting(Token::role).isEqualTo(Role.OPERATOR);
  }

  @Test
  void givenNoTokenAtAll_whenTokensAreRequired_thenNobodyIsLetIn() {
    Access access = Access.of(List.of(), List.of(), () -> Instant.EPOCH);

    assertThat(access.required()).isTrue();
    assertThat(access.caller(null, null).check(Role.READER)).isEqualTo(Verdict.UNKNOWN);
    assertThat(access.caller(HEADER, null).check(Role.READER)).isEqualTo(Verdict.UNKNOWN);
  }

  @Test
  void givenALimit_whenTheFileIsReplaced_thenWhatIsLeftStaysUnlessTheLimitChanges() {
    TokenEntry limited = TokenEntry.of("a", "admin", TOKEN, null, 5);
    Access access = Access.of(List.of(), List.of(limited), () -> Instant.EPOCH);
    TokenQuota before = access.caller(HEADER, null).token().quota();

    access.replace(List.of(TokenEntry.of("b", "reader", TOKEN, END, 5)));
    assertThat(access.caller(HEADER, null).token().quota()).isSameAs(before);

    access.replace(List.of(TokenEntry.of("b", "reader", TOKEN, END, 6)));
    assertThat(access.caller(HEADER, null).token().quota().limit()).isEqualTo(6);

    access.replace(List.of(TokenEntry.of("b", "reader", TOKEN, END, 0)));
    assertThat(access.caller(HEADER, null).token().quota()).isNull();
  }

  private static final X509Certificate CERTIFICATE =
      TestAuthority.named("clients")
          .issue("ci", END.minusSeconds(100), END.plusSeconds(100))
          .certificate();

  private static TokenEntry certified(String name, String role, Instant end) {
    return TokenEntry.of(name, role, CERTIFICATE, end, TokenLimits.NONE);
  }

  private static Access access(Instant now, TokenEntry... entries) {
    return Access.of(List.of(), List.of(entries), () -> now);
  }

  @ParameterizedTest
  @CsvSource({
    "-101, UNKNOWN, ", // not valid yet: the handshake lets one pass that is an authority itself
    "-100, GRANTED, ",
    "100, GRANTED, ",
    "101, EXPIRED, 100"
  })
  void givenACertificateOfALine_whenItsTimeComesAndGoes_thenEachRequestSeesIt(
      long seconds, Verdict verdict, Long ended) {
    Access access = access(END.plusSeconds(seconds), certified("ci", "operator", null));

    Caller caller = access.caller(null, ClientCertificate.of(CERTIFICATE));

    assertThat(caller.check(Role.OPERATOR)).isEqualTo(verdict);
    assertThat(caller.ended()).isEqualTo(ended == null ? null : END.plusSeconds(ended));
  }

  @ParameterizedTest
  @CsvSource({"-1, GRANTED", "0, EXPIRED"})
  void givenALineThatEndsBeforeItsCertificate_whenItsTimeComes_thenTheLineDecides(
      long seconds, Verdict verdict) {
    Access access = access(END.plusSeconds(seconds), certified("ci", "operator", END));

    Caller caller = access.caller(null, ClientCertificate.of(CERTIFICATE));

    assertThat(caller.check(Role.OPERATOR)).isEqualTo(verdict);
    assertThat(caller.ended()).isEqualTo(verdict == Verdict.EXPIRED ? END : null);
  }

  @Test
  void givenACertificateThatNoLineNames_whenItCalls_thenItIsAsWithoutOne() {
    Access access = access(END, named("a", "admin"));

    assertThat(access.caller(null, ClientCertificate.of(CERTIFICATE)).check(Role.READER))
        .isEqualTo(Verdict.UNKNOWN);
  }

  @Test
  void givenALineOfACertificate_whenItIsRemoved_thenTheNextRequestIsRefused() {
    Access access = access(END, certified("ci", "admin", null));
    ClientCertificate shown = ClientCertificate.of(CERTIFICATE);
    assertThat(access.caller(null, shown).check(Role.ADMIN)).isEqualTo(Verdict.GRANTED);

    access.replace(List.of());

    assertThat(access.caller(null, shown).check(Role.READER)).isEqualTo(Verdict.UNKNOWN);
  }

  @ParameterizedTest
  @ValueSource(strings = {"Bearer wrong-token-of-this-test", "Bearer ", "Basic YTpi", ""})
  void givenACertificateAndAWrongHeader_whenItCalls_thenTheHeaderDecides(String header) {
    Access access = access(END, certified("ci", "admin", null));

    assertThat(access.caller(header, ClientCertificate.of(CERTIFICATE)).check(Role.READER))
        .isEqualTo(Verdict.UNKNOWN);
  }

  @Test
  void givenATokenAndACertificate_whenBothAreKnown_thenTheTokenDecides() {
    Access access =
        access(END, certified("ci", "admin", null), TokenEntry.of("a", "reader", TOKEN, null, 0));

    Caller caller = access.caller(HEADER, ClientCertificate.of(CERTIFICATE));

    assertThat(caller.token()).extracting(Token::name).isEqualTo("a");
    assertThat(caller.check(Role.OPERATOR)).isEqualTo(Verdict.FORBIDDEN);
  }

  /** The digest of a certificate is no secret, so a text that has it must not be a token. */
  @Test
  void givenALineOfACertificate_whenATokenHasItsDigest_thenTheTokenIsUnknown() {
    TokenEntry token = TokenEntry.of("a", "admin", TOKEN, null, 0);
    Access access =
        access(
            END,
            new TokenEntry(
                "a", "admin", Credential.CERTIFICATE, token.sha256(), null, TokenLimits.NONE));

    assertThat(access.caller(HEADER, null).check(Role.READER)).isEqualTo(Verdict.UNKNOWN);
  }

  @Test
  void givenNoNeedForTokens_whenACertificateIsShown_thenEverythingIsAllowed() {
    assertThat(Access.open().caller(null, ClientCertificate.of(CERTIFICATE)).check(Role.ADMIN))
        .isEqualTo(Verdict.GRANTED);
  }
}
