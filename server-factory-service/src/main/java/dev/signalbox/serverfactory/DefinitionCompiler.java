package dev.signalbox.serverfactory;

import dev.signalbox.contracts.ErrorCode;
import dev.signalbox.contracts.FieldProblem;
import dev.signalbox.contracts.ServiceException;
import dev.signalbox.platform.json.FieldProblems;
import dev.signalbox.platform.json.JsonInputException;
import dev.signalbox.platform.json.JsonLimits;
import dev.signalbox.platform.json.RequestObject;
import dev.signalbox.platform.json.StrictJson;
import dev.signalbox.serverfactory.DefinitionMemory.Charge;
import dev.signalbox.serverfactory.body.CompileBudget;
import dev.signalbox.serverfactory.definition.DefinitionLimits;
import dev.signalbox.serverfactory.definition.DefinitionReader;
import dev.signalbox.serverfactory.definition.Page;
import dev.signalbox.serverfactory.definition.ServerDefinition;
import dev.signalbox.serverfactory.imports.ImportException;
import dev.signalbox.serverfactory.imports.Imported;
import dev.signalbox.serverfactory.imports.OpenApiImport;
import dev.signalbox.serverfactory.imports.ServableRoutes;
import dev.signalbox.serverfactory.imports.WireMockImport;
import io.netty.buffer.ByteBufUtil;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * From the members of a definition to what can be served: routes in place of what is to be
 * imported, then conditions and responses, charged to the memory of all definitions. Definitions
 * may be large: not to be used on an event loop.
 */
final class DefinitionCompiler {

  static final String ROUTES = "routes";

  private static final String WIREMOCK = "wiremock";

  /** Fields that say what a server answers; they exclude one another. */
  static final List<String> SOURCES = List.of(ROUTES, WIREMOCK, "openapi");

  /** Values in a definition: they take more memory than its text. */
  private static final JsonLimits JSON = JsonLimits.values(400_000);

  private final DefinitionReader reader;
  private final DefinitionMemory memory;
  private final int maxRoutes;

  DefinitionCompiler(ServerFactoryConfig config, DefinitionMemory memory) {
    this.reader =
        new DefinitionReader(
            new DefinitionLimits(
                config.maxRoutes(), config.maxDefinition(), config.maxDefinition()));
    this.memory = memory;
    this.maxRoutes = config.maxRoutes();
  }

  DefinitionMemory memory() {
    return memory;
  }

  /**
   * Members with routes in place of what was imported.
   *
   * @param notes what the import did not understand
   * @param source pointer to what was imported; empty for nothing
   */
  record Routed(Map<String, @Nullable Object> members, List<String> notes, String source) {}

  /** Members with routes alone; what is wrong with an import is added to the problems. */
  Routed routed(Map<String, @Nullable Object> members, FieldProblems problems) {
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

  /**
   * Makes a definition ready to serve.
   *
   * @param textBytes of the members and of the page, as they are stored
   * @param charge what the definition takes in the end is charged to it
   * @throws ServiceException LIMIT_REACHED when too little memory is left
   */
  ServerDefinition compile(
      @Nullable Page page, Routed routed, long textBytes, Charge charge, FieldProblems problems) {
    long estimate = DefinitionMemory.estimate(textBytes, routed.members());
    charge.resize(estimate);
    RequestObject object = RequestObject.of(routed.members());
    CompileBudget conditions = new CompileBudget();
    ServerDefinition definition = reader.read(object, page, conditions);
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
    if (problems.total() == 0) {
      // Conditions that were refused are counted too, but the definition has no use then.
      charge.resize(estimate + conditions.bytes());
    }
    return definition;
  }

  /** What is wrong with a stored definition when its routes are left out; null for nothing. */
  @Nullable String errorBesideRoutes(ServerContent content) {
    try {
      Map<String, @Nullable Object> members = members(content);
      members.put(ROUTES, List.of());
      RequestObject object = RequestObject.of(members);
      reader.read(object, content.page(), new CompileBudget());
      FieldProblems problems = new FieldProblems();
      problems.addAll(object.problems(), problem -> problem);
      requireNone("", problems);
      return null;
    } catch (ServiceException e) {
      return Definitions.reason(e);
    }
  }

  /** Bytes of a definition and a page, as they are stored. */
  static long textBytes(@Nullable String definition, @Nullable Page page) {
    return (definition == null ? 0 : ByteBufUtil.utf8Bytes(definition))
        + (page == null ? 0 : (long) ByteBufUtil.utf8Bytes(page.data()));
  }

  /** Members of a stored definition, which may be changed. */
  static Map<String, @Nullable Object> members(ServerContent content) {
    String text = content.definition();
    return text == null ? new LinkedHashMap<>() : new LinkedHashMap<>(object(json("", text), ""));
  }

  /** Reads JSON; INVALID_REQUEST at the pointer when it is none. */
  static @Nullable Object json(String pointer, String text) {
    try {
      return StrictJson.value(text.getBytes(StandardCharsets.UTF_8), JSON);
    } catch (JsonInputException e) {
      throw ServiceException.invalid(pointer, String.valueOf(e.getMessage()));
    }
  }

  /** A value that must be an object; INVALID_REQUEST at the pointer when it is none. */
  static Map<String, @Nullable Object> object(@Nullable Object value, String pointer) {
    if (!(value instanceof Map<?, ?> map)) {
      throw ServiceException.invalid(pointer, "must be an object");
    }
    return StrictJson.named(map);
  }

  /** Throws INVALID_REQUEST with the problems, if there are any. */
  static void requireNone(String message, FieldProblems problems) {
    if (problems.total() > 0) {
      throw new ServiceException(ErrorCode.INVALID_REQUEST, message, problems.kept());
    }
  }
}
