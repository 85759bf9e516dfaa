package dev.signalbox.serverfactory;

import dev.signalbox.contracts.ErrorCode;
import dev.signalbox.contracts.FieldProblem;
import dev.signalbox.contracts.ServiceException;
import dev.signalbox.contracts.serverfactory.StartServerRequest;
import dev.signalbox.platform.json.FieldProblems;
import dev.signalbox.platform.json.Json;
import dev.signalbox.serverfactory.DefinitionCompiler.Routed;
import dev.signalbox.serverfactory.DefinitionMemory.Charge;
import dev.signalbox.serverfactory.definition.Page;
import dev.signalbox.serverfactory.definition.ServerDefinition;
import dev.signalbox.storage.IdempotencyLog;
import dev.signalbox.storage.StoredText;
import io.netty.buffer.ByteBufUtil;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads definitions of servers from clients and from storage, and shows them. They may be large:
 * not to be used on an event loop.
 */
final class Definitions {

  private static final Logger LOG = LoggerFactory.getLogger(Definitions.class);

  /** Problems of one definition that are told. */
  private static final int NAMED = 3;

  private static final String INVALID = "the server cannot be made as described";
  private static final String TLS = "tls";
  private static final String PRIVATE_KEY = "private_key_pem";

  private final DefinitionCompiler compiler;
  private final int maxBytes;
  private final int maxResponse;

  Definitions(ServerFactoryConfig config, DefinitionCompiler compiler) {
    this.compiler = compiler;
    this.maxBytes = config.maxDefinition();
    this.maxResponse = config.maxResponse();
  }

  /**
   * Reads the wish for a server.
   *
   * @return whose charge the caller releases
   * @throws ServiceException INVALID_REQUEST with the problems of all fields, or LIMIT_REACHED when
   *     too little memory is left for its definition
   */
  NewServer read(StartServerRequest request) {
    // A longer text is refused for its length, or is an import of which less is stored.
    long bytes =
        Math.min(
            DefinitionCompiler.textBytes(request.definition(), null)
                + request.responseData().length(),
            maxBytes);
    return compiler.memory().charging(bytes, charge -> read(request, charge));
  }

  private NewServer read(StartServerRequest request, Charge charge) {
    FieldProblems problems = new FieldProblems();
    String text = request.definition();
    Map<String, @Nullable Object> members =
        text == null
            ? Map.of()
            : DefinitionCompiler.object(
                DefinitionCompiler.json("/definition", text), "/definition");
    Page page = page(request, members, problems);
    String key = request.idempotencyKey();
    if (key != null && !IdempotencyLog.isKey(key)) {
      problems.add("/idempotency_key", IdempotencyLog.KEY_RULE);
    }
    Routed routed = compiler.routed(members, problems);
    String stored = text == null ? null : Json.text(routed.members());
    if (stored != null && ByteBufUtil.utf8Bytes(stored) > maxBytes) {
      problems.add("/definition", "must be at most " + maxBytes + " bytes");
      DefinitionCompiler.requireNone(INVALID, problems);
    }
    ServerDefinition definition =
        compiler.compile(
            page, routed, DefinitionCompiler.textBytes(stored, page), charge, problems);
    DefinitionCompiler.requireNone(INVALID, problems);
    return new NewServer(
        request,
        new ServerContent(page, stored, routed.notes(), 0),
        new LoadedDefinition(definition, 0, charge));
  }

  private @Nullable Page page(
      StartServerRequest request, Map<String, @Nullable Object> members, FieldProblems problems) {
    String uri = request.pageUri();
    String data = request.responseData();
    boolean needed =
        members.get("proxy") == null
            && DefinitionCompiler.SOURCES.stream().allMatch(source -> members.get(source) == null);
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
   * @return whose charge the caller releases
   * @throws ServiceException INVALID_REQUEST when this version cannot read it, or LIMIT_REACHED
   *     when too little memory is left for it
   */
  LoadedDefinition compile(ServerContent content) {
    long bytes = DefinitionCompiler.textBytes(content.definition(), content.page());
    return compiler
        .memory()
        .charging(
            bytes,
            charge -> {
              FieldProblems problems = new FieldProblems();
              Routed routed = new Routed(DefinitionCompiler.members(content), List.of(), "");
              ServerDefinition definition =
                  compiler.compile(content.page(), routed, bytes, charge, problems);
              DefinitionCompiler.requireNone("the stored definition cannot be read", problems);
              return new LoadedDefinition(definition, content.revision(), charge);
            });
  }

  /**
   * Whether {@link #compile} failed because of the definition, so that it will again. Anything but
   * a fault with a code is a rule that nothing checks before, such as a value of another version.
   */
  static boolean isUnreadable(Throwable failure) {
    return failure instanceof ServiceException fault
        ? fault.code() == ErrorCode.INVALID_REQUEST
        : failure instanceof RuntimeException;
  }

  /** A failure of {@link #compile} in a line. */
  static String reason(Throwable failure) {
    List<FieldProblem> problems =
        failure instanceof ServiceException fault ? fault.problems() : List.of();
    String told =
        problems.isEmpty()
            ? String.valueOf(failure.getMessage())
            : problems.stream()
                .limit(NAMED)
                .map(problem -> (problem.pointer() + " " + problem.message()).strip())
                .collect(Collectors.joining("; "));
    return problems.size() > NAMED ? told + "; and more" : told;
  }

  /** What an error says about a definition that cannot be read. */
  static String unreadable(String reason) {
    return "its stored definition cannot be read by this version: " + reason;
  }

  /**
   * Why {@link #compile} fails, each time; empty when it does not.
   *
   * @throws ServiceException when it fails now and may not later: too little memory is left
   */
  Optional<String> error(ServerContent content) {
    try {
      compile(content).charge().release();
      return Optional.empty();
    } catch (RuntimeException e) {
      if (isUnreadable(e)) {
        return Optional.of(unreadable(reason(e)));
      }
      throw e;
    }
  }

  /**
   * All fields by which a server could be made again, but its port and its private key; without
   * those that cannot be read.
   */
  String shown(ServerContent content) {
    Map<String, @Nullable Object> members = new LinkedHashMap<>();
    Page page = content.page();
    if (page != null) {
      members.put("page_uri", page.uri());
      members.put("response_data", page.data());
    }
    try {
      members.putAll(DefinitionCompiler.members(content));
    } catch (ServiceException e) {
      LOG.debug("a stored definition is not shown: {}", e.getMessage());
    }
    if (members.get(TLS) instanceof Map<?, ?> tls) {
      Map<Object, @Nullable Object> shown = new LinkedHashMap<>(tls);
      shown.remove(PRIVATE_KEY);
      members.put(TLS, shown);
    }
    return Json.text(members);
  }
}
