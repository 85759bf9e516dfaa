package dev.signalbox.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.platform.diagnostic.FindingCode;
import dev.signalbox.platform.diagnostic.FindingCode.Severity;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Findings, alerts and pages call the same things by the same names. */
class FindingsTest {

  private static final Pattern ALERT =
      Pattern.compile("(?s)- alert: Signalbox(\\w+).*?severity: (\\w+)");
  private static final Pattern ROW = Pattern.compile("(?m)^\\| `(\\w+)` \\| (\\S.*\\S) \\|$");

  private static String page(String path) {
    return Repository.text(Repository.ROOT.resolve(path));
  }

  /** Alerts by the name of the finding they would have, with their severity. */
  private static Map<String, String> alerts() {
    Map<String, String> alerts = new TreeMap<>();
    Matcher alert = ALERT.matcher(page("monitoring/rules/signalbox.yml"));
    while (alert.find()) {
      String name = alert.group(1).replaceAll("(?<=[a-z])(?=[A-Z])", "_");
      alerts.put(name.toUpperCase(Locale.ROOT), alert.group(2));
    }
    return alerts;
  }

  private static Set<String> codes() {
    return Arrays.stream(FindingCode.values()).map(Enum::name).collect(Collectors.toSet());
  }

  /** Reasons by name, of the table below a heading of the page about monitoring. */
  private static Set<String> reasons(String heading) {
    String page = page("docs/operations/monitor.md");
    int begin = page.indexOf("### " + heading);
    assertThat(begin).as(heading).isPositive();
    int end = page.indexOf("\n#", begin + 1);
    Set<String> names = new TreeSet<>();
    Matcher row = ROW.matcher(page.substring(begin, end < 0 ? page.length() : end));
    while (row.find()) {
      names.add(row.group(1));
    }
    return names;
  }

  @Test
  void givenTheAlerts_whenComparedWithTheFindings_thenEachOtherOneHasItsReasonOnThePage() {
    Set<String> alertsOnly = new TreeSet<>(alerts().keySet());
    alertsOnly.removeAll(codes());
    Set<String> findingsOnly = new TreeSet<>(codes());
    findingsOnly.removeAll(alerts().keySet());

    assertThat(alerts()).hasSizeGreaterThan(10);
    assertThat(reasons("Alerts without a finding"))
        .containsExactlyElementsOf(alertsOnly.stream().map(FindingsTest::alert).sorted().toList());
    assertThat(reasons("Findings without an alert")).containsExactlyElementsOf(findingsOnly);
  }

  private static String alert(String code) {
    StringBuilder name = new StringBuilder("Signalbox");
    for (String word : code.split("_", -1)) {
      name.append(word.charAt(0)).append(word.substring(1).toLowerCase(Locale.ROOT));
    }
    return name.toString();
  }

  @Test
  void givenAFindingWithAnAlert_whenTheirSeveritiesAreCompared_thenAnErrorIsAPage() {
    List<String> different = new ArrayList<>();
    alerts()
        .forEach((code, severity) -> {
          if (codes().contains(code)
              && (FindingCode.valueOf(code).severity() == Severity.ERROR)
                  != severity.equals("page")) {
            different.add(code);
          }
        });

    assertThat(different).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void givenAFinding_whenItsPageIsOpened_thenTheAnchorIsThere(FindingCode code) {
    String[] docs = code.docs().split("#", -1);

    assertThat(docs).hasSize(2);
    assertThat(page(docs[0]).lines())
        .filteredOn(line -> line.startsWith("#"))
        .map(line -> line.replaceFirst("#+ ", "").toLowerCase(Locale.ROOT).replace(' ', '-'))
        .contains(docs[1]);
  }

  @ParameterizedTest
  @EnumSource
  void givenAFinding_whenItIsRead_thenItSaysWhatIsWrongAndWhatToDoInSentences(FindingCode code) {
    assertThat(code.title()).matches("[A-Zm].*[a-z]").hasSizeLessThan(80);
    assertThat(code.action()).matches("[A-Zm].*\\.").hasSizeLessThan(200);
  }
}
