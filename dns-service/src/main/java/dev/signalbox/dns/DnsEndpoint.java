package dev.signalbox.dns;

import dev.signalbox.contracts.TaskReply;
import dev.signalbox.contracts.TaskRequest;
import dev.signalbox.contracts.TaskType;
import dev.signalbox.dns.task.DnsQueryTask;
import dev.signalbox.platform.bus.Call;
import dev.signalbox.platform.service.ServiceEndpoint;
import io.vertx.core.Future;

/** What dns-service serves on the bus. */
final class DnsEndpoint {

  private final ServiceEndpoint endpoint;
  private final DnsQueryTask task;

  DnsEndpoint(ServiceEndpoint endpoint, TaskType type, DnsQueryTask task) {
    this.endpoint = endpoint.task(type, this::query);
    this.task = task;
  }

  private Future<TaskReply> query(TaskRequest request, Call call) {
    return task.run(request.params(), call.remaining());
  }

  Future<Void> open() {
    return endpoint.open();
  }

  Future<Void> drain() {
    return endpoint.drain();
  }
}
