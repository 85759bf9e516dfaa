package dev.signalbox.dns;

import dev.signalbox.contracts.ErrorCode;
import dev.signalbox.contracts.ServiceException;
import dev.signalbox.contracts.TaskReply;
import dev.signalbox.contracts.TaskRequest;
import dev.signalbox.contracts.TaskType;
import dev.signalbox.contracts.dns.DnsContract;
import dev.signalbox.contracts.dns.DnsExchangeReply;
import dev.signalbox.contracts.dns.DnsExchangeRequest;
import dev.signalbox.contracts.dns.DnsQueryReply;
import dev.signalbox.contracts.dns.DnsQueryRequest;
import dev.signalbox.dns.exchange.MessageExchange;
import dev.signalbox.dns.task.DnsQueryTask;
import dev.signalbox.platform.bus.Call;
import dev.signalbox.platform.service.ServiceEndpoint;
import io.vertx.core.Future;

/** What dns-service serves on the bus. */
final class DnsEndpoint {

  private final ServiceEndpoint endpoint;
  private final DnsQueryTask task;
  private final MessageExchange exchange;

  DnsEndpoint(
      ServiceEndpoint endpoint, TaskType type, DnsQueryTask task, MessageExchange exchange) {
    this.endpoint =
        endpoint
            .serve(DnsContract.QUERY, this::query)
            .task(type, this::task)
            .serve(DnsContract.EXCHANGE, this::exchange);
    this.task = task;
    this.exchange = exchange;
  }

  private Future<DnsExchangeReply> exchange(DnsExchangeRequest request, Call call) {
    return unlessCancelled(
        call,
        exchange.answer(
            request.message().bytes(), call.remaining(), call.cancellation(), call.trace()));
  }

  private Future<DnsQueryReply> query(DnsQueryRequest request, Call call) {
    return unlessCancelled(
        call, task.run(request, call.remaining(), call.cancellation(), call.trace()));
  }

  private Future<TaskReply> task(TaskRequest request, Call call) {
    return unlessCancelled(
        call, task.run(request.params(), call.remaining(), call.cancellation(), call.trace()));
  }

  // The outcome of a cancelled look-up is no answer.
  private static <R> Future<R> unlessCancelled(Call call, Future<R> reply) {
    return reply.compose(answer ->
        call.cancellation().requested()
            ? Future.failedFuture(
                new ServiceException(ErrorCode.CANCELLED, "the caller cancelled the request"))
            : Future.succeededFuture(answer));
  }

  Future<Void> open() {
    return endpoint.open();
  }

  Future<Void> drain() {
    return endpoint.drain();
  }
}
