package dev.signalbox.dnsclient.cache;

import dev.signalbox.contracts.dns.DnsTimings;
import dev.signalbox.dnsclient.message.AnswerReader;
import dev.signalbox.dnsclient.message.Question;
import dev.signalbox.dnsclient.message.QuestionCase;
import dev.signalbox.dnsclient.message.WireTtls;
import dev.signalbox.dnsclient.resolver.LookupOutcome.Answered;
import dev.signalbox.dnsclient.transport.Protocol;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.Message;

/** An answer as it is kept: bytes, for their size is known and they are quick to count down. */
final class StoredAnswer {

  // Key, entry, and the objects in between, as measured by a heap dump, rounded up.
  private static final int OVERHEAD_BYTES = 512;

  private final String resolver;
  private final Protocol protocol;
  private final boolean tcpFallback;
  private final byte[] wire;
  private final int[] ttls;
  private final long storedNanos;
  private final long lifetimeNanos;

  private StoredAnswer(
      Answered answer, byte[] wire, int[] ttls, long storedNanos, long lifetimeNanos) {
    this.resolver = answer.resolver();
    this.protocol = answer.protocol();
    this.tcpFallback = answer.tcpFallback();
    this.wire = wire;
    this.ttls = ttls;
    this.storedNanos = storedNanos;
    this.lifetimeNanos = lifetimeNanos;
  }

  /**
   * An answer to keep; null when it cannot be.
   *
   * @param longestTtl what no TTL of it is above, seconds
   */
  static @Nullable StoredAnswer of(
      Answered answer, long longestTtl, long nowNanos, long lifetimeNanos) {
    byte[] wire = answer.wire().clone();
    int[] ttls = WireTtls.offsets(wire);
    if (ttls == null) {
      return null;
    }
    WireTtls.cap(wire, ttls, longestTtl);
    return new StoredAnswer(answer, wire, ttls, nowNanos, lifetimeNanos);
  }

  long lifetimeNanos() {
    return lifetimeNanos;
  }

  int bytes() {
    return wire.length + ttls.length * Integer.BYTES + OVERHEAD_BYTES;
  }

  /** The answer as it is now, to a question in the asker's own case. */
  @Nullable Answered at(long nowNanos, Question question) {
    long age = TimeUnit.NANOSECONDS.toSeconds(nowNanos - storedNanos);
    byte[] copy = inCaseOf(question, wire);
    WireTtls.age(copy, ttls, age);
    Message message = AnswerReader.decode(copy);
    return message == null
        ? null
        : new Answered(
            message, copy, resolver, protocol, tcpFallback, 0, new DnsTimings(null, null, 0), true);
  }

  /** An answer to one asker as another sees it, who wrote the name in another case. */
  static Answered shared(Answered answer, Question question) {
    Message message = answer.message();
    if (message.getQuestion() == null
        || message.getQuestion().getName().toString().equals(question.nameText())) {
      return answer;
    }
    byte[] copy = inCaseOf(question, answer.wire());
    Message recased = AnswerReader.decode(copy);
    return recased == null
        ? answer
        : new Answered(
            recased,
            copy,
            answer.resolver(),
            answer.protocol(),
            answer.tcpFallback(),
            answer.attempts(),
            answer.timings(),
            false);
  }

  private static byte[] inCaseOf(Question question, byte[] wire) {
    byte[] copy = wire.clone();
    QuestionCase.rewrite(copy, question.name().toWire());
    return copy;
  }
}
