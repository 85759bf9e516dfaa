package dev.signalbox.ping.ledger;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import dev.signalbox.contracts.ping.ChangeContributorRequest;
import dev.signalbox.contracts.ping.GetContributorReply;
import dev.signalbox.contracts.ping.GetContributorRequest;
import dev.signalbox.contracts.ping.ListContributorsReply;
import dev.signalbox.contracts.ping.ListContributorsRequest;
import dev.signalbox.ping.ledger.Contributors.Standing;
import dev.signalbox.storage.Database;
import io.vertx.core.Future;
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
    this.rankings = Caffeine.newBuilder().ticker(ticker).expireAfterWrite(KEPT).build();
    this.pages =
        Caffeine.newBuilder().ticker(ticker).expireAfterWrite(KEPT).maximumSize(MAX_PAGES).build();
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

  /** A value that is read once for all who ask while it is read or kept. */
  private static <K, V> Future<V> shared(
      Cache<K, Future<V>> cache, K key, Supplier<Future<V>> read) {
    Future<V> value = cache.get(key, _ -> read.get());
    return value.onFailure(_ -> cache.asMap().remove(key, value));
  }
}
