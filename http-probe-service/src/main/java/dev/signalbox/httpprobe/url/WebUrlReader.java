package dev.signalbox.httpprobe.url;

import dev.signalbox.contracts.net.IpLiteral;
import dev.signalbox.dnsclient.message.InternationalNames;
import dev.signalbox.httpprobe.url.Origin.Scheme;
import dev.signalbox.httpprobe.url.WebUrl.Parsed;
import dev.signalbox.platform.json.WholeNumber;
import dev.signalbox.platform.uri.UriPath;
import java.net.InetAddress;
import java.util.Locale;
import java.util.Optional;

/**
 * The grammar of RFC 3986 for http and https. Lenient where nothing can be misread (spaces and
 * letters outside ASCII in a path are percent-encoded), strict in the authority, where a lenient
 * reader is how guards are fooled.
 */
public final class WebUrlReader {

  private static final int LONGEST_URL = 8192;
  private static final int LONGEST_HOST = 253;
  private static final int LONGEST_LABEL = 63;
  private static final String SAFE = "-._~!$&'()*+,;=:@/?%[]|^{}";

  private final String text;

  WebUrlReader(String text) {
    this.text = text;
  }

  Parsed absolute() {
    Optional<String> broken = brokenCharacters();
    if (broken.isPresent()) {
      return new Parsed.Bad(broken.get());
    }
    Optional<Scheme> scheme = scheme();
    if (scheme.isEmpty()) {
      return new Parsed.Bad("must begin with http:// or https://");
    }
    String rest = text.substring(scheme.get().text().length() + 1);
    return rest.startsWith("//")
        ? authorityAndTarget(scheme.get(), rest.substring(2))
        : new Parsed.Bad("must begin with http:// or https://");
  }

  Parsed relativeTo(WebUrl base) {
    Optional<String> broken = brokenCharacters();
    if (broken.isPresent()) {
      return new Parsed.Bad(broken.get());
    }
    if (hasScheme()) {
      return absolute();
    }
    if (text.startsWith("//")) {
      return authorityAndTarget(base.origin().scheme(), text.substring(2));
    }
    String reference = withoutFragment(text);
    String target;
    if (reference.isEmpty()) {
      target = base.target();
    } else if (reference.startsWith("?")) {
      target = base.path() + encoded(reference);
    } else if (reference.startsWith("/")) {
      target = withoutDots(encoded(reference));
    } else {
      String path = base.path();
      target = withoutDots(path.substring(0, path.lastIndexOf('/') + 1) + encoded(reference));
    }
    return new Parsed.Good(new WebUrl(base.origin(), target));
  }

  private Optional<String> brokenCharacters() {
    if (text.length() > LONGEST_URL) {
      return Optional.of("must not be longer than " + LONGEST_URL + " characters");
    }
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < 0x20 || c == 0x7f) {
        return Optional.of("must not contain control characters");
      }
      if (c == '\\') {
        return Optional.of("must not contain a backslash");
      }
      if (Character.isSurrogate(c)) {
        boolean pair =
            Character.isHighSurrogate(c)
                && i + 1 < text.length()
                && Character.isLowSurrogate(text.charAt(i + 1));
        if (!pair) {
          return Optional.of("must be valid Unicode");
        }
        i++;
      }
    }
    return Optional.empty();
  }

  private boolean hasScheme() {
    return text.matches("(?s)[A-Za-z][A-Za-z0-9+.-]*:.*");
  }

  private Optional<Scheme> scheme() {
    String lower = text.substring(0, Math.min(text.length(), 6)).toLowerCase(Locale.ROOT);
    if (lower.startsWith("https:")) {
      return Optional.of(Scheme.HTTPS);
    }
    return lower.startsWith("http:") ? Optional.of(Scheme.HTTP) : Optional.empty();
  }

  private static Parsed authorityAndTarget(Scheme scheme, String rest) {
    int end = 0;
    while (end < rest.length() && "/?#".indexOf(rest.charAt(end)) < 0) {
      end++;
    }
    String authority = rest.substring(0, end);
    if (authority.indexOf('@') >= 0) {
      return new Parsed.Bad("must not contain a user or password; send an Authorization header");
    }
    int colon = authority.lastIndexOf(':');
    boolean bracketed = authority.endsWith("]");
    String hostText = colon < 0 || bracketed ? authority : authority.substring(0, colon);
    String portText = colon < 0 || bracketed ? "" : authority.substring(colon + 1);
    int port = port(portText, scheme);
    if (port < 0) {
      return new Parsed.Bad("must have a port of 1 to 65535");
    }
    Optional<String> host = host(hostText);
    if (host.isEmpty()) {
      return new Parsed.Bad("must have a host name or IP address");
    }
    String target = encoded(withoutFragment(rest.substring(end)));
    return new Parsed.Good(
        new WebUrl(
            new Origin(scheme, host.get(), port),
            withoutDots(target.startsWith("/") ? target : "/" + target)));
  }

  private static int port(String digits, Scheme scheme) {
    if (digits.isEmpty()) {
      return scheme.defaultPort();
    }
    return (int) WholeNumber.parse(digits, 1, 65_535).orElse(-1);
  }

  /** A host as it is looked up and compared: see {@link Origin}. */
  public static Optional<String> host(String text) {
    if (text.startsWith("[") && text.endsWith("]")) {
      String inner = text.substring(1, text.length() - 1);
      return inner.indexOf(':') < 0
          ? Optional.empty()
          : IpLiteral.parse(inner).map(InetAddress::getHostAddress);
    }
    String ascii;
    try {
      ascii = InternationalNames.toAscii(text).toLowerCase(Locale.ROOT);
    } catch (IllegalArgumentException notAName) {
      return Optional.empty();
    }
    if (ascii.endsWith(".")) {
      ascii = ascii.substring(0, ascii.length() - 1);
    }
    if (ascii.isEmpty() || ascii.length() > LONGEST_HOST) {
      return Optional.empty();
    }
    if (IpLiteral.endsInNumber(ascii)) {
      return IpLiteral.parse(ascii).map(InetAddress::getHostAddress);
    }
    for (String label : ascii.split("\\.", -1)) {
      if (label.isEmpty()
          || label.length() > LONGEST_LABEL
          || !label.chars().allMatch(WebUrlReader::isNameCharacter)) {
        return Optional.empty();
      }
    }
    return Optional.of(ascii);
  }

  private static boolean isNameCharacter(int c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  }

  private static String withoutFragment(String text) {
    int fragment = text.indexOf('#');
    return fragment < 0 ? text : text.substring(0, fragment);
  }

  private static String encoded(String text) {
    return UriPath.encode(text, SAFE);
  }

  /** A target that begins with a slash, without the dot segments of its path. */
  private static String withoutDots(String target) {
    int query = target.indexOf('?');
    return query < 0
        ? UriPath.removeDotSegments(target)
        : UriPath.removeDotSegments(target.substring(0, query)) + target.substring(query);
  }
}
