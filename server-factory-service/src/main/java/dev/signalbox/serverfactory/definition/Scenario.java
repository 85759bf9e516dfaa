package dev.signalbox.serverfactory.definition;

import org.jspecify.annotations.Nullable;

/**
 * The part of a route in a story that several requests make up.
 *
 * @param state in which the route matches; null for any
 * @param newState that the scenario is in after the route matched; null to leave it
 */
public record Scenario(String name, @Nullable String state, @Nullable String newState) {

  /** The state of each scenario at first. */
  public static final String STARTED = "started";
}
