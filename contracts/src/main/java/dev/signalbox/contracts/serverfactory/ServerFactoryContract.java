package dev.signalbox.contracts.serverfactory;

import dev.signalbox.contracts.Empty;
import dev.signalbox.contracts.EventType;
import dev.signalbox.contracts.Operation;
import dev.signalbox.contracts.TaskReply;
import dev.signalbox.contracts.TaskRequest;
import java.time.Duration;

/** Operations of server-factory-service. */
public final class ServerFactoryContract {

  /** The service that serves these operations. */
  public static final String SERVICE = "server-factory-service";

  /**
   * Starts a server. CONFLICT when its name is taken. Not repeatable without an idempotency key.
   */
  public static final Operation<StartServerRequest, StartServerReply> START =
      Operation.once(
              "server-factory.start",
              StartServerRequest.class,
              StartServerReply.class,
              Duration.ofSeconds(10))
          .servedBy(SERVICE);

  /**
   * Stops a server, whichever instance owns it; NOT_FOUND when there is none of that id or name.
   */
  public static final Operation<StopServerRequest, StopServerReply> STOP =
      Operation.once(
              "server-factory.stop",
              StopServerRequest.class,
              StopServerReply.class,
              Duration.ofSeconds(10))
          .servedBy(SERVICE);

  /** All servers of the cluster, oldest first. */
  public static final Operation<ListServersRequest, ListServersReply> LIST =
      Operation.repeatable(
              "server-factory.list",
              ListServersRequest.class,
              ListServersReply.class,
              Duration.ofSeconds(5))
          .servedBy(SERVICE);

  /** One server with its definition; NOT_FOUND when there is none of that id or name. */
  public static final Operation<DescribeServerRequest, DescribeServerReply> DESCRIBE =
      Operation.repeatable(
              "server-factory.describe",
              DescribeServerRequest.class,
              DescribeServerReply.class,
              Duration.ofSeconds(5))
          .servedBy(SERVICE);

  /**
   * Replaces the routes of a server; in storage and in force when it is acknowledged. Done by the
   * owner: UNAVAILABLE when none answers in time, as with all operations below but TAKE_OVER. When
   * nobody can listen for the server, because its definition cannot be read, those are CONFLICT at
   * once; this one makes it listen if what cannot be read were its routes.
   */
  public static final Operation<ReplaceRoutesRequest, DescribeServerReply> REPLACE_ROUTES =
      Operation.repeatable(
              "server-factory.replace-routes",
              ReplaceRoutesRequest.class,
              DescribeServerReply.class,
              Duration.ofSeconds(10))
          .servedBy(SERVICE);

  /** Requests that a server received, from the journal of its owner. */
  public static final Operation<ListServerRequestsRequest, ListServerRequestsReply> LIST_REQUESTS =
      Operation.repeatable(
              "server-factory.list-requests",
              ListServerRequestsRequest.class,
              ListServerRequestsReply.class,
              Duration.ofSeconds(5))
          .servedBy(SERVICE);

  /** How many requests of the journal are meant. */
  public static final Operation<CountServerRequestsRequest, CountServerRequestsReply>
      COUNT_REQUESTS =
          Operation.repeatable(
                  "server-factory.count-requests",
                  CountServerRequestsRequest.class,
                  CountServerRequestsReply.class,
                  Duration.ofSeconds(5))
              .servedBy(SERVICE);

  /** Empties the journal of a server. */
  public static final Operation<ClearServerRequestsRequest, Empty> CLEAR_REQUESTS =
      Operation.repeatable(
              "server-factory.clear-requests",
              ClearServerRequestsRequest.class,
              Empty.class,
              Duration.ofSeconds(5))
          .servedBy(SERVICE);

  /** Counters of a server at its owner. */
  public static final Operation<ServerStatsRequest, ServerStatsReply> STATS =
      Operation.repeatable(
              "server-factory.stats",
              ServerStatsRequest.class,
              ServerStatsReply.class,
              Duration.ofSeconds(5))
          .servedBy(SERVICE);

  /** Puts the scenarios and sequences of a server back to their start. */
  public static final Operation<ResetScenariosRequest, Empty> RESET_SCENARIOS =
      Operation.repeatable(
              "server-factory.reset-scenarios",
              ResetScenariosRequest.class,
              Empty.class,
              Duration.ofSeconds(5))
          .servedBy(SERVICE);

  /**
   * Takes servers over from an instance that stops: they listen at both for a moment, so that they
   * answer throughout.
   */
  public static final Operation<TakeOverServersRequest, TakeOverServersReply> TAKE_OVER =
      Operation.once(
              "server-factory.take-over",
              TakeOverServersRequest.class,
              TakeOverServersReply.class,
              Duration.ofSeconds(3))
          .servedBy(SERVICE);

  /** Task {@code start_http_server}. */
  public static final Operation<TaskRequest, TaskReply> START_TASK =
      Operation.once(
              "server-factory.start-task",
              TaskRequest.class,
              TaskReply.class,
              Duration.ofSeconds(10))
          .servedBy(SERVICE);

  /** Task {@code stop_http_server}. */
  public static final Operation<TaskRequest, TaskReply> STOP_TASK =
      Operation.once(
              "server-factory.stop-task",
              TaskRequest.class,
              TaskReply.class,
              Duration.ofSeconds(10))
          .servedBy(SERVICE);

  /** Task {@code list_http_servers}. */
  public static final Operation<TaskRequest, TaskReply> LIST_TASK =
      Operation.repeatable(
              "server-factory.list-task", TaskRequest.class, TaskReply.class, Duration.ofSeconds(5))
          .servedBy(SERVICE);

  /** A server was created or deleted; one event for each, whichever instance owns the server. */
  public static final EventType<ServerChanged> CHANGED =
      new EventType<>("server-factory.server.changed", ServerChanged.class);

  private ServerFactoryContract() {}
}
