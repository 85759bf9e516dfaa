package dev.signalbox.gateway.census;

import static dev.signalbox.gateway.routing.Response.respond;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.signalbox.contracts.ping.ChangeContributorRequest;
import dev.signalbox.contracts.ping.Contributor;
import dev.signalbox.contracts.ping.GetContributorReply;
import dev.signalbox.contracts.ping.GetContributorRequest;
import dev.signalbox.contracts.ping.ListContributorsRequest;
import dev.signalbox.contracts.ping.PingContract;
import dev.signalbox.gateway.access.Role;
import dev.signalbox.gateway.backend.Backend;
import dev.signalbox.gateway.error.ErrorShapes;
import dev.signalbox.gateway.error.HttpException;
import dev.signalbox.gateway.json.MediaTypes;
import dev.signalbox.gateway.json.Query;
import dev.signalbox.gateway.routing.GuardedRouter;
import dev.signalbox.gateway.routing.RequestScope;
import dev.signalbox.gateway.routing.Requests;
import dev.signalbox.gateway.routing.Response;
import dev.signalbox.gateway.routing.RouteRules;
import dev.signalbox.gateway.routing.Section;
import dev.signalbox.platform.json.RequestObject;
import io.vertx.core.Future;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Section 7, {@code /api/v1/census/contributors}: who has done how much. */
public final class ContributorRoutes implements Section {

  private static final String CONTRIBUTORS = "/api/v1/census/contributors";

  /** Stands for the contributor whose key the request carries. */
  private static final String ME = "me";

  private static final int MAX_NAME = 128;

  private final Backend backend;

  public ContributorRoutes(Backend backend) {
    this.backend = backend;
  }

  @Override
  public void mount(GuardedRouter router) {
    RouteRules reads = RouteRules.reads(Role.READER, ErrorShapes.PROBLEM);
    router.get(CONTRIBUTORS, reads).handler(respond(this::list));
    router.get(CONTRIBUTORS + "/:name", reads).handler(respond(this::show));
    router
        .patch(CONTRIBUTORS + "/:name", RouteRules.changes(Role.WORKER, ErrorShapes.PROBLEM))
        .handler(respond(this::change));
  }

  /** The key by which a contributor proves who they are; null without one. */
  static @Nullable String key(RoutingContext ctx) {
    String key = ctx.request().headers().get("Contributor-Key");
    return key == null || key.isBlank() ? null : key.strip();
  }

  private record View(
      @Nullable Integer rank,
      String name,
      @Nullable String team,
      boolean listed,
      int tasks,
      long addresses,
      String standing,
      int agreed,
      int disagreed,
      int streakDays,
      String firstSeen,
      String lastSeen,
      @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable List<ComparisonView> comparisons) {

    static View of(Contributor contributor, @Nullable List<ComparisonView> comparisons) {
      return new View(
          contributor.rank(),
          contributor.name(),
          contributor.team(),
          contributor.listed(),
          contributor.tasks(),
          contributor.addresses(),
          contributor.standing().name().toLowerCase(Locale.ROOT),
          contributor.agreed(),
          contributor.disagreed(),
          contributor.streakDays(),
          Response.time(contributor.firstSeenEpochMs()),
          Response.time(contributor.lastSeenEpochMs()),
          comparisons);
    }
  }

  private record ComparisonView(
      int round,
      int taskIndex,
      String network,
      boolean agreed,
      int differing,
      int answering,
      String comparedAt) {

    static ComparisonView of(GetContributorReply.Comparison comparison) {
      return new ComparisonView(
          comparison.round(),
          comparison.taskIndex(),
          TaskIndex.network(comparison.taskIndex()),
          comparison.agreed(),
          comparison.differing(),
          comparison.answering(),
          Response.time(comparison.comparedAtEpochMs()));
    }
  }

  private Future<Response> list(RoutingContext ctx) {
    Query query = Query.of(ctx);
    int after = (int) query.integer("after", 0, 0, 1_000_000);
    int limit = query.limit();
    query.end();
    return backend
        .call(ctx, PingContract.LIST_CONTRIBUTORS, new ListContributorsRequest(after, limit))
        .map(reply -> {
          List<Contributor> contributors = reply.contributors();
          return Response.page(
              contributors.stream().map(contributor -> View.of(contributor, null)).toList(),
              reply.more() ? Integer.toString(after + contributors.size()) : null);
        });
  }

  private Future<Response> show(RoutingContext ctx) {
    Query.of(ctx).end();
    String name = name(ctx);
    String key = key(ctx);
    return backend
        .call(
            ctx,
            PingContract.GET_CONTRIBUTOR,
            new GetContributorRequest(ME.equals(name) ? null : name, key))
        .map(ContributorRoutes::response);
  }

  private Future<Response> change(RoutingContext ctx) {
    MediaTypes.requireJson(ctx);
    Query.of(ctx).end();
    String name = name(ctx);
    String key = key(ctx);
    if (key == null) {
      throw HttpException.of(
          403, "CONTRIBUTOR_KEY", "The contributor's key must come in the header Contributor-Key");
    }
    RequestObject fields = RequestObject.parse(RequestScope.of(ctx).body().getBytes());
    String team = fields.optionalText("team", MAX_NAME);
    Boolean listed = fields.has("listed") ? fields.bool("listed", false) : null;
    fields.end();
    return backend
        .call(
            ctx,
            PingContract.CHANGE_CONTRIBUTOR,
            new ChangeContributorRequest(name, key, team, listed))
        .map(ContributorRoutes::response);
  }

  private static String name(RoutingContext ctx) {
    String name = Requests.pathParameter(ctx, "name");
    if (name.length() > MAX_NAME) {
      throw HttpException.notFound("There is no such contributor");
    }
    return name;
  }

  private static Response response(GetContributorReply reply) {
    return switch (reply) {
      case GetContributorReply.Found found ->
          Response.json(
              200,
              View.of(
                  found.contributor(),
                  found.comparisons().stream().map(ComparisonView::of).toList()));
      case GetContributorReply.Unknown _ ->
          throw HttpException.notFound(
              "There is no such contributor, or one who is not on the leaderboard");
    };
  }
}
