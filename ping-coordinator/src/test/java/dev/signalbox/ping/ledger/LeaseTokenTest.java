package dev.signalbox.ping.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class LeaseTokenTest {

  @Test
  void tokenMatchesItsOwnHashAlone() {
    LeaseToken one = LeaseToken.random();
    LeaseToken two = LeaseToken.random();

    assertThat(LeaseToken.matches(one.token(), one.hash())).isTrue();
    assertThat(LeaseToken.matches(one.token(), two.hash())).isFalse();
    assertThat(LeaseToken.matches("", one.hash())).isFalse();
    assertThat(LeaseToken.matches(one.token(), null)).isFalse();
    assertThat(LeaseToken.matches(one.token(), new byte[0])).isFalse();
  }

  @Test
  void maskedTwiceIsTheToken() {
    LeaseToken lease = LeaseToken.random();
    String masked = LeaseToken.masked(lease.token(), lease.leaseId(), "key");

    assertThat(masked).isNotEqualTo(lease.token()).hasSameSizeAs(lease.token());
    assertThat(LeaseToken.masked(masked, lease.leaseId(), "key")).isEqualTo(lease.token());
  }

  @Test
  void theMaskIsOfItsKeyAndLeaseAlone() {
    LeaseToken one = LeaseToken.random();
    String masked = LeaseToken.masked(one.token(), one.leaseId(), "key");

    assertThat(LeaseToken.masked(masked, one.leaseId(), "other")).isNotEqualTo(one.token());
    assertThat(LeaseToken.masked(masked, LeaseToken.random().leaseId(), "key"))
        .isNotEqualTo(one.token());
  }

  @Test
  void tokensDoNotRepeat() {
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < 1_000; i++) {
      LeaseToken token = LeaseToken.random();
      assertThat(seen.add(token.token())).isTrue();
      assertThat(seen.add(token.leaseId())).isTrue();
    }
  }

  @Test
  void onlyItsOwnFormIsAnId() {
    assertThat(LeaseToken.isId(LeaseToken.random().leaseId())).isTrue();
    assertThat(LeaseToken.isId("")).isFalse();
    assertThat(LeaseToken.isId("0".repeat(31) + "\u0000")).isFalse();
    assertThat(LeaseToken.isId("0".repeat(33))).isFalse();
  }
}
