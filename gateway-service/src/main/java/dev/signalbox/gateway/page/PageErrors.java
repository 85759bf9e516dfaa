package dev.signalbox.gateway.page;

import dev.signalbox.gateway.error.ErrorShape;
import dev.signalbox.gateway.error.HttpException;
import dev.signalbox.gateway.routing.Response;
import java.util.Map;

/** Faults as a page, for whoever asked for one. */
public final class PageErrors implements ErrorShape {

  private final Pages pages;
  private final HtmlTemplate fault;

  /** Faults in the look of the pages. */
  public PageErrors(Pages pages) {
    this.pages = pages;
    this.fault = pages.template("fault.html");
  }

  @Override
  public Response render(HttpException because, String requestId) {
    Html html =
        fault.render(
            Map.of(
                "title", Html.of(title(because.status())),
                "detail", Html.of(because.message()),
                "status", Html.of(because.status()),
                "request_id", Html.of(requestId),
                "version", pages.version()));
    return pages.page(because.status(), html).with(because.headers());
  }

  private static String title(int status) {
    return switch (status) {
      case 401, 403 -> "This page is not for everybody";
      case 404 -> "There is no such page";
      case 405 -> "That is not how to ask";
      case 413 -> "That is too much at once";
      case 429, 503, 504 -> "Not available for a moment";
      default -> status < 500 ? "That request makes no sense" : "Something broke";
    };
  }
}
