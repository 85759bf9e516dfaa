package dev.signalbox.dnsclient.resolver;

import dev.signalbox.contracts.net.IpLiteral;
import dev.signalbox.dnsclient.message.DomainNames;
import dev.signalbox.dnsclient.message.Quoted;
import dev.signalbox.dnsclient.transport.Protocol;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A resolver as text: {@code host[:port]}, {@code udp://}, {@code tcp://} or {@code
 * tls://host[:port]}, {@code https://host[:port]/path}.
 *
 * @param protocol how to ask it
 * @param host IP address without brackets, or name
 * @param port 1 to 65535
 * @param path of its HTTPS endpoint; empty otherwise
 */
public record ResolverSpec(Protocol protocol, String host, int port, String path) {

  /** The longest text taken. */
  public static final int LONGEST_TEXT = 512;

  private static final String DEFAULT_PATH = "/dns-query";
  private static final Pattern FORM =
      Pattern.compile(
          "(?:(?<scheme>[A-Za-z]+)://)?"
              + "(?:\\[(?<v6>[0-9A-Fa-f:.]+)]|(?<host>[^\\[\\]:/?#@\\s]+))"
              + "(?::(?<port>[0-9]{1,5}))?"
              + "(?<path>/[\\x21-\\x7E&&[^#]]*)?");

  /**
   * Reads a resolver.
   *
   * @param wanted the protocol to use; null to follow the text
   * @throws IllegalArgumentException naming the broken rule
   */
  public static ResolverSpec parse(String text, @Nullable Protocol wanted) {
    if (text.length() > LONGEST_TEXT) {
      throw new IllegalArgumentException("must be at most " + LONGEST_TEXT + " characters long");
    }
    if (text.indexOf(':') >= 0 && IpLiteral.parse(text).isPresent()) {
      // IPv6 without brackets: no port can follow.
      return of(wanted == null ? Protocol.UDP : wanted, text, null, null, text);
    }
    Matcher form = FORM.matcher(text);
    if (!form.matches()) {
      throw unreadable(text);
    }
    Protocol protocol = protocol(form.group("scheme"), wanted, text);
    String v6 = form.group("v6");
    return of(
        protocol,
        v6 == null ? form.group("host") : v6,
        form.group("port"),
        form.group("path"),
        text);
  }

  private static ResolverSpec of(
      Protocol protocol, String host, @Nullable String port, @Nullable String path, String text) {
    if (path != null && !path.equals("/") && protocol != Protocol.HTTPS) {
      throw new IllegalArgumentException(
          "can have a path only with https, but is " + Quoted.of(text));
    }
    int number = port == null ? protocol.defaultPort() : Integer.parseInt(port);
    if (number < 1 || number > 65535) {
      throw new IllegalArgumentException("must have a port of 1 to 65535, not " + number);
    }
    String endpoint = protocol == Protocol.HTTPS ? path == null ? DEFAULT_PATH : path : "";
    return new ResolverSpec(protocol, checkedHost(host, text), number, endpoint);
  }

  private static String checkedHost(String host, String text) {
    if (host.indexOf(':') >= 0) {
      if (IpLiteral.parse(host).isEmpty()) {
        throw unreadable(text);
      }
      return host;
    }
    if (IpLiteral.parse(host).isPresent()) {
      return host;
    }
    // What looks like a number but is no address would be one to other programs: 127.1, 0x7f.1.
    if (host.matches("[0-9.]+|0[xX].*")) {
      throw unreadable(text);
    }
    return DomainNames.parse(host).toString(true).toLowerCase(Locale.ROOT);
  }

  private static Protocol protocol(
      @Nullable String scheme, @Nullable Protocol wanted, String text) {
    if (scheme == null) {
      return wanted == null ? Protocol.UDP : wanted;
    }
    Protocol given =
        switch (scheme.toLowerCase(Locale.ROOT)) {
          case "udp" -> Protocol.UDP;
          case "tcp" -> Protocol.TCP;
          case "tls" -> Protocol.TLS;
          case "https" -> Protocol.HTTPS;
          default -> throw unreadable(text);
        };
    if (wanted != null && wanted != given) {
      throw new IllegalArgumentException(
          "must not be a " + given.text() + ":// resolver when protocol is " + wanted.text());
    }
    return given;
  }

  private static IllegalArgumentException unreadable(String text) {
    return new IllegalArgumentException(
        "must be host[:port], tls://host[:port] or https://host/path, but is " + Quoted.of(text));
  }

  /** How it reads when its address is not known. */
  public String label() {
    String name = host.indexOf(':') >= 0 ? "[" + host + "]" : host;
    return protocol == Protocol.HTTPS
        ? "https://" + name + (port == protocol.defaultPort() ? "" : ":" + port) + path
        : name + ":" + port;
  }
}
