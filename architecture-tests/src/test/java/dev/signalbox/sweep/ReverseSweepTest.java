package dev.signalbox.sweep;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.contracts.ErrorCode;
import dev.signalbox.contracts.ServiceException;
import dev.signalbox.contracts.TaskError;
import dev.signalbox.contracts.dns.DnsFailure;
import dev.signalbox.contracts.dns.DnsQueryReply;
import dev.signalbox.contracts.dns.DnsQueryReply.Outcome;
import dev.signalbox.contracts.dns.DnsQueryRequest;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.LongSupplier;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ReverseSweepTest {

  private static final String PREFIX = "192.0.2.";
  private static final long A_MINUTE_MS = 60_000;

  private static Future<DnsQueryReply> noResponse(DnsQueryRequest request, Duration timeout) {
    TaskError error = TaskError.badTask("no response");
    return Future.succeededFuture(
        new DnsQueryReply(
            List.of(
                new Outcome.Unanswered(
                    new DnsFailure(request.name(), List.of(), "192.0.2.53", "udp", 3, error)))));
  }

  private static ReverseSweep sweep(
      LongSupplier timeLeftMs, BiFunction<DnsQueryRequest, Duration, Future<DnsQueryReply>> dns) {
    return new ReverseSweep(PREFIX, timeLeftMs, dns);
  }

  @Test
  void givenASilentResolver_whenABlockIsSwept_thenAllAddressesAreUnanswered() {
    ReverseSweep sweep = sweep(() -> A_MINUTE_MS, ReverseSweepTest::noResponse);

    sweep.run(16);

    assertThat(sweep.reply("192.0.2.0/24"))
        .isEqualTo(new SweepReply("192.0.2.0/24", List.of(), 256, 0));
  }

  @Test
  void givenAReplyThatIsLate_whenABlockIsSwept_thenItsAddressIsUnansweredAndTheSweepGoesOn() {
    ServiceException late = new ServiceException(ErrorCode.TIMEOUT, "dns-service");
    ReverseSweep sweep =
        sweep(
            () -> A_MINUTE_MS,
            (request, timeout) ->
                request.name().equals(PREFIX + 7)
                    ? Future.failedFuture(late)
                    : noResponse(request, timeout));

    Future<Void> swept = sweep.run(16);

    assertThat(swept.succeeded()).isTrue();
    assertThat(sweep.reply("192.0.2.0/24"))
        .isEqualTo(new SweepReply("192.0.2.0/24", List.of(), 256, 0));
  }

  @ParameterizedTest
  @EnumSource(names = "TIMEOUT", mode = EnumSource.Mode.EXCLUDE)
  void givenACallThatFails_whenABlockIsSwept_thenTheSweepFailsLikeIt(ErrorCode code) {
    ServiceException error = new ServiceException(code, "dns-service");

    Future<Void> swept = sweep(() -> A_MINUTE_MS, (_, _) -> Future.failedFuture(error)).run(16);

    assertThat(swept.cause()).isSameAs(error);
  }

  @Test
  void givenTimeForTwoQueries_whenABlockIsSwept_thenTheOthersAreSkipped() {
    var timeLeft = LongStream.of(5_000, 3_000, 999).iterator();
    ReverseSweep sweep = sweep(timeLeft::nextLong, ReverseSweepTest::noResponse);

    sweep.run(1);

    assertThat(sweep.reply("192.0.2.0/24"))
        .isEqualTo(new SweepReply("192.0.2.0/24", List.of(), 2, 254));
  }
}
