package dev.signalbox.platform.json;

/** Parts of JSON Pointers (RFC 6901). */
final class JsonPointers {

  private static final int MAX_SHOWN = 100;

  private JsonPointers() {}

  /** A name as a part of a pointer, shortened if absurdly long. */
  static String part(String name) {
    return shortened(name).replace("~", "~0").replace("/", "~1");
  }

  /** A name fit for a message. */
  static String shortened(String name) {
    if (name.length() <= MAX_SHOWN) {
      return name;
    }
    int end = Character.isHighSurrogate(name.charAt(MAX_SHOWN - 1)) ? MAX_SHOWN - 1 : MAX_SHOWN;
    return name.substring(0, end) + "...";
  }
}
