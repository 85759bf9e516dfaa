package dev.signalbox.serverfactory;

import dev.signalbox.contracts.ErrorCode;
import dev.signalbox.contracts.FieldProblem;
import dev.signalbox.contracts.Operation;
import dev.signalbox.contracts.ServiceException;
import dev.signalbox.contracts.TaskError;
import dev.signalbox.contracts.TaskReply;
import dev.signalbox.contracts.TaskRequest;
import dev.signalbox.contracts.serverfactory.ClearServerRequestsRequest;
import dev.signalbox.contracts.serverfactory.CountServerRequestsRequest;
import dev.signalbox.contracts.serverfactory.ListServerRequestsRequest;
import dev.signalbox.contracts.serverfactory.ListServersReply;
import dev.signalbox.contracts.serverfactory.ListServersRequest;
import dev.signalbox.contracts.serverfactory.ReplaceRoutesRequest;
import dev.signalbox.contracts.serverfactory.ResetScenariosRequest;
import dev.signalbox.contracts.serverfactory.ServerChanged;
import dev.signalbox.contracts.serverfactory.ServerFactoryContract;
import dev.signalbox.contracts.serverfactory.ServerStatsRequest;
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
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;

/** The operations of server-factory-service. */
final class ServerFactoryEndpoint {

  // An owner that hangs must leave time to say so.
  private static final Duration OWNER_PATIENCE = Duration.ofSeconds(3);

  private final ServerFactory factory;
  private final Handover handover;
  private final OwnerCalls owners;
  private final ServerOperations servers;
  private final Bus bus;
  private final ServerFactoryTasks tasks;

  ServerFactoryEndpoint(
      ServerFactory factory,
      Handover handover,
      OwnerCalls owners,
      ServerOperations servers,
      Bus bus,
      ServerFactoryTasks tasks) {
    this.factory = factory;
    this.handover = handover;
    this.owners = owners;
    this.servers = servers;
    this.bus = bus;
    this.tasks = tasks;
  }

  void register(ServiceEndpoint endpoint) {
    endpoint
        .serve(ServerFactoryContract.START, this::start)
        .serve(ServerFactoryContract.STOP, this::stop)
        .serveHere(
            ServerFactoryContract.STOP, (request, call) -> factory.stopHere(request.serverId()))
        .serve(ServerFactoryContract.LIST, this::list)
        .serve(
            ServerFactoryContract.DESCRIBE, (request, call) -> servers.describe(request.server()))
        .serve(ServerFactoryContract.TAKE_OVER, this::takeOver)
        .task(tasks.start.type(), this::startTask)
        .task(ServerFactoryTasks.STOP.type(), this::stopTask)
        .task(ServerFactoryTasks.LIST.type(), this::listTask);
    atOwner(
        endpoint,
        ServerFactoryContract.REPLACE_ROUTES,
        ReplaceRoutesRequest::server,
        (row, request) -> servers.replaceRoutes(row, request.routes()));
    atOwner(
        endpoint,
        ServerFactoryContract.LIST_REQUESTS,
        ListServerRequestsRequest::server,
        servers::listRequests);
    atOwner(
        endpoint,
        ServerFactoryContract.COUNT_REQUESTS,
        CountServerRequestsRequest::server,
        (row, request) -> servers.countRequests(row, request.filter()));
    atOwner(
        endpoint,
        ServerFactoryContract.CLEAR_REQUESTS,
        ClearServerRequestsRequest::server,
        (row, request) -> servers.clearRequests(row));
    atOwner(
        endpoint,
        ServerFactoryContract.STATS,
        ServerStatsRequest::server,
        (row, request) -> servers.stats(row));
    atOwner(
        endpoint,
        ServerFactoryContract.RESET_SCENARIOS,
        ResetScenariosRequest::server,
        (row, request) -> servers.resetScenarios(row));
  }

  /** Serves at any instance what the owner of a server does. */
  private <Q, R> void atOwner(
      ServiceEndpoint endpoint,
      Operation<Q, R> operation,
      Function<Q, String> server,
      BiFunction<ServerRow, Q, Future<R>> here) {
    endpoint
        .serve(
            operation,
            (request, call) ->
                owners.ask(
                    server.apply(request),
                    call.remaining(),
                    row -> here.apply(row, request),
                    node -> bus.call(operation.at(node), request, call.atMost(OWNER_PATIENCE))))
        .serveHere(
            operation,
            (request, call) -> owners.here(server.apply(request), row -> here.apply(row, request)));
  }

  private Future<StartServerReply> start(StartServerRequest request, Call call) {
    return servers
        .reading(request, wish -> start(wish, call))
        .recover(failure ->
            DefinitionMemory.isFull(failure)
                ? factory.repeat(request, failure, call.remaining())
                : Future.failedFuture(failure));
  }

  private Future<StartServerReply> start(NewServer wish, Call call) {
    return factory.start(wish, call.remaining()).onSuccess(this::onStart);
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
    StartServerRequest wish = tasks.wish(params).by(request.requester());
    List<FieldProblem> problems = params.problems();
    return servers
        .reading(
            wish,
            checked ->
                problems.isEmpty()
                    ? start(checked, call).map(ServerFactoryTasks::reply)
                    : Future.succeededFuture(ServerFactoryTasks.badTask(problems, List.of())))
        .recover(failure ->
            ServerFactoryTasks.failure(failure, problems)
                .map(Future::succeededFuture)
                .orElseGet(() -> Future.failedFuture(failure)));
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
