package dev.signalbox.serverfactory.definition;

import dev.signalbox.platform.json.RequestObject;
import dev.signalbox.serverfactory.body.CompileBudget;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads definitions of servers from JSON. What is wrong is noted in the object that is read, each
 * thing at its place; the definition is of use only if {@link RequestObject#end} finds nothing.
 */
public final class DefinitionReader {

  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,99}");
  private static final Pattern UUID =
      Pattern.compile("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");
  private static final Pattern ORIGIN =
      Pattern.compile("[a-z][a-z0-9+.-]*://[A-Za-z0-9._~\\[\\]:-]{1,255}");

  private static final int MAX_LABEL = 100;
  private static final int MAX_NAMES = 50;
  private static final int MAX_URL = 2_048;
  private static final long MAX_EXPIRY_S = 31_536_000;

  private final DefinitionLimits limits;

  public DefinitionReader(DefinitionLimits limits) {
    this.limits = limits;
  }

  /**
   * Reads the fields of a server beside its port and page.
   *
   * @param page what the server answers when no route matches; null for none
   * @param budget notes what its conditions come to
   */
  public ServerDefinition read(RequestObject server, @Nullable Page page, CompileBudget budget) {
    String name = name(server);
    List<Route> routes = new RouteReader(limits, budget).read(server);
    ProxyTarget proxy = ProxyReader.read(server, true);
    if (page == null && proxy == null && !server.has("routes") && !server.has("proxy")) {
      server.problem("routes", "is required without page_uri and proxy");
    }
    RequestObject journal = server.object("journal");
    return new ServerDefinition(
        name,
        page,
        routes,
        TlsReader.read(server),
        server.bool("http2", true),
        cors(server),
        server.bool("lax", false),
        proxy,
        new JournalSettings(
            (int)
                journal.integer(
                    "entries", JournalSettings.USUAL.entries(), 0, JournalSettings.MAX_ENTRIES),
            (int)
                journal.integer(
                    "body_bytes",
                    JournalSettings.USUAL.bodyBytes(),
                    0,
                    JournalSettings.MAX_BODY_BYTES)),
        server.has("seed") ? server.integer("seed", 0, Long.MIN_VALUE, Long.MAX_VALUE) : null,
        server.has("expires_in_s") ? server.integer("expires_in_s", 1, 1, MAX_EXPIRY_S) : null);
  }

  private static @Nullable String name(RequestObject server) {
    String name = server.optionalLine("name", MAX_LABEL);
    if (name == null) {
      return null;
    }
    if (!NAME.matcher(name).matches()) {
      server.problem("name", "must be letters, digits, . _ and -, the first a letter or a digit");
    } else if (UUID.matcher(name).matches()) {
      server.problem("name", "must not have the form of a UUID, which would be an id");
    }
    return name;
  }

  /** Reads the field {@code routes} alone, empty when it is absent. */
  public List<Route> routes(RequestObject holder) {
    return new RouteReader(limits, new CompileBudget()).read(holder);
  }

  private static @Nullable Cors cors(RequestObject server) {
    Object value = server.any("cors");
    if (value == null || Boolean.FALSE.equals(value)) {
      return null;
    }
    if (Boolean.TRUE.equals(value)) {
      return Cors.ALL;
    }
    if (!(value instanceof Map<?, ?>)) {
      server.problem("cors", "must be true or an object");
      return null;
    }
    RequestObject cors = server.object("cors");
    List<String> origins = cors.lines("origins", MAX_NAMES, MAX_URL);
    if (origins.isEmpty()) {
      cors.problem("origins", "must have an origin, or *");
    }
    for (String origin : origins) {
      if (!origin.equals("*") && !origin.equals("null") && !ORIGIN.matcher(origin).matches()) {
        cors.problem("origins", "must hold origins such as https://example.org, or *");
      }
    }
    return new Cors(
        Set.copyOf(origins),
        tokens(cors, "methods"),
        tokens(cors, "headers"),
        tokens(cors, "expose_headers"),
        cors.bool("credentials", false),
        cors.integer("max_age_s", -1, 0, MAX_EXPIRY_S));
  }

  private static List<String> tokens(RequestObject holder, String field) {
    List<String> names = holder.lines(field, MAX_NAMES, MAX_LABEL);
    if (!names.stream().allMatch(HeaderText::isToken)) {
      holder.problem(field, "must hold names without blanks and separators");
    }
    return names;
  }
}
