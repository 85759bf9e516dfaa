package dev.signalbox.serverfactory.template;

import com.fasterxml.jackson.databind.JsonNode;
import com.samskivert.mustache.Mustache.Collector;
import com.samskivert.mustache.Mustache.VariableFetcher;
import com.samskivert.mustache.Template;
import java.util.Collections;
import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Finds the values of a template's names, in {@link TemplateScope} and JSON alone: the library's
 * own collector would reach the methods and fields of any object. Counts every look-up.
 */
final class TemplateNames implements Collector {

  /** Stands for null, which the library cannot hold as the value of a section. */
  private enum Nothing {
    NOTHING
  }

  private static final Map<String, Function<TemplateScope, @Nullable Object>> NAMES =
      Map.ofEntries(
          Map.entry("request.method", scope -> scope.request().method()),
          Map.entry("request.path", scope -> scope.request().path()),
          Map.entry("request.body", scope -> scope.request().body()),
          Map.entry("request.json", scope -> value(scope.request().json())),
          Map.entry("now", TemplateScope::now),
          Map.entry("now_ms", TemplateScope::nowMillis),
          Map.entry("uuid", TemplateScope::uuid),
          Map.entry("counter", TemplateScope::counter),
          Map.entry("random.int", TemplateScope::randomInt),
          Map.entry("random.hex", TemplateScope::randomHex),
          Map.entry("random.uuid", TemplateScope::randomUuid));

  /** Names that go on after a prefix, which may have dots of their own. */
  private static final Map<String, BiFunction<TemplateRequest, String, @Nullable Object>> FAMILIES =
      Map.of(
          "request.query.", TemplateRequest::query,
          "request.headers.", TemplateRequest::header,
          "request.cookies.", TemplateRequest::cookie,
          "request.json.", (request, path) -> value(below(request.json(), path)),
          "path.", TemplateRequest::pathVariable);

  /** A value as text, before it is escaped. */
  static String text(Object value) {
    return switch (value) {
      case String text -> text;
      case JsonNode node -> node.toString();
      case Boolean flag -> flag.toString();
      case Integer index -> index.toString();
      // The scope itself and null.
      default -> "";
    };
  }

  @Override
  public @Nullable Iterator<?> toIterator(Object value) {
    TemplateOutput output = TemplateOutput.CURRENT.get();
    output.step();
    if (value instanceof JsonNode array && array.isArray()) {
      return new Repetitions(array.iterator(), output);
    }
    // As elsewhere in Mustache, neither shows a section.
    boolean empty = value == Nothing.NOTHING || value.equals("");
    return empty ? Collections.emptyIterator() : asIterator(value);
  }

  /** What stands for "no section that was found" in the library is an empty list. */
  private static @Nullable Iterator<?> asIterator(Object value) {
    return value instanceof Iterable<?> list && !(value instanceof JsonNode)
        ? list.iterator()
        : null;
  }

  @Override
  public VariableFetcher createFetcher(Object context, String name) {
    return context instanceof TemplateScope ? ofScope(name) : TemplateNames::member;
  }

  @Override
  public <K, V> Map<K, V> createFetcherCache() {
    return new ConcurrentHashMap<>();
  }

  private static VariableFetcher ofScope(String name) {
    Function<TemplateScope, @Nullable Object> fixed = NAMES.get(name);
    if (fixed != null) {
      return (context, asked) -> found(fixed.apply((TemplateScope) context));
    }
    for (var family : FAMILIES.entrySet()) {
      if (name.startsWith(family.getKey())) {
        String rest = name.substring(family.getKey().length());
        var values = family.getValue();
        return (context, asked) -> found(values.apply(((TemplateScope) context).request(), rest));
      }
    }
    return (context, asked) -> found(null);
  }

  private static Object member(Object context, String name) {
    return found(context instanceof JsonNode node ? value(child(node, name)) : null);
  }

  private static Object found(@Nullable Object value) {
    TemplateOutput.CURRENT.get().step();
    return value == null ? Template.NO_FETCHER_FOUND : value;
  }

  private static @Nullable JsonNode below(@Nullable JsonNode root, String path) {
    JsonNode node = root;
    int begin = 0;
    while (node != null && begin <= path.length()) {
      int dot = path.indexOf('.', begin);
      int end = dot < 0 ? path.length() : dot;
      node = child(node, path.substring(begin, end));
      begin = end + 1;
    }
    return node;
  }

  private static @Nullable JsonNode child(JsonNode node, String name) {
    if (!node.isArray()) {
      return node.get(name);
    }
    boolean index = !name.isEmpty() && name.length() <= 9;
    for (int i = 0; i < name.length() && index; i++) {
      index = name.charAt(i) >= '0' && name.charAt(i) <= '9';
    }
    return index ? node.get(Integer.parseInt(name)) : null;
  }

  /** JSON as the library sorts values: truth, text, nothing, and the rest by {@link #text}. */
  private static @Nullable Object value(@Nullable JsonNode node) {
    if (node == null) {
      return null;
    }
    return switch (node.getNodeType()) {
      case STRING -> node.textValue();
      case BOOLEAN -> node.booleanValue();
      case NULL, MISSING -> Nothing.NOTHING;
      case NUMBER, OBJECT, ARRAY, BINARY, POJO -> node;
    };
  }

  /** The elements of an array, each a step. */
  private record Repetitions(Iterator<JsonNode> elements, TemplateOutput output)
      implements Iterator<Object> {

    @Override
    public boolean hasNext() {
      return elements.hasNext();
    }

    @Override
    public Object next() {
      output.step();
      Object value = value(elements.next());
      return value == null ? Nothing.NOTHING : value;
    }
  }
}
