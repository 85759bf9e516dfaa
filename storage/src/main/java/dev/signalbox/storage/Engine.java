package dev.signalbox.storage;

/** Which database is underneath, for the rare statement that cannot be written for both. */
public enum Engine {
  /** A file of this machine. */
  SQLITE,
  /** A server that replicas share. */
  POSTGRESQL
}
