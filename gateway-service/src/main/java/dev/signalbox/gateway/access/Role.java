package dev.signalbox.gateway.access;

import java.util.Locale;

/** What a caller must be allowed to do. Each route names one; each token grants one. */
public enum Role {
  /** No token at all: liveness, readiness and the description of the interface. */
  PUBLIC,
  /** Reading. */
  READER,
  /** Taking census work and handing in results. */
  WORKER,
  /** Running tasks, servers, files, codes. */
  OPERATOR,
  /** Changing the census by hand. */
  ADMIN;

  /** Whether a token of this role may call a route that asks for {@code wanted}. */
  public boolean grants(Role wanted) {
    return switch (this) {
      case ADMIN -> true;
      case OPERATOR -> wanted == OPERATOR || wanted == READER || wanted == PUBLIC;
      case WORKER -> wanted == WORKER || wanted == READER || wanted == PUBLIC;
      case READER -> wanted == READER || wanted == PUBLIC;
      case PUBLIC -> wanted == PUBLIC;
    };
  }

  /** The name in configuration and messages. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
