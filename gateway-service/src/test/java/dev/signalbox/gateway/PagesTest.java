package dev.signalbox.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.contracts.ping.GetProgressReply;
import dev.signalbox.contracts.ping.ListErrorsReply;
import dev.signalbox.contracts.ping.ListErrorsRequest;
import dev.signalbox.contracts.ping.ListTasksReply;
import dev.signalbox.contracts.ping.PingContract;
import dev.signalbox.contracts.ping.TaskFault;
import dev.signalbox.contracts.ping.TaskRow;
import dev.signalbox.contracts.ping.TaskStatus;
import dev.signalbox.gateway.GatewayFixture.Reply;
import dev.signalbox.platform.service.ServiceEndpoint;
import io.vertx.core.Future;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The two pages of document 5. */
class PagesTest {

  private static final String HOSTILE = "</code><script>alert(1)</script>\u202e\"'&{{rows}}";

  private static GatewayFixture gateway;

  @BeforeAll
  static void start() {
    gateway =
        GatewayFixture.start(List.of(FakeService.named("ping-coordinator", PagesTest::serve)));
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  private static void serve(ServiceEndpoint endpoint) {
    endpoint
        .serve(
            PingContract.GET_PROGRESS,
            (request, call) ->
                Future.succeededFuture(
                    new GetProgressReply(
                        56_492, 50_000, 2, 6_489, 1, 1_234_567, 5, 60, 3_600_000, 1, 0)))
        .serve(
            PingContract.LIST_TASKS,
            (request, call) ->
                Future.succeededFuture(
                    new ListTasksReply(List.of(working(258), working(70_000)), false)))
        .serve(
            PingContract.LIST_ERRORS, (request, call) -> Future.succeededFuture(errors(request)));
  }

  private static TaskRow working(int index) {
    return new TaskRow(index, TaskStatus.IN_PROGRESS, "w", 1_000L, null, 0, null);
  }

  private static ListErrorsReply errors(ListErrorsRequest request) {
    return request.after() >= 9
        ? new ListErrorsReply(List.of(), false)
        : new ListErrorsReply(
            List.of(
                new TaskFault(8, 258, "length:5", TaskStatus.ERROR, 0),
                new TaskFault(9, 259, HOSTILE, TaskStatus.IN_PROGRESS, 0)),
            true);
  }

  @Test
  void censusPageIsWholeWithoutItsScript() {
    Reply page = gateway.send("messages", "GET", "/", null);

    assertThat(page.status()).isEqualTo(200);
    assertThat(page.header("content-type")).isEqualTo("text/html; charset=utf-8");
    assertThat(page.body())
        .contains(">11.4866<", ">6,489<", ">56,492<", ">1,234,567<", "<li>1.2.0.0/16</li>")
        .contains("<li>task 70000</li>", ">2+</span>", "aria-valuenow=\"11.4866\"")
        .contains("http://127.0.0.1:" + gateway.port("messages") + "</span>/get_task")
        .doesNotContain("{{");
  }

  @Test
  void censusPageHasAnAddressAtEveryDoor() {
    assertThat(gateway.get("/census").body()).contains("Which addresses of the Internet");
    assertThat(gateway.get("/").body()).doesNotContain("Which addresses of the Internet");
  }

  @Test
  void errorsPageHasARowWithItsButtonsForEachError() {
    Reply page = gateway.get("/errors");

    assertThat(page.status()).isEqualTo(200);
    assertThat(page.body())
        .contains("<code>length:5</code>", "1.2.0.0/16", "status s3", ">in progress<")
        .contains("aria-label=\"Retry task 258\"", "aria-label=\"Mark task 258 done\"")
        .contains("name=\"id\" value=\"258\"", "action=\"/revise\"")
        .contains("href=\"/errors?after=9\"");
  }

  @Test
  void errorTextsAreTextWhateverTheySay() {
    assertThat(gateway.get("/errors").body())
        .contains(
            "&lt;/code&gt;&lt;script&gt;alert(1)&lt;/script&gt;\ufffd&quot;&#39;&amp;{{rows}}")
        .doesNotContain("<script>alert");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "?after=x", "?after=-5", "?after=99999999999999999999", "?foo=%00"})
  void whatTheErrorsPageDoesNotUnderstandIsTheFirstPage(String query) {
    assertThat(gateway.get("/errors" + query).body()).contains("length:5");
  }

  @Test
  void errorsPageSaysWhenThereIsNothing() {
    assertThat(gateway.get("/errors?after=9").body())
        .contains("No more errors", "<div class=\"panel flush\" hidden id=\"list\">");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/errors", "/census", "/ui/census"})
  void pagesAllowNothingInlineAndNothingFromElsewhere(String path) {
    Reply page = gateway.get(path);

    assertThat(page.header("content-security-policy"))
        .contains("default-src 'none'", "script-src 'self'", "frame-ancestors 'none'")
        .doesNotContain("unsafe");
    assertThat(page.header("x-content-type-options")).isEqualTo("nosniff");
    assertThat(page.header("cache-control")).isEqualTo("no-store");
    assertThat(page.body())
        .doesNotContainPattern("<script(?![^>]* src=)")
        .doesNotContainPattern("\\sstyle=|\\son[a-z]+=|<style|javascript:")
        .doesNotContainPattern("(src|href)=\"(?!/|#)");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/errors", "/census", "/ui/census"})
  void everyFileAPageRefersToIsThere(String path) {
    Matcher reference =
        Pattern.compile("(?:src|href)=\"(/ui/assets/[^\"]+)\"").matcher(gateway.get(path).body());
    int found = 0;
    while (reference.find()) {
      Reply file = gateway.get(reference.group(1));
      assertThat(file.status()).as(reference.group(1)).isEqualTo(200);
      assertThat(file.header("cache-control")).contains("immutable");
      found++;
    }
    assertThat(found).isGreaterThanOrEqualTo(3);
  }

  @Test
  void pageOfACensusThatIsAwaySaysSo() {
    try (GatewayFixture alone = GatewayFixture.start()) {
      Reply page = alone.send("messages", "GET", "/", null);

      assertThat(page.status()).isEqualTo(503);
      assertThat(page.header("content-type")).isEqualTo("text/html; charset=utf-8");
      assertThat(page.header("retry-after")).isNotEmpty();
      assertThat(page.body())
          .contains("Temporarily unavailable", "ping-coordinator is not available");
    }
  }

  @Test
  void pagesAreRead() {
    Reply page = gateway.send("main", "POST", "/errors", "x", "Content-Type", "text/plain");

    assertThat(page.status()).isEqualTo(405);
    assertThat(page.header("allow")).isEqualTo("GET, HEAD, OPTIONS");
    assertThat(gateway.send("main", "HEAD", "/errors", null).body()).isEmpty();
  }
}
