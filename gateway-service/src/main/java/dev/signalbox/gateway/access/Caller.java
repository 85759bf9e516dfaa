package dev.signalbox.gateway.access;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Who sent a request, as far as its token says.
 *
 * @param tokens those that the request's token matches: none, one, or more if it is configured with
 *     several roles
 * @param open whether no request needs a token
 * @param expired whether the token is known and its time is over
 */
public record Caller(List<Token> tokens, boolean open, boolean expired) {

  /** The result of a check. */
  public enum Verdict {
    /** The request may use the route. */
    GRANTED,
    /** No token, or an unknown one: 401. */
    UNKNOWN,
    /** A token whose time is over: 401. */
    EXPIRED,
    /** The token's role does not grant the route's role: 403. */
    FORBIDDEN
  }

  static final Caller OPEN = new Caller(List.of(), true, false);
  static final Caller UNKNOWN = new Caller(List.of(), false, false);

  public Caller {
    tokens = List.copyOf(tokens);
  }

  /** Checks whether the caller may use a route of the role {@code wanted}. */
  public Verdict check(Role wanted) {
    if (open || wanted == Role.PUBLIC) {
      return Verdict.GRANTED;
    }
    if (tokens.isEmpty()) {
      return Verdict.UNKNOWN;
    }
    if (expired) {
      return Verdict.EXPIRED;
    }
    return tokens.stream().anyMatch(token -> token.role().grants(wanted))
        ? Verdict.GRANTED
        : Verdict.FORBIDDEN;
  }

  /** The token, by its greatest role; null without one that is known. It may have expired. */
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
