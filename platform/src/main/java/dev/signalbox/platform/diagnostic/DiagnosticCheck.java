package dev.signalbox.platform.diagnostic;

import java.util.List;

/**
 * Looks at one thing that can go wrong. It says what is wrong now; since when, and whether that has
 * lasted long enough to be told, is not its concern.
 */
@FunctionalInterface
public interface DiagnosticCheck {

  /**
   * Looks, from what is known already: no requests, no scans. Runs on a thread of its own, never on
   * an event loop and never twice at once. An exception is a finding, and so is a check that does
   * not return within a second.
   *
   * @return empty when nothing is wrong
   */
  List<Symptom> check() throws Exception;
}
