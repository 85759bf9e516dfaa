package dev.signalbox.contracts.serverfactory;

/** Whether a server was started. */
public sealed interface StartServerReply {

  /**
   * Whether this repeats the reply to an earlier request with the same idempotency key; absent from
   * replicas that do not know the field, and then false.
   */
  boolean replayed();

  /**
   * It listens and answers.
   *
   * @param server the server as it was when it was started
   */
  record Started(ServerInfo server, boolean replayed) implements StartServerReply {}

  /**
   * It was not started.
   *
   * @param reason which rule forbids it
   * @param message the rule in words, as the classic face shows it
   */
  record Refused(Reason reason, String message, boolean replayed) implements StartServerReply {}

  /** Rules in the order of checking. */
  enum Reason {
    /** As many servers as allowed exist in the cluster, of all or of the token that asks. */
    LIMIT,
    /** Port outside 1024 to 65535. */
    PORT_RANGE,
    /** Another server of the cluster has the port. */
    PORT_TAKEN,
    /** Another server of the cluster has the page URI. */
    PAGE_URI_TAKEN,
    /** Some other program holds the port. */
    PORT_NOT_AVAILABLE
  }
}
