package dev.signalbox.serverfactory.definition;

/**
 * What a definition may have.
 *
 * @param routes of one server
 * @param text characters of one text: a body, a header's value, a text to compare with
 * @param bodyBytes of all bodies that one server can answer, together
 */
public record DefinitionLimits(int routes, int text, long bodyBytes) {

  /** Of the service. */
  public static final DefinitionLimits USUAL =
      new DefinitionLimits(1_000, 4 * 1_024 * 1_024, 16L * 1_024 * 1_024);
}
