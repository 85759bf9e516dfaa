package dev.signalbox.gateway.json;

import dev.signalbox.gateway.error.HttpException;
import dev.signalbox.platform.json.StrictJson;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads and writes the Python literals that document 2's client sends as {@code str(dict)}: dicts
 * with string keys, lists, tuples, strings in either quote, whole and decimal numbers, True, False,
 * None. Its results have the types of {@link StrictJson}'s. Any other literal is an error.
 */
public final class PythonLiteral {

  private static final int MAX_NUMBER = 100;

  private final String text;
  private int at;
  private int depth;

  private PythonLiteral(String text) {
    this.text = text;
  }

  /** Reads one literal; throws 400 unless the text is exactly one literal. */
  public static @Nullable Object parse(String text) {
    var reader = new PythonLiteral(text);
    reader.blanks();
    Object value = reader.value();
    reader.blanks();
    if (reader.at < text.length()) {
      throw reader.wrong("unexpected text after the literal");
    }
    return value;
  }

  private HttpException wrong(String what) {
    return HttpException.malformed("The body is not a Python literal: " + what + " at " + at);
  }

  private @Nullable Object value() {
    if (++depth > StrictJson.MAX_DEPTH) {
      throw wrong("more than " + StrictJson.MAX_DEPTH + " levels");
    }
    Object value =
        switch (peek()) {
          case '{' -> dict();
          case '[' -> sequence('[', ']');
          case '(' -> sequence('(', ')');
          case '\'', '"' -> string();
          case '-', '+', '.', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9' -> number();
          default -> word();
        };
    depth--;
    return value;
  }

  private char peek() {
    return at < text.length() ? text.charAt(at) : '\0';
  }

  private void blanks() {
    while (at < text.length() && " \t\r\n\f".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
  }

  private void expect(char c) {
    if (peek() != c) {
      throw wrong("'" + c + "' expected");
    }
    at++;
  }

  private Map<String, @Nullable Object> dict() {
    Map<String, @Nullable Object> dict = new LinkedHashMap<>();
    expect('{');
    blanks();
    while (peek() != '}') {
      if (peek() != '\'' && peek() != '"') {
        throw wrong("the key is not a string");
      }
      String key = string();
      blanks();
      expect(':');
      blanks();
      if (dict.containsKey(key)) {
        throw wrong("duplicate key");
      }
      dict.put(key, value());
      separator('}');
    }
    at++;
    return dict;
  }

  private List<@Nullable Object> sequence(char open, char close) {
    List<@Nullable Object> list = new ArrayList<>();
    expect(open);
    blanks();
    while (peek() != close) {
      list.add(value());
      separator(close);
    }
    at++;
    return list;
  }

  /** Reads what follows an item: a comma, or the closing bracket. */
  private void separator(char close) {
    blanks();
    if (peek() == ',') {
      at++;
      blanks();
    } else if (peek() != close) {
      throw wrong("',' or '" + close + "' expected");
    }
  }

  private String string() {
    char quote = text.charAt(at++);
    var string = new StringBuilder();
    while (true) {
      if (at >= text.length()) {
        throw wrong("unterminated string");
      }
      char c = text.charAt(at++);
      if (c == quote) {
        return string.toString();
      }
      if (c == '\n' || c == '\r') {
        throw wrong("line break in a string");
      }
      if (c == '\\') {
        escape(string);
      } else {
        string.append(c);
      }
    }
  }

  private void escape(StringBuilder string) {
    char c = peek();
    at++;
    switch (c) {
      case '\\', '\'', '"' -> string.append(c);
      case 'n' -> string.append('\n');
      case 'r' -> string.append('\r');
      case 't' -> string.append('\t');
      case 'b' -> string.append('\b');
      case 'f' -> string.append('\f');
      case 'a' -> string.append('\u0007');
      case 'v' -> string.append('\u000b');
      case '0' -> string.append('\0');
      case 'x' -> string.append((char) hex(2));
      case 'u' -> string.append((char) hex(4));
      case 'U' -> {
        int point = hex(8);
        if (!Character.isValidCodePoint(point)) {
          throw wrong("invalid code point");
        }
        string.appendCodePoint(point);
      }
      default -> throw wrong("unknown escape");
    }
  }

  private int hex(int digits) {
    if (at + digits > text.length()) {
      throw wrong("unterminated escape");
    }
    int value = 0;
    for (int i = 0; i < digits; i++) {
      int digit = Character.digit(text.charAt(at), 16);
      if (digit < 0) {
        throw wrong("not a hexadecimal digit");
      }
      value = value << 4 | digit;
      at++;
    }
    return value;
  }

  private Number number() {
    int from = at;
    boolean decimal = false;
    while (at < text.length() && "+-.eE0123456789".indexOf(text.charAt(at)) >= 0) {
      decimal |= ".eE".indexOf(text.charAt(at)) >= 0;
      at++;
    }
    String number = text.substring(from, at);
    if (number.length() > MAX_NUMBER) {
      throw wrong("number too long");
    }
    try {
      if (decimal) {
        double value = Double.parseDouble(number);
        if (Double.isInfinite(value)) {
          throw wrong("number too large");
        }
        return value;
      }
      BigInteger value = new BigInteger(number);
      return value.bitLength() < 32
          ? (Number) value.intValue()
          : value.bitLength() < 64 ? (Number) value.longValue() : value;
    } catch (NumberFormatException e) {
      throw wrong("not a number");
    }
  }

  private @Nullable Object word() {
    int from = at;
    while (at < text.length() && Character.isLetter(text.charAt(at))) {
      at++;
    }
    return switch (text.substring(from, at)) {
      case "True" -> true;
      case "False" -> false;
      case "None" -> null;
      default -> {
        at = from;
        throw wrong("unknown word");
      }
    };
  }

  /** A string as Python's {@code repr} writes it, in single quotes. */
  public static String quote(String value) {
    var literal = new StringBuilder(value.length() + 2).append('\'');
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      switch (c) {
        case '\\' -> literal.append("\\\\");
        case '\'' -> literal.append("\\'");
        case '\n' -> literal.append("\\n");
        case '\r' -> literal.append("\\r");
        case '\t' -> literal.append("\\t");
        default -> {
          if (c < ' ' || c == '\u007f') {
            literal.append(String.format("\\x%02x", (int) c));
          } else {
            literal.append(c);
          }
        }
      }
    }
    return literal.append('\'').toString();
  }
}
