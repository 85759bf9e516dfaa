package dev.signalbox.serverfactory.imports;

import dev.signalbox.platform.json.JsonInputException;
import dev.signalbox.platform.json.JsonLimits;
import dev.signalbox.platform.json.StrictJson;
import dev.signalbox.platform.uri.UriPath;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.Tag;
import org.yaml.snakeyaml.representer.Representer;
import org.yaml.snakeyaml.resolver.Resolver;

/** An OpenAPI document as maps and lists, and what its references lead to. */
final class OpenApiDocument {

  private static final int MAX_VALUES = 200_000;
  private static final int MAX_LEVELS = 64;
  private static final int MAX_HOPS = 10;

  private final Map<?, ?> root;
  private final ImportNotes notes;

  private OpenApiDocument(Map<?, ?> root, ImportNotes notes) {
    this.root = root;
    this.notes = notes;
  }

  /**
   * Reads a document.
   *
   * @param document an object, or the text of one in JSON or YAML
   */
  static OpenApiDocument read(@Nullable Object document, ImportNotes notes) throws ImportException {
    Object value = document instanceof String text ? parse(text) : document;
    if (!(value instanceof Map<?, ?> root)) {
      throw new ImportException(
          "must be an OpenAPI document: an object, or a text of JSON or YAML");
    }
    String version = String.valueOf(root.get("openapi"));
    if (!version.matches("3\\.[01](\\..{0,20})?")) {
      throw new ImportException(
          "must be an OpenAPI document of version 3.0 or 3.1, named by its field openapi");
    }
    return new OpenApiDocument(root, notes);
  }

  private static @Nullable Object parse(String text) throws ImportException {
    if (text.stripLeading().startsWith("{")) {
      try {
        return StrictJson.value(
            text.getBytes(StandardCharsets.UTF_8), JsonLimits.values(MAX_VALUES));
      } catch (JsonInputException e) {
        throw new ImportException("must be JSON or YAML: " + e.getMessage());
      }
    }
    LoaderOptions options = new LoaderOptions();
    options.setAllowDuplicateKeys(false);
    options.setNestingDepthLimit(MAX_LEVELS);
    options.setCodePointLimit(Integer.MAX_VALUE);
    DumperOptions unused = new DumperOptions();
    try {
      Object value =
          new Yaml(
                  new SafeConstructor(options),
                  new Representer(unused),
                  unused,
                  options,
                  new JsonTypes())
              .load(text);
      return new Copy().of(value, 1);
    } catch (MarkedYAMLException e) {
      String place =
          e.getProblemMark() == null ? "" : " (line " + (e.getProblemMark().getLine() + 1) + ")";
      throw new ImportException("must be JSON or YAML: " + e.getProblem() + place);
    } catch (YAMLException e) {
      throw new ImportException("must be JSON or YAML: " + e.getMessage());
    }
  }

  /** Scalars of YAML 1.2's core schema: dates and the word "no" are texts. */
  private static final class JsonTypes extends Resolver {
    @Override
    protected void addImplicitResolvers() {
      addImplicitResolver(Tag.BOOL, Pattern.compile("true|True|TRUE|false|False|FALSE"), "tTfF");
      addImplicitResolver(Tag.INT, Pattern.compile("[-+]?(0|[1-9][0-9]{0,60})"), "-+0123456789");
      addImplicitResolver(
          Tag.FLOAT,
          Pattern.compile("[-+]?(\\.[0-9]+|[0-9]+(\\.[0-9]*)?)([eE][-+]?[0-9]{1,3})?"),
          "-+0123456789.");
      addImplicitResolver(Tag.MERGE, Pattern.compile("<<"), "<");
      addImplicitResolver(Tag.NULL, Pattern.compile("~|null|Null|NULL"), "~nN");
      addImplicitResolver(Tag.NULL, Pattern.compile(""), null);
    }
  }

  /** Writes out what aliases share, within a bound, with names that are texts. */
  private static final class Copy {

    private int values;

    @Nullable Object of(@Nullable Object value, int level) throws ImportException {
      if (++values > MAX_VALUES) {
        throw new ImportException(
            "must have at most " + MAX_VALUES + " values, aliases written out");
      }
      if (level > MAX_LEVELS) {
        throw new ImportException("must have at most " + MAX_LEVELS + " levels");
      }
      if (value instanceof Map<?, ?> map) {
        Map<String, @Nullable Object> copy = new LinkedHashMap<>();
        for (var member : map.entrySet()) {
          copy.put(String.valueOf(member.getKey()), of(member.getValue(), level + 1));
        }
        return copy;
      }
      if (value instanceof List<?> list) {
        List<@Nullable Object> copy = new ArrayList<>();
        for (Object element : list) {
          copy.add(of(element, level + 1));
        }
        return copy;
      }
      return value == null
              || value instanceof String
              || value instanceof Number
              || value instanceof Boolean
          ? value
          : String.valueOf(value);
    }
  }

  @Nullable Object member(String name) {
    return root.get(name);
  }

  /**
   * An object, or the one that its {@code $ref} leads to.
   *
   * @return null, and a note, when there is none
   */
  @Nullable Map<?, ?> object(@Nullable Object value, String pointer) {
    Object at = value;
    for (int hops = 0; hops < MAX_HOPS; hops++) {
      if (!(at instanceof Map<?, ?> map)) {
        if (at != null) {
          notes.add(pointer, "is no object");
        }
        return null;
      }
      if (!(map.get("$ref") instanceof String reference)) {
        return map;
      }
      if (!reference.startsWith("#")) {
        notes.add(pointer, "refers to another document, which is left out");
        return null;
      }
      at = at(reference.substring(1));
      if (at == null) {
        notes.add(pointer, "refers to what is not there");
        return null;
      }
    }
    notes.add(pointer, "refers in a circle");
    return null;
  }

  /** What stands at a JSON Pointer, as in a fragment. */
  private @Nullable Object at(String pointer) {
    if (!pointer.isEmpty() && !pointer.startsWith("/")) {
      return null;
    }
    Object at = root;
    String[] tokens = pointer.isEmpty() ? new String[0] : pointer.substring(1).split("/", -1);
    for (String token : tokens) {
      String name = decoded(token).replace("~1", "/").replace("~0", "~");
      if (at instanceof Map<?, ?> map) {
        at = map.get(name);
      } else if (at instanceof List<?> list && name.matches("[0-9]{1,6}")) {
        int index = Integer.parseInt(name);
        at = index < list.size() ? list.get(index) : null;
      } else {
        return null;
      }
    }
    return at;
  }

  private static String decoded(String token) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < token.length(); i++) {
      int escaped = token.charAt(i) == '%' ? UriPath.decode(token, i) : -1;
      text.append(escaped < 0 ? token.charAt(i) : (char) escaped);
      i += escaped < 0 ? 0 : 2;
    }
    return text.toString();
  }
}
