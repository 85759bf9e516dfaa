package dev.signalbox.sweep;

import dev.signalbox.contracts.ErrorCode;
import dev.signalbox.contracts.ServiceException;
import dev.signalbox.contracts.dns.DnsQueryReply;
import dev.signalbox.contracts.dns.DnsQueryReply.Outcome;
import dev.signalbox.contracts.dns.DnsQueryRequest;
import dev.signalbox.contracts.dns.DnsRecord;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.LongSupplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** One sweep: queries for every address of a block, a few at a time. Runs on one event loop. */
final class ReverseSweep {

  private static final int ADDRESSES = 256;

  /** A silent resolver costs this; 16 queries in flight then take 48 s of the 60 s of a sweep. */
  private static final long QUERY_MS = 3_000;

  /** With less time left no query is sent. */
  private static final long SHORTEST_MS = 1_000;

  /** Kept for the reply of the sweep. */
  private static final long RESERVE_MS = 500;

  private final String prefix;
  private final LongSupplier timeLeftMs;
  private final BiFunction<DnsQueryRequest, Duration, Future<DnsQueryReply>> dns;
  private final @Nullable String[] names = new @Nullable String[ADDRESSES];
  private int next;
  private int unanswered;
  private boolean failed;

  /**
   * A sweep.
   *
   * @param prefix the first three numbers of the block, with a final dot
   * @param timeLeftMs how long the caller still waits, milliseconds
   * @param dns sends a query, which ends within the time given
   */
  ReverseSweep(
      String prefix,
      LongSupplier timeLeftMs,
      BiFunction<DnsQueryRequest, Duration, Future<DnsQueryReply>> dns) {
    this.prefix = prefix;
    this.timeLeftMs = timeLeftMs;
    this.dns = dns;
  }

  /**
   * Queries the addresses, never more than {@code concurrency} at once. Fails as a call fails,
   * unless its reply was only late.
   */
  Future<Void> run(int concurrency) {
    return Future.all(Stream.generate(this::queryNext).limit(concurrency).toList()).mapEmpty();
  }

  /** Takes the next address when its query has ended, until there is none or the time is short. */
  private Future<Void> queryNext() {
    long timeLeft = timeLeftMs.getAsLong();
    if (failed || next == ADDRESSES || timeLeft < SHORTEST_MS) {
      return Future.succeededFuture();
    }
    Duration timeout = Duration.ofMillis(Math.min(QUERY_MS, timeLeft - RESERVE_MS));
    int host = next++;
    return dns.apply(DnsQueryRequest.of(prefix + host, "PTR"), timeout)
        .<Void>compose(reply -> add(host, reply.outcomes().getFirst()), this::lost)
        .compose(_ -> queryNext());
  }

  private Future<Void> add(int host, Outcome outcome) {
    switch (outcome) {
      case Outcome.Answered answered -> names[host] = name(answered.result().answers());
      case Outcome.Unanswered _ -> unanswered++;
    }
    return Future.succeededFuture();
  }

  /** A reply that is late costs its own address; any other failure of a call ends the sweep. */
  private Future<Void> lost(Throwable error) {
    if (error instanceof ServiceException call && call.code() == ErrorCode.TIMEOUT) {
      unanswered++;
      return Future.succeededFuture();
    }
    failed = true;
    return Future.failedFuture(error);
  }

  private static @Nullable String name(List<DnsRecord> answers) {
    return answers.stream()
        .filter(answer -> answer.type().equals("PTR"))
        .map(DnsRecord::data)
        .findFirst()
        .orElse(null);
  }

  /** What was found. */
  SweepReply reply(String block) {
    List<SweepReply.Name> found = new ArrayList<>();
    IntStream.range(0, ADDRESSES)
        .forEach(host -> {
          String name = names[host];
          if (name != null) {
            found.add(new SweepReply.Name(prefix + host, name));
          }
        });
    return new SweepReply(block, found, unanswered, ADDRESSES - next);
  }
}
