package dev.signalbox.dnsclient.message;

import java.util.List;
import java.util.StringJoiner;

/** Character strings in master file notation (RFC 1035 section 5.1), always in quotation marks. */
final class CharacterStrings {

  private CharacterStrings() {}

  /** The text of a TXT record, its strings kept apart. */
  static String text(List<byte[]> strings) {
    StringJoiner text = new StringJoiner(" ");
    strings.forEach(string -> text.add(quoted(string)));
    return text.toString();
  }

  private static String quoted(byte[] string) {
    StringBuilder text = new StringBuilder(string.length + 2).append('"');
    for (byte b : string) {
      int octet = b & 0xFF;
      if (octet == '"' || octet == '\\') {
        text.append('\\').append((char) octet);
      } else if (octet < ' ' || octet > '~') {
        text.append('\\')
            .append((char) ('0' + octet / 100))
            .append((char) ('0' + octet / 10 % 10))
            .append((char) ('0' + octet % 10));
      } else {
        text.append((char) octet);
      }
    }
    return text.append('"').toString();
  }
}
