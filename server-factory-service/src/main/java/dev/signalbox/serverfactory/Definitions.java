package dev.signalbox.serverfactory;

import dev.signalbox.contracts.ErrorCode;
import dev.signalbox.contracts.FieldProblem;
import dev.signalbox.contracts.ServiceException;
import dev.signalbox.contracts.serverfactory.StartServerRequest;
import dev.signalbox.platform.json.FieldProblems;
import dev.signalbox.platform.json.Json;
import dev.signalbox.platform.json.JsonInputException;
import dev.signalbox.platform.json.JsonLimits;
import dev.signalbox.platform.json.RequestObject;
import dev.signalbox.platform.json.StrictJson;
import dev.signalbox.serverfactory.definition.DefinitionLimits;
import dev.signalbox.serverfactory.definition.DefinitionReader;
import dev.signalbox.serverfactory.definition.Page;
import dev.signalbox.serverfactory.definition.ServerDefinition;
import dev.signalbox.serverfactory.imports.ImportException;
import dev.signalbox.serverfactory.imports.Imported;
import dev.signalbox.serverfactory.imports.OpenApiImport;
import dev.signalbox.serverfactory.imports.ServableRoutes;
import dev.signalbox.serverfactory.imports.WireMockImport;
import dev.signalbox.storage.IdempotencyLog;
import dev.signalbox.storage.StoredText;
import io.netty.buffer.ByteBufUtil;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads definitions of servers from clients and from storage, and writes them. They may be large:
 * not to be used on an event loop.
 */
final class Definitions {

  private static final String INVALID = "the server cannot be made as described";
  private static final String ROUTES = "routes";
  private static final String WIREMOCK = "wiremock";
  private static final String TLS = "tls";
  private static final String PRIVATE_KEY = "private_key_pem";

  /** Fields that say what a server answers; they exclude one another. */
  private static final List<String> SOURCES = List.of(ROUTES, WIREMOCK, "openapi");

  /** Values in a definition: they take more memory than its text. */
  private static final JsonLimits JSON = JsonLimits.values(400_000);

  private final DefinitionReader reader;
  private final int maxRoutes;
  private final int maxBytes;
  private final int maxResponse;

  Definitions(ServerFactoryConfig config) {
    this.reader =
        new DefinitionReader(
            new DefinitionLimits(
                config.maxRoutes(), config.maxDefinition(), config.maxDefinition()));
    this.maxRoutes = config.maxRoutes();
    this.maxBytes = config.maxDefinition();
    this.maxResponse = config.maxResponse();
  }

  /**
   * What a server is to answer instead.
   *
   * @param content as it is to be stored; its revision is the one that it replaces
   * @param definition the same, ready to serve
   */
  record Changed(ServerContent content, ServerDefinition definition) {}

  /**
   * Reads the wish for a server.
   *
   * @throws ServiceException INVALID_REQUEST with the problems of all fields
   */
  NewServer read(StartServerRequest request) {
    FieldProblems problems = new FieldProblems();
    String text = request.definition();
    Map<String, @Nullable Object> members =
        text == null ? Map.of() : object(json("/definition", text), "/definition");
    Page page = page(request, members, problems);
    String key = request.idempotencyKey();
    if (key != null && !IdempotencyLog.isKey(key)) {
      problems.add("/idempotency_key", IdempotencyLog.KEY_RULE);
    }
    Routed routed = routed(members, problems);
    ServerDefinition definition = definition(page, routed, problems);
    String stored = text == null ? null : Json.text(routed.members());
    if (stored != null && ByteBufUtil.utf8Bytes(stored) > maxBytes) {
      problems.add("/definition", "must be at most " + maxBytes + " bytes");
    }
    requireNone(INVALID, problems);
    return new NewServer(request, new ServerContent(page, stored, routed.notes(), 0), definition);
  }

  private @Nullable Page page(
      StartServerRequest request, Map<String, @Nullable Object> members, FieldProblems problems) {
    String uri = request.pageUri();
    String data = request.responseData();
    boolean needed =
        members.get("proxy") == null
            && SOURCES.stream().allMatch(source -> members.get(source) == null);
    if (uri.isEmpty() && data.isEmpty() && !needed) {
      return null;
    }
    String problem =
        uri.isEmpty()
            ? "is required without routes, wiremock, openapi and proxy"
            : Page.problem(uri);
    if (!problem.isEmpty()) {
      problems.add("/page_uri", problem);
    }
    if (data.length() > maxResponse) {
      problems.add("/response_data", "must be at most " + maxResponse + " characters");
    }
    if (!StoredText.valid(data)) {
      problems.add("/response_data", StoredText.RULE);
    }
    return new Page(uri, data);
  }

  /**
   * What storage has, ready to serve.
   *
   * @throws ServiceException INVALID_REQUEST when this version cannot read it
   */
  ServerDefinition compile(ServerContent content) {
    FieldProblems problems = new FieldProblems();
    ServerDefinition definition =
        definition(content.page(), new Routed(stored(content), List.of(), ""), problems);
    requireNone("the stored definition cannot be read", problems);
    return definition;
  }

  /**
   * The same server with other routes.
   *
   * @param json an array of routes, or an object with {@code routes}, {@code wiremock} or {@code
   *     openapi}
   * @throws ServiceException INVALID_REQUEST with every problem
   */
  Changed withRoutes(ServerContent content, String json) {
    Object value = json("", json);
    if (value instanceof List<?>) {
      return withRoutes(content, Map.of(ROUTES, value), "/" + ROUTES);
    }
    return withRoutes(content, object(value, ""), "");
  }

  /** With {@code root} before the pointers of problems, which the client did not write. */
  private Changed withRoutes(
      ServerContent content, Map<String, @Nullable Object> given, String root) {
    FieldProblems problems = new FieldProblems();
    Map<String, @Nullable Object> members = stored(content);
    members.remove(ROUTES);
    given.forEach((name, member) -> {
      if (SOURCES.contains(name)) {
        members.put(name, member);
      } else {
        problems.add("/" + FieldProblems.shortened(name), "is not a known field");
      }
    });
    if (SOURCES.stream().allMatch(source -> given.get(source) == null)) {
      problems.add("/" + ROUTES, "is required");
    }
    Routed routed = routed(members, problems);
    ServerDefinition definition = definition(content.page(), routed, problems);
    String text = Json.text(routed.members());
    if (ByteBufUtil.utf8Bytes(text) > maxBytes) {
      problems.add("", "the definition would have more than " + maxBytes + " bytes");
    }
    FieldProblems asGiven = new FieldProblems();
    asGiven.addAll(
        problems,
        problem ->
            problem.pointer().startsWith(root)
                ? new FieldProblem(problem.pointer().substring(root.length()), problem.message())
                : problem);
    requireNone("the routes cannot be replaced as described", asGiven);
    return new Changed(
        new ServerContent(content.page(), text, routed.notes(), content.revision()), definition);
  }

  /**
   * The same server with further routes at the end, made of what it forwarded. Those whose match is
   * there already are left out, and so are those beyond the limits.
   *
   * @return empty when none is left
   * @throws ServiceException INVALID_REQUEST when one cannot be a route
   */
  Optional<Changed> withRecorded(
      ServerContent content, List<Map<String, @Nullable Object>> recorded) {
    Map<String, @Nullable Object> members = stored(content);
    List<@Nullable Object> routes = new ArrayList<>();
    Set<@Nullable Object> matches = new HashSet<>();
    Set<@Nullable Object> names = new HashSet<>();
    if (members.get(ROUTES) instanceof List<?> known) {
      routes.addAll(known);
      known.forEach(route -> {
        matches.add(member(route, "match"));
        names.add(member(route, "name"));
      });
    }
    int before = routes.size();
    members.put(ROUTES, routes);
    long bytes = ByteBufUtil.utf8Bytes(Json.text(members));
    for (Map<String, @Nullable Object> route : recorded) {
      long more = Json.bytes(route).length + 1L;
      if (routes.size() < maxRoutes
          && bytes + more <= maxBytes
          && matches.add(route.get("match"))) {
        routes.add(names.add(route.get("name")) ? route : nameless(route));
        bytes += more;
      }
    }
    if (routes.size() == before) {
      return Optional.empty();
    }
    FieldProblems problems = new FieldProblems();
    ServerDefinition definition =
        definition(content.page(), new Routed(members, List.of(), ""), problems);
    requireNone("the response cannot be a route", problems);
    return Optional.of(
        new Changed(
            new ServerContent(
                content.page(), Json.text(members), content.notes(), content.revision()),
            definition));
  }

  private static @Nullable Object member(@Nullable Object route, String name) {
    return route instanceof Map<?, ?> members ? members.get(name) : null;
  }

  /** Names are unique: two queries of one path would have the same. */
  private static Map<String, @Nullable Object> nameless(Map<String, @Nullable Object> route) {
    Map<String, @Nullable Object> others = new LinkedHashMap<>(route);
    others.remove("name");
    return others;
  }

  /** All fields by which a server could be made again, but its port and its private key. */
  String shown(ServerContent content) {
    Map<String, @Nullable Object> members = new LinkedHashMap<>();
    Page page = content.page();
    if (page != null) {
      members.put("page_uri", page.uri());
      members.put("response_data", page.data());
    }
    members.putAll(stored(content));
    if (members.get(TLS) instanceof Map<?, ?> tls) {
      Map<Object, @Nullable Object> shown = new LinkedHashMap<>(tls);
      shown.remove(PRIVATE_KEY);
      members.put(TLS, shown);
    }
    return Json.text(members);
  }

  /**
   * Members with routes in place of what was imported.
   *
   * @param notes what the import did not understand
   * @param source pointer to what was imported; empty for nothing
   */
  private record Routed(Map<String, @Nullable Object> members, List<String> notes, String source) {}

  private Routed routed(Map<String, @Nullable Object> members, FieldProblems problems) {
    List<String> given = SOURCES.stream().filter(name -> members.get(name) != null).toList();
    given.stream()
        .skip(1)
        .forEach(name -> problems.add("/" + name, "cannot be combined with " + given.getFirst()));
    Map<String, @Nullable Object> made = new LinkedHashMap<>(members);
    if (given.isEmpty() || given.getFirst().equals(ROUTES)) {
      given.stream().skip(1).forEach(made::remove);
      return new Routed(made, List.of(), "");
    }
    String source = given.getFirst();
    SOURCES.forEach(made::remove);
    made.put(ROUTES, List.of());
    try {
      Imported imported =
          ServableRoutes.of(
              source.equals(WIREMOCK)
                  ? WireMockImport.read(members.get(source), maxRoutes)
                  : OpenApiImport.read(members.get(source), maxRoutes),
              reader);
      made.put(ROUTES, imported.routes());
      return new Routed(made, imported.notes(), "/" + source);
    } catch (ImportException e) {
      problems.add("/" + source, String.valueOf(e.getMessage()));
      return new Routed(made, List.of(), "/" + source);
    }
  }

  private ServerDefinition definition(@Nullable Page page, Routed routed, FieldProblems problems) {
    RequestObject object = RequestObject.of(routed.members());
    ServerDefinition definition = reader.read(object, page);
    problems.addAll(
        object.problems(),
        problem ->
            routed.source().isEmpty() || !problem.pointer().startsWith("/" + ROUTES)
                ? problem
                : new FieldProblem(
                    routed.source(),
                    "becomes a route that cannot be served: "
                        + problem.pointer()
                        + " "
                        + problem.message()));
    return definition;
  }

  private static void requireNone(String message, FieldProblems problems) {
    if (problems.total() > 0) {
      throw new ServiceException(ErrorCode.INVALID_REQUEST, message, problems.kept());
    }
  }

  private static Map<String, @Nullable Object> stored(ServerContent content) {
    String text = content.definition();
    return text == null ? new LinkedHashMap<>() : new LinkedHashMap<>(object(json("", text), ""));
  }

  private static @Nullable Object json(String pointer, String text) {
    try {
      return StrictJson.value(text.getBytes(StandardCharsets.UTF_8), JSON);
    } catch (JsonInputException e) {
      throw ServiceException.invalid(pointer, String.valueOf(e.getMessage()));
    }
  }

  private static Map<String, @Nullable Object> object(@Nullable Object value, String pointer) {
    if (!(value instanceof Map<?, ?> map)) {
      throw ServiceException.invalid(pointer, "must be an object");
    }
    return StrictJson.named(map);
  }
}
