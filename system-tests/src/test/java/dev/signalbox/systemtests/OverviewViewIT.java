package dev.signalbox.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.systemtests.Browser.Tab;
import dev.signalbox.testsupport.LongTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The overview of the dashboard, and its shell, in a browser. */
@LongTest
class OverviewViewIT {

  private static final String SUMMARY =
      "(document.querySelector('[role=status].lede, .lede [role=status]')?.textContent ?? '')";
  private static final String WELL = SUMMARY + ".includes('Everything is fine')";
  private static final String LOST =
      "!document.getElementById('banner').hidden"
          + " && document.getElementById('banner').textContent.includes('No connection')";
  private static final String BANNER_GONE = "document.getElementById('banner').hidden";
  private static final String DNS = "[data-service=\"dns-service\"] ";

  private static final int SERVICES = 7;
  private static final long FIRST_LOAD_BYTES = 200_000;
  private static final String TOKEN = "reader-0123456789abcdef";

  private static Browser browser;
  private static OneProcess system;
  private static DashboardPages pages;

  @BeforeAll
  static void start() {
    browser = Browser.required();
    // Its own: what other tests do to a shared one may be worth a word.
    system = OneProcess.start(DashboardPages.settings());
    pages = new DashboardPages(browser, system.doors().main());
  }

  @AfterAll
  static void stop() {
    if (pages != null) {
      pages.close();
      system.close();
    }
  }

  private static String count(String selector) {
    return "document.querySelectorAll('" + selector + "').length";
  }

  @Test
  void givenAllServices_whenOpened_thenEachIsDrawnAndAllIsWell() {
    try (Tab tab = pages.open("/ui/")) {
      tab.await(WELL);

      assertThat(tab.evaluate(count(".station.done")).asInt()).isEqualTo(SERVICES);
      assertThat(tab.evaluate(count(".problems li")).asInt()).isZero();
      assertThat(tab.errors()).isEmpty();
    }
  }

  @Test
  void givenABrowserThatWasNeverHere_whenOpened_thenLittleIsTransferred() {
    try (Tab tab = pages.open("/ui/")) {
      tab.await(WELL);

      assertThat(tab.transferredBytes()).isBetween(1_000L, FIRST_LOAD_BYTES);
    }
  }

  @Test
  void givenTokensAreAskedFor_whenOneIsEntered_thenTheClusterIsShown() throws IOException {
    Path tokens =
        Files.writeString(Scratch.directory("tokens").resolve("tokens"), "reader:" + TOKEN + "\n");
    try (OneProcess guarded =
            OneProcess.start(DashboardPages.settings("gateway.tokens-file", tokens.toString()));
        DashboardPages asked = new DashboardPages(browser, guarded.doors().main());
        Tab tab = asked.open("/ui/")) {
      tab.await("document.getElementById('banner').textContent.includes('asks for a token')");
      assertThat(tab.evaluate(count(".station")).asInt()).isZero();

      tab.evaluate("document.querySelector('#banner a').click()");
      tab.await("document.getElementById('token') !== null");
      enter(tab, "unknown-0123456789abcdef");
      tab.await("document.getElementById('toasts').textContent.includes('does not know')");
      enter(tab, TOKEN);
      tab.await("document.getElementById('main').textContent.includes('has the role reader')");
      tab.evaluate("document.querySelector('#shell a[href=\"/ui/\"]').click()");

      tab.await(WELL);
      tab.await(BANNER_GONE);
      assertThat(tab.evaluate(count(".station.done")).asInt()).isEqualTo(SERVICES);
    }
  }

  private static void enter(Tab tab, String token) {
    tab.evaluate("document.getElementById('token').value = '" + token + "'");
    tab.evaluate("document.getElementById('token').form.requestSubmit()");
  }

  @Test
  void givenTwoReplicas_whenOneIsKilled_thenItGoesGreyAndANewOneAppearsWithoutReloading() {
    Cluster cluster = Cluster.gatewayAlone(DashboardPages.settings());
    try (DashboardPages dashboard = new DashboardPages(browser, cluster.doors().main())) {
      SignalboxProcess first = cluster.launch("dns-service");
      cluster.launch("dns-service");
      cluster.awaitReady("dns-service", 2);
      try (Tab tab = dashboard.open("/ui/")) {
        tab.await(count(DNS + ".instance.ready") + " === 2");
        tab.evaluate("window.sameDocument = true");

        first.kill();
        tab.await(count(DNS + ".instance.gone") + " === 1");
        assertThat(tab.evaluate("document.querySelector('.problems').textContent").asText())
            .contains("1 instance of dns-service stopped")
            .contains("no instance of code-service is running")
            .contains("./signalbox code-service --cluster");

        cluster.launch("dns-service");
        tab.await(count(DNS + ".instance.ready") + " === 2");
        assertThat(tab.evaluate("window.sameDocument === true").asBoolean()).isTrue();
      }
    } finally {
      cluster.close();
    }
  }

  @Test
  void givenAnOpenPage_whenTheConnectionIsCut_thenABannerSaysSoUntilItIsBack() {
    try (Tab tab = pages.open("/ui/")) {
      tab.await(WELL);

      pages.cut();
      try {
        tab.await(LOST);
        assertThat(tab.evaluate(count(".station")).asInt())
            .as("what was known stays")
            .isEqualTo(SERVICES);
      } finally {
        pages.restore();
      }

      tab.await(BANNER_GONE);
      tab.await(WELL);
    }
  }

  @Test
  void givenNumbersAtTheEndOfAUnit_whenWritten_thenTheyAreInTheNext() {
    try (Tab tab = pages.open("/ui/")) {
      String written =
          tab.evaluate(
                  """
                  (async () => {
                    const script = document.querySelector('script[type=module]').src;
                    const { bytes, ms, span } = await import(new URL('format.js', script));
                    return [bytes(1023), bytes(1024), bytes(1048575), bytes(NaN), ms(0.25), ms(999.7), ms(59_999),
                      span(0.2), span(59.7), span(90), span(3_599), span(86_399), span(31_557_600)].join('; ');
                  })()\
                  """)
              .asText();

      assertThat(written)
          .isEqualTo(
              "1,023 bytes; 1 KiB; 1 MiB; –; 250 µs; 1 s; 60 s; a moment; 1 minute; 2 minutes;"
                  + " 1 hour; 1 day; 1 year");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {360, 1280, 2560})
  void givenAScreen_whenOpened_thenNobodyIsKeptOutAndNothingScrollsSideways(int width) {
    try (Tab tab = pages.open("/ui/", width)) {
      tab.await(WELL);

      DashboardPages.examineInBothSchemes(tab, "overview-" + width);
    }
  }
}
