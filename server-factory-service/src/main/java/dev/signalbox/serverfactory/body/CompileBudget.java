package dev.signalbox.serverfactory.body;

/**
 * What the conditions of one definition may come to in all. A text of a few bytes makes a regular
 * expression or schema of thousands of objects: each has a limit of its own, but a definition has
 * thousands of them. Used by one thread.
 */
public final class CompileBudget {

  /** Some 64 bytes each, and nearly as many again while they are compiled. */
  private static final long MAX_INSTRUCTIONS = 200_000;

  /** Values within schemas, about a kilobyte each. */
  private static final long MAX_SCHEMA_VALUES = 30_000;

  /** Characters of JSON paths: two make a segment, an object of its own. */
  private static final long MAX_PATH_CHARACTERS = 200_000;

  private static final long INSTRUCTION_BYTES = 64;
  private static final long SCHEMA_VALUE_BYTES = 1_024;
  private static final long PATH_CHARACTER_BYTES = 32;

  private long pathCharacters;
  private long instructions;
  private long schemaValues;

  /**
   * Takes a regular expression in, before it is compiled.
   *
   * @throws IllegalArgumentException when all are too large together; the message begins with
   *     "must"
   */
  void takeInstructions(long count) {
    instructions += count;
    if (instructions > MAX_INSTRUCTIONS) {
      throw new IllegalArgumentException(
          "must leave the regular expressions of the server below "
              + MAX_INSTRUCTIONS
              + " instructions in all, repetitions written out");
    }
  }

  /**
   * Takes a JSON path in, before it is compiled.
   *
   * @throws IllegalArgumentException when all are too long together; the message begins with "must"
   */
  void takePathCharacters(long count) {
    pathCharacters += count;
    if (pathCharacters > MAX_PATH_CHARACTERS) {
      throw new IllegalArgumentException(
          "must leave the JSON paths of the server below "
              + MAX_PATH_CHARACTERS
              + " characters in all");
    }
  }

  /**
   * Takes a schema in, before it is built.
   *
   * @throws IllegalArgumentException when all are too large together; the message begins with
   *     "must"
   */
  void takeSchemaValues(long count) {
    schemaValues += count;
    if (schemaValues > MAX_SCHEMA_VALUES) {
      throw new IllegalArgumentException(
          "must leave the JSON Schemas of the server below "
              + MAX_SCHEMA_VALUES
              + " values in all");
    }
  }

  /** About what all that was taken in takes in memory, once it is compiled. */
  public long bytes() {
    return INSTRUCTION_BYTES * instructions
        + SCHEMA_VALUE_BYTES * schemaValues
        + PATH_CHARACTER_BYTES * pathCharacters;
  }
}
