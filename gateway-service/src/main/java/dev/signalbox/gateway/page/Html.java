package dev.signalbox.gateway.page;

import org.jspecify.annotations.Nullable;

/**
 * Text that is safe inside HTML, in elements and in quoted attributes. There is no way to make one
 * from a value but by escaping it; markup comes from templates alone.
 */
public final class Html {

  /** Nothing. */
  public static final Html EMPTY = new Html("");

  private final String markup;

  private Html(String markup) {
    this.markup = markup;
  }

  /** A value, escaped. */
  public static Html of(String value) {
    StringBuilder escaped = null;
    for (int i = 0; i < value.length(); i++) {
      String entity = entity(value.charAt(i));
      if (entity != null && escaped == null) {
        escaped = new StringBuilder(value.length() + 32).append(value, 0, i);
      }
      if (escaped != null) {
        if (entity == null) {
          escaped.append(value.charAt(i));
        } else {
          escaped.append(entity);
        }
      }
    }
    return new Html(escaped == null ? value : escaped.toString());
  }

  /** A number. */
  public static Html of(long value) {
    return new Html(Long.toString(value));
  }

  /** The attribute {@code hidden}, or nothing. */
  public static Html hidden(boolean hidden) {
    return hidden ? new Html(" hidden") : EMPTY;
  }

  /** One after the other. */
  public static Html joined(Iterable<Html> parts) {
    StringBuilder all = new StringBuilder();
    parts.forEach(part -> all.append(part.markup));
    return new Html(all.toString());
  }

  /** What a template made; the template's own text is markup. */
  static Html rendered(String markup) {
    return new Html(markup);
  }

  private static @Nullable String entity(char character) {
    return switch (character) {
      case '&' -> "&amp;";
      case '<' -> "&lt;";
      case '>' -> "&gt;";
      case '"' -> "&quot;";
      case '\'' -> "&#39;";
      // Control characters are not allowed in HTML; direction marks could show a text as another.
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
