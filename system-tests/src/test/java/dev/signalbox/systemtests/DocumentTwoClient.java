package dev.signalbox.systemtests;

import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The client of document 2: a uuid of its own, Python dict literals in both directions. */
final class DocumentTwoClient {

  private static final Pattern UNIQUE =
      Pattern.compile("^\\{'success': True, 'unique': '([^']+)'}\\s*$");

  private final String uuid = UUID.randomUUID().toString();
  private final Doors doors;
  private String unique = "";

  DocumentTwoClient(Doors doors) {
    this.doors = doors;
  }

  String uuid() {
    return uuid;
  }

  String unique() {
    return unique;
  }

  /** The code that was issued; the answer must be one that {@code ast.literal_eval} reads. */
  Reply requestUnique() {
    Reply reply = Clients.httpClientPost(doors.codes(), "/", "{'uuid': " + literal(uuid) + "}");
    Matcher answer = UNIQUE.matcher(reply.text());
    if (!answer.matches()) {
      throw new AssertionError("no code in " + reply);
    }
    unique = answer.group(1);
    return reply;
  }

  Reply sendText(String text) {
    return Clients.httpClientPost(
        doors.messages(),
        "/",
        "{'uuid': %s, 'unique': %s, 'text': %s}"
            .formatted(literal(uuid), literal(unique), literal(text)));
  }

  /** A string as Python's {@code repr} writes it. */
  static String literal(String text) {
    char quote = text.indexOf('\'') >= 0 && text.indexOf('"') < 0 ? '"' : '\'';
    StringBuilder literal = new StringBuilder().append(quote);
    text.codePoints()
        .forEach(c -> {
          switch (c) {
            case '\\' -> literal.append("\\\\");
            case '\n' -> literal.append("\\n");
            case '\r' -> literal.append("\\r");
            case '\t' -> literal.append("\\t");
            default -> {
              if (c == quote) {
                literal.append('\\').appendCodePoint(c);
              } else if (c < 0x20 || c == 0x7f) {
                literal.append("\\x%02x".formatted(c));
              } else {
                literal.appendCodePoint(c);
              }
            }
          }
        });
    return literal.append(quote).toString();
  }
}
