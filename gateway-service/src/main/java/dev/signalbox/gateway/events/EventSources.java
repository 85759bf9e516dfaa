package dev.signalbox.gateway.events;

import dev.signalbox.contracts.Announcement;
import dev.signalbox.contracts.ping.PingContract;
import dev.signalbox.contracts.serverfactory.ServerChanged;
import dev.signalbox.contracts.serverfactory.ServerFactoryContract;
import dev.signalbox.contracts.serverfactory.ServerInfo;
import dev.signalbox.gateway.census.CensusEvent;
import dev.signalbox.gateway.routing.Response;
import dev.signalbox.gateway.task.ServiceDirectory;
import dev.signalbox.gateway.task.TaskCounts;
import dev.signalbox.platform.service.ServiceContext;
import io.vertx.core.Future;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Publishes what happens in the cluster on the feed of this gateway. */
public final class EventSources {

  private static final long TASKS_MS = 1_000;

  private record Instance(String service, String node, String host, String version, String state) {}

  private record Server(
      String serverId,
      @Nullable String name,
      int port,
      String pageUri,
      String node,
      String host,
      String createdAt) {}

  private record Tasks(List<TaskCounts.Count> tasks) {}

  private EventSources() {}

  /** Starts all sources on the calling event loop. */
  public static Future<Void> start(
      ServiceContext context, EventFeed feed, ServiceDirectory directory, TaskCounts counts) {
    directory.onChange((change, instance) ->
        feed.publish(
            Topic.SERVICES, change.name().toLowerCase(Locale.ROOT), instance(change, instance)));
    context
        .vertx()
        .setPeriodic(
            TASKS_MS,
            _ -> {
              List<TaskCounts.Count> taken = counts.take();
              if (!taken.isEmpty()) {
                feed.publish(Topic.TASKS, "summary", new Tasks(taken));
              }
            });
    return Future.all(
            context
                .bus()
                .subscribe(ServerFactoryContract.CHANGED, changed -> publish(feed, changed)),
            context
                .bus()
                .subscribe(
                    PingContract.CHANGED,
                    changed -> feed.publish(Topic.CENSUS, "changed", CensusEvent.of(changed))))
        .mapEmpty();
  }

  private static void publish(EventFeed feed, ServerChanged changed) {
    // The second part of an event's type is no text of another process.
    String what = changed.what().equals("deleted") ? "deleted" : "created";
    feed.publish(Topic.SERVERS, what, server(changed.server()));
  }

  private static Instance instance(ServiceDirectory.Change change, Announcement instance) {
    // One that fell silent still has the state it announced last.
    String state = change == ServiceDirectory.Change.LEFT ? "stopped" : instance.state();
    return new Instance(
        instance.service(), instance.node(), instance.host(), instance.version(), state);
  }

  private static Server server(ServerInfo server) {
    return new Server(
        server.serverId(),
        server.name(),
        server.port(),
        server.pageUri(),
        server.node(),
        server.host(),
        Response.time(server.createdAtEpochMs()));
  }
}
