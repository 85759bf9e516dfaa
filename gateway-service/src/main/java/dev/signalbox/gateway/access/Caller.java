package dev.signalbox.gateway.access;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Who sent a request, as far as its token or the certificate of its connection says.
 *
 * @param tokens those that the request's token matches: none, one, or more if it is configured with
 *     several roles; of a certificate at most one
 * @param open whether no request needs a token
 * @param ended when the time of a known token or certificate was over; null while it is not
 */
public record Caller(List<Token> tokens, boolean open, @Nullable Instant ended) {

  /** The result of a check. */
  public enum Verdict {
    /** The request may use the route. */
    GRANTED,
    /** No token and no certificate, or unknown ones: 401. */
    UNKNOWN,
    /** A token or certificate whose time is over: 401. */
    EXPIRED,
    /** The role of the token or certificate does not grant the route's role: 403. */
    FORBIDDEN
  }

  static final Caller OPEN = new Caller(List.of(), true, null);
  static final Caller UNKNOWN = new Caller(List.of(), false, null);

  public Caller {
    tokens = List.copyOf(tokens);
  }

  /** Whether the token or certificate is known and its time is over. */
  public boolean expired() {
    return ended != null;
  }

  /** Checks whether the caller may use a route of the role {@code wanted}. */
  public Verdict check(Role wanted) {
    if (open || wanted == Role.PUBLIC) {
      return Verdict.GRANTED;
    }
    if (tokens.isEmpty()) {
      return Verdict.UNKNOWN;
    }
    if (expired()) {
      return Verdict.EXPIRED;
    }
    return tokens.stream().anyMatch(token -> token.role().grants(wanted))
        ? Verdict.GRANTED
        : Verdict.FORBIDDEN;
  }

  /**
   * The token or certificate, by its greatest role; null without one that is known. It may have
   * expired.
   */
  public @Nullable Token token() {
    Token greatest = null;
    for (Token token : tokens) {
      // Roles are declared from the least to the most.
      if (greatest == null || token.role().compareTo(greatest.role()) > 0) {
        greatest = token;
      }
    }
    return greatest;
  }
}
