package dev.signalbox.gateway.probe;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The modules of {@code GET /probe} by name.
 *
 * @param byName those that were read, and {@code http_2xx}
 * @param problems what is wrong with the file, each with module and key; empty when nothing is
 */
public record ProbeModules(Map<String, ProbeModule> byName, List<String> problems) {

  /** The module of a request that names none. */
  static final String DEFAULT = "http_2xx";

  private static final int MOST_MODULES = 1_000;
  private static final int LONGEST_SHOWN = 40;

  private static final YAMLMapper YAML = new YAMLMapper(YamlTree.FACTORY);

  /** Copies both. */
  public ProbeModules {
    byName = Map.copyOf(byName);
    problems = List.copyOf(problems);
  }

  @Nullable ProbeModule find(String name) {
    return byName.get(name);
  }

  /** Reads a file; without one there is {@code http_2xx} alone. */
  static ProbeModules read(String file) {
    if (file.isEmpty()) {
      return of(JsonNodeFactory.instance.objectNode());
    }
    try {
      return parse(SmallFiles.read(file));
    } catch (IOException e) {
      return broken(String.valueOf(e.getMessage()));
    }
  }

  /** Reads modules from YAML. */
  static ProbeModules parse(String yaml) {
    JsonNode root;
    try {
      root = YamlTree.read(yaml);
    } catch (YamlTree.UnreadableException e) {
      return broken(String.valueOf(e.getMessage()));
    }
    if (!(root instanceof ObjectNode top) || !(top.get("modules") instanceof ObjectNode modules)) {
      return broken("must be a map with the key modules, a map of modules by name");
    }
    for (String key : top.propertyStream().map(Map.Entry::getKey).toList()) {
      if (!key.equals("modules")) {
        return broken("has the unknown key " + shown(key));
      }
    }
    if (modules.size() > MOST_MODULES) {
      return broken("must have at most " + MOST_MODULES + " modules");
    }
    return of(modules);
  }

  private static ProbeModules of(ObjectNode modules) {
    List<String> problems = new ArrayList<>();
    Map<String, ProbeModule> byName = new LinkedHashMap<>();
    ObjectNode builtIn = JsonNodeFactory.instance.objectNode().put("prober", "http");
    byName.put(DEFAULT, ProbeModule.read(DEFAULT, builtIn, problems));
    modules
        .properties()
        .forEach(module -> {
          if (module.getValue() instanceof ObjectNode keys) {
            byName.put(module.getKey(), ProbeModule.read(module.getKey(), keys, problems));
          } else {
            problems.add("module " + shown(module.getKey()) + " must be a map of keys");
          }
        });
    return new ProbeModules(byName, problems);
  }

  /** A module's keys as YAML. */
  static String yaml(ObjectNode keys) {
    try {
      String text = YAML.writeValueAsString(keys);
      return text.startsWith("---\n") ? text.substring("---\n".length()) : text;
    } catch (JsonProcessingException e) {
      // A tree of nodes can always be written.
      throw new IllegalStateException(e);
    }
  }

  /** A name that others wrote, fit for one line. */
  static String shown(String name) {
    String start = name.length() > LONGEST_SHOWN ? name.substring(0, LONGEST_SHOWN) + "…" : name;
    return ProbeLog.quote(start);
  }

  private static ProbeModules broken(String problem) {
    return new ProbeModules(Map.of(), List.of(problem));
  }
}
