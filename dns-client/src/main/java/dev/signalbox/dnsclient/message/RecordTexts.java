package dev.signalbox.dnsclient.message;

import dev.signalbox.contracts.net.IpLiteral;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.StringJoiner;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.A6Record;
import org.xbill.DNS.AAAARecord;
import org.xbill.DNS.APLRecord;
import org.xbill.DNS.DNSInput;
import org.xbill.DNS.IPSECKEYRecord;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.SVCBBase;
import org.xbill.DNS.Type;
import org.xbill.DNS.UNKRecord;

/**
 * Data of records in master file notation, where the codec has none or another than the standards:
 * IPv6 addresses as RFC 5952 has them, and the types that it does not know.
 */
final class RecordTexts {

  private static final HexFormat UPPER = HexFormat.of().withUpperCase();
  private static final HexFormat DASHES = HexFormat.ofDelimiter("-");

  private static final int CSYNC = 62;
  private static final int DSYNC = 66;
  private static final int NINFO = 56;
  private static final int TALINK = 58;
  private static final int NID = 104;
  private static final int L32 = 105;
  private static final int L64 = 106;
  private static final int LP = 107;
  private static final int EUI48 = 108;
  private static final int EUI64 = 109;
  private static final int AVC = 258;
  private static final int AMTRELAY = 260;
  private static final int RESINFO = 261;
  private static final int WALLET = 262;

  private static final Pattern APL_IPV6 = Pattern.compile("(!?2:)([0-9a-fA-F:.]+)(/[0-9]+)");
  private static final String IPV6_HINT = " ipv6hint=";

  private RecordTexts() {}

  /**
   * The data of a record; null when the codec writes it as it should be.
   *
   * @throws RuntimeException when it is not what its type asks for
   */
  static @Nullable String of(Record record) {
    return switch (record) {
      case AAAARecord aaaa -> address(aaaa.rdataToWireCanonical());
      case A6Record a6 -> a6(a6);
      case APLRecord apl ->
          APL_IPV6
              .matcher(apl.rdataToString())
              .replaceAll(match -> match.group(1) + ipv6(match) + match.group(3));
      case IPSECKEYRecord key -> ipseckey(key);
      case SVCBBase service -> withShortHints(service.rdataToString());
      case UNKRecord unknown -> unknown(unknown.getType(), unknown.getData());
      default -> null;
    };
  }

  /** Data as RFC 3597 section 5 has it. */
  static String generic(byte[] data) {
    return data.length == 0 ? "\\# 0" : "\\# " + data.length + " " + UPPER.formatHex(data);
  }

  private static String ipv6(MatchResult match) {
    InetAddress address = IpLiteral.parse(match.group(2)).orElse(null);
    return address == null ? match.group(2) : AddressText.of(address);
  }

  /** An address of 4 or 16 bytes; what was mapped from IPv4 says so (RFC 5952 section 5). */
  private static String address(byte[] bytes) {
    return AddressText.of(bytes);
  }

  /** RFC 2874 section 3.2: no address beside a whole prefix, no name without one. */
  private static String a6(A6Record record) {
    InetAddress suffix = record.getSuffix();
    Name prefix = record.getPrefix();
    return record.getPrefixBits()
        + (suffix == null ? "" : " " + AddressText.of(suffix))
        + (prefix == null ? "" : " " + prefix);
  }

  private static String ipseckey(IPSECKEYRecord record) {
    Object gateway = record.getGateway();
    byte[] key = record.getKey();
    return String.join(
            " ",
            Integer.toString(record.getPrecedence()),
            Integer.toString(record.getGatewayType()),
            Integer.toString(record.getAlgorithmType()),
            switch (gateway) {
              case null -> ".";
              case InetAddress address -> AddressText.of(address);
              default -> gateway.toString();
            })
        + (key == null ? "" : " " + Base64.getEncoder().encodeToString(key));
  }

  /** Shortens the addresses of the parameter, not what looks like it between quotation marks. */
  private static String withShortHints(String text) {
    boolean quoted = false;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\\') {
        i++;
      } else if (c == '"') {
        quoted = !quoted;
      } else if (!quoted && text.startsWith(IPV6_HINT, i)) {
        int start = i + IPV6_HINT.length();
        int space = text.indexOf(' ', start);
        int end = space < 0 ? text.length() : space;
        StringJoiner hints = new StringJoiner(",");
        for (String hint : text.substring(start, end).split(",", -1)) {
          InetAddress address = IpLiteral.parse(hint).orElse(null);
          hints.add(address == null ? hint : AddressText.of(address));
        }
        return text.substring(0, start) + hints + text.substring(end);
      }
    }
    return text;
  }

  private static String unknown(int type, byte[] data) {
    ByteBuffer rest = ByteBuffer.wrap(data);
    String text =
        switch (type) {
          case CSYNC -> unsigned(rest.getInt()) + " " + unsigned(rest.getShort()) + types(rest);
          case DSYNC ->
              Type.string(Short.toUnsignedInt(rest.getShort()))
                  + " "
                  + scheme(rest.get())
                  + " "
                  + unsigned(rest.getShort())
                  + " "
                  + name(rest);
          case NINFO, AVC, RESINFO, WALLET -> strings(rest);
          case TALINK -> name(rest) + " " + name(rest);
          case NID, L64 -> unsigned(rest.getShort()) + " " + groups(rest);
          case L32 -> unsigned(rest.getShort()) + " " + address(remaining(rest, 4));
          case LP -> unsigned(rest.getShort()) + " " + name(rest);
          case EUI48 -> DASHES.formatHex(remaining(rest, 6));
          case EUI64 -> DASHES.formatHex(remaining(rest, 8));
          case AMTRELAY -> relay(rest);
          default -> generic(remaining(rest, rest.remaining()));
        };
    if (rest.hasRemaining()) {
      throw new IllegalArgumentException("longer than its type");
    }
    return text;
  }

  private static String unsigned(int value) {
    return Integer.toUnsignedString(value);
  }

  private static String unsigned(short value) {
    return Integer.toString(Short.toUnsignedInt(value));
  }

  private static String unsigned(byte value) {
    return Integer.toString(Byte.toUnsignedInt(value));
  }

  private static byte[] remaining(ByteBuffer rest, int length) {
    byte[] bytes = new byte[length];
    rest.get(bytes);
    return bytes;
  }

  private static String name(ByteBuffer rest) {
    try {
      byte[] bytes = new byte[rest.remaining()];
      rest.get(rest.position(), bytes);
      DNSInput input = new DNSInput(bytes);
      Name name = new Name(input);
      rest.position(rest.position() + input.current());
      return name.toString();
    } catch (IOException e) {
      throw new IllegalArgumentException(e);
    }
  }

  private static String strings(ByteBuffer rest) {
    List<byte[]> strings = new ArrayList<>();
    while (rest.hasRemaining()) {
      strings.add(remaining(rest, Byte.toUnsignedInt(rest.get())));
    }
    if (strings.isEmpty()) {
      throw new IllegalArgumentException("has no string");
    }
    return CharacterStrings.text(strings);
  }

  /** RFC 6742 sections 2.1.1 and 2.3.1. */
  private static String groups(ByteBuffer rest) {
    StringJoiner groups = new StringJoiner(":");
    for (int i = 0; i < 4; i++) {
      groups.add(HexFormat.of().toHexDigits(rest.getShort()));
    }
    return groups.toString();
  }

  /** A type bit map, RFC 4034 section 4.1.2. */
  private static String types(ByteBuffer rest) {
    StringBuilder types = new StringBuilder();
    while (rest.hasRemaining()) {
      int window = Byte.toUnsignedInt(rest.get());
      byte[] bits = remaining(rest, Byte.toUnsignedInt(rest.get()));
      for (int i = 0; i < bits.length * 8; i++) {
        if ((bits[i >> 3] & (0x80 >> (i & 7))) != 0) {
          types.append(' ').append(Type.string(window << 8 | i));
        }
      }
    }
    return types.toString();
  }

  /** RFC 9859 section 2.2. */
  private static String scheme(byte scheme) {
    return scheme == 1 ? "NOTIFY" : unsigned(scheme);
  }

  /** RFC 8777 section 4.3. */
  private static String relay(ByteBuffer rest) {
    int precedence = Byte.toUnsignedInt(rest.get());
    int second = Byte.toUnsignedInt(rest.get());
    int type = second & 0x7F;
    return precedence
        + " "
        + (second >> 7)
        + " "
        + type
        + " "
        + switch (type) {
          case 0 -> ".";
          case 1 -> address(remaining(rest, 4));
          case 2 -> address(remaining(rest, 16));
          case 3 -> name(rest);
          default -> throw new IllegalArgumentException("unknown type of relay");
        };
  }
}
