package dev.signalbox.dnsclient.cache;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import com.github.benmanes.caffeine.cache.RemovalCause;
import dev.signalbox.dnsclient.message.Freshness;
import dev.signalbox.dnsclient.message.Question;
import dev.signalbox.dnsclient.resolver.LookupOutcome.Answered;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Section;

/** Answers, each for as long as it holds, all within a bound of bytes. */
final class AnswerCache {

  private final SharedAnswers.Limits limits;
  private final LongSupplier nanoClock;
  private final CacheMeters meters;
  private final Cache<CacheKey, StoredAnswer> answers;

  AnswerCache(
      SharedAnswers.Limits limits, LongSupplier nanoClock, MeterRegistry metrics, String client) {
    this.limits = limits;
    this.nanoClock = nanoClock;
    this.meters = new CacheMeters(metrics, client);
    this.answers =
        Caffeine.newBuilder()
            .maximumWeight(limits.bytes())
            .<CacheKey, StoredAnswer>weigher((_, answer) -> answer.bytes())
            .expireAfter(
                Expiry.<CacheKey, StoredAnswer>creating(
                    (_, answer) -> Duration.ofNanos(answer.lifetimeNanos())))
            .ticker(nanoClock::getAsLong)
            // Upkeep is a few pointers at a time: not worth another thread.
            .executor(Runnable::run)
            .removalListener((_, _, cause) -> removed(cause))
            .build();
    meters.sizes(answers::estimatedSize, this::bytes);
  }

  private void removed(RemovalCause cause) {
    if (cause == RemovalCause.SIZE) {
      meters.evicted();
    } else if (cause == RemovalCause.EXPIRED) {
      meters.expired();
    }
  }

  private long bytes() {
    return answers.policy().eviction().stream()
        .mapToLong(policy -> policy.weightedSize().orElse(0))
        .sum();
  }

  CacheMeters meters() {
    return meters;
  }

  /** The answer for a key, counted down; null when there is none. */
  @Nullable Answered find(CacheKey key, Question asked) {
    StoredAnswer stored = answers.getIfPresent(key);
    return stored == null ? null : stored.at(nanoClock.getAsLong(), asked);
  }

  /** Keeps an answer that may be kept. */
  void keep(CacheKey key, Answered answered) {
    Message message = answered.message();
    Freshness freshness = Freshness.of(message, key.question());
    long seconds = freshness.seconds();
    // Cut short is not whole; without a question it cannot be another's answer.
    if (seconds <= 0
        || message.getHeader().getFlag(Flags.TC)
        || message.getSection(Section.QUESTION).size() != 1) {
      return;
    }
    boolean negative = freshness.negative();
    Duration longest = negative ? limits.longestNegative() : limits.longest();
    long lifetime = Math.min(Duration.ofSeconds(seconds).toNanos(), longest.toNanos());
    // What is left of a negative answer is what is left of its SOA's TTL, which its minimum bounds
    // (RFC 2308 section 5).
    long longestTtl = negative ? seconds : Integer.MAX_VALUE;
    StoredAnswer stored = StoredAnswer.of(answered, longestTtl, nanoClock.getAsLong(), lifetime);
    if (stored != null) {
      answers.put(key, stored);
    }
  }

  /** Forgets everything. */
  void close() {
    answers.invalidateAll();
    meters.close();
  }
}
