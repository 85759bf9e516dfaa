package dev.signalbox.gateway.census;

import static dev.signalbox.gateway.routing.Response.respond;

import dev.signalbox.contracts.ping.GetProgressReply;
import dev.signalbox.contracts.ping.GetProgressRequest;
import dev.signalbox.contracts.ping.ListErrorsReply;
import dev.signalbox.contracts.ping.ListErrorsRequest;
import dev.signalbox.contracts.ping.ListTasksReply;
import dev.signalbox.contracts.ping.ListTasksRequest;
import dev.signalbox.contracts.ping.PingContract;
import dev.signalbox.contracts.ping.TaskRow;
import dev.signalbox.contracts.ping.TaskStatus;
import dev.signalbox.gateway.access.Role;
import dev.signalbox.gateway.backend.Backend;
import dev.signalbox.gateway.error.ErrorShape;
import dev.signalbox.gateway.page.Html;
import dev.signalbox.gateway.page.Pages;
import dev.signalbox.gateway.routing.GuardedRouter;
import dev.signalbox.gateway.routing.Response;
import dev.signalbox.gateway.routing.RouteRules;
import dev.signalbox.gateway.routing.Section;
import io.vertx.core.Future;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Section 7, document 5's site: the census, its progress, and how to take part. The page works
 * without its script, which only updates the figures.
 */
public final class CensusPage implements Section {

  private static final List<String> FILES =
      List.of(
          "pages.css",
          "census.js",
          "census-map.js",
          "census-leaders.js",
          "errors.js",
          "icon.svg",
          "leaflet.css",
          "leaflet.js");
  private static final int CHIPS = 24;
  private static final int MAX_ERRORS_COUNTED = 1_000;

  /** Keeps a small share visible, percent. */
  private static final double MIN_WIDTH = 0.4;

  private final Backend backend;
  private final Pages pages;
  private final String workerArchive;
  private final ErrorShape errors;
  private final Html.Template page;
  private final Html.Template chip;

  /**
   * The page.
   *
   * @param workerArchive name of the archive with the worker and a runtime
   */
  public CensusPage(Backend backend, Pages pages, String workerArchive) {
    this.workerArchive = workerArchive;
    this.backend = backend;
    this.pages = pages;
    this.errors = pages.errors();
    this.page = pages.template("census.html");
    this.chip = pages.template("census-chip.html");
  }

  /** Mounts {@code /census}, the same as {@code /ui/census}, and the files of both pages. */
  @Override
  public void mount(GuardedRouter router) {
    RouteRules reads = RouteRules.reads(Role.READER, errors);
    router.get("/census", reads).handler(respond(this::show));
    router.get("/ui/census", reads).handler(respond(this::show));
    for (String name : FILES) {
      Response file = pages.file(name);
      router
          .get("/census/" + name, reads.undescribed())
          .handler(respond(_ -> Future.succeededFuture(file)));
    }
  }

  /** The same page at {@code /}, for the messages door. */
  public Section home() {
    return router ->
        router.get("/", RouteRules.reads(Role.READER, errors)).handler(respond(this::show));
  }

  private Future<Response> show(RoutingContext ctx) {
    Future<GetProgressReply> counts =
        backend.call(ctx, PingContract.GET_PROGRESS, new GetProgressRequest());
    Future<ListTasksReply> busy =
        backend.call(
            ctx, PingContract.LIST_TASKS, new ListTasksRequest(TaskStatus.IN_PROGRESS, -1, CHIPS));
    Future<ListErrorsReply> errors =
        backend.call(ctx, PingContract.LIST_ERRORS, new ListErrorsRequest(0, MAX_ERRORS_COUNTED));
    return Future.all(counts, busy, errors)
        .map(_ -> pages.page(200, html(ctx, counts.result(), busy.result(), errors.result())));
  }

  private Html html(
      RoutingContext ctx, GetProgressReply counts, ListTasksReply busy, ListErrorsReply errors) {
    double done = width(counts.done(), counts.total());
    double inProgress = width(counts.inProgress(), counts.total());
    return page.render(
        Map.ofEntries(
            Map.entry("version", pages.version()),
            Map.entry("origin", Html.of(origin(ctx))),
            Map.entry("worker", Html.of(workerArchive)),
            Map.entry(
                "errors", Html.of(number(errors.errors().size()) + (errors.more() ? "+" : ""))),
            Map.entry("percent", decimal(4, ClassicCensusRoutes.percent(counts))),
            Map.entry("total", count(counts.total())),
            Map.entry("done", count(counts.done())),
            Map.entry("busy", count(counts.inProgress())),
            Map.entry("bad", count(counts.error())),
            Map.entry("idle", count(counts.available())),
            Map.entry("done_width", decimal(3, done)),
            Map.entry("busy_x", decimal(3, done)),
            Map.entry("busy_width", decimal(3, inProgress)),
            Map.entry("bad_x", decimal(3, done + inProgress)),
            Map.entry("bad_width", decimal(3, width(counts.error(), counts.total()))),
            Map.entry("answered", count(counts.answered())),
            Map.entry("minute", count(counts.donePerMinute())),
            Map.entry("hour", count(counts.donePerHour())),
            Map.entry("left", Html.of(timeLeft(counts))),
            Map.entry("soon_hidden", Html.hidden(counts.total() > 0)),
            Map.entry("chips", chips(busy.tasks())),
            Map.entry("nobody_hidden", Html.hidden(!busy.tasks().isEmpty()))));
  }

  private Html chips(List<TaskRow> tasks) {
    return Html.joined(
        tasks.stream()
            .map(task -> {
              String network = TaskIndex.network(task.index());
              return network.isEmpty() ? "task " + task.index() : network;
            })
            .map(network -> chip.render(Map.of("network", Html.of(network))))
            .toList());
  }

  /** The site's origin, by the Host header, which the HostRule has checked. */
  private static String origin(RoutingContext ctx) {
    String host = ctx.request().headers().get("Host");
    return "http://" + (host == null || host.isEmpty() ? "localhost:8001" : host);
  }

  private static String timeLeft(GetProgressReply counts) {
    Long seconds = ProgressView.eta(counts);
    if (counts.total() == 0 || seconds == null) {
      return "–";
    }
    if (seconds == 0) {
      return "done";
    }
    return Span.of(seconds);
  }

  private static double width(long part, long total) {
    return part == 0 || total == 0 ? 0 : Math.max(MIN_WIDTH, part * 100.0 / total);
  }

  private static Html count(long number) {
    return Html.of(number(number));
  }

  private static String number(long number) {
    return String.format(Locale.ENGLISH, "%,d", number);
  }

  private static Html decimal(int places, double number) {
    return Html.of(String.format(Locale.ENGLISH, "%." + places + "f", number));
  }

  /** Formats a duration in the largest unit that fits. */
  private enum Span {
    YEAR(31_557_600),
    DAY(86_400),
    HOUR(3_600),
    MINUTE(60);

    private final long seconds;

    Span(long seconds) {
      this.seconds = seconds;
    }

    static String of(long seconds) {
      for (Span unit : values()) {
        if (seconds >= unit.seconds) {
          long amount = Math.round((double) seconds / unit.seconds);
          return String.format(
              Locale.ENGLISH,
              "%,d %s%s",
              amount,
              unit.name().toLowerCase(Locale.ROOT),
              amount == 1 ? "" : "s");
        }
      }
      return "under a minute";
    }
  }
}
