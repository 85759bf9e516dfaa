package dev.signalbox.gateway.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signalbox.gateway.access.Caller.Verdict;
import dev.signalbox.gateway.limit.TokenQuota;
import dev.signalbox.platform.token.TokenEntry;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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

    assertThat(access.caller(HEADER).check(Role.OPERATOR)).isEqualTo(verdict);
    assertThat(access.caller(HEADER).check(Role.PUBLIC)).isEqualTo(Verdict.GRANTED);
  }

  @Test
  void givenTokensOfTheFile_whenTheyAreReplaced_thenOnlyTheNewOnesAndThoseOfTheSettingsAreKnown() {
    TokenEntry setting = TokenEntry.plain("reader:token-of-the-settings").orElseThrow();
    Access access = Access.of(List.of(setting), List.of(named("a", "admin")), () -> Instant.EPOCH);

    access.replace(List.of());

    assertThat(access.caller(HEADER).check(Role.READER)).isEqualTo(Verdict.UNKNOWN);
    assertThat(access.caller("Bearer token-of-the-settings").check(Role.READER))
        .isEqualTo(Verdict.GRANTED);
  }

  @Test
  void givenANamedTokenThatIsInTheSettingsToo_whenReplaced_thenItIsRefusedAndNothingChanges() {
    TokenEntry setting = TokenEntry.plain("reader:" + TOKEN).orElseThrow();
    Access access = Access.of(List.of(setting), List.of(), () -> Instant.EPOCH);

    assertThatThrownBy(() -> access.replace(List.of(named("a", "admin"))))
        .hasMessage("the token a must not be in gateway.tokens too");

    assertThat(access.caller(HEADER).check(Role.ADMIN)).isEqualTo(Verdict.FORBIDDEN);
  }

  @Test
  void givenAPlainTokenWithTwoRoles_whenChecked_thenEitherRoleIsGranted() {
    Access access =
        Access.of(
            Access.parse(List.of("worker:" + TOKEN, "operator:" + TOKEN)),
            List.of(),
            () -> Instant.EPOCH);
    Caller caller = access.caller(HEADER);

    assertThat(caller.check(Role.WORKER)).isEqualTo(Verdict.GRANTED);
    assertThat(caller.check(Role.OPERATOR)).isEqualTo(Verdict.GRANTED);
    assertThat(caller.check(Role.ADMIN)).isEqualTo(Verdict.FORBIDDEN);
    assertThat(caller.token()).extracting(Token::role).isEqualTo(Role.OPERATOR);
  }

  @Test
  void givenNoTokenAtAll_whenTokensAreRequired_thenNobodyIsLetIn() {
    Access access = Access.of(List.of(), List.of(), () -> Instant.EPOCH);

    assertThat(access.required()).isTrue();
    assertThat(access.caller(null).check(Role.READER)).isEqualTo(Verdict.UNKNOWN);
    assertThat(access.caller(HEADER).check(Role.READER)).isEqualTo(Verdict.UNKNOWN);
  }

  @Test
  void givenALimit_whenTheFileIsReplaced_thenWhatIsLeftStaysUnlessTheLimitChanges() {
    TokenEntry limited = TokenEntry.of("a", "admin", TOKEN, null, 5);
    Access access = Access.of(List.of(), List.of(limited), () -> Instant.EPOCH);
    TokenQuota before = access.caller(HEADER).token().quota();

    access.replace(List.of(TokenEntry.of("b", "reader", TOKEN, END, 5)));
    assertThat(access.caller(HEADER).token().quota()).isSameAs(before);

    access.replace(List.of(TokenEntry.of("b", "reader", TOKEN, END, 6)));
    assertThat(access.caller(HEADER).token().quota().limit()).isEqualTo(6);

    access.replace(List.of(TokenEntry.of("b", "reader", TOKEN, END, 0)));
    assertThat(access.caller(HEADER).token().quota()).isNull();
  }
}
