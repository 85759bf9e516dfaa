package dev.signalbox.gateway.dns;

import static dev.signalbox.gateway.routing.Response.respond;

import dev.signalbox.contracts.FieldProblem;
import dev.signalbox.contracts.ServiceException;
import dev.signalbox.contracts.dns.DnsContract;
import dev.signalbox.contracts.dns.DnsFailure;
import dev.signalbox.contracts.dns.DnsQueryReply.Outcome;
import dev.signalbox.contracts.dns.DnsQueryRequest;
import dev.signalbox.contracts.dns.DnsQueryRequest.Edns;
import dev.signalbox.contracts.dns.DnsResult;
import dev.signalbox.gateway.access.Role;
import dev.signalbox.gateway.backend.Backend;
import dev.signalbox.gateway.error.ErrorShapes;
import dev.signalbox.gateway.json.Query;
import dev.signalbox.gateway.routing.GuardedRouter;
import dev.signalbox.gateway.routing.Response;
import dev.signalbox.gateway.routing.RouteRules;
import dev.signalbox.gateway.routing.Section;
import dev.signalbox.gateway.task.TaskAllowance;
import dev.signalbox.platform.json.FieldProblems;
import dev.signalbox.platform.json.Json;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.RoutingContext;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/** Section 2: {@code GET /resolve}, a DNS query with a JSON answer. */
public final class ResolveRoutes implements Section {

  static final String DNS_JSON = "application/dns-json";
  private static final int MAX_NAME = 1_020;
  private static final int MAX_TYPE = 16;

  /** Query parameters whose name is not that of the request's field. */
  private static final Map<String, String> PARAMETERS =
      Map.of("edns/client_subnet", "edns_client_subnet");

  private static final Pattern TYPE_NUMBER = Pattern.compile("[0-9]{1,5}");

  private final Backend backend;
  private final TaskAllowance tasks;

  public ResolveRoutes(Backend backend, TaskAllowance tasks) {
    this.backend = backend;
    this.tasks = tasks;
  }

  @Override
  public void mount(GuardedRouter router) {
    router
        .get("/resolve", RouteRules.reads(Role.READER, ErrorShapes.PROBLEM))
        .handler(respond(this::resolve));
  }

  /** Answers {@code ?name=&type=} with JSON. */
  Future<Response> resolve(RoutingContext ctx) {
    Query query = Query.of(ctx);
    String name = name(query);
    String type = type(query);
    boolean dnssecOk = flag(query, "do");
    boolean checkingDisabled = flag(query, "cd");
    String subnet = query.text("edns_client_subnet");
    ignoreVendorParameters(query);
    query.end();
    tasks.take(ctx);
    DnsQueryRequest request =
        DnsQueryRequest.of(name, type).withFlags(true, checkingDisabled, dnssecOk);
    return backend
        .call(
            ctx,
            DnsContract.QUERY,
            subnet == null ? request : request.withEdns(new Edns(null, subnet, false)))
        .map(reply ->
            json(
                switch (reply.outcomes().getFirst()) {
                  case Outcome.Answered(DnsResult result) -> DnsJson.of(result);
                  case Outcome.Unanswered(DnsFailure failure) ->
                      DnsJson.unanswered(name, type, checkingDisabled, failure.error());
                }))
        .recover(ResolveRoutes::byParameter);
  }

  /** Fails with what dns-service says about a request, in the names of the query. */
  private static <T> Future<T> byParameter(Throwable failure) {
    FieldProblems problems = new FieldProblems();
    if (failure instanceof ServiceException fault) {
      for (FieldProblem problem : fault.problems()) {
        String field = problem.pointer().substring(1);
        problems.add("?" + PARAMETERS.getOrDefault(field, field), problem.message());
      }
    }
    problems.throwIfAny();
    return Future.failedFuture(failure);
  }

  /** Takes the parameters of other resolvers, which have no effect here. */
  static void ignoreVendorParameters(Query query) {
    query.text("ct");
    query.text("random_padding");
  }

  private static Response json(DnsJson answer) {
    return Response.of(200, DNS_JSON, Buffer.buffer(Json.bytes(answer)));
  }

  private static String name(Query query) {
    String name = query.text("name");
    if (name == null) {
      query.problem("name", "is required");
      return "";
    }
    if (name.isBlank()) {
      query.problem("name", "must be a domain name");
      return "";
    }
    if (name.length() > MAX_NAME) {
      query.problem("name", "must have at most " + MAX_NAME + " characters");
    }
    return name;
  }

  private static String type(Query query) {
    String type = query.text("type");
    if (type == null || type.isEmpty()) {
      return "A";
    }
    if (type.length() > MAX_TYPE) {
      query.problem("type", "must be the name or the number of a record type");
      return "A";
    }
    String upper = type.toUpperCase(Locale.ROOT);
    return TYPE_NUMBER.matcher(upper).matches() ? "TYPE" + upper : upper;
  }

  /** {@code 1}, {@code true} or empty is true; {@code 0} or {@code false} is false. */
  private static boolean flag(Query query, String name) {
    String value = query.text(name);
    if (value == null) {
      return false;
    }
    return switch (value.toLowerCase(Locale.ROOT)) {
      case "", "1", "true" -> true;
      case "0", "false" -> false;
      default -> {
        query.problem(name, "must be 1, 0, true or false");
        yield false;
      }
    };
  }
}
