package dev.signalbox.gateway.page;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Text that is safe inside HTML, in elements and in quoted attributes. Values are always escaped;
 * markup comes from templates only.
 */
public final class Html {

  /** No text. */
  public static final Html EMPTY = new Html("");

  private final String markup;

  private Html(String markup) {
    this.markup = markup;
  }

  /** A page with placeholders of the form <code>{{name}}</code>, which accept only {@link Html}. */
  public static final class Template {

    private static final Pattern PLACEHOLDER = Pattern.compile("\\{\\{([a-z_]+)}}");

    /** The markup before, between and after the placeholders. */
    private final List<String> markup = new ArrayList<>();

    private final List<String> placeholders = new ArrayList<>();

    public Template(String text) {
      Matcher placeholder = PLACEHOLDER.matcher(text);
      int end = 0;
      while (placeholder.find()) {
        markup.add(text.substring(end, placeholder.start()));
        placeholders.add(placeholder.group(1));
        end = placeholder.end();
      }
      markup.add(text.substring(end));
    }

    /** Fills every placeholder. */
    public Html render(Map<String, Html> values) {
      StringBuilder page = new StringBuilder(markup.stream().mapToInt(String::length).sum() * 2);
      for (int i = 0; i < placeholders.size(); i++) {
        Html value = values.get(placeholders.get(i));
        if (value == null) {
          throw new IllegalArgumentException("no value for {{" + placeholders.get(i) + "}}");
        }
        page.append(markup.get(i)).append(value);
      }
      return new Html(page.append(markup.getLast()).toString());
    }
  }

  /** A value, escaped. */
  public static Html of(String value) {
    StringBuilder escaped = new StringBuilder(value.length() + 32);
    for (int i = 0; i < value.length(); i++) {
      String entity = entity(value.charAt(i));
      if (entity == null) {
        escaped.append(value.charAt(i));
      } else {
        escaped.append(entity);
      }
    }
    return new Html(escaped.toString());
  }

  public static Html of(long value) {
    return new Html(Long.toString(value));
  }

  /** The attribute {@code hidden}, or no text. */
  public static Html hidden(boolean hidden) {
    return hidden ? new Html(" hidden") : EMPTY;
  }

  public static Html joined(Iterable<Html> parts) {
    StringBuilder all = new StringBuilder();
    parts.forEach(part -> all.append(part.markup));
    return new Html(all.toString());
  }

  private static @Nullable String entity(char character) {
    return switch (character) {
      case '&' -> "&amp;";
      case '<' -> "&lt;";
      case '>' -> "&gt;";
      case '"' -> "&quot;";
      case '\'' -> "&#39;";
      // HTML forbids control characters; direction marks can disguise a text as another.
      case '\u200e', '\u200f', '\u202a', '\u202b', '\u202c', '\u202d', '\u202e' -> "\ufffd";
      case '\u2066', '\u2067', '\u2068', '\u2069' -> "\ufffd";
      default ->
          Character.isISOControl(character) && character != '\n' && character != '\t'
              ? "\ufffd"
              : null;
    };
  }

  @Override
  public String toString() {
    return markup;
  }
}
