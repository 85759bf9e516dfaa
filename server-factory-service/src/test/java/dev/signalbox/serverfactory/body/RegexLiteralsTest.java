package dev.signalbox.serverfactory.body;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.re2j.Matcher;
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

class RegexLiteralsTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '!',
      quoteCharacter = '`',
      value = {
        "/a/b ! [/a/b]",
        "^(?:/a/[0-9]+/b)$ ! [/a/, /b]",
        "/a\\.json ! [/a.json]",
        "/(a/(?P<n>b[0-9]c)/)+/(?:d)? ! [/, a/, b, c, /, /]",
        "/ab? ! [/a]",
        "/ab*c ! [/a, c]",
        "/ab+c ! [/ab, c]",
        "/ab{0,2}c ! [/a, c]",
        "/ab{2}34 ! [/a, 34]",
        "/{id}/x ! [id, /x]",
        "/(a|b)/c ! [/, /c]",
        "/a|/b ! []",
        "(?:/a|/b) ! []",
        "(/a)*(/b){0}(/c)?(/d) ! [/d]",
        "(?i)/a ! []",
        "/a(?i)/b ! []",
        "/a(?i:/b)/c ! [/a, /c]",
        "/[^]/a]/b[[:alpha:]\\]x]c ! [/, /b, c]",
        "\\d/\\pLa\\p{Greek}b\\x{61}c\\x612d\\0071e\\bf ! [/, a, b, c, 2d, e, f]",
        "/😀😁?/ ! [/😀, /]",
        "a\\Qb\\E ! []",
        ".* ! []",
        "`` ! []",
      })
  void givenAnExpression_whenItsLiteralsAreSought_thenThoseThatEachMatchHas(
      String expression, String literals) {
    Pattern.compile(expression);

    assertThat(RegexLiterals.of(expression)).hasToString(literals);
  }

  @Test
  void givenManyGroupsInOneAnother_whenTheLiteralsAreSought_thenNoneIsSure() {
    assertThat(RegexLiterals.of("(".repeat(990) + "a" + ")".repeat(990))).hasToString("[]");
  }

  @Property(tries = 20_000)
  void givenAnyExpression_whenRe2FindsIt_thenItsLiteralsAreInTheMatch(
      @ForAll("expressions") String expression, @ForAll("texts") String text) {
    Pattern pattern;
    try {
      pattern = Pattern.compile(expression);
    } catch (PatternSyntaxException refused) {
      return;
    }

    RegexLiterals literals = RegexLiterals.of(expression);
    Matcher matcher = pattern.matcher(text);
    for (int i = 0; i < 5 && matcher.find(); i++) {
      assertThat(literals.areIn(matcher.group())).as("%s in %s", literals, expression).isTrue();
    }
  }

  @Provide
  Arbitrary<String> texts() {
    return Arbitraries.strings().withChars("ab1:{}.\\]é").ofMinLength(3).ofMaxLength(30);
  }

  @Provide
  Arbitrary<String> expressions() {
    return Arbitraries.of(
            "a",
            "b",
            "a",
            "b",
            "1",
            "é",
            ".",
            "(",
            ")",
            "(?:",
            "|",
            "*",
            "+",
            "?",
            "*?",
            "{2}",
            "{1,}",
            "{0,4}",
            "{,2}",
            "{",
            "}",
            "{a}",
            "[ab]",
            "[^]a]",
            "[[:alpha:]]",
            "[\\]]",
            "\\Qa.b\\E",
            "\\Q",
            "\\E",
            "\\d",
            "\\pL",
            "\\p{Greek}",
            "\\x{61}",
            "\\x61",
            "\\{",
            "\\\\",
            "\\.",
            "^",
            "$",
            "\\b",
            "(?i)",
            "(?i:",
            "(?s-m)",
            "(?)",
            "\\Q\\E",
            "(?P<n>",
            "{0}",
            "{1,1}",
            "\\141",
            "\\0611",
            ":")
        .list()
        .ofMaxSize(10)
        .map(parts -> String.join("", parts));
  }
}
