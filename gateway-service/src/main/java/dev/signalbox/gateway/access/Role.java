package dev.signalbox.gateway.access;

import java.util.Locale;

/** A role. Each route requires one; each token or client certificate grants one. */
public enum Role {
  /** No token: liveness, readiness and the OpenAPI description. */
  PUBLIC,
  /** Reads. */
  READER,
  /** Leases census tasks and submits results. */
  WORKER,
  /** Runs tasks; changes servers, files, codes and messages. */
  OPERATOR,
  /** Changes the census. */
  ADMIN;

  /** Whether a token of this role may call a route that requires {@code wanted}. */
  public boolean grants(Role wanted) {
    return switch (this) {
      case ADMIN -> true;
      case OPERATOR -> wanted == OPERATOR || wanted == READER || wanted == PUBLIC;
      case WORKER -> wanted == WORKER || wanted == READER || wanted == PUBLIC;
      case READER -> wanted == READER || wanted == PUBLIC;
      case PUBLIC -> wanted == PUBLIC;
    };
  }

  /** The name in settings and messages. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
