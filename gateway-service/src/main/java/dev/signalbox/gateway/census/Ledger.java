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

/** Whole lists of the ledger, page by page, for the classic calls that know no pages. */
final class Ledger {

  private static final int PAGE_OF_ERRORS = 10_000;
  private static final int PAGE_OF_TASKS = 65_536;
  private static final int MAX_ITEMS = 200_000;

  private final Backend backend;

  Ledger(Backend backend) {
    this.backend = backend;
  }

  /** Every error, oldest first. */
  Future<List<TaskFault>> errors(RoutingContext ctx) {
    return errors(ctx, 0, new ArrayList<>());
  }

  private Future<List<TaskFault>> errors(RoutingContext ctx, long after, List<TaskFault> all) {
    return backend
        .call(ctx, PingContract.LIST_ERRORS, new ListErrorsRequest(after, PAGE_OF_ERRORS))
        .compose(page -> {
          all.addAll(page.errors());
          if (!page.more() || page.errors().isEmpty()) {
            return Future.succeededFuture(all);
          }
          checkSize(all);
          return errors(ctx, page.errors().getLast().id(), all);
        });
  }

  /** Every task in progress, by index. */
  Future<List<TaskRow>> inProgress(RoutingContext ctx) {
    return inProgress(ctx, -1, new ArrayList<>());
  }

  private Future<List<TaskRow>> inProgress(RoutingContext ctx, int after, List<TaskRow> all) {
    return backend
        .call(
            ctx,
            PingContract.LIST_TASKS,
            new ListTasksRequest(TaskStatus.IN_PROGRESS, after, PAGE_OF_TASKS))
        .compose(page -> {
          all.addAll(page.tasks());
          if (!page.more() || page.tasks().isEmpty()) {
            return Future.succeededFuture(all);
          }
          checkSize(all);
          return inProgress(ctx, page.tasks().getLast().index(), all);
        });
  }

  private static void checkSize(List<?> all) {
    if (all.size() > MAX_ITEMS) {
      throw new ServiceException(
          ErrorCode.LIMIT_REACHED, "More than " + MAX_ITEMS + " items; use /api/v1/census");
    }
  }
}
