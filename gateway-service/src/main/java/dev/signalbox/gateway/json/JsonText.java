package dev.signalbox.gateway.json;

import com.fasterxml.jackson.core.io.JsonStringEncoder;

/** JSON written by hand where there is no record to write. */
public final class JsonText {

  private JsonText() {}

  /** The text as a JSON string, quotes included. */
  public static String quote(String text) {
    var json = new StringBuilder(text.length() + 16).append('"');
    JsonStringEncoder.getInstance().quoteAsString(text, json);
    return json.append('"').toString();
  }
}
