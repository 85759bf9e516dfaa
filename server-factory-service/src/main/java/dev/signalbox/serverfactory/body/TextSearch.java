package dev.signalbox.serverfactory.body;

/** Looks for a text in another in a time that grows with the sum of their lengths. */
public final class TextSearch {

  /** Below this product of the lengths the search of the JDK is fast enough whatever the texts. */
  static final long SMALL = 100_000;

  /** How many times the time of a copy the search below takes. */
  private static final int READINGS = 2;

  private TextSearch() {}

  /**
   * Whether a text contains another.
   *
   * @throws MatchBoundException when the budget does not allow to look
   */
  public static boolean contains(String text, String wanted, MatchBudget budget)
      throws MatchBoundException {
    if (wanted.length() > text.length()) {
      return false;
    }
    if ((long) text.length() * wanted.length() <= SMALL || wanted.length() < 2) {
      budget.takeCharacters(text.length());
      return text.contains(wanted);
    }
    budget.takeCharacters(READINGS * ((long) text.length() + wanted.length()));
    return search(text, wanted);
  }

  /**
   * Knuth, Morris and Pratt. {@link String#contains} begins again at each character, which takes
   * hours for a million times {@code a} in two million of them.
   */
  private static boolean search(String text, String wanted) {
    int[] borders = borders(wanted);
    int matched = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      while (matched > 0 && wanted.charAt(matched) != c) {
        matched = borders[matched - 1];
      }
      if (wanted.charAt(matched) == c && ++matched == wanted.length()) {
        return true;
      }
    }
    return false;
  }

  /** For each beginning of a text the length of its longest proper prefix that is a suffix too. */
  private static int[] borders(String wanted) {
    int[] borders = new int[wanted.length()];
    int border = 0;
    for (int i = 1; i < wanted.length(); i++) {
      while (border > 0 && wanted.charAt(border) != wanted.charAt(i)) {
        border = borders[border - 1];
      }
      if (wanted.charAt(border) == wanted.charAt(i)) {
        border++;
      }
      borders[i] = border;
    }
    return borders;
  }
}
