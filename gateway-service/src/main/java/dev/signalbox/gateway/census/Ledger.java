package dev.signalbox.gateway.census;

import dev.signalbox.contracts.ErrorCode;
import dev.signalbox.contracts.ServiceException;
import dev.signalbox.contracts.ping.ListErrorsRequest;
import dev.signalbox.contracts.ping.ListTasksRequest;
import dev.signalbox.contracts.ping.PingContract;
import dev.signalbox.contracts.ping.TaskFault;
import dev.signalbox.contracts.ping.TaskRow;
import dev.signalbox.contracts.ping.TaskStatus;
import dev.signalbox.gateway.backend.Backend;
import io.vertx.core.Future;
import io.vertx.ext.web.RoutingContext;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** Reads whole lists of the ledger, page by page, for the classic calls, which have no pages. */
final class Ledger {

  private static final int PAGE_OF_ERRORS = 10_000;
  private static final int PAGE_OF_TASKS = 65_536;
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

  /** Every task in progress, by index. */
  Future<List<TaskRow>> inProgress(RoutingContext ctx) {
    return all(
        new ArrayList<>(),
        all -> {
          int after = all.isEmpty() ? -1 : all.getLast().index();
          var request = new ListTasksRequest(TaskStatus.IN_PROGRESS, after, PAGE_OF_TASKS);
          return backend
              .call(ctx, PingContract.LIST_TASKS, request)
              .map(reply -> new Page<>(reply.tasks(), reply.more()));
        });
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
            throw new ServiceException(
                ErrorCode.LIMIT_REACHED, "More than " + MAX_ITEMS + " items; use /api/v1/census");
          }
          return all(all, nextPage);
        });
  }
}
