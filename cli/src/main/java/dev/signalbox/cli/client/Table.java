package dev.signalbox.cli.client;

import dev.signalbox.cli.command.Printable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiFunction;

/** Rows in columns as wide as their longest text; numbers stand at the right. */
public final class Table {

  private final List<String> headings;
  private final List<List<String>> rows = new ArrayList<>();

  /** A table with a heading for each column. */
  public Table(String... headings) {
    this.headings = List.of(headings);
  }

  /** A row; texts may come from outside. */
  public void row(String... cells) {
    rows.add(Arrays.stream(cells).map(Printable::of).toList());
  }

  /**
   * The lines of the table.
   *
   * @param colour a cell as it is shown, by its column and its padded text
   */
  public List<String> lines(Style style, BiFunction<Integer, String, String> colour) {
    List<String> lines = new ArrayList<>();
    lines.add(style.heading(line(headings, (_, text) -> text)));
    rows.forEach(row -> lines.add(line(row, colour)));
    return lines;
  }

  private String line(List<String> cells, BiFunction<Integer, String, String> colour) {
    StringBuilder line = new StringBuilder();
    for (int column = 0; column < headings.size(); column++) {
      String cell = cells.get(column);
      String gap = " ".repeat(width(column) - cell.length());
      boolean last = column == headings.size() - 1;
      String padded = numeric(column) ? gap + cell : last ? cell : cell + gap;
      line.append(column == 0 ? "" : "  ").append(colour.apply(column, padded));
    }
    return line.toString();
  }

  private int width(int column) {
    int widest = headings.get(column).length();
    for (List<String> row : rows) {
      widest = Math.max(widest, row.get(column).length());
    }
    return widest;
  }

  private boolean numeric(int column) {
    return !rows.isEmpty() && rows.stream().allMatch(row -> row.get(column).matches("[-0-9.,]*|-"));
  }
}
