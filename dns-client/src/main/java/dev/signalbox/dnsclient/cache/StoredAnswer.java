package dev.signalbox.dnsclient.cache;

import dev.signalbox.contracts.dns.DnsTimings;
import dev.signalbox.dnsclient.message.AnswerReader;
import dev.signalbox.dnsclient.message.Question;
import dev.signalbox.dnsclient.message.WireTtls;
import dev.signalbox.dnsclient.resolver.LookupOutcome.Answered;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.Message;

/** An answer as it is kept: bytes, for their size is known and they are quick to count down. */
final class StoredAnswer {

  private static final int HEADER_LENGTH = 12;
  // Key, entry, and the objects in between, as measured by a heap dump, rounded up.
  private static final int OVERHEAD_BYTES = 512;

  private final Answered answer;
  private final byte[] wire;
  private final int[] ttls;
  private final long storedNanos;
  private final long lifetimeNanos;

  private StoredAnswer(Answered answer, int[] ttls, long storedNanos, long lifetimeNanos) {
    this.answer = answer;
    this.wire = answer.wire();
    this.ttls = ttls;
    this.storedNanos = storedNanos;
    this.lifetimeNanos = lifetimeNanos;
  }

  static @Nullable StoredAnswer of(Answered answer, long nowNanos, long lifetimeNanos) {
    int[] ttls = WireTtls.offsets(answer.wire());
    return ttls == null ? null : new StoredAnswer(answer, ttls, nowNanos, lifetimeNanos);
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
            message,
            copy,
            answer.resolver(),
            answer.protocol(),
            answer.tcpFallback(),
            0,
            new DnsTimings(null, null, 0),
            true);
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
    byte[] name = question.name().toWire();
    System.arraycopy(name, 0, copy, HEADER_LENGTH, name.length);
    return copy;
  }
}
