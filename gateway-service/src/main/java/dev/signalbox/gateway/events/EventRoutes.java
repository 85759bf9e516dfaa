package dev.signalbox.gateway.events;

import static dev.signalbox.gateway.routing.Response.respond;

import dev.signalbox.gateway.access.Role;
import dev.signalbox.gateway.error.ErrorShapes;
import dev.signalbox.gateway.json.Query;
import dev.signalbox.gateway.routing.GuardedRouter;
import dev.signalbox.gateway.routing.Response;
import dev.signalbox.gateway.routing.RouteRules;
import dev.signalbox.gateway.routing.Section;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.RoutingContext;

/** The live feed, {@code GET /api/v1/events}. */
public final class EventRoutes implements Section {

  private final EventReaders readers;

  public EventRoutes(EventReaders readers) {
    this.readers = readers;
  }

  @Override
  public void mount(GuardedRouter router) {
    router
        .get("/api/v1/events", RouteRules.reads(Role.READER, ErrorShapes.PROBLEM).eventStream())
        .handler(respond(this::events));
  }

  private Future<Response> events(RoutingContext ctx) {
    Query query = Query.of(ctx);
    int topics = topics(query);
    String given = query.text("last_event_id");
    query.end();
    if (ctx.request().method().equals(HttpMethod.HEAD)) {
      return Future.succeededFuture(Response.of(200, ServerSentEvent.MEDIA_TYPE, Buffer.buffer()));
    }
    // The header is newer: an EventSource keeps the query of its first request.
    String header = ctx.request().getHeader(ServerSentEvent.LAST_EVENT_ID);
    readers.add(ctx, topics, header == null ? given : header);
    return Future.succeededFuture(Response.SENT);
  }

  private static int topics(Query query) {
    String text = query.text("topics");
    if (text == null) {
      return Topic.ALL;
    }
    int topics = 0;
    for (String label : text.split(",", -1)) {
      Topic topic = Topic.of(label);
      if (topic == null) {
        query.problem("topics", "must be names of census, servers, services, tasks with commas");
        return Topic.ALL;
      }
      topics |= topic.bit();
    }
    return topics;
  }
}
