package dev.signalbox.sweep;

import dev.signalbox.contracts.ErrorCode;
import dev.signalbox.contracts.ServiceException;
import dev.signalbox.contracts.TaskError;
import dev.signalbox.contracts.TaskReply;
import dev.signalbox.contracts.TaskRequest;
import dev.signalbox.contracts.dns.DnsContract;
import dev.signalbox.contracts.net.Cidr;
import dev.signalbox.platform.bus.Bus;
import dev.signalbox.platform.bus.Call;
import dev.signalbox.platform.service.ServiceEndpoint;
import dev.signalbox.platform.task.Param;
import dev.signalbox.platform.task.TaskParams;
import dev.signalbox.platform.task.TaskSpec;
import io.vertx.core.Future;
import java.util.Optional;

/** What sweep-service serves on the bus. */
final class SweepEndpoint {

  private static final int LONGEST_BLOCK = 18;

  private static final Param<String> BLOCK =
      Param.text("block", "Addresses to look up the names of, an IPv4 /24", LONGEST_BLOCK)
          .titled("Block")
          .examples("192.0.2.0/24");

  private static final TaskSpec TASK =
      TaskSpec.of(
          "reverse_sweep",
          "Looks up the names of the 256 addresses of a block",
          SweepContract.REVERSE_TASK,
          BLOCK);

  private final SweepConfig config;
  private final Bus bus;

  SweepEndpoint(SweepConfig config, Bus bus) {
    this.config = config;
    this.bus = bus;
  }

  void register(ServiceEndpoint endpoint) {
    endpoint.serve(SweepContract.REVERSE, this::sweep).task(TASK.type(), this::task);
  }

  private Future<SweepReply> sweep(SweepRequest request, Call call) {
    String prefix =
        prefix(request.block())
            .orElseThrow(
                () -> new ServiceException(ErrorCode.INVALID_REQUEST, "block must be an IPv4 /24"));
    // The queries never outlive the sweep, and are cancelled with it.
    ReverseSweep sweep =
        new ReverseSweep(
            prefix,
            call::remainingMillis,
            (query, timeout) -> bus.call(DnsContract.QUERY, query, call.atMost(timeout)));
    return sweep.run(config.concurrency()).map(_ -> sweep.reply(request.block()));
  }

  private Future<TaskReply> task(TaskRequest request, Call call) {
    TaskParams params = TaskParams.of(request.params());
    String block = BLOCK.read(params);
    if (!block.isEmpty() && prefix(block).isEmpty()) {
      BLOCK.problem(params, "must be an IPv4 /24");
    }
    Optional<TaskError> problem = params.problem();
    return problem.isPresent()
        ? Future.succeededFuture(new TaskReply.Failed(problem.get()))
        : sweep(new SweepRequest(block), call).map(TaskReply.Finished::of);
  }

  /** The first three numbers of a /24, with a final dot. */
  private static Optional<String> prefix(String block) {
    try {
      Cidr cidr = Cidr.parse(block);
      String text = cidr.toString();
      return cidr.bits() == 24 && text.endsWith(".0/24")
          ? Optional.of(text.substring(0, text.length() - "0/24".length()))
          : Optional.empty();
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
