package dev.signalbox.httpprobe.exchange;

import dev.signalbox.contracts.Binary;
import dev.signalbox.httpprobe.phase.Phase;
import dev.signalbox.httpprobe.phase.ProbeException;
import dev.signalbox.httpprobe.url.WebUrl;
import dev.signalbox.httpprobe.url.WebUrl.Parsed;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** What to ask next when an answer says "elsewhere" (RFC 9110, 15.4). */
public final class Redirect {

  private static final Set<String> CREDENTIALS =
      Set.of("authorization", "proxy-authorization", "cookie", "host");

  private Redirect() {}

  /** Whether an answer sends the client elsewhere; an empty Location names no other place. */
  public static boolean is(HopAnswer answer) {
    return switch (answer.status()) {
      case 301, 302, 303, 307, 308 -> !location(answer).isEmpty();
      default -> false;
    };
  }

  /**
   * The Location header with its bytes as the target sent them: in UTF-8 where they are that, and
   * otherwise each byte outside ASCII percent-encoded (RFC 3986, 2.5).
   */
  private static String location(HopAnswer answer) {
    // Netty has one character for each byte.
    byte[] bytes =
        answer.header("location").orElse("").trim().getBytes(StandardCharsets.ISO_8859_1);
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException notUtf8) {
      StringBuilder text = new StringBuilder();
      for (byte b : bytes) {
        text.append(b < 0 ? "%%%02X".formatted(b) : (char) b);
      }
      return text.toString();
    }
  }

  /**
   * The request after this one; empty when the answer is no redirect.
   *
   * @throws ProbeException when it points nowhere a probe may go
   */
  public static Optional<HopRequest> next(HopRequest request, HopAnswer answer) {
    if (!is(answer)) {
      return Optional.empty();
    }
    return switch (request.url().resolve(location(answer))) {
      case Parsed.Bad(String reason) ->
          throw ProbeException.protocol(
              Phase.DOWNLOAD, "the target redirects to a URL that " + reason);
      case Parsed.Good(WebUrl url) -> Optional.of(follow(request, answer.status(), url));
    };
  }

  private static HopRequest follow(HopRequest request, int status, WebUrl url) {
    boolean get =
        switch (status) {
          case 303 -> !request.method().equals("HEAD");
          case 301, 302 -> request.method().equals("POST");
          default -> false;
        };
    boolean sameOrigin = url.origin().equals(request.url().origin());
    List<Header> headers =
        request.headers().stream()
            .filter(header -> sameOrigin || !CREDENTIALS.contains(lower(header)))
            .filter(header -> !get || !lower(header).startsWith("content-"))
            .toList();
    return get
        ? new HopRequest(url, "GET", headers, Binary.empty())
        : new HopRequest(url, request.method(), headers, request.content());
  }

  private static String lower(Header header) {
    return header.name().toLowerCase(Locale.ROOT);
  }
}
