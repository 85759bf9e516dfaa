package dev.signalbox.serverfactory.body;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TextRegexTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "b | abc | false | true",
        "^b | abc | false | false",
        "^abc$ | abc | false | true",
        "\\Ab\\z | abc | false | false",
        "B | abc | false | false",
        "B | abc | true | true",
        "[0-9]{4}-[0-9]{2} | on 2026-11 | false | true",
        "(?i)ABC | abc | false | true",
        "ü+ | grüüße | false | true",
        "Ü | grüße | true | true",
      })
  void givenAnExpression_whenFoundInAText_thenAsRe2Says(
      String expression, String text, boolean ignoreCase, boolean found) throws Exception {
    assertThat(TextRegex.compile(expression, ignoreCase).find(text, new MatchBudget()))
        .isEqualTo(found);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "a(?=b) | look-ahead",
        "a(?!b) | look-ahead",
        "(?<=a)b | look-behind",
        "(?<!a)b | look-behind",
        "(a)\\1 | back references",
        "(a | missing closing )",
        "a) | unexpected )",
        "[a | missing closing ]",
        "*a | missing argument",
        "a** | invalid nested repetition",
        "a{2,1} | invalid repeat count",
        "\\ | trailing backslash",
        "(?P<a | invalid named capture",
      })
  void givenWhatRe2Lacks_whenCompiled_thenTheRuleIsNamed(String expression, String rule) {
    assertThatThrownBy(() -> TextRegex.compile(expression, false))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("must be a regular expression of RE2")
        .hasMessageContaining(rule);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "((((a{100}){100}){100}){100}){100}",
        "(a{1000}){1000}",
        "(?:(?:(?:x{0,1000}){0,1000}))",
        "((a{900,}){900,})",
        "([0-9a-z]{1000}){6}",
        "(\\pL{1000}|b{1000}){9}",
        "(\\Qabcdefghij\\E){1000}",
        "(a|b(c{999}(d{3}){999})){2}",
        "a{999}b{999}c{999}d{999}e{999}f{999}",
        "((((((((((((((((((((x{2}){2}){2}){2}){2}){2}){2}){2}){2}){2}){2}){2}){2}){2}){2}){2}){2}){2}){2}){2}",
      })
  void givenRepetitionsThatMultiply_whenCompiled_thenTheyAreRefused(String expression) {
    assertThatThrownBy(() -> TextRegex.compile(expression, false))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("must not repeat so much: written out it has more than 5000 instructions");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"(?i)", "(?-i)", "(?)", "(?s-m)", "(?imsU)", "(?U)", "\\Q\\E", "(?i)\\Q\\E(?-s)"})
  void givenWhatMatchesNothing_whenItIsRepeated_thenWhatIsBeforeItCounts(String nothing) {
    String expression = "a{100}" + (nothing + "{100}").repeat(2);

    assertThatThrownBy(() -> TextRegex.compile(expression, false))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("must not repeat so much: written out it has more than 5000 instructions");
  }

  @Test
  void givenAnExpressionOfManyCharacters_whenCompiled_thenItIsRefused() {
    assertThatThrownBy(() -> TextRegex.compile("(".repeat(3_000), false))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("must be at most 2000 characters");
  }

  @Test
  void givenGroupsInManyLevels_whenCompiled_thenTheyAreTaken() throws Exception {
    String expression = "(".repeat(990) + "a" + ")".repeat(990);

    assertThat(TextRegex.compile(expression, false).find("a", new MatchBudget())).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"(a+)+$", "^(a|a)*$", "(a|aa)+$", "(.*a){12}$", "([a-z]+)*!$"})
  void givenAnExpressionThatBacktracks_whenTheTextIsLong_thenItEnds(String expression)
      throws Exception {
    assertThat(
            TextRegex.compile(expression, false).find("a".repeat(50_000) + "?", new MatchBudget()))
        .isFalse();
  }

  @Test
  void givenALargeExpression_whenTheTextIsLong_thenTheMatchIsRefused() {
    TextRegex regex = TextRegex.compile("[ab]{1000}c", false);

    assertThatThrownBy(() -> regex.find("ab".repeat(100_000), new MatchBudget()))
        .isInstanceOf(MatchBoundException.class)
        .hasMessage("the text of 200000 characters is too long for the regular expression");
  }

  @Property(tries = 5_000)
  void givenAnyExpression_whenRe2TakesIt_thenItHasNoMoreInstructionsThanCounted(
      @ForAll("expressions") String expression) {
    long counted = RegexSize.of(expression).instructions();
    if (counted > 20_000) {
      return;
    }
    Pattern pattern;
    try {
      pattern = Pattern.compile(expression);
    } catch (PatternSyntaxException refused) {
      return;
    }

    // Fail, match, and the capture of the whole; a class of many ranges may be folded into several.
    assertThat(pattern.programSize()).as(expression).isLessThanOrEqualTo((int) counted + 4);
  }

  @Provide
  Arbitrary<String> expressions() {
    return Arbitraries.of(
            "a",
            "b",
            ".",
            "(",
            ")",
            "(?:",
            "|",
            "*",
            "+",
            "?",
            "{2}",
            "{3,}",
            "{0,4}",
            "{,2}",
            "{",
            "}",
            "[ab]",
            "[^]a]",
            "[[:alpha:]]",
            "[\\]]",
            "\\Qa.b\\E",
            "\\d",
            "\\pL",
            "\\p{Greek}",
            "\\x{61}",
            "\\x61",
            "\\{",
            "\\\\",
            "^",
            "$",
            "\\b",
            "(?i)",
            "(?s-m)",
            "(?)",
            "\\Q\\E",
            "(?P<n>",
            "{0}",
            "{1,1}")
        .list()
        .ofMaxSize(14)
        .map(parts -> String.join("", parts));
  }
}
