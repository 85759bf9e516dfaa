package dev.signalbox.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.signalbox.systemtests.Browser.Call;
import dev.signalbox.systemtests.Browser.Tab;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Pages of a gateway in a browser, over a connection that can be cut, and what holds for each. */
final class DashboardPages implements AutoCloseable {

  /** Axe, once it was read. */
  private static final String AXE = axe();

  private final Browser browser;
  private final CuttableProxy connection;

  /**
   * Pages of the gateway at a door.
   *
   * @param door its main port
   */
  DashboardPages(Browser browser, int door) {
    this.browser = browser;
    this.connection = new CuttableProxy(door);
  }

  /** Settings of a system whose pages are opened here: localhost has the port of the connection. */
  static Map<String, String> settings(String... more) {
    Map<String, String> settings = new HashMap<>(Shape.settings(more));
    settings.put("gateway.hosts", "localhost");
    return settings;
  }

  String url(String path) {
    return "http://localhost:" + connection.port() + path;
  }

  /** Opens a page on a light screen of 1,280 pixels. */
  Tab open(String path) {
    return open(path, 1280);
  }

  /**
   * Opens a page on a light screen.
   *
   * @param width of the window in pixels
   */
  Tab open(String path, int width) {
    return browser.tab(url(path), List.of(Call.width(width), Call.scheme("light")));
  }

  /** Cuts the connection of every tab to the gateway; new ones are refused. */
  void cut() {
    connection.cut();
  }

  /** Lets tabs connect again. */
  void restore() {
    connection.restore();
  }

  /** Examines a page in both colour schemes, as for a person who changes it at dusk. */
  static void examineInBothSchemes(Tab tab, String name) {
    for (String scheme : List.of("light", "dark")) {
      tab.set(Call.scheme(scheme));
      examine(tab, name + "-" + scheme);
    }
  }

  /**
   * Asserts what holds for every page: nobody is kept out, nothing scrolls sideways, no script
   * fails. Takes a picture.
   */
  static void examine(Tab tab, String name) {
    tab.screenshot(name);
    assertThat(violations(tab)).as("violations that axe calls serious").isEmpty();
    assertThat(tab.evaluate("document.documentElement.scrollWidth + ' of ' + innerWidth").asText())
        .as("no scrolling sideways")
        .satisfies(text -> {
          String[] widths = text.split(" of ");
          assertThat(Integer.parseInt(widths[0])).isLessThanOrEqualTo(Integer.parseInt(widths[1]));
        });
    assertThat(tab.errors()).isEmpty();
  }

  /** Serious violations of accessibility, with the elements. */
  static List<String> violations(Tab tab) {
    tab.evaluate(AXE);
    JsonNode found = tab.evaluate("axe.run().then(result => result.violations)");
    List<String> serious = new ArrayList<>();
    for (JsonNode violation : found) {
      String impact = violation.path("impact").asText();
      if (impact.equals("serious") || impact.equals("critical")) {
        JsonNode nodes = violation.path("nodes");
        serious.add(
            violation.path("id").asText()
                + " "
                + nodes.findValuesAsText("html")
                + nodes.findValuesAsText("failureSummary"));
      }
    }
    return serious;
  }

  private static String axe() {
    try (InputStream script = DashboardPages.class.getResourceAsStream("/axe.min.js")) {
      return new String(Objects.requireNonNull(script).readAllBytes(), StandardCharsets.UTF_8)
          + ";true";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    connection.close();
  }
}
