package dev.signalbox.dnsclient.transport;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;

class RetryPolicyTest {

  @Property
  void waitsTwiceAsLongEachTimeAndFillsTheTime(
      @ForAll @LongRange(min = 1_000_000, max = 60_000_000_000L) long timeout,
      @ForAll @IntRange(max = 10) int retries) {
    RetryPolicy retryPolicy = new RetryPolicy(timeout, retries);
    long sum = 0;
    for (int i = 0; i <= retries; i++) {
      if (i > 0) {
        assertThat(retryPolicy.waitNanos(i)).isEqualTo(2 * retryPolicy.waitNanos(i - 1));
      }
      sum += retryPolicy.waitNanos(i);
    }

    assertThat(sum).isBetween(timeout - (1L << (retries + 1)), timeout);
  }
}
