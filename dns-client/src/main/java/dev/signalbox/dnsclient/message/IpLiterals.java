package dev.signalbox.dnsclient.message;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** IP addresses as people write them, never a name and never a look-up. */
public final class IpLiterals {

  private static final int LONGEST = "0000:0000:0000:0000:0000:ffff:255.255.255.255".length();

  private static final Pattern V6 = Pattern.compile("[0-9A-Fa-f:.]+");
  private static final Pattern DOTTED_QUAD =
      Pattern.compile("(0|[1-9][0-9]{0,2})(\\.(0|[1-9][0-9]{0,2})){3}");

  /** Of addresses mapped from IPv4, RFC 4291 section 2.5.5.2. */
  private static final byte[] MAPPED_PREFIX = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1, -1};

  private IpLiterals() {}

  /**
   * The address a text is; null when it is none. Four decimal parts or IPv6 without brackets and
   * scope: the short and octal IPv4 forms that some libraries take mean different addresses to
   * different programs.
   */
  public static @Nullable InetAddress parse(String text) {
    if (text.length() > LONGEST || !(text.indexOf(':') >= 0 ? isV6(text) : isDottedQuad(text))) {
      return null;
    }
    try {
      return InetAddress.ofLiteral(text);
    } catch (IllegalArgumentException _) {
      return null;
    }
  }

  /** The address as RFC 5952 writes it, without brackets and scope. */
  public static String text(InetAddress address) {
    String text = NetUtil.toAddressString(address, true);
    int scope = text.indexOf('%');
    return scope < 0 ? text : text.substring(0, scope);
  }

  /**
   * An address of 4 or 16 bytes as RFC 5952 writes it; one that is mapped from IPv4 with its last
   * part in decimal (section 5).
   */
  public static String text(byte[] address) {
    return isMapped(address)
        ? "::ffff:" + NetUtil.bytesToIpAddress(address, MAPPED_PREFIX.length, 4)
        : NetUtil.bytesToIpAddress(address);
  }

  private static boolean isMapped(byte[] address) {
    return address.length == 16
        && Arrays.equals(address, 0, MAPPED_PREFIX.length, MAPPED_PREFIX, 0, MAPPED_PREFIX.length);
  }

  private static boolean isV6(String text) {
    return V6.matcher(text).matches();
  }

  private static boolean isDottedQuad(String text) {
    // Most texts are names: those that do not end in a digit need no closer look.
    char last = text.isEmpty() ? ' ' : text.charAt(text.length() - 1);
    return last >= '0' && last <= '9' && DOTTED_QUAD.matcher(text).matches();
  }
}
