package dev.signalbox.contracts;

/** What a fault means for the caller. Only the gateway turns kinds into HTTP statuses. */
public enum ErrorKind {
  /** The request is wrong; repeating it cannot help. */
  CALLER,
  /** What the request names does not exist. */
  NOT_FOUND,
  /** The request contradicts the present state. */
  CONFLICT,
  /** Refused at once because too much is under way; later may work. */
  OVERLOADED,
  /** No instance can do it now; later may work. */
  UNAVAILABLE,
  /** No answer in time; it may or may not have been done. */
  TIMEOUT,
  /** A defect or a broken dependency of the service. */
  INTERNAL
}
