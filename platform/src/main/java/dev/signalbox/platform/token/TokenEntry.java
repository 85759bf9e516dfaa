package dev.signalbox.platform.token;

import dev.signalbox.contracts.Sha256;
import dev.signalbox.platform.json.WholeNumber;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A bearer token or a client certificate as it is configured: its digest and what it grants, never
 * the token itself.
 *
 * @param name of the token or certificate; null for a token that is written as {@code ROLE:TOKEN}
 * @param role one of {@link #ROLES}
 * @param credential what {@code sha256} is the digest of
 * @param sha256 SHA-256 of the token, or of the certificate in DER, 64 lower-case hexadecimal
 *     digits
 * @param expires from then on the token or certificate is refused; null for never
 * @param limits of what it may do
 */
public record TokenEntry(
    @Nullable String name,
    String role,
    Credential credential,
    String sha256,
    @Nullable Instant expires,
    TokenLimits limits) {

  /** By what a caller proves who it is. */
  public enum Credential {
    /** A bearer token. */
    TOKEN("sha256"),
    /** A client certificate of TLS. */
    CERTIFICATE("certificate-sha256");

    private final String key;

    Credential(String key) {
      this.key = key;
    }

    /** Its word in messages and documents. */
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** The roles that a token may have. */
  public static final List<String> ROLES = List.of("reader", "worker", "operator", "admin");

  /** The rule for a token that is written as it is. */
  public static final String PLAIN_RULE =
      "must be ROLE:TOKEN with a role of reader, worker, operator, admin and a token of at least"
          + " 16 characters";

  /** The rule for names. */
  public static final String NAME_RULE =
      "must be 1 to 64 letters, digits, '.', '_', '@' or '-', and begin with a letter or digit";

  private static final int MIN_TOKEN = 16;

  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._@-]{0,63}");
  private static final Pattern DIGEST = Pattern.compile("[0-9a-fA-F]{64}");

  // RFC 3339; what the JDK parses has years of more digits besides.
  private static final Pattern INSTANT =
      Pattern.compile(
          "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d{1,9})?(Z|[+-]\\d\\d:\\d\\d)");

  private static final Set<String> KEYS =
      Set.of(
          "name",
          "role",
          Credential.TOKEN.key,
          Credential.CERTIFICATE.key,
          "expires",
          TokenLimits.REQUESTS_PER_MINUTE,
          TokenLimits.TASKS_PER_DAY,
          TokenLimits.SERVERS_AT_ONCE);

  /** A token with a name. */
  public static TokenEntry of(
      String name, String role, String token, @Nullable Instant expires, TokenLimits limits) {
    return new TokenEntry(name, role, Credential.TOKEN, digest(token), expires, limits);
  }

  /** A token with a name, of whose uses only requests are limited. */
  public static TokenEntry of(
      String name, String role, String token, @Nullable Instant expires, int requestsPerMinute) {
    return of(name, role, token, expires, TokenLimits.ofRequests(requestsPerMinute));
  }

  /** A client certificate with a name. */
  public static TokenEntry of(
      String name,
      String role,
      X509Certificate certificate,
      @Nullable Instant expires,
      TokenLimits limits) {
    return new TokenEntry(name, role, Credential.CERTIFICATE, digest(certificate), expires, limits);
  }

  /** The digest by which a certificate is known, 64 lower-case hexadecimal digits. */
  public static String digest(X509Certificate certificate) {
    try {
      return HexFormat.of().formatHex(Sha256.of(certificate.getEncoded()));
    } catch (CertificateEncodingException e) {
      throw new IllegalStateException("a certificate that was read has an encoding", e);
    }
  }

  /** Whether a text may be the name of a token. */
  public static boolean isName(String text) {
    return NAME.matcher(text).matches();
  }

  /**
   * A token that is written as {@code ROLE:TOKEN}.
   *
   * @return empty when the text breaks {@link #PLAIN_RULE}
   */
  public static Optional<TokenEntry> plain(String text) {
    int colon = text.indexOf(':');
    if (colon < 0) {
      return Optional.empty();
    }
    String role = text.substring(0, colon).strip().toLowerCase(Locale.ROOT);
    String token = text.substring(colon + 1).strip();
    return ROLES.contains(role) && token.length() >= MIN_TOKEN
        ? Optional.of(
            new TokenEntry(null, role, Credential.TOKEN, digest(token), null, TokenLimits.NONE))
        : Optional.empty();
  }

  /**
   * A token or certificate as a line of a file has it. Errors name keys and rules and repeat
   * nothing of the line: somebody may have written the token itself anywhere in it.
   *
   * @throws IllegalArgumentException with the rule that the line breaks
   */
  static TokenEntry parse(String line) {
    int equals = line.indexOf('=');
    int colon = line.indexOf(':');
    // No role has an equals sign, so what has one before any colon cannot be ROLE:TOKEN.
    if (equals < 0 || (colon >= 0 && colon < equals)) {
      return plain(line)
          .orElseThrow(() ->
              new IllegalArgumentException(
                  PLAIN_RULE + ", or name=NAME role=ROLE sha256=DIGEST and what else it has"));
    }
    Map<String, String> words = words(line);
    String name = required(words, "name");
    check(isName(name), "name " + NAME_RULE);
    String role = required(words, "role");
    check(ROLES.contains(role), "role must be one of " + String.join(", ", ROLES));
    Credential credential = credential(words);
    String digest = required(words, credential.key);
    check(
        DIGEST.matcher(digest).matches(),
        credential.key
            + " must be the SHA-256 of the "
            + credential.label()
            + ", 64 hexadecimal digits");
    String expires = words.get("expires");
    return new TokenEntry(
        name,
        role,
        credential,
        digest.toLowerCase(Locale.ROOT),
        expires == null ? null : instant(expires),
        new TokenLimits(
            limit(words, TokenLimits.REQUESTS_PER_MINUTE, TokenLimits.MAX_REQUESTS_PER_MINUTE),
            limit(words, TokenLimits.TASKS_PER_DAY, TokenLimits.MAX_TASKS_PER_DAY),
            limit(words, TokenLimits.SERVERS_AT_ONCE, TokenLimits.MAX_SERVERS_AT_ONCE)));
  }

  private static Credential credential(Map<String, String> words) {
    boolean token = words.containsKey(Credential.TOKEN.key);
    boolean certificate = words.containsKey(Credential.CERTIFICATE.key);
    check(token || certificate, "sha256 or certificate-sha256 is missing");
    check(!(token && certificate), "must not have both sha256 and certificate-sha256");
    return token ? Credential.TOKEN : Credential.CERTIFICATE;
  }

  private static Map<String, String> words(String line) {
    Map<String, String> words = new HashMap<>();
    for (String word : line.strip().split("[ \t]+", -1)) {
      int equals = word.indexOf('=');
      check(
          equals > 0 && KEYS.contains(word.substring(0, equals)),
          "must be KEY=VALUE words separated by spaces, with the keys name, role, sha256 or"
              + " certificate-sha256, expires, requests-per-minute, tasks-per-day,"
              + " servers-at-once");
      String key = word.substring(0, equals);
      check(
          words.putIfAbsent(key, word.substring(equals + 1)) == null,
          key + " must not be set twice");
    }
    return words;
  }

  private static String required(Map<String, String> words, String key) {
    String value = words.get(key);
    if (value == null) {
      throw new IllegalArgumentException(key + " is missing");
    }
    return value;
  }

  private static void check(boolean holds, String rule) {
    if (!holds) {
      throw new IllegalArgumentException(rule);
    }
  }

  /**
   * The time of an RFC 3339 text.
   *
   * @throws IllegalArgumentException with the rule, when the text is none
   */
  public static Instant instant(String text) {
    if (INSTANT.matcher(text).matches()) {
      try {
        return Instant.parse(text);
      } catch (DateTimeException e) {
        // A month of 13, for instance: reported below, with the same words.
      }
    }
    throw new IllegalArgumentException(
        "expires must be a time of RFC 3339 such as 2027-01-31T00:00:00Z");
  }

  private static int limit(Map<String, String> words, String key, int most) {
    String text = words.get(key);
    return text == null
        ? 0
        : (int)
            WholeNumber.parse(text, 1, most)
                .orElseThrow(() ->
                    new IllegalArgumentException(
                        key + " must be a whole number from 1 to " + most));
  }

  /** The line of a file for what has a name, without the line's end. */
  public String line() {
    return "name="
        + name
        + " role="
        + role
        + " "
        + credential.key
        + "="
        + sha256
        + (expires == null ? "" : " expires=" + expires)
        + limits.words().stream().map(word -> " " + word).collect(Collectors.joining());
  }

  private static String digest(String token) {
    return HexFormat.of().formatHex(Sha256.of(token));
  }
}
