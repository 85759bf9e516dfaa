package dev.signalbox.serverfactory.imports;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Writes the common tags of WireMock's response templates in the names of ours. */
final class Handlebars {

  private static final Pattern TAG = Pattern.compile("(\\{\\{\\{?)([^{}]*)(\\}?\\}\\})");

  private static final Pattern NAME = Pattern.compile("request\\.(query|headers|cookies)\\.(.+)");

  private static final Pattern JSON_PATH =
      Pattern.compile("jsonPath\\s+request\\.body\\s+['\"]\\$((?:[.\\[][A-Za-z0-9_'\\]-]+)*)['\"]");

  private static final Pattern RANDOM =
      Pattern.compile("randomValue\\s.*type=['\"]([A-Z]+)['\"].*");

  private final boolean pathVariables;
  private final ImportNotes notes;
  private final String pointer;

  /**
   * @param pathVariables whether the route has a path with names in it
   */
  Handlebars(boolean pathVariables, ImportNotes notes, String pointer) {
    this.pathVariables = pathVariables;
    this.notes = notes;
    this.pointer = pointer;
  }

  String convert(String text) {
    StringBuilder converted = new StringBuilder();
    Matcher tag = TAG.matcher(text);
    while (tag.find()) {
      String name = name(tag.group(2).strip());
      String tagNow = "";
      if (name == null) {
        notes.add(pointer, "has a tag that is left out: " + cut(tag.group()));
      } else {
        boolean raw = tag.group(1).length() == 3;
        tagNow = raw ? "{{{" + name + "}}}" : "{{" + name + "}}";
      }
      tag.appendReplacement(converted, Matcher.quoteReplacement(tagNow));
    }
    return tag.appendTail(converted).toString();
  }

  private static String cut(String text) {
    return text.length() <= 100 ? text : text.substring(0, 100) + "...";
  }

  private @Nullable String name(String tag) {
    switch (tag) {
      case "request.path", "request.method", "request.body" -> {
        return tag;
      }
      case "request.url" -> {
        notes.add(pointer, "has request.url, which becomes the path without the query");
        return "request.path";
      }
      case "now" -> {
        return "now";
      }
      default -> {}
    }
    Matcher named = NAME.matcher(tag);
    if (named.matches()) {
      // Names of several values have an index, and names with dots brackets.
      String name = named.group(2).replaceFirst("\\.\\[?0\\]?$", "").replaceAll("[\\[\\]]", "");
      return fit(name) ? "request." + named.group(1) + "." + name : null;
    }
    if (pathVariables && tag.startsWith("request.path.")) {
      String variable = tag.substring("request.path.".length());
      return variable.matches("[A-Za-z_][A-Za-z0-9_]*") ? "path." + variable : null;
    }
    Matcher path = JSON_PATH.matcher(tag);
    if (path.matches()) {
      String names = path.group(1).replaceAll("\\['?([A-Za-z0-9_-]+)'?\\]", ".$1");
      return fit("x" + names) ? "request.json" + names : null;
    }
    return function(tag);
  }

  private static boolean fit(String name) {
    return name.matches("[^\\s.{}\\[\\]'\"]+(\\.[^\\s.{}\\[\\]'\"]+)*");
  }

  private @Nullable String function(String tag) {
    Matcher random = RANDOM.matcher(tag);
    if (random.matches()) {
      boolean sized = tag.contains("length=");
      String name =
          switch (random.group(1)) {
            case "UUID" -> "random.uuid";
            case "HEXADECIMAL" -> "random.hex";
            case "NUMERIC" -> "random.int";
            default -> null;
          };
      if (name != null && sized) {
        notes.add(pointer, "has a random value whose length is another");
      }
      return name;
    }
    if (tag.equals("randomInt")) {
      return "random.int";
    }
    if (tag.matches("now\\s+format=['\"]epoch['\"]")) {
      return "now_ms";
    }
    return null;
  }
}
