package dev.signalbox.systemtests;

import dev.signalbox.systemtests.SoakSample.Measure;
import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;

/** Draws a soak: a panel for each measure, a line for each process, all over the same time. */
final class SoakCurves {

  private static final int WIDTH = 900;
  private static final int PANEL = 150;
  private static final int LEFT = 60;
  private static final int RIGHT = 190;
  private static final String[] COLORS = {
    "#1f77b4", "#d95f02", "#2ca02c", "#c2185b", "#7b5bb5", "#8c6d31", "#888888"
  };

  private record Line(String name, List<double[]> points) {}

  private final List<SoakSample> samples;
  private final List<LiveHeap> heaps;
  private final List<double[]> windows;
  private final double seconds;
  private final StringBuilder svg = new StringBuilder();
  private List<String> namesAbove = List.of();

  /**
   * Of samples and of the heaps of members.
   *
   * @param windows for each half minute: second, p50 and p99 in milliseconds, percent that failed
   */
  SoakCurves(
      List<SoakSample> samples, List<LiveHeap> heaps, List<double[]> windows, double seconds) {
    this.samples = samples;
    this.heaps = heaps;
    this.windows = windows;
    this.seconds = seconds;
  }

  String svg() {
    Map<String, List<Line>> panels = new LinkedHashMap<>();
    for (Measure measure : Measure.values()) {
      panels.put(
          measure.title,
          lines(
              samples,
              SoakSample::member,
              sample -> new double[] {sample.second(), measure.of(sample)}));
    }
    panels.put(
        LiveHeap.TITLE,
        lines(heaps, LiveHeap::member, heap -> new double[] {heap.second(), heap.mib()}));
    panels.put("latency, ms", List.of(window("p50", 1), window("p99", 2)));
    panels.put("calls that failed, %", List.of(window("failed", 3)));
    int height = panels.size() * PANEL + 30;
    svg.append(
        """
        <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" font-family="system-ui, sans-serif" font-size="12">
        <style>svg{background:#fff;color:#222}.g{stroke:#8886;stroke-width:1}polyline{fill:none;stroke-width:1.5}
        @media(prefers-color-scheme:dark){svg{background:#16181d;color:#ddd}}text{fill:currentColor}</style>
        """
            .formatted(WIDTH, height));
    int top = 0;
    for (Map.Entry<String, List<Line>> panel : panels.entrySet()) {
      panel(panel.getKey(), panel.getValue(), top);
      top += PANEL;
    }
    for (int minute = 0; minute <= seconds / 60; minute += Math.max(1, (int) (seconds / 360))) {
      text(x(minute * 60.0), height - 14, "middle", minute + " min");
    }
    return svg.append("</svg>\n").toString();
  }

  private static <T> List<Line> lines(
      List<T> looks, Function<T, String> member, Function<T, double[]> point) {
    Map<String, List<double[]>> byMember = new LinkedHashMap<>();
    looks.forEach(look ->
        byMember
            .computeIfAbsent(member.apply(look), name -> new ArrayList<>())
            .add(point.apply(look)));
    return byMember.entrySet().stream()
        .map(entry -> new Line(entry.getKey().replace("-1", ""), entry.getValue()))
        .toList();
  }

  private Line window(String name, int column) {
    return new Line(
        name,
        windows.stream()
            .filter(window -> !Double.isNaN(window[column]))
            .map(window -> new double[] {window[0], window[column]})
            .toList());
  }

  private void panel(String title, List<Line> lines, int top) {
    double most =
        lines.stream()
            .flatMap(line -> line.points.stream())
            .mapToDouble(point -> point[1])
            .max()
            .orElse(1);
    most = roundedUp(most);
    text(LEFT, top + 18, "start", title);
    for (int i = 0; i <= 2; i++) {
      double y = y(top, i / 2.0);
      svg.append(
          String.format(
              Locale.ROOT,
              "<line class=\"g\" x1=\"%d\" x2=\"%d\" y1=\"%.1f\" y2=\"%.1f\"/>%n",
              LEFT,
              WIDTH - RIGHT,
              y,
              y));
      text(LEFT - 6, y + 4, "end", number(most * i / 2));
    }
    List<String> names = lines.stream().map(Line::name).toList();
    boolean legend = !names.equals(namesAbove);
    namesAbove = names;
    for (int i = 0; i < lines.size(); i++) {
      Line line = lines.get(i);
      String color = COLORS[i % COLORS.length];
      svg.append("<polyline stroke=\"").append(color).append("\" points=\"");
      for (double[] point : line.points) {
        svg.append(String.format(Locale.ROOT, "%.1f,%.1f ", x(point[0]), y(top, point[1] / most)));
      }
      svg.append("\"/>\n");
      if (!legend) {
        continue;
      }
      double row = top + 34 + 15.0 * i;
      svg.append(
          String.format(
              Locale.ROOT,
              "<rect x=\"%d\" y=\"%.1f\" width=\"10\" height=\"10\" fill=\"%s\"/>%n",
              WIDTH - RIGHT + 14,
              row - 9,
              color));
      text(WIDTH - RIGHT + 30, row, "start", line.name);
    }
  }

  /** To 1, 2, 3, 4, 6 or 8 of its power of ten, so that half of it is a round number too. */
  private static double roundedUp(double value) {
    if (value <= 0) {
      return 1;
    }
    double power = Math.pow(10, Math.floor(Math.log10(value)));
    for (int leading : new int[] {1, 2, 3, 4, 6, 8}) {
      if (value <= leading * power) {
        return leading * power;
      }
    }
    return 10 * power;
  }

  private static String number(double value) {
    return new DecimalFormat("0.###", DecimalFormatSymbols.getInstance(Locale.ROOT)).format(value);
  }

  private double x(double second) {
    return LEFT + (WIDTH - LEFT - RIGHT) * Math.min(1, second / seconds);
  }

  private static double y(int top, double share) {
    return top + PANEL - 10 - (PANEL - 40) * share;
  }

  private void text(double x, double y, String anchor, String text) {
    svg.append(
        String.format(
            Locale.ROOT,
            "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">%s</text>%n",
            x,
            y,
            anchor,
            text));
  }
}
