package dev.signalbox.gateway.census;

import static dev.signalbox.gateway.routing.Response.respond;

import dev.signalbox.contracts.ping.ListErrorsReply;
import dev.signalbox.contracts.ping.ListErrorsRequest;
import dev.signalbox.contracts.ping.PingContract;
import dev.signalbox.contracts.ping.TaskFault;
import dev.signalbox.gateway.access.Role;
import dev.signalbox.gateway.backend.Backend;
import dev.signalbox.gateway.error.ErrorShape;
import dev.signalbox.gateway.page.Html;
import dev.signalbox.gateway.page.Pages;
import dev.signalbox.gateway.routing.GuardedRouter;
import dev.signalbox.gateway.routing.Response;
import dev.signalbox.gateway.routing.RouteRules;
import dev.signalbox.gateway.routing.Section;
import dev.signalbox.platform.json.WholeNumber;
import io.vertx.core.Future;
import io.vertx.ext.web.RoutingContext;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Section 7, document 5: a table of errors with buttons that retry a task or mark it done. */
public final class ErrorsPage implements Section {

  private static final int ROWS = 500;
  private static final DateTimeFormatter NOTED =
      DateTimeFormatter.ofPattern("d MMM uuuu, HH:mm:ss 'UTC'", Locale.ENGLISH)
          .withZone(ZoneOffset.UTC);

  private final Backend backend;
  private final Pages pages;
  private final ErrorShape errors;
  private final Html.Template page;
  private final Html.Template row;

  public ErrorsPage(Backend backend, Pages pages) {
    this.backend = backend;
    this.pages = pages;
    this.errors = pages.errors();
    this.page = pages.template("errors.html");
    this.row = pages.template("errors-row.html");
  }

  @Override
  public void mount(GuardedRouter router) {
    router.get("/errors", RouteRules.reads(Role.READER, errors)).handler(respond(this::show));
  }

  private Future<Response> show(RoutingContext ctx) {
    long after = after(ctx.request().params().get("after"));
    return backend
        .call(ctx, PingContract.LIST_ERRORS, new ListErrorsRequest(after, ROWS))
        .map(reply -> pages.page(200, html(after, reply)));
  }

  /** An invalid parameter means the first page, since document 5's page has no parameters. */
  private static long after(@Nullable String text) {
    return text == null ? 0 : WholeNumber.parse(text, 0, Long.MAX_VALUE).orElse(0);
  }

  private Html html(long after, ListErrorsReply reply) {
    List<TaskFault> errors = reply.errors();
    boolean none = errors.isEmpty();
    boolean first = after == 0;
    return page.render(
        Map.ofEntries(
            Map.entry("version", pages.version()),
            Map.entry("rows", Html.joined(errors.stream().map(this::row).toList())),
            Map.entry("table_hidden", Html.hidden(none)),
            Map.entry("clear_hidden", Html.hidden(none && first)),
            Map.entry("none_hidden", Html.hidden(!none)),
            Map.entry("none_title", Html.of(first ? "No errors" : "No more errors")),
            Map.entry(
                "none_text",
                Html.of(
                    first
                        ? "No errors since the list was last cleared."
                        : "This is the end of the list.")),
            Map.entry("pages_hidden", Html.hidden(first && !reply.more())),
            Map.entry("first_hidden", Html.hidden(first)),
            Map.entry("next_hidden", Html.hidden(!reply.more())),
            Map.entry("next", Html.of(none ? 0 : errors.getLast().id()))));
  }

  private Html row(TaskFault fault) {
    return row.render(
        Map.of(
            "index", Html.of(fault.taskIndex()),
            "network", Html.of(TaskIndex.network(fault.taskIndex())),
            "error", Html.of(fault.error()),
            "code", Html.of(fault.status().code()),
            "status", Html.of(CensusView.name(fault.status()).replace('_', ' ')),
            "at", Html.of(Response.time(fault.atEpochMs())),
            "at_text", Html.of(NOTED.format(Instant.ofEpochMilli(fault.atEpochMs())))));
  }
}
