package dev.signalbox.gateway.access;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether a request may use a route. Tokens are kept and compared as SHA-256 digests: equal
 * lengths make the comparison constant-time, and no token can leak through a heap dump or a log.
 */
public final class Access {

  /** What came of it. */
  public enum Verdict {
    /** Go on. */
    GRANTED,
    /** No token, or one that is not configured: 401. */
    UNKNOWN,
    /** A configured token of too little a role: 403. */
    FORBIDDEN
  }

  private static final String SCHEME = "bearer ";

  private final List<Grant> grants;
  private final boolean open;

  private Access(List<Grant> grants, boolean open) {
    this.grants = List.copyOf(grants);
    this.open = open;
  }

  /** Everybody may do everything. */
  public static Access open() {
    return new Access(List.of(), true);
  }

  /**
   * Only tokens of the list.
   *
   * @param tokens each {@code role:token}
   * @throws IllegalArgumentException when one is not, without repeating the token
   */
  public static Access of(List<String> tokens) {
    var grants = new ArrayList<Grant>();
    for (int i = 0; i < tokens.size(); i++) {
      grants.add(parse(tokens.get(i), i));
    }
    return new Access(grants, false);
  }

  private static Grant parse(String entry, int index) {
    int colon = entry.indexOf(':');
    if (colon > 0 && entry.length() - colon - 1 >= 16) {
      String name = entry.substring(0, colon).strip().toUpperCase(Locale.ROOT);
      for (Role role : Role.values()) {
        if (role != Role.PUBLIC && role.name().equals(name)) {
          return new Grant(role, digest(entry.substring(colon + 1).strip()));
        }
      }
    }
    throw new IllegalArgumentException(
        "entry "
            + (index + 1)
            + " must be ROLE:TOKEN with a role of reader, worker, operator, admin and a token of at"
            + " least 16 characters");
  }

  /**
   * The verdict.
   *
   * @param authorization the Authorization header, if any
   */
  public Verdict check(@Nullable String authorization, Role wanted) {
    if (open || wanted == Role.PUBLIC) {
      return Verdict.GRANTED;
    }
    // RFC 9110 section 11.1: the scheme's name is case-insensitive.
    if (authorization == null
        || authorization.length() <= SCHEME.length()
        || authorization.length() > 4096
        || !authorization.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
      return Verdict.UNKNOWN;
    }
    byte[] presented = digest(authorization.substring(SCHEME.length()).strip());
    boolean known = false;
    boolean granted = false;
    for (Grant grant : grants) {
      // No early exit: the time must not tell which token came close.
      boolean same = MessageDigest.isEqual(grant.digest, presented);
      if (same) {
        known = true;
        granted |= grant.role.grants(wanted);
      }
    }
    return granted ? Verdict.GRANTED : known ? Verdict.FORBIDDEN : Verdict.UNKNOWN;
  }

  /** Whether tokens are asked for at all. */
  public boolean required() {
    return !open;
  }

  private static byte[] digest(String token) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  private static final class Grant {
    private final Role role;
    private final byte[] digest;

    private Grant(Role role, byte[] digest) {
      this.role = role;
      this.digest = digest;
    }
  }
}
