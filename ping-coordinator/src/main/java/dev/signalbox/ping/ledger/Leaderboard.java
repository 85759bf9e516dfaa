package dev.signalbox.ping.ledger;

import com.github.benmanes.caffeine.cache.AsyncCache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import dev.signalbox.contracts.ping.ChangeContributorRequest;
import dev.signalbox.contracts.ping.GetContributorReply;
import dev.signalbox.contracts.ping.GetContributorRequest;
import dev.signalbox.contracts.ping.ListContributorsReply;
import dev.signalbox.contracts.ping.ListContributorsRequest;
import dev.signalbox.ping.ledger.Contributors.Standing;
import dev.signalbox.platform.trace.TraceContext;
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
  private final AsyncCache<Everybody, List<Standing>> rankings;
  private final AsyncCache<ListContributorsRequest, ListContributorsReply> pages;

  Leaderboard(Database database, Contributors contributors, Ticker ticker) {
    this.database = database;
    this.contributors = contributors;
    this.rankings = cache(ticker);
    this.pages = cache(ticker);
  }

  private Leaderboard(Leaderboard all, Database traced) {
    this.database = traced;
    this.contributors = all.contributors;
    this.rankings = all.rankings;
    this.pages = all.pages;
  }

  /** The same for the work of one request. */
  Leaderboard traced(TraceContext trace) {
    return new Leaderboard(this, database.traced(trace));
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
        // A contributor who leaves the leaderboard must disappear at once.
        .onSuccess(_ -> pages.synchronous().invalidateAll());
  }

  private Future<ListContributorsReply> read(ListContributorsRequest request) {
    return ranking()
        .compose(ranking -> database.read(session -> contributors.list(session, ranking, request)));
  }

  private Future<List<Standing>> ranking() {
    return shared(rankings, Everybody.RANKED, () -> database.read(contributors::ranking));
  }

  /** Of values that are kept from the time on that they are read. */
  private static <K, V> AsyncCache<K, V> cache(Ticker ticker) {
    return Caffeine.newBuilder()
        .ticker(ticker)
        .expireAfterWrite(KEPT)
        .maximumSize(MAX_PAGES)
        .buildAsync();
  }

  /** A value that is read once for all who ask while it is read or kept. */
  private static <K, V> Future<V> shared(AsyncCache<K, V> cache, K key, Supplier<Future<V>> read) {
    return Future.fromCompletionStage(
        cache.get(key, (_, _) -> read.get().toCompletionStage().toCompletableFuture()));
  }
}
