package dev.signalbox.platform.json;

import org.jspecify.annotations.Nullable;

/**
 * How much {@link StrictJson} builds out of one document. An array of empty arrays takes ten times
 * the memory of its text and an object of one short member thirty times, so the size of the text
 * alone does not bound memory.
 *
 * @param maxValues objects, arrays, strings, numbers, booleans and nulls of the whole document
 * @param array a member of the top-level object whose length is bounded by itself; null for none
 * @param maxItems items of that array
 */
public record JsonLimits(int maxValues, @Nullable String array, int maxItems) {

  /** For a document of a few fields: 100,000 values. */
  public static final JsonLimits DEFAULT = values(100_000);

  /** At most {@code maxValues} values. */
  public static JsonLimits values(int maxValues) {
    return new JsonLimits(maxValues, null, Integer.MAX_VALUE);
  }

  /** The same with at most {@code maxItems} items in the member {@code array}. */
  public JsonLimits withArray(String array, int maxItems) {
    return new JsonLimits(maxValues, array, maxItems);
  }
}
