package dev.signalbox.serverfactory.template;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** How a value is written into a text, so that it stays a value there. */
public enum Escaping {
  /** Entities for what begins or ends markup and quoted attributes. */
  HTML {
    @Override
    String escape(String value) {
      return entities(value, false);
    }
  },

  /** The same; what XML 1.0 cannot hold becomes U+FFFD. */
  XML {
    @Override
    String escape(String value) {
      return entities(value, true);
    }
  },

  /** The escapes of a JSON string. */
  JSON {
    @Override
    String escape(String value) {
      return new String(JsonStringEncoder.getInstance().quoteAsString(value));
    }
  },

  /** For the value of a header: CR, LF and NUL are removed, from unescaped values too. */
  HEADER {
    @Override
    String escape(String value) {
      return value;
    }
  },

  /** As it is. */
  NONE {
    @Override
    String escape(String value) {
      return value;
    }
  };

  /** For a body of a media type; parameters such as {@code charset} do not matter. */
  public static Escaping of(@Nullable String mediaType) {
    if (mediaType == null) {
      return NONE;
    }
    int parameters = mediaType.indexOf(';');
    String type =
        (parameters < 0 ? mediaType : mediaType.substring(0, parameters))
            .strip()
            .toLowerCase(Locale.ROOT);
    if (type.equals("text/html")) {
      return HTML;
    }
    if (type.endsWith("/xml") || type.endsWith("+xml")) {
      return XML;
    }
    if (type.endsWith("/json")
        || type.endsWith("+json")
        || type.endsWith("/x-ndjson")
        || type.endsWith("/javascript")) {
      return JSON;
    }
    return NONE;
  }

  abstract String escape(String value);

  private static String entities(String value, boolean xml) {
    StringBuilder escaped = null;
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      String entity =
          switch (c) {
            case '&' -> "&amp;";
            case '<' -> "&lt;";
            case '>' -> "&gt;";
            case '"' -> "&#34;";
            case '\'' -> "&#39;";
            case '`' -> "&#96;";
            default -> xml && !isXml(c) ? "\ufffd" : null;
          };
      if (entity != null && escaped == null) {
        escaped = new StringBuilder(value.length() + 16).append(value, 0, i);
      }
      if (escaped != null) {
        if (entity == null) {
          escaped.append(c);
        } else {
          escaped.append(entity);
        }
      }
    }
    return escaped == null ? value : escaped.toString();
  }

  /** XML 1.0, 2.2; surrogates are taken for pairs. */
  private static boolean isXml(char c) {
    return c >= 0x20 ? c < 0xfffe : c == '\t' || c == '\n' || c == '\r';
  }
}
