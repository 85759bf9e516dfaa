package dev.signalbox.sweep;

import dev.signalbox.contracts.dns.DnsQueryReply;
import dev.signalbox.contracts.dns.DnsQueryReply.Outcome;
import dev.signalbox.contracts.dns.DnsQueryRequest;
import dev.signalbox.contracts.dns.DnsRecord;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** One sweep: queries for every address of a block, a few at a time. Runs on one event loop. */
final class ReverseSweep {

  private static final int ADDRESSES = 256;

  private final String prefix;
  private final Function<DnsQueryRequest, Future<DnsQueryReply>> dns;
  private final @Nullable String[] names = new @Nullable String[ADDRESSES];
  private int next;
  private int unanswered;

  /**
   * A sweep.
   *
   * @param prefix the first three numbers of the block, with a final dot
   * @param dns sends queries
   */
  ReverseSweep(String prefix, Function<DnsQueryRequest, Future<DnsQueryReply>> dns) {
    this.prefix = prefix;
    this.dns = dns;
  }

  /** Queries every address, never more than {@code concurrency} at once. */
  Future<Void> run(int concurrency) {
    return Future.all(Stream.generate(this::queryNext).limit(concurrency).toList()).mapEmpty();
  }

  /** Takes the next address when its query has ended, until there are none. */
  private Future<Void> queryNext() {
    if (next == ADDRESSES) {
      return Future.succeededFuture();
    }
    int host = next++;
    return dns.apply(DnsQueryRequest.of(prefix + host, "PTR"))
        .onComplete(reply -> {
          if (reply.succeeded()
              && reply.result().outcomes().getFirst() instanceof Outcome.Answered answered) {
            names[host] = name(answered.result().answers());
          } else {
            unanswered++;
          }
        })
        .transform(_ -> queryNext());
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
    return new SweepReply(block, found, unanswered);
  }
}
