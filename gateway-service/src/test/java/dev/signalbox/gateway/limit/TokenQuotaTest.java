package dev.signalbox.gateway.limit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.gateway.limit.TokenQuota.Usage;
import io.github.bucket4j.TimeMeter;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class TokenQuotaTest {

  private long nanos;

  private final TimeMeter clock =
      new TimeMeter() {
        @Override
        public long currentTimeNanos() {
          return nanos;
        }

        @Override
        public boolean isWallClockBased() {
          return false;
        }
      };

  private void pass(long seconds) {
    nanos += TimeUnit.SECONDS.toNanos(seconds);
  }

  @Test
  void givenAQuota_whenRequestsAreTaken_thenTheNextIsRefusedUntilTheMinuteGivesOneBack() {
    TokenQuota quota = new TokenQuota(3, clock);

    assertThat(quota.take()).isEqualTo(new Usage(true, 2, 20));
    assertThat(quota.take()).isEqualTo(new Usage(true, 1, 20));
    assertThat(quota.take()).isEqualTo(new Usage(true, 0, 20));
    pass(5);
    assertThat(quota.take()).isEqualTo(new Usage(false, 0, 15));
    pass(15);
    assertThat(quota.take()).isEqualTo(new Usage(true, 0, 20));
    assertThat(quota.take().granted()).isFalse();
  }

  @Test
  void givenAQuotaThatIsUsedUp_whenAMinutePasses_thenAllIsLeftAndNoMore() {
    TokenQuota quota = new TokenQuota(2, clock);
    quota.take();
    quota.take();

    pass(600);

    assertThat(quota.look()).isEqualTo(new Usage(true, 2, 0));
  }

  @Test
  void givenAQuota_whenLookedAt_thenNothingIsTaken() {
    TokenQuota quota = new TokenQuota(1, clock);

    quota.look();
    quota.look();

    assertThat(quota.take()).isEqualTo(new Usage(true, 0, 60));
  }

  @Test
  void givenRequestsAtAnotherGateway_whenTaken_thenTheyCountAsIfSentHere() {
    TokenQuota quota = new TokenQuota(3, clock);

    quota.takeElsewhere(2);

    assertThat(quota.take()).isEqualTo(new Usage(true, 0, 20));
    assertThat(quota.take().granted()).isFalse();
  }

  @Test
  void givenMoreRequestsElsewhereThanThereAre_whenTaken_thenTheWaitIsNeverMoreThanTwoMinutes() {
    TokenQuota quota = new TokenQuota(3, clock);

    quota.takeElsewhere(1_000_000_000L);
    quota.takeElsewhere(Long.MAX_VALUE);
    quota.takeElsewhere(-5);

    assertThat(quota.look().remaining()).isZero();
    assertThat(quota.take()).isEqualTo(new Usage(false, 0, 80));
    pass(79);
    assertThat(quota.take().granted()).isFalse();
    pass(1);
    assertThat(quota.take().granted()).isTrue();
    pass(600);
    assertThat(quota.look()).isEqualTo(new Usage(true, 3, 0));
  }

  @Test
  void givenTheLargestQuota_whenOneIsTaken_thenTheNextSecondGivesItBack() {
    TokenQuota quota = new TokenQuota(1_000_000, clock);

    assertThat(quota.take()).isEqualTo(new Usage(true, 999_999, 1));
  }
}
