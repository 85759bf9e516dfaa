package dev.signalbox.serverfactory;

import static dev.signalbox.serverfactory.DefinitionCompiler.ROUTES;
import static dev.signalbox.serverfactory.DefinitionCompiler.SOURCES;

import dev.signalbox.contracts.ErrorCode;
import dev.signalbox.contracts.FieldProblem;
import dev.signalbox.contracts.ServiceException;
import dev.signalbox.platform.json.FieldProblems;
import dev.signalbox.platform.json.Json;
import dev.signalbox.serverfactory.DefinitionCompiler.Routed;
import dev.signalbox.serverfactory.definition.ServerDefinition;
import io.netty.buffer.ByteBufUtil;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Makes the definition of a server anew with other routes. Not to be used on an event loop, see
 * {@link DefinitionCompiler}.
 */
final class RouteEdits {

  private final DefinitionCompiler compiler;
  private final int maxRoutes;
  private final int maxBytes;

  RouteEdits(ServerFactoryConfig config, DefinitionCompiler compiler) {
    this.compiler = compiler;
    this.maxRoutes = config.maxRoutes();
    this.maxBytes = config.maxDefinition();
  }

  /**
   * What a server is to answer instead.
   *
   * @param content as it is to be stored; its revision is the one that it replaces
   * @param loaded the same, ready to serve; its charge is the caller's to release
   */
  record Changed(ServerContent content, LoadedDefinition loaded) {}

  /**
   * The same server with other routes.
   *
   * @param json an array of routes, or an object with {@code routes}, {@code wiremock} or {@code
   *     openapi}
   * @throws ServiceException INVALID_REQUEST with every problem, CONFLICT when what is stored
   *     beside the routes cannot be read, or LIMIT_REACHED when too little memory is left for both
   *     definitions
   */
  Changed withRoutes(ServerContent content, String json) {
    Object value = DefinitionCompiler.json("", json);
    requireReadableRest(content);
    if (value instanceof List<?>) {
      return withRoutes(content, Map.of(ROUTES, value), "/" + ROUTES);
    }
    return withRoutes(content, DefinitionCompiler.object(value, ""), "");
  }

  /** What is beside the routes stays: the problems of that are none of the client's. */
  private void requireReadableRest(ServerContent content) {
    String error = compiler.errorBesideRoutes(content);
    if (error != null) {
      throw new ServiceException(
          ErrorCode.CONFLICT,
          "its routes cannot be replaced, but it can be deleted and started anew: "
              + Definitions.unreadable(error));
    }
  }

  /** With {@code root} before the pointers of problems, which the client did not write. */
  private Changed withRoutes(
      ServerContent content, Map<String, @Nullable Object> given, String root) {
    FieldProblems problems = new FieldProblems();
    Map<String, @Nullable Object> members = DefinitionCompiler.members(content);
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
    Routed routed = compiler.routed(members, problems);
    String text = Json.text(routed.members());
    if (ByteBufUtil.utf8Bytes(text) > maxBytes) {
      problems.add("", "the definition would have more than " + maxBytes + " bytes");
      requireNone(problems, root);
    }
    return changed(content, routed, text, problems, root);
  }

  private Changed changed(
      ServerContent content, Routed routed, String text, FieldProblems problems, String root) {
    long bytes = DefinitionCompiler.textBytes(text, content.page());
    return compiler
        .memory()
        .charging(
            bytes,
            charge -> {
              ServerDefinition definition =
                  compiler.compile(content.page(), routed, bytes, charge, problems);
              requireNone(problems, root);
              return new Changed(
                  new ServerContent(content.page(), text, routed.notes(), content.revision()),
                  new LoadedDefinition(definition, content.revision() + 1, charge));
            });
  }

  private static void requireNone(FieldProblems problems, String root) {
    FieldProblems asGiven = new FieldProblems();
    asGiven.addAll(
        problems,
        problem ->
            problem.pointer().startsWith(root)
                ? new FieldProblem(problem.pointer().substring(root.length()), problem.message())
                : problem);
    DefinitionCompiler.requireNone("the routes cannot be replaced as described", asGiven);
  }

  /**
   * The same server with further routes at the end, made of what it forwarded. Those whose match is
   * there already are left out, and so are those beyond the limits.
   *
   * @return empty when none is left
   * @throws ServiceException INVALID_REQUEST when one cannot be a route, or LIMIT_REACHED when too
   *     little memory is left for both definitions
   */
  Optional<Changed> withRecorded(
      ServerContent content, List<Map<String, @Nullable Object>> recorded) {
    Map<String, @Nullable Object> members = DefinitionCompiler.members(content);
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
    return Optional.of(
        changed(
            content,
            new Routed(members, content.notes(), ""),
            Json.text(members),
            new FieldProblems(),
            ""));
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
}
