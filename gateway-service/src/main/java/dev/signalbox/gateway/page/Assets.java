package dev.signalbox.gateway.page;

import dev.signalbox.contracts.Sha256;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The scripts, styles and icons of all pages. Their URLs contain a hash of them all, so that
 * browsers may cache them forever and modules import one another by relative paths.
 */
final class Assets {

  /** Where they are: the version and the name of a file follow. */
  static final String PREFIX = "/ui/assets/";

  private static final String OWN = "dev/signalbox/gateway/assets/";
  private static final String LEAFLET = "META-INF/resources/webjars/leaflet/1.9.4/dist/";
  private static final String LIT = "META-INF/resources/webjars/lit-html/3.3.2/";

  /** The files of this project; a test compares them with the folder. */
  static final List<String> NAMES =
      List.of(
          "api.js",
          "app.js",
          "census-leaders.js",
          "census-map.js",
          "census.js",
          "chart.js",
          "colours.css",
          "errors.js",
          "file-details.js",
          "file-paths.js",
          "format.js",
          "icon.svg",
          "live.js",
          "message-chain.js",
          "parts.js",
          "routes-editor.js",
          "routes-fields.js",
          "routes-har.js",
          "routes-match.js",
          "routes-path.js",
          "routes-preview.js",
          "routes-response.js",
          "server-form.js",
          "server-import.js",
          "server-journal.js",
          "server-list.js",
          "server-page.js",
          "server-requests.js",
          "signalbox.css",
          "tus.js",
          "upload-list.js",
          "uploads.js",
          "view-files.js",
          "view-messages.js",
          "view-overview.js",
          "view-servers.js",
          "view-settings.js");

  private static final List<String> LIT_NAMES =
      List.of(
          "lit-html.js",
          "directive.js",
          "directive-helpers.js",
          "directives/live.js",
          "directives/repeat.js");

  private static final Map<String, String> RESOURCES = resources();

  /** A hash of all files. */
  static final String VERSION = version();

  private Assets() {}

  private static Map<String, String> resources() {
    Map<String, String> resources = new TreeMap<>();
    NAMES.forEach(name -> resources.put(name, OWN + name));
    LIT_NAMES.forEach(name -> resources.put("lit/" + name, LIT + name));
    for (String name : List.of("leaflet.css", "leaflet.js")) {
      resources.put(name, LEAFLET + name);
    }
    return Map.copyOf(resources);
  }

  private static String version() {
    MessageDigest digest = Sha256.digest();
    RESOURCES.values().stream()
        .sorted()
        .forEach(resource -> digest.update(JarFiles.read(resource)));
    return HexFormat.of().formatHex(digest.digest(), 0, 6);
  }

  /** Where a file is on the class path; an empty text when there is no such file. */
  static String resource(String name) {
    return RESOURCES.getOrDefault(name, "");
  }

  static String mediaType(String name) {
    return switch (name.substring(name.lastIndexOf('.') + 1)) {
      case "css" -> "text/css; charset=utf-8";
      case "js" -> "text/javascript; charset=utf-8";
      default -> "image/svg+xml";
    };
  }
}
