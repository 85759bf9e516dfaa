package dev.signalbox.serverfactory.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.serverfactory.proxy.UpstreamRates.Granted;
import dev.signalbox.serverfactory.proxy.UpstreamRates.Later;
import dev.signalbox.serverfactory.proxy.UpstreamRates.Permit;
import dev.signalbox.serverfactory.proxy.UpstreamRates.TooManyTargets;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UpstreamRatesTest {

  private final AtomicLong clock = new AtomicLong(Long.MAX_VALUE - 5);
  private final AtomicInteger processes = new AtomicInteger(1);

  private UpstreamRates rates(int perSecond) {
    return new UpstreamRates(perSecond, processes::get, clock::get);
  }

  private static long granted(UpstreamRates rates, int times) {
    return IntStream.range(0, times)
        .mapToObj(_ -> rates.take("host.example", 80))
        .filter(Granted.class::isInstance)
        .count();
  }

  @ParameterizedTest
  @CsvSource({
    "10, 1, 10, 10",
    "10, 2, 5, 5",
    "10, 3, 3, 3",
    "1, 1, 1, 1",
    "1, 4, 1, 0",
    "0, 1, 100, 100",
    "1000000, 1, 100, 100",
  })
  void givenARate_whenTargetsAreContacted_thenEachProcessHasAnEqualShareOfIt(
      int perSecond, int of, int atOnce, int inTheNextSecond) {
    processes.set(of);
    UpstreamRates rates = rates(perSecond);

    assertThat(granted(rates, 100)).isEqualTo(atOnce);

    clock.addAndGet(TimeUnit.SECONDS.toNanos(1));
    assertThat(granted(rates, 100)).isEqualTo(inTheNextSecond);
  }

  @Test
  void givenATargetThatIsUsedUp_whenTheTimeThatIsToldIsOver_thenItMayBeContacted() {
    UpstreamRates rates = rates(3);
    granted(rates, 3);
    Permit refused = rates.take("host.example", 80);

    assertThat(refused).isInstanceOf(Later.class);
    clock.addAndGet(((Later) refused).nanos() - 1);
    assertThat(rates.take("host.example", 80)).isEqualTo(new Later(1));
    clock.addAndGet(1);
    assertThat(rates.take("host.example", 80)).isEqualTo(new Granted());
  }

  @ParameterizedTest
  @CsvSource({
    "HOST.example, 80, false",
    "host.example., 80, false",
    "host.example, 81, true",
    "host2.example, 80, true",
  })
  void givenATargetThatIsUsedUp_whenAnotherIsNamed_thenItIsTheSameHoweverItIsWritten(
      String host, int port, boolean granted) {
    UpstreamRates rates = rates(1);
    granted(rates, 1);

    assertThat(rates.take(host, port) instanceof Granted).isEqualTo(granted);
  }

  @Test
  void givenMoreTargetsThanAreCounted_whenAnotherIsNamed_thenItIsRefusedUntilOthersAreIdle() {
    UpstreamRates rates = rates(1);
    for (int i = 0; i < 65_536; i++) {
      rates.take("host" + i, 80);
    }

    assertThat(rates.take("another", 80)).isEqualTo(new TooManyTargets());

    clock.addAndGet(TimeUnit.SECONDS.toNanos(2));
    assertThat(rates.take("another", 80)).isEqualTo(new Granted());
  }
}
