package dev.signalbox.serverfactory;

import dev.signalbox.contracts.ErrorCode;
import dev.signalbox.contracts.FieldProblem;
import dev.signalbox.contracts.ServiceException;
import dev.signalbox.contracts.TaskError;
import dev.signalbox.contracts.TaskReply;
import dev.signalbox.contracts.TaskRequest;
import dev.signalbox.contracts.serverfactory.ListServersReply;
import dev.signalbox.contracts.serverfactory.ListServersRequest;
import dev.signalbox.contracts.serverfactory.ServerChanged;
import dev.signalbox.contracts.serverfactory.ServerFactoryContract;
import dev.signalbox.contracts.serverfactory.StartServerReply;
import dev.signalbox.contracts.serverfactory.StartServerRequest;
import dev.signalbox.contracts.serverfactory.StopServerReply;
import dev.signalbox.contracts.serverfactory.StopServerRequest;
import dev.signalbox.contracts.serverfactory.TakeOverServersReply;
import dev.signalbox.contracts.serverfactory.TakeOverServersRequest;
import dev.signalbox.platform.bus.Bus;
import dev.signalbox.platform.bus.Call;
import dev.signalbox.platform.service.ServiceEndpoint;
import dev.signalbox.platform.task.TaskParams;
import dev.signalbox.serverfactory.definition.Page;
import dev.signalbox.storage.IdempotencyLog;
import dev.signalbox.storage.StoredText;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The operations of server-factory-service. */
final class ServerFactoryEndpoint {

  // An owner that hangs must leave time to say so.
  private static final Duration OWNER_PATIENCE = Duration.ofSeconds(3);

  private final ServerFactory factory;
  private final Handover handover;
  private final Bus bus;
  private final int maxResponse;
  private final ServerFactoryTasks tasks;

  ServerFactoryEndpoint(ServerFactory factory, Handover handover, Bus bus, int maxResponse) {
    this.factory = factory;
    this.handover = handover;
    this.bus = bus;
    this.maxResponse = maxResponse;
    this.tasks = new ServerFactoryTasks(maxResponse);
  }

  void register(ServiceEndpoint endpoint) {
    endpoint
        .serve(ServerFactoryContract.START, this::start)
        .serve(ServerFactoryContract.STOP, this::stop)
        .serveHere(
            ServerFactoryContract.STOP, (request, call) -> factory.stopHere(request.serverId()))
        .serve(ServerFactoryContract.LIST, this::list)
        .serve(ServerFactoryContract.TAKE_OVER, this::takeOver)
        .task(tasks.start.type(), this::startTask)
        .task(ServerFactoryTasks.STOP.type(), this::stopTask)
        .task(ServerFactoryTasks.LIST.type(), this::listTask);
  }

  private Future<StartServerReply> start(StartServerRequest request, Call call) {
    List<FieldProblem> problems = new ArrayList<>();
    String uri = Page.problem(request.pageUri());
    if (!uri.isEmpty()) {
      problems.add(new FieldProblem("/page_uri", uri));
    }
    if (request.responseData().length() > maxResponse) {
      problems.add(
          new FieldProblem("/response_data", "must be at most " + maxResponse + " characters"));
    }
    if (!StoredText.valid(request.responseData())) {
      problems.add(new FieldProblem("/response_data", StoredText.RULE));
    }
    String key = request.idempotencyKey();
    if (key != null && !IdempotencyLog.isKey(key)) {
      problems.add(new FieldProblem("/idempotency_key", IdempotencyLog.KEY_RULE));
    }
    return problems.isEmpty()
        ? factory.start(request, call.remaining()).onSuccess(this::onStart)
        : Future.failedFuture(
            new ServiceException(
                ErrorCode.INVALID_REQUEST, "the server cannot be made as described", problems));
  }

  private void onStart(StartServerReply reply) {
    if (reply instanceof StartServerReply.Started(var server, boolean repeated) && !repeated) {
      bus.publish(ServerFactoryContract.CHANGED, new ServerChanged("created", server));
    }
  }

  // Only here, not at the owner that this instance asks to stop the server.
  private void onStop(StopServerReply reply) {
    bus.publish(ServerFactoryContract.CHANGED, new ServerChanged("deleted", reply.server()));
  }

  private Future<StopServerReply> stop(StopServerRequest request, Call call) {
    return factory
        .stop(
            request.serverId(),
            (node, serverId) ->
                bus.call(
                    ServerFactoryContract.STOP.at(node),
                    new StopServerRequest(serverId),
                    call.atMost(OWNER_PATIENCE)))
        .onSuccess(this::onStop);
  }

  private Future<ListServersReply> list(ListServersRequest request, Call call) {
    return factory.list();
  }

  private Future<TakeOverServersReply> takeOver(TakeOverServersRequest request, Call call) {
    return handover
        .accept(request.node(), Set.copyOf(request.serverIds()))
        .map(taken -> new TakeOverServersReply(List.copyOf(taken)));
  }

  private Future<TaskReply> startTask(TaskRequest request, Call call) {
    TaskParams params = TaskParams.of(request.params());
    Integer given = ServerFactoryTasks.PORT.read(params);
    String pageUri = ServerFactoryTasks.PAGE_URI.read(params);
    String data = tasks.responseData.read(params);
    if (!pageUri.isEmpty() && !Page.problem(pageUri).isEmpty()) {
      ServerFactoryTasks.PAGE_URI.problem(params, Page.problem(pageUri));
    }
    if (data != null && !StoredText.valid(data)) {
      tasks.responseData.problem(params, StoredText.RULE);
    }
    Optional<TaskError> problem = params.problem();
    if (problem.isPresent()) {
      return Future.succeededFuture(new TaskReply.Failed(problem.get()));
    }
    // Only a port left out means any: a client that sends 0 has always got the range as an error.
    int port = given == null ? 0 : given == 0 ? -1 : given;
    StartServerRequest wish =
        new StartServerRequest(port, pageUri, data == null ? "" : data, null, null);
    return start(wish, call)
        .map(reply ->
            switch (reply) {
              case StartServerReply.Started(var server, boolean _) ->
                  TaskReply.Finished.of(
                      new ServerFactoryTasks.Started("success", server.serverId(), server.port()));
              case StartServerReply.Refused(var reason, String message, boolean _) ->
                  new TaskReply.Failed(ServerFactoryTasks.refusal(reason, message));
            });
  }

  private Future<TaskReply> stopTask(TaskRequest request, Call call) {
    TaskParams params = TaskParams.of(request.params());
    String id = ServerFactoryTasks.SERVER_ID.read(params);
    Optional<TaskError> problem = params.problem();
    if (problem.isPresent()) {
      return Future.succeededFuture(new TaskReply.Failed(problem.get()));
    }
    return stop(new StopServerRequest(id), call)
        .<TaskReply>map(stopped ->
            TaskReply.Finished.of(
                new ServerFactoryTasks.Stopped(
                    "success", "Server " + stopped.server().serverId() + " stopped")))
        .recover(failure ->
            failure instanceof ServiceException fault && fault.code() == ErrorCode.NOT_FOUND
                ? Future.succeededFuture(new TaskReply.Failed(ServerFactoryTasks.notFound(fault)))
                : Future.failedFuture(failure));
  }

  private Future<TaskReply> listTask(TaskRequest request, Call call) {
    Optional<TaskError> problem = TaskParams.of(request.params()).problem();
    if (problem.isPresent()) {
      return Future.succeededFuture(new TaskReply.Failed(problem.get()));
    }
    return factory
        .list()
        .map(reply ->
            TaskReply.Finished.of(
                new ServerFactoryTasks.Listed(
                    "success",
                    reply.servers().stream().map(ServerFactoryTasks.Listed.Server::of).toList())));
  }
}
