package dev.signalbox.gateway.access;

import dev.signalbox.contracts.Sha256;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether a request may use a route. It stores and compares SHA-256 digests of tokens:
 * equal lengths keep the comparison constant-time, and no token leaks through a heap dump or a log.
 */
public final class Access {

  /** The result of a check. */
  public enum Verdict {
    /** The request may use the route. */
    GRANTED,
    /** No token, or an unknown one: 401. */
    UNKNOWN,
    /** The token's role does not grant the route's role: 403. */
    FORBIDDEN
  }

  private static final String SCHEME = "bearer ";

  private final List<Grant> grants;
  private final boolean open;

  private Access(List<Grant> grants, boolean open) {
    this.grants = List.copyOf(grants);
    this.open = open;
  }

  /** Every request may use every route. */
  public static Access open() {
    return new Access(List.of(), true);
  }

  /**
   * Only requests with one of these tokens.
   *
   * @param tokens each {@code role:token}
   * @throws IllegalArgumentException when an entry is malformed; its message omits the token
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
          return new Grant(role, Sha256.of(entry.substring(colon + 1).strip()));
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
   * Reads a file of tokens, one a line, without blank lines and lines with {@code #}; no file, no
   * tokens.
   */
  public static List<String> read(String file) {
    if (file.isEmpty()) {
      return List.of();
    }
    try {
      return Files.readAllLines(Path.of(file)).stream()
          .map(String::strip)
          .filter(line -> !line.isEmpty() && !line.startsWith("#"))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InvalidPathException e) {
      throw new UncheckedIOException(new IOException(e));
    }
  }

  /** Checks the Authorization header of a request for a route of the role {@code wanted}. */
  public Verdict check(@Nullable String authorization, Role wanted) {
    if (open || wanted == Role.PUBLIC) {
      return Verdict.GRANTED;
    }
    List<Role> roles = roles(authorization);
    return roles.stream().anyMatch(role -> role.grants(wanted))
        ? Verdict.GRANTED
        : roles.isEmpty() ? Verdict.UNKNOWN : Verdict.FORBIDDEN;
  }

  /** The role of a token; null without one that is known. */
  public @Nullable Role role(@Nullable String authorization) {
    // They are declared from the least to the most.
    return roles(authorization).stream().max(Comparator.naturalOrder()).orElse(null);
  }

  /**
   * The roles of the token in an Authorization header: none, one, or more if it is listed twice.
   */
  private List<Role> roles(@Nullable String authorization) {
    // RFC 9110 section 11.1: the scheme's name is case-insensitive.
    if (authorization == null
        || authorization.length() <= SCHEME.length()
        || authorization.length() > 4096
        || !authorization.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
      return List.of();
    }
    byte[] presented = Sha256.of(authorization.substring(SCHEME.length()).strip());
    var roles = new ArrayList<Role>();
    for (Grant grant : grants) {
      // No early exit: the duration must not reveal which token matched.
      if (MessageDigest.isEqual(grant.digest, presented)) {
        roles.add(grant.role);
      }
    }
    return roles;
  }

  /** Whether requests need a token. */
  public boolean required() {
    return !open;
  }

  @SuppressWarnings("ArrayRecordComponent") // never compared or printed
  private record Grant(Role role, byte[] digest) {}
}
