package dev.signalbox.architecture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNoException;

import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The records of decisions have one form, so that a reader finds the same facts in each. */
class DecisionRecordsTest {

  private static final Path DIRECTORY = Repository.ROOT.resolve("docs/decisions");
  private static final Pattern FILE_NAME = Pattern.compile("(\\d{4})-[a-z0-9]+(-[a-z0-9]+)*\\.md");
  private static final Pattern STATUS =
      Pattern.compile("- Status: (accepted|superseded by \\[\\d{4}]\\([^)]+\\))(; .+)?");
  private static final Pattern DATE = Pattern.compile("- Date: (\\d{4}-\\d{2}-\\d{2})");
  private static final Pattern LINK = Pattern.compile("\\[([^]]*)]\\(([^)]+)\\)");

  static Stream<Path> records() {
    return Repository.files(DIRECTORY).sorted();
  }

  @Test
  void givenAllRecords_whenTheirNumbersAreCompared_thenEachIsUsedOnce() {
    assertThat(records().map(DecisionRecordsTest::number)).isNotEmpty().doesNotHaveDuplicates();
  }

  @ParameterizedTest
  @MethodSource("records")
  void givenARecord_whenItsHeadIsRead_thenItHasTheNumberOfItsFileAndATitle(Path record) {
    assertThat(record.getFileName().toString()).matches(FILE_NAME);
    assertThat(lines(record).getFirst()).matches("# " + number(record) + " \\S.*");
  }

  @ParameterizedTest
  @MethodSource("records")
  void givenARecord_whenItsHeadIsRead_thenItHasAStatusAndADate(Path record) {
    List<String> lines = lines(record);

    assertThat(lines).hasSizeGreaterThan(4);
    assertThat(lines.get(1)).isEmpty();
    assertThat(lines.get(2)).matches(STATUS);
    assertThat(lines.get(3)).matches(DATE);
    assertThat(lines.get(4)).isEmpty();
    assertThatNoException()
        .isThrownBy(() -> LocalDate.parse(DATE.matcher(lines.get(3)).replaceFirst("$1")));
  }

  @ParameterizedTest
  @MethodSource("records")
  void givenARecord_whenItsSectionsAreListed_thenTheyAreTheFourInOrder(Path record) {
    assertThat(lines(record).stream().filter(line -> line.startsWith("## ")))
        .containsExactly("## Context", "## Decision", "## Consequences", "## Alternatives");
  }

  @ParameterizedTest
  @MethodSource("records")
  void givenARecord_whenItsSectionsAreRead_thenNoneIsEmpty(Path record) {
    List<String> sections = List.of(Repository.text(record).split("(?m)^## "));

    assertThat(sections.subList(1, sections.size()))
        .allSatisfy(
            section -> assertThat(section.lines().skip(1)).anyMatch(line -> !line.isBlank()));
  }

  @ParameterizedTest
  @MethodSource("records")
  void givenARecord_whenItsLinksAreFollowed_thenTheyLeadToFilesWithTheNumbersTheyName(Path record) {
    assertThat(LINK.matcher(Repository.text(record)).results())
        .filteredOn(link -> !link.group(2).startsWith("http"))
        .allSatisfy(link -> {
          Path target = DIRECTORY.resolve(link.group(2).replaceFirst("#.*", ""));
          assertThat(target).isRegularFile();
          assertThat(namesAnotherRecord(link)).isFalse();
        });
  }

  /** Whether a link reads as one record's number and leads to another's file. */
  private static boolean namesAnotherRecord(MatchResult link) {
    return link.group(1).matches("\\d{4}") && !link.group(2).startsWith(link.group(1) + "-");
  }

  private static String number(Path record) {
    return record.getFileName().toString().substring(0, 4);
  }

  private static List<String> lines(Path record) {
    return Repository.text(record).lines().toList();
  }
}
