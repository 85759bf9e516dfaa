package dev.signalbox.gateway.census;

import dev.signalbox.contracts.ErrorCode;
import dev.signalbox.contracts.ServiceException;
import dev.signalbox.contracts.ping.ListErrorsRequest;
import dev.signalbox.contracts.ping.ListInProgressRequest;
import dev.signalbox.contracts.ping.PingContract;
import dev.signalbox.contracts.ping.TaskFault;
import dev.signalbox.gateway.backend.Backend;
import io.vertx.core.Future;
import io.vertx.ext.web.RoutingContext;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.function.Function;

/** Reads whole lists of the ledger for the classic calls, which have no pages. */
final class Ledger {

  private static final int PAGE_OF_ERRORS = 10_000;
  private static final int MAX_ITEMS = 200_000;

  private final Backend backend;

  Ledger(Backend backend) {
    this.backend = backend;
  }

  private record Page<T>(List<T> items, boolean more) {}

  /** Every error, oldest first. */
  Future<List<TaskFault>> errors(RoutingContext ctx) {
    return all(
        new ArrayList<>(),
        all -> {
          long after = all.isEmpty() ? 0 : all.getLast().id();
          return backend
              .call(ctx, PingContract.LIST_ERRORS, new ListErrorsRequest(after, PAGE_OF_ERRORS))
              .map(reply -> new Page<>(reply.errors(), reply.more()));
        });
  }

  /** The index of every task in progress. */
  Future<BitSet> inProgress(RoutingContext ctx) {
    return backend
        .call(ctx, PingContract.LIST_IN_PROGRESS, new ListInProgressRequest())
        .map(reply -> {
          BitSet indices = reply.indices();
          if (indices.cardinality() > MAX_ITEMS) {
            throw tooMany();
          }
          return indices;
        });
  }

  private static ServiceException tooMany() {
    return new ServiceException(
        ErrorCode.LIMIT_REACHED, "More than " + MAX_ITEMS + " items; use /api/v1/census");
  }

  /** Appends page after page. */
  private static <T> Future<List<T>> all(List<T> all, Function<List<T>, Future<Page<T>>> nextPage) {
    return nextPage
        .apply(all)
        .compose(page -> {
          all.addAll(page.items());
          if (!page.more() || page.items().isEmpty()) {
            return Future.succeededFuture(all);
          }
          if (all.size() > MAX_ITEMS) {
            throw tooMany();
          }
          return all(all, nextPage);
        });
  }
}
