package dev.signalbox.ping.ledger;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import com.github.benmanes.caffeine.cache.Ticker;
import dev.signalbox.contracts.ping.ChangeContributorRequest;
import dev.signalbox.contracts.ping.GetContributorReply;
import dev.signalbox.contracts.ping.GetContributorRequest;
import dev.signalbox.contracts.ping.ListContributorsReply;
import dev.signalbox.contracts.ping.ListContributorsRequest;
import dev.signalbox.ping.ledger.Contributors.Standing;
import dev.signalbox.storage.Database;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;

/**
 * Contributors and their ranks. To rank them takes as long as there are results, so that is done
 * once for all who ask within some seconds, and once for all who ask at the same time.
 */
final class Leaderboard {

  /** How old the leaderboard may be. */
  static final Duration KEPT = Duration.ofSeconds(3);

  /** Beyond it a reader is taken for lost. */
  private static final Duration LONGEST_READ = Duration.ofMinutes(1);

  private static final int MAX_PAGES = 50;

  /** Pages of more are rare and large. */
  private static final int MAX_PAGE = 1_000;

  private enum Everybody {
    RANKED
  }

  private final Database database;
  private final Contributors contributors;
  private final Cache<Everybody, Future<List<Standing>>> rankings;
  private final Cache<ListContributorsRequest, Future<ListContributorsReply>> pages;

  Leaderboard(Database database, Contributors contributors, Ticker ticker) {
    this.database = database;
    this.contributors = contributors;
    this.rankings = cache(ticker);
    this.pages = cache(ticker);
  }

  Future<ListContributorsReply> list(ListContributorsRequest request) {
    return request.limit() > MAX_PAGE ? read(request) : shared(pages, request, () -> read(request));
  }

  Future<GetContributorReply> get(GetContributorRequest request) {
    return ranking()
        .compose(ranking -> database.read(session -> contributors.get(session, ranking, request)));
  }

  Future<GetContributorReply> change(ChangeContributorRequest request) {
    return ranking()
        .compose(ranking ->
            database.writeRepeatable(session -> contributors.change(session, ranking, request)))
        // Who no more wants to be listed is not, from now on.
        .onSuccess(_ -> pages.invalidateAll());
  }

  private Future<ListContributorsReply> read(ListContributorsRequest request) {
    return ranking()
        .compose(ranking -> database.read(session -> contributors.list(session, ranking, request)));
  }

  private Future<List<Standing>> ranking() {
    return shared(rankings, Everybody.RANKED, () -> database.read(contributors::ranking));
  }

  private static <K, V> Cache<K, Future<V>> cache(Ticker ticker) {
    return Caffeine.newBuilder()
        .ticker(ticker)
        .expireAfter(
            Expiry.<K, Future<V>>writing((_, value) -> value.isComplete() ? KEPT : LONGEST_READ))
        .maximumSize(MAX_PAGES)
        .build();
  }

  /** A value that is read once for all who ask while it is read or kept. */
  private static <K, V> Future<V> shared(
      Cache<K, Future<V>> cache, K key, Supplier<Future<V>> read) {
    Promise<V> promise = Promise.promise();
    Future<V> value = promise.future();
    Future<V> other = cache.asMap().putIfAbsent(key, value);
    if (other != null) {
      return other;
    }
    read.get()
        .onComplete(done -> {
          promise.handle(done);
          if (done.succeeded()) {
            // Kept from now on, not from when it was asked for, or slow reads would pile up.
            cache.asMap().replace(key, value, value);
          } else {
            cache.asMap().remove(key, value);
          }
        });
    return value;
  }
}
