package dev.signalbox.gateway.client;

import dev.signalbox.contracts.net.IpLiteral;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads the fields in which proxies name their clients. Each method throws {@code
 * IllegalArgumentException}, with the field's name, for what is malformed or too long.
 */
final class ForwardedFields {

  /** More proxies than any path has. */
  static final int MAX_ENTRIES = 64;

  static final int MAX_CHARS = 8_192;

  private static final int MAX_PORT = 65_535;
  private static final String FORWARDED = "Forwarded";
  private static final String TOKEN_MARKS = "!#$%&'*+-.^_`|~";

  private ForwardedFields() {}

  /**
   * A client or a proxy.
   *
   * @param address null when it hides its address
   * @param port 0 when it is not named
   */
  record Node(@Nullable InetAddress address, int port) {}

  /** What one proxy says, in {@code Forwarded}. */
  record Element(@Nullable String forNode, @Nullable String proto, @Nullable String host) {

    static final Element EMPTY = new Element(null, null, null);
  }

  /** The entries of all lines of a field that is a list, without empty ones. */
  static List<String> entries(String name, List<String> lines) {
    if (lines.isEmpty()) {
      return List.of();
    }
    List<String> entries = new ArrayList<>();
    for (String entry : joined(name, lines).split(",", -1)) {
      String text = entry.strip();
      if (!text.isEmpty()) {
        entries.add(text);
        checkCount(name, entries.size());
      }
    }
    return entries;
  }

  private static String joined(String name, List<String> lines) {
    // Several lines are one list (RFC 9110 section 5.3).
    String all = lines.size() == 1 ? lines.getFirst() : String.join(",", lines);
    if (all.length() > MAX_CHARS) {
      throw new IllegalArgumentException(name + " must have at most " + MAX_CHARS + " characters");
    }
    return all;
  }

  private static void checkCount(String name, int count) {
    if (count > MAX_ENTRIES) {
      throw new IllegalArgumentException(name + " must have at most " + MAX_ENTRIES + " entries");
    }
  }

  /**
   * Reads an address, {@code IPv4:port}, {@code [IPv6]} or {@code [IPv6]:port}, and what hides one:
   * {@code unknown} or a name that begins with an underscore (RFC 7239 section 6).
   */
  static Node node(String name, String text) {
    String lower = text.toLowerCase(Locale.ROOT);
    if (text.startsWith("_") || lower.equals("unknown") || lower.startsWith("unknown:")) {
      return new Node(null, 0);
    }
    String host = text;
    String port = "";
    int end = text.indexOf(']');
    if (text.startsWith("[") && end > 0) {
      host = text.substring(1, end);
      port = text.substring(end + 1);
      if (host.indexOf(':') < 0) {
        throw notAnAddress(name);
      }
    } else if (text.indexOf(':') >= 0 && text.indexOf(':') == text.lastIndexOf(':')) {
      host = text.substring(0, text.indexOf(':'));
      port = text.substring(text.indexOf(':'));
    }
    return new Node(IpLiteral.parse(host).orElseThrow(() -> notAnAddress(name)), port(name, port));
  }

  private static int port(String name, String text) {
    // A port may be hidden too.
    if (text.isEmpty() || text.startsWith(":_")) {
      return 0;
    }
    if (text.matches(":[0-9]{1,5}")) {
      int number = Integer.parseInt(text.substring(1));
      if (number <= MAX_PORT) {
        return number;
      }
    }
    throw notAnAddress(name);
  }

  private static IllegalArgumentException notAnAddress(String name) {
    return new IllegalArgumentException(name + " has an entry that is not an IP address");
  }

  /** The elements of {@code Forwarded} (RFC 7239 section 4), the client's first. */
  static List<Element> elements(List<String> lines) {
    if (lines.isEmpty()) {
      return List.of();
    }
    var reader = new Reader(joined(FORWARDED, lines));
    List<Element> elements = new ArrayList<>();
    do {
      Map<String, String> pairs = reader.element();
      if (!pairs.isEmpty()) {
        elements.add(new Element(pairs.get("for"), pairs.get("proto"), pairs.get("host")));
        checkCount(FORWARDED, elements.size());
      }
    } while (reader.skip(','));
    if (!reader.atEnd()) {
      throw malformed();
    }
    return elements;
  }

  private static IllegalArgumentException malformed() {
    return new IllegalArgumentException(
        FORWARDED + " must be a list of NAME=VALUE pairs as in RFC 7239");
  }

  private static final class Reader {

    private final String text;
    private int at;

    Reader(String text) {
      this.text = text;
    }

    boolean atEnd() {
      skipSpace();
      return at == text.length();
    }

    boolean skip(char c) {
      skipSpace();
      if (at < text.length() && text.charAt(at) == c) {
        at++;
        return true;
      }
      return false;
    }

    private void skipSpace() {
      while (at < text.length() && (text.charAt(at) == ' ' || text.charAt(at) == '\t')) {
        at++;
      }
    }

    /** The pairs up to the next comma, by their names in lower case. */
    Map<String, String> element() {
      Map<String, String> pairs = new HashMap<>();
      do {
        skipSpace();
        if (at == text.length() || text.charAt(at) == ',' || text.charAt(at) == ';') {
          continue;
        }
        String name = token();
        if (at == text.length() || text.charAt(at++) != '=') {
          throw malformed();
        }
        String value = at < text.length() && text.charAt(at) == '"' ? quoted() : unquoted();
        if (pairs.put(name.toLowerCase(Locale.ROOT), value) != null) {
          throw malformed();
        }
      } while (skip(';'));
      return pairs;
    }

    private String token() {
      int from = at;
      while (at < text.length() && isToken(text.charAt(at))) {
        at++;
      }
      if (at == from) {
        throw malformed();
      }
      return text.substring(from, at);
    }

    /** As a token, and with what addresses need, which many proxies write without quotes. */
    private String unquoted() {
      int from = at;
      while (at < text.length()
          && (isToken(text.charAt(at)) || ":[]".indexOf(text.charAt(at)) >= 0)) {
        at++;
      }
      if (at == from) {
        throw malformed();
      }
      return text.substring(from, at);
    }

    private static boolean isToken(char c) {
      return c < 128 && (Character.isLetterOrDigit(c) || TOKEN_MARKS.indexOf(c) >= 0);
    }

    private String quoted() {
      StringBuilder value = new StringBuilder();
      for (at++; at < text.length(); at++) {
        char c = text.charAt(at);
        if (c == '"') {
          at++;
          return value.toString();
        }
        if (c == '\\' && ++at < text.length()) {
          c = text.charAt(at);
        }
        value.append(c);
      }
      throw malformed();
    }
  }
}
