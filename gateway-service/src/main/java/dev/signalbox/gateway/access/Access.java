package dev.signalbox.gateway.access;

import dev.signalbox.contracts.Sha256;
import dev.signalbox.gateway.limit.TokenQuota;
import dev.signalbox.platform.token.TokenEntry;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Knows the tokens and client certificates. It stores and compares SHA-256 digests of tokens: equal
 * lengths keep the comparison constant-time, and no token leaks through a heap dump or a log.
 * Certificates are no secrets; theirs are looked up. Any thread may use it.
 */
public final class Access {

  private static final String SCHEME = "bearer ";
  private static final int MAX_HEADER = 4_096;

  private final List<TokenEntry> settings;
  private final boolean open;
  private final InstantSource clock;
  private volatile Known known;
  private volatile @Nullable String fileProblem;

  /**
   * What is known at one time.
   *
   * @param all in their order
   * @param bearer those that are tokens
   * @param certificates those that are certificates, by digest
   */
  private record Known(List<Token> all, List<Token> bearer, Map<String, Token> certificates) {

    static Known of(List<Token> all) {
      List<Token> bearer = new ArrayList<>();
      Map<String, Token> certificates = new HashMap<>();
      for (Token token : all) {
        switch (token.credential()) {
          case TOKEN -> bearer.add(token);
          case CERTIFICATE -> certificates.put(token.sha256(), token);
        }
      }
      return new Known(List.copyOf(all), List.copyOf(bearer), Map.copyOf(certificates));
    }
  }

  private Access(
      List<TokenEntry> settings, List<TokenEntry> file, boolean open, InstantSource clock) {
    this.settings = List.copyOf(settings);
    this.open = open;
    this.clock = clock;
    this.known = Known.of(merged(this.settings, file, List.of()));
  }

  /** Every request may use every route. */
  public static Access open() {
    return new Access(List.of(), List.of(), true, InstantSource.system());
  }

  /**
   * Only requests with one of these tokens; without any, none.
   *
   * @param settings tokens that stay
   * @param file tokens that {@link #replace} replaces
   * @throws IllegalArgumentException when both have a token that has a name
   */
  public static Access of(List<TokenEntry> settings, List<TokenEntry> file, InstantSource clock) {
    return new Access(settings, file, false, clock);
  }

  /**
   * The tokens of {@code gateway.tokens}.
   *
   * @param texts each {@code role:token}
   * @throws IllegalArgumentException when an entry is malformed; its message omits the token
   */
  public static List<TokenEntry> parse(List<String> texts) {
    List<TokenEntry> entries = new ArrayList<>();
    for (String text : texts) {
      entries.add(
          TokenEntry.plain(text)
              .orElseThrow(() ->
                  new IllegalArgumentException(
                      "entry " + (entries.size() + 1) + " " + TokenEntry.PLAIN_RULE)));
    }
    return List.copyOf(entries);
  }

  /**
   * Replaces the tokens of the file, for requests from now on.
   *
   * @throws IllegalArgumentException when one that has a name is a token of the settings too; then
   *     nothing is replaced
   */
  public synchronized void replace(List<TokenEntry> file) {
    known = Known.of(merged(settings, file, known.all()));
    fileProblem = null;
  }

  /**
   * Keeps the tokens, because the file cannot be loaded.
   *
   * @param reason without any token
   */
  void keep(String reason) {
    fileProblem = reason;
  }

  /** Why the tokens are not those of the file; null while they are. */
  public @Nullable String fileProblem() {
    return fileProblem;
  }

  /** All tokens and certificates that are known now, expired ones among them. */
  public List<Token> tokens() {
    return known.all();
  }

  private static List<Token> merged(
      List<TokenEntry> settings, List<TokenEntry> file, List<Token> before) {
    Map<String, Token> old = new HashMap<>();
    before.forEach(token -> old.put(token.sha256(), token));
    Set<String> digests = new HashSet<>();
    settings.forEach(entry -> digests.add(entry.sha256()));
    List<Token> all = new ArrayList<>();
    settings.forEach(entry -> all.add(new Token(entry, old.get(entry.sha256()))));
    for (TokenEntry entry : file) {
      if (entry.name() != null && digests.contains(entry.sha256())) {
        throw new IllegalArgumentException(
            "the token " + entry.name() + " must not be in gateway.tokens too");
      }
      all.add(new Token(entry, old.get(entry.sha256())));
    }
    return all;
  }

  /**
   * Who sent a request. With an Authorization header the certificate counts for nothing: who names
   * a token means it, and must learn that it is wrong.
   *
   * @param authorization the header; null without one
   * @param certificate that the client showed in the handshake; null without one
   */
  public Caller caller(@Nullable String authorization, @Nullable ClientCertificate certificate) {
    if (open) {
      return Caller.OPEN;
    }
    if (authorization != null) {
      return byToken(authorization);
    }
    return certificate == null ? Caller.UNKNOWN : byCertificate(certificate);
  }

  /** The line decides at each request, so that it can be removed while the connection is open. */
  private Caller byCertificate(ClientCertificate certificate) {
    Token token = known.certificates().get(certificate.sha256());
    Instant now = clock.instant();
    // The handshake does not look at the time of a certificate that is itself among the
    // authorities.
    if (token == null || now.isBefore(certificate.begins())) {
      return Caller.UNKNOWN;
    }
    Instant ended = now.isAfter(certificate.ends()) ? certificate.ends() : null;
    return new Caller(List.of(token), false, token.expired(now) ? token.expires() : ended);
  }

  private Caller byToken(String authorization) {
    // RFC 9110 section 11.1: the scheme's name is case-insensitive.
    if (authorization.length() <= SCHEME.length()
        || authorization.length() > MAX_HEADER
        || !authorization.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
      return Caller.UNKNOWN;
    }
    byte[] presented = Sha256.of(authorization.substring(SCHEME.length()).strip());
    List<Token> matching = new ArrayList<>(1);
    for (Token token : known.bearer()) {
      // No early exit: the duration must not reveal which token matched.
      if (token.matches(presented)) {
        matching.add(token);
      }
    }
    if (matching.isEmpty()) {
      return Caller.UNKNOWN;
    }
    // Tokens with an expiry have a name, and those match alone.
    Token first = matching.getFirst();
    return new Caller(matching, false, first.expired(clock.instant()) ? first.expires() : null);
  }

  /** Takes requests of a token that another gateway has granted, if the token has a limit here. */
  public void takeElsewhere(String name, long requests) {
    for (Token token : known.all()) {
      TokenQuota quota = token.quota();
      if (quota != null && name.equals(token.name())) {
        quota.takeElsewhere(requests);
      }
    }
  }

  /** Whether requests need a token. */
  public boolean required() {
    return !open;
  }
}
