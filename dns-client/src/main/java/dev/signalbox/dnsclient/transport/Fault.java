package dev.signalbox.dnsclient.transport;

/** Why there is no answer. */
public enum Fault {
  /** Nothing usable came in time. */
  TIMEOUT("TIMEOUT", "query"),
  /** The resolver cannot be reached or refuses connections. */
  UNREACHABLE("CONNECT", "connect"),
  /** The connection was lost while a query was under way; another one may work. */
  LOST("CONNECT", "query"),
  /** The TLS handshake failed, or the certificate is not the resolver's. */
  TLS("TLS", "tls"),
  /** The resolver answered something that is no answer. */
  PROTOCOL("PROTOCOL", "query"),
  /** The resolver answered that it does not or cannot answer. */
  REFUSED("DNS", "query"),
  /** Too much is under way already. */
  OVERLOADED("OVERLOADED", "query"),
  /** The question needs more queries or steps than one task may use. */
  LIMIT("LIMIT_REACHED", "query"),
  /** The operator forbids this resolver. */
  BLOCKED("BLOCKED_TARGET", "connect"),
  /** The caller cancelled the query. */
  CANCELLED("CANCELLED", "query"),
  /** The resolver's own name does not resolve. */
  UNKNOWN_HOST("DNS", "dns");

  private final String code;
  private final String phase;

  Fault(String code, String phase) {
    this.code = code;
    this.phase = phase;
  }

  /** The stable code of a task's error. */
  public String code() {
    return code;
  }

  /** The phase of a task's error. */
  public String phase() {
    return phase;
  }

  /** Whether the same query may succeed later. */
  public boolean retryable() {
    return switch (this) {
      case TIMEOUT, UNREACHABLE, LOST, OVERLOADED, UNKNOWN_HOST, REFUSED -> true;
      case TLS, PROTOCOL, LIMIT, BLOCKED, CANCELLED -> false;
    };
  }
}
