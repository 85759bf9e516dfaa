package dev.signalbox.gateway.access;

import dev.signalbox.contracts.Sha256;
import dev.signalbox.gateway.limit.TokenQuota;
import dev.signalbox.platform.token.TokenEntry;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Knows the tokens. It stores and compares SHA-256 digests of them: equal lengths keep the
 * comparison constant-time, and no token leaks through a heap dump or a log. Any thread may use it.
 */
public final class Access {

  private static final String SCHEME = "bearer ";
  private static final int MAX_HEADER = 4_096;

  private final List<TokenEntry> settings;
  private final boolean open;
  private final InstantSource clock;
  private volatile List<Token> tokens;
  private volatile Map<String, Token> byName;
  private volatile @Nullable String fileProblem;

  private Access(
      List<TokenEntry> settings, List<TokenEntry> file, boolean open, InstantSource clock) {
    this.settings = List.copyOf(settings);
    this.open = open;
    this.clock = clock;
    this.tokens = merged(this.settings, file, List.of());
    this.byName = byName(tokens);
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
    tokens = merged(settings, file, tokens);
    byName = byName(tokens);
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

  /** All tokens that are known now, expired ones among them. */
  public List<Token> tokens() {
    return tokens;
  }

  private static List<Token> merged(
      List<TokenEntry> settings, List<TokenEntry> file, List<Token> before) {
    Map<String, Token> known = new HashMap<>();
    before.forEach(token -> known.put(token.sha256(), token));
    Set<String> digests = new HashSet<>();
    settings.forEach(entry -> digests.add(entry.sha256()));
    List<Token> all = new ArrayList<>();
    settings.forEach(entry -> all.add(new Token(entry, known.get(entry.sha256()))));
    for (TokenEntry entry : file) {
      if (entry.name() != null && digests.contains(entry.sha256())) {
        throw new IllegalArgumentException(
            "the token " + entry.name() + " must not be in gateway.tokens too");
      }
      all.add(new Token(entry, known.get(entry.sha256())));
    }
    return List.copyOf(all);
  }

  private static Map<String, Token> byName(List<Token> tokens) {
    Map<String, Token> named = new HashMap<>();
    for (Token token : tokens) {
      String name = token.name();
      if (name != null) {
        named.put(name, token);
      }
    }
    return Map.copyOf(named);
  }

  /** The token with a name as it is now; null when there is none. */
  public @Nullable Token named(String name) {
    return byName.get(name);
  }

  /** Who sent a request with this Authorization header. */
  public Caller caller(@Nullable String authorization) {
    if (open) {
      return Caller.OPEN;
    }
    // RFC 9110 section 11.1: the scheme's name is case-insensitive.
    if (authorization == null
        || authorization.length() <= SCHEME.length()
        || authorization.length() > MAX_HEADER
        || !authorization.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
      return Caller.UNKNOWN;
    }
    byte[] presented = Sha256.of(authorization.substring(SCHEME.length()).strip());
    List<Token> matching = new ArrayList<>(1);
    for (Token token : tokens) {
      // No early exit: the duration must not reveal which token matched.
      if (token.matches(presented)) {
        matching.add(token);
      }
    }
    // Tokens with an expiry have a name, and those match alone.
    return matching.isEmpty()
        ? Caller.UNKNOWN
        : new Caller(matching, false, matching.getFirst().expired(clock.instant()));
  }

  /**
   * A token with a name as it is now, for a request that lasts.
   *
   * @param begun as it was when the request began
   * @return null when it was removed, has expired or grants less since
   */
  public @Nullable Token still(Token begun) {
    Token now = named(String.valueOf(begun.name()));
    return now == null || now.expired(clock.instant()) || !now.role().grants(begun.role())
        ? null
        : now;
  }

  /** Takes requests of a token that another gateway has granted, if the token has a limit here. */
  public void takeElsewhere(String name, long requests) {
    for (Token token : tokens) {
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
