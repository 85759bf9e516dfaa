package dev.signalbox.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.systemtests.Browser.Arrow;
import dev.signalbox.systemtests.Browser.Call;
import dev.signalbox.systemtests.Browser.Tab;
import dev.signalbox.testsupport.LongTest;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The page of the census in a browser: the map, live, by mouse and by keyboard. */
@LongTest
class CensusPageIT {

  private static final String TILES = "[...document.querySelectorAll('#map canvas')]";
  private static final String DRAWN = TILES + ".some(tile => tile.dataset.etag)";

  private static OneProcess system;
  private static Browser browser;
  private static Census census;

  @BeforeAll
  static void start() {
    browser = Browser.required();
    system =
        OneProcess.start(
            Map.of(
                "ping.first-task", "256", "ping.initial-tasks", "200", "ping.check-percent", "0"));
    census = new Census(system.doors().main());
    for (int i = 0; i < 8; i++) {
      submit(i % 2 == 0 ? "1" : "0");
    }
    census.submit(census.take(), "bad"); // an error
  }

  @AfterAll
  static void stop() {
    if (system != null) {
      system.close();
    }
  }

  /** The next task, all of whose addresses answered or none; its index. */
  private static int submit(String answer) {
    int index = census.take();
    assertThat(census.submit(index, answer.repeat(65_536)).path("success").asBoolean()).isTrue();
    return index;
  }

  private static String url(String path) {
    return "http://localhost:" + system.doors().main() + path;
  }

  @Test
  void givenTheWholeSpace_whenAnAddressIsLookedFor_thenTheMapGoesThereAndSaysWhatIsKnown() {
    try (Tab tab = browser.tab(url("/ui/census"))) {
      tab.await(DRAWN);

      tab.evaluate("document.getElementById('find-address').value = '1.0.3.7'");
      tab.evaluate("document.getElementById('find').requestSubmit()");

      tab.await("document.getElementById('told').textContent.startsWith('1.0.3.7')");
      tab.await(TILES + ".some(tile => tile.tile.z === 8 && tile.dataset.etag)");
      assertThat(tab.evaluate("document.getElementById('told').textContent").asText())
          .contains("done");
      assertThat(tab.errors()).isEmpty();
    }
  }

  @Test
  void givenAnAddressThatIsNone_whenLookedFor_thenThePageSaysSo() {
    try (Tab tab = browser.tab(url("/ui/census"))) {
      tab.evaluate("document.getElementById('find-address').value = '<b>1.2.3</b>'");
      tab.evaluate("document.getElementById('find').requestSubmit()");

      tab.await("document.getElementById('told').textContent.includes('not an IPv4 address')");
    }
  }

  @Test
  void givenAnOpenPage_whenAResultComesIn_thenItsTileIsDrawnAnewWithoutReloading() {
    try (Tab tab = browser.tab(url("/ui/census"))) {
      tab.await(DRAWN);
      tab.evaluate("window.before = " + TILES + ".map(tile => tile.dataset.etag).join()");

      submit("1");

      tab.await(TILES + ".map(tile => tile.dataset.etag).join() !== window.before");
      assertThat(tab.errors()).isEmpty();
    }
  }

  @Test
  void givenAKeyboard_whenArrowsArePressed_thenTheCellMovesAndIsSaid() {
    try (Tab tab = browser.tab(url("/ui/census"))) {
      tab.await(DRAWN);
      tab.evaluate("document.getElementById('map').focus()");

      tab.press(Arrow.RIGHT);
      tab.await("/^[0-9.]+[/][0-9]+/.test(document.getElementById('told').textContent)");
      tab.evaluate("window.before = document.getElementById('told').textContent");
      tab.press(Arrow.DOWN);

      tab.await("document.getElementById('told').textContent !== window.before");
      assertThat(tab.errors()).isEmpty();
    }
  }

  @Test
  void givenAnError_whenItsRetryIsPressed_thenTheTaskIsAvailableAgain() {
    int index = census.take();
    census.submit(index, "bad");
    String button = "document.querySelector('[aria-label=\"Retry task " + index + "\"]')";
    try (Tab tab = browser.tab(url("/errors"))) {
      tab.await(button + " !== null");

      tab.evaluate(button + ".click()");

      tab.await("document.querySelector('tr[data-task=\"" + index + "\"] .status.s0') !== null");
      assertThat(census.get("/api/v1/census/tasks/" + index).path("status").asText())
          .isEqualTo("available");
      assertThat(tab.errors()).isEmpty();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "/ui/census, light, 1280",
    "/ui/census, dark, 360",
    "/ui/census, light, 360",
    "/ui/census, dark, 1280",
    "/errors, light, 360",
    "/errors, dark, 1280"
  })
  void givenAPage_whenAxeLooksAtIt_thenItFindsNothingSerious(
      String path, String scheme, int width) {
    try (Tab tab = browser.tab(url(path), List.of(Call.width(width), Call.scheme(scheme)))) {
      if (path.equals("/ui/census")) {
        tab.await(DRAWN);
      }
      DashboardPages.examine(tab, path.replaceAll(".*/", "") + "-" + scheme + "-" + width);
    }
  }
}
