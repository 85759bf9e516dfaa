package dev.signalbox.httpprobe;

import dev.signalbox.contracts.ErrorCode;
import dev.signalbox.contracts.FieldProblem;
import dev.signalbox.contracts.ServiceException;
import dev.signalbox.contracts.TaskError;
import dev.signalbox.contracts.TaskReply;
import dev.signalbox.contracts.TaskRequest;
import dev.signalbox.contracts.httpprobe.HttpProbeContract;
import dev.signalbox.contracts.httpprobe.ProbeRequest;
import dev.signalbox.httpprobe.phase.Phase;
import dev.signalbox.httpprobe.phase.ProbeException;
import dev.signalbox.httpprobe.probe.Probe;
import dev.signalbox.httpprobe.probe.ProbeReport;
import dev.signalbox.httpprobe.probe.ProbeResult;
import dev.signalbox.httpprobe.probe.Probes;
import dev.signalbox.httpprobe.task.GetTaskReader;
import dev.signalbox.httpprobe.task.HttpProbeTasks;
import dev.signalbox.httpprobe.task.ProbeTask;
import dev.signalbox.httpprobe.task.ProbeTaskReader;
import dev.signalbox.httpprobe.tls.ClientCertificates;
import dev.signalbox.platform.bus.Call;
import dev.signalbox.platform.bus.Cancellation;
import dev.signalbox.platform.limit.MemoryBudget;
import dev.signalbox.platform.service.ServiceEndpoint;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The operations of http-probe-service. */
final class HttpProbeEndpoint {

  private static final String GET_FAILED = "HTTP GET request failed: ";

  // A reply needs time to get back to whoever waits until the call's deadline.
  private static final Duration WAY_BACK = Duration.ofMillis(50);

  /** A body longer than this is searched for assertions, and made a result, off the event loop. */
  private static final int LONG_BODY = 262_144;

  private final Vertx vertx;
  private final ProbeTaskReader probeReader;
  private final GetTaskReader getReader;
  private final HttpProbeTasks types;
  private final Probes probes;
  private final MemoryBudget bodies;

  HttpProbeEndpoint(
      Vertx vertx,
      HttpProbeConfig config,
      ClientCertificates certificates,
      Probes probes,
      MemoryBudget bodies) {
    this.vertx = vertx;
    this.probeReader = new ProbeTaskReader(config, certificates::named);
    this.getReader = new GetTaskReader(config, probeReader);
    this.types = new HttpProbeTasks(config);
    this.probes = probes;
    this.bodies = bodies;
  }

  void register(ServiceEndpoint endpoint) {
    endpoint
        .serve(HttpProbeContract.PROBE, this::probe)
        .task(types.get(), this::get)
        .task(types.probe(), this::probeTask);
  }

  private Future<TaskReply> probe(ProbeRequest request, Call call) {
    return read(request.caPem() != null, () -> probeReader.read(request))
        .compose(read ->
            switch (read) {
              case ProbeTaskReader.Read.Bad(TaskError error, List<FieldProblem> problems) ->
                  Future.failedFuture(
                      new ServiceException(ErrorCode.INVALID_REQUEST, error.message(), problems));
              case ProbeTaskReader.Read.Good(ProbeTask task) -> probe(task, call);
            });
  }

  private Future<TaskReply> probeTask(TaskRequest request, Call call) {
    return read(request.params().get("ca_pem") != null, () -> probeReader.read(request))
        .compose(read ->
            switch (read) {
              case ProbeTaskReader.Read.Bad(TaskError error, _) -> refused(error);
              case ProbeTaskReader.Read.Good(ProbeTask task) -> probe(task, call);
            });
  }

  /** Certificates are parsed off the event loop. */
  private Future<ProbeTaskReader.Read> read(
      boolean certificates, Supplier<ProbeTaskReader.Read> reading) {
    return certificates
        ? vertx.executeBlocking(reading::get, false).map(Objects::requireNonNull)
        : Future.succeededFuture(reading.get());
  }

  private Future<TaskReply> probe(ProbeTask task, Call call) {
    return run(task, call)
        .compose(result -> report(result, ProbeReport::full, call))
        .recover(failure -> failed(failure, ""));
  }

  private Future<TaskReply> report(
      ProbeResult result, Function<ProbeReport, Map<String, @Nullable Object>> form, Call call) {
    if (result.heldBytes() <= LONG_BODY) {
      bodies.release(result.heldBytes());
      return Future.succeededFuture(TaskReply.Finished.of(form.apply(new ProbeReport(result))));
    }
    // The body is counted until a worker thread is done with it.
    return vertx
        .executeBlocking(
            () -> {
              if (call.cancellation().requested() || call.expired()) {
                throw cancelled();
              }
              return form.apply(new ProbeReport(result));
            },
            false)
        .map(map -> (TaskReply) TaskReply.Finished.of(Objects.requireNonNull(map)))
        .onComplete(_ -> bodies.release(result.heldBytes()));
  }

  private Future<TaskReply> get(TaskRequest request, Call call) {
    long started = System.nanoTime();
    return switch (getReader.read(request)) {
      case GetTaskReader.Read.Bad(TaskError error) -> refused(error);
      case GetTaskReader.Read.Good(ProbeTask task, @Nullable ProbeTask inTheClear) ->
          run(task, call)
              .recover(failure -> inTheClear(inTheClear, started, failure, call))
              .compose(result -> report(result, ProbeReport::brief, call))
              .recover(failure -> failed(failure, GET_FAILED));
    };
  }

  // The request carries no secrets, and plain HTTP is tried only at the very target that answered
  // TLS's first packet with it, or not at all.
  private Future<ProbeResult> inTheClear(
      @Nullable ProbeTask task, long started, Throwable failure, Call call) {
    if (task == null || !(failure instanceof ProbeException probe) || !probe.plainHttp()) {
      return Future.failedFuture(failure);
    }
    Duration left = task.timeout().minusNanos(System.nanoTime() - started);
    return left.isPositive()
        ? run(task.withTimeout(left), call)
        : Future.failedFuture(ProbeException.timeout(Phase.TLS, "no time is left for plain HTTP"));
  }

  private Future<ProbeResult> run(ProbeTask task, Call call) {
    Duration left = call.remaining().minus(WAY_BACK);
    if (left.compareTo(Duration.ZERO) <= 0) {
      return Future.failedFuture(
          ProbeException.timeout(null, "no time is left to carry out the task"));
    }
    if (call.cancellation().requested()) {
      return Future.failedFuture(cancelled());
    }
    Probe probe =
        probes.start(
            task.timeout().compareTo(left) <= 0 ? task : task.withTimeout(left),
            call.cancellation(),
            call.trace());
    Cancellation.Registration registration =
        call.cancellation().onRequest(() -> probe.cancel(cancelled()));
    return probe.result().onComplete(_ -> registration.remove());
  }

  private static ServiceException cancelled() {
    return new ServiceException(ErrorCode.CANCELLED, "the caller cancelled the probe");
  }

  private static Future<TaskReply> refused(TaskError error) {
    return Future.succeededFuture(new TaskReply.Failed(error));
  }

  private static Future<TaskReply> failed(Throwable failure, String before) {
    if (!(failure instanceof ProbeException probe)) {
      return Future.failedFuture(failure);
    }
    TaskError error = probe.error();
    return Future.succeededFuture(
        new TaskReply.Failed(
            new TaskError(
                error.code(),
                before + error.message(),
                error.phase(),
                error.source(),
                error.retryable(),
                error.details())));
  }
}
