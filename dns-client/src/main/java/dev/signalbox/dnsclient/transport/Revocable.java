package dev.signalbox.dnsclient.transport;

/** Something on its way that may be given up. */
public interface Revocable {

  /** Gives it up; what it holds is free at once. Harmless when it has ended. */
  void cancel();
}
