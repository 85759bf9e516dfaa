package dev.signalbox.gateway.diagnostic;

import static dev.signalbox.gateway.routing.Response.respond;

import dev.signalbox.contracts.Announcement;
import dev.signalbox.contracts.ErrorCode;
import dev.signalbox.contracts.LogLevel;
import dev.signalbox.contracts.LogLevelChange;
import dev.signalbox.contracts.LogLevelsReply;
import dev.signalbox.contracts.LogLevelsRequest;
import dev.signalbox.contracts.PlatformContract;
import dev.signalbox.contracts.ServiceException;
import dev.signalbox.gateway.access.Role;
import dev.signalbox.gateway.backend.Backend;
import dev.signalbox.gateway.diagnostic.Answers.Answer;
import dev.signalbox.gateway.error.ErrorShapes;
import dev.signalbox.gateway.json.MediaTypes;
import dev.signalbox.gateway.json.Query;
import dev.signalbox.gateway.routing.GuardedRouter;
import dev.signalbox.gateway.routing.RequestScope;
import dev.signalbox.gateway.routing.Requests;
import dev.signalbox.gateway.routing.Response;
import dev.signalbox.gateway.routing.RouteRules;
import dev.signalbox.gateway.routing.Section;
import dev.signalbox.gateway.task.ServiceDirectory;
import dev.signalbox.platform.json.RequestObject;
import io.vertx.core.Future;
import io.vertx.ext.web.RoutingContext;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Section 8: levels of the log of every process, or of some, without a restart. */
public final class LogLevelRoutes implements Section {

  private static final String LEVELS = "/api/v1/log-levels";
  private static final String LOGGER = LEVELS + "/:logger";
  private static final int DEFAULT_FOR_S = 900;
  private static final int MAX_NAME = 100;
  private static final int MOST_INSTANCES = 1_000;
  private static final List<String> WORDS =
      Arrays.stream(LogLevel.values()).map(LogLevel::label).toList();

  /** Which instances are meant; null for any. */
  private record Which(@Nullable String service, @Nullable String node) {

    boolean includes(Announcement instance) {
      return (service == null || service.equals(instance.service()))
          && (node == null || node.equals(instance.node()));
    }
  }

  private record ChangedView(String logger, String level, String until) {}

  private record ProcessView(
      String process,
      String host,
      long pid,
      String level,
      List<ChangedView> changed,
      List<InstanceView> instances) {}

  private record View(List<ProcessView> processes, List<UnansweredView> unanswered) {}

  private final Backend backend;
  private final ServiceDirectory directory;

  /** Routes to all instances of a directory. */
  public LogLevelRoutes(Backend backend, ServiceDirectory directory) {
    this.backend = backend;
    this.directory = directory;
  }

  @Override
  public void mount(GuardedRouter router) {
    RouteRules changes = RouteRules.changes(Role.ADMIN, ErrorShapes.PROBLEM);
    router
        .get(LEVELS, RouteRules.reads(Role.ADMIN, ErrorShapes.PROBLEM))
        .handler(respond(this::levels));
    router.put(LOGGER, changes).handler(respond(this::change));
    router.delete(LOGGER, changes.bodyless()).handler(respond(this::reset));
  }

  private Future<Response> levels(RoutingContext ctx) {
    return ask(ctx, which(ctx), null);
  }

  private Future<Response> change(RoutingContext ctx) {
    MediaTypes.requireJson(ctx);
    Query.of(ctx).end();
    String logger = logger(ctx);
    RequestObject fields = RequestObject.parse(RequestScope.of(ctx).body().getBytes());
    String level = fields.oneOf("level", "", WORDS);
    if (level.isEmpty() && !fields.has("level")) {
      fields.problem("level", "is required: one of " + String.join(", ", WORDS));
    }
    int seconds = (int) fields.integer("for_s", DEFAULT_FOR_S, 1, LogLevelChange.MAX_FOR_S);
    var which =
        new Which(fields.optionalLine("service", MAX_NAME), fields.optionalLine("node", MAX_NAME));
    fields.end();
    return ask(
        ctx,
        which,
        new LogLevelChange(logger, LogLevel.valueOf(level.toUpperCase(Locale.ROOT)), seconds));
  }

  private Future<Response> reset(RoutingContext ctx) {
    Which which = which(ctx);
    return ask(ctx, which, new LogLevelChange(logger(ctx), null, 0));
  }

  private static Which which(RoutingContext ctx) {
    Query query = Query.of(ctx);
    var which = new Which(query.text("service"), query.text("node"));
    query.end();
    return which;
  }

  private static String logger(RoutingContext ctx) {
    String logger = Requests.pathParameter(ctx, "logger");
    if (!logger.matches(LogLevelChange.NAME)) {
      throw ServiceException.invalid(
          "/logger",
          "must be the name of a logger, such as dev.signalbox.storage, or "
              + LogLevelChange.ROOT
              + ": it must match "
              + LogLevelChange.NAME);
    }
    return logger;
  }

  /** All at once; a process of several services is asked for each, which changes nothing. */
  private Future<Response> ask(RoutingContext ctx, Which which, @Nullable LogLevelChange change) {
    var request = new LogLevelsRequest(change);
    List<Future<Answer<LogLevelsReply>>> asked =
        directory.live().stream()
            .filter(which::includes)
            .limit(MOST_INSTANCES)
            .map(instance ->
                Answer.of(
                    instance,
                    PlatformContract.LOG_LEVELS,
                    backend.call(ctx, PlatformContract.LOG_LEVELS.at(instance.node()), request)))
            .toList();
    if (asked.isEmpty()) {
      throw new ServiceException(
          ErrorCode.NOT_FOUND, "No instance is called so; GET /api/v1/services lists them");
    }
    return Future.join(asked)
        .map(_ -> view(asked.stream().map(Future::result).toList()))
        .map(view -> Response.json(200, view).with("Cache-Control", "no-store"));
  }

  private static View view(List<Answer<LogLevelsReply>> all) {
    Answers<LogLevelsReply> answers = Answers.of(all, (_, later) -> later);
    return new View(
        answers.replies().stream().map(reply -> process(reply, answers.of(reply))).toList(),
        answers.unanswered());
  }

  private static ProcessView process(LogLevelsReply reply, List<InstanceView> instances) {
    return new ProcessView(
        reply.process(),
        reply.host(),
        reply.pid(),
        reply.level().label(),
        reply.changed().stream()
            .map(changed ->
                new ChangedView(
                    changed.logger(),
                    changed.level().label(),
                    Response.time(changed.untilEpochMs())))
            .toList(),
        instances);
  }
}
