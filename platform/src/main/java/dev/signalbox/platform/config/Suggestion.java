package dev.signalbox.platform.config;

import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** Finds the word that a user probably meant: the closest by edit distance, if it is close. */
public final class Suggestion {

  /** Everything is close to a word of one or two letters. */
  private static final int SHORTEST = 3;

  /** Longer words are compared with nothing: the cost grows with the product of the lengths. */
  private static final int LONGEST = 100;

  /** One typing error in so many letters is still close. */
  private static final int LETTERS_PER_ERROR = 3;

  private Suggestion() {}

  /**
   * The closest candidate, the first of equals; empty when none is close.
   *
   * @param word as it was typed
   */
  public static Optional<String> closest(String word, Collection<String> candidates) {
    int most = Math.max(1, word.length() / LETTERS_PER_ERROR);
    if (word.length() < SHORTEST || word.length() > LONGEST) {
      return Optional.empty();
    }
    return candidates.stream()
        .filter(candidate -> Math.abs(candidate.length() - word.length()) <= most)
        .filter(candidate -> distance(word, candidate) <= most)
        .min(Comparator.comparingInt(candidate -> distance(word, candidate)));
  }

  /** The end of an error message, such as {@code ; did you mean --short?}, or nothing. */
  public static String question(String word, Collection<String> candidates) {
    return closest(word, candidates).map(near -> "; did you mean " + near + "?").orElse("");
  }

  /** Insertions, deletions, substitutions and swaps of neighbours that turn one into the other. */
  static int distance(String from, String to) {
    int[][] cost = new int[from.length() + 1][to.length() + 1];
    Arrays.setAll(cost[0], j -> j);
    for (int i = 1; i <= from.length(); i++) {
      cost[i][0] = i;
      for (int j = 1; j <= to.length(); j++) {
        int substitution = from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1;
        cost[i][j] =
            Math.min(
                Math.min(cost[i - 1][j], cost[i][j - 1]) + 1, cost[i - 1][j - 1] + substitution);
        if (i > 1
            && j > 1
            && from.charAt(i - 1) == to.charAt(j - 2)
            && from.charAt(i - 2) == to.charAt(j - 1)) {
          cost[i][j] = Math.min(cost[i][j], cost[i - 2][j - 2] + 1);
        }
      }
    }
    return cost[from.length()][to.length()];
  }
}
