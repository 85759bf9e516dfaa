package dev.signalbox.gateway.diagnostic;

import static dev.signalbox.gateway.routing.Response.respond;

import dev.signalbox.contracts.DiagnoseReply;
import dev.signalbox.contracts.DiagnoseReply.Finding;
import dev.signalbox.gateway.access.Role;
import dev.signalbox.gateway.diagnostic.ClusterDiagnostics.Report;
import dev.signalbox.gateway.error.ErrorShapes;
import dev.signalbox.gateway.json.Query;
import dev.signalbox.gateway.routing.GuardedRouter;
import dev.signalbox.gateway.routing.Response;
import dev.signalbox.gateway.routing.RouteRules;
import dev.signalbox.gateway.routing.Section;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import io.vertx.ext.web.RoutingContext;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Section 8: what is wrong, since when, and what to do. */
public final class DiagnosticsRoutes implements Section {

  private static final String ERROR = "error";

  private record FindingView(
      String code,
      String severity,
      String title,
      String detail,
      String since,
      @Nullable String service,
      @Nullable String node,
      @Nullable String process,
      @Nullable String host,
      String action,
      String docs) {

    static FindingView of(Finding finding, @Nullable DiagnoseReply from) {
      return new FindingView(
          finding.code(),
          finding.severity(),
          finding.title(),
          finding.detail(),
          Response.time(finding.sinceEpochMs()),
          finding.service(),
          finding.node(),
          from == null ? null : from.process(),
          from == null ? null : from.host(),
          finding.action(),
          finding.docs());
    }
  }

  private record ProcessView(
      String process,
      String host,
      long pid,
      String version,
      @Nullable String checkedAt,
      List<InstanceView> instances) {}

  private record NotAskedView(String service, String node, String host, String version) {}

  private record View(
      String status,
      String checkedAt,
      List<FindingView> findings,
      List<ProcessView> processes,
      List<UnansweredView> unanswered,
      List<NotAskedView> notAsked) {}

  private final Vertx vertx;
  private final ClusterDiagnostics diagnostics;

  /** Routes over the diagnostics of the system. */
  public DiagnosticsRoutes(Vertx vertx, ClusterDiagnostics diagnostics) {
    this.vertx = vertx;
    this.diagnostics = diagnostics;
  }

  @Override
  public void mount(GuardedRouter router) {
    // Always, since it is asked when nothing else is answered.
    router
        .get("/api/v1/diagnostics", RouteRules.reads(Role.ADMIN, ErrorShapes.PROBLEM).always())
        .handler(respond(this::diagnostics));
  }

  private Future<Response> diagnostics(RoutingContext ctx) {
    Query.of(ctx).end();
    // Back on the event loop of the request: the answers come on whichever thread.
    Promise<Report> here = ((ContextInternal) vertx.getOrCreateContext()).promise();
    diagnostics.collect().onComplete(here);
    return here.future()
        .map(report -> Response.json(200, view(report)).with("Cache-Control", "no-store"));
  }

  private static View view(Report report) {
    List<FindingView> findings = new ArrayList<>();
    report.findings().forEach(finding -> findings.add(FindingView.of(finding, null)));
    Answers<DiagnoseReply> answers = report.answers();
    answers
        .replies()
        .forEach(reply ->
            reply.findings().stream()
                .limit(DiagnoseReply.MOST_FINDINGS)
                .forEach(finding -> findings.add(FindingView.of(finding, reply))));
    findings.sort(
        Comparator.comparing((FindingView finding) -> !finding.severity.equals(ERROR))
            .thenComparing(FindingView::since)
            .thenComparing(FindingView::code));
    return new View(
        findings.isEmpty() ? "ok" : findings.getFirst().severity,
        Response.time(System.currentTimeMillis()),
        findings,
        answers.replies().stream().map(reply -> process(reply, answers.of(reply))).toList(),
        answers.unanswered(),
        report.notAsked().stream()
            .map(each -> new NotAskedView(each.service(), each.node(), each.host(), each.version()))
            .toList());
  }

  private static ProcessView process(DiagnoseReply reply, List<InstanceView> instances) {
    long checked = reply.checkedAtEpochMs();
    return new ProcessView(
        reply.process(),
        reply.host(),
        reply.pid(),
        reply.version(),
        checked == 0 ? null : Response.time(checked),
        instances);
  }
}
